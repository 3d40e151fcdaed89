"""An invented press to be reviewed: four weeks, three outlets, a model that doubts, and an older one."""

from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database

from db.connection import transaction, working_database
from db.labels import NewPrediction, ScoredDocument, register_model, store_scorings
from db.reference import sync_reference
from db.store import NewDocument, store_document

#: Mondays of the weeks with documents; all are over.
MONDAYS = ("2024-06-03", "2024-06-10", "2024-06-17", "2024-06-24")
PER_WEEK = 20
SOURCES = {
    "ancien": "2020-01-01T00:00:00Z",
    "moyen": "2023-01-01T00:00:00Z",
    "nouveau": "2024-06-01T00:00:00Z",
}
NARRATIVES = {
    "neocolonial-france": ("La France néocoloniale", "Neocolonial France"),
    "army-resurgent": ("La montée en puissance de l’armée", "The army's resurgence"),
    "aes-emancipation": ("L’émancipation par l’AES", "Emancipation through the AES"),
}
SENTENCES = (
    "Le bulletin numéro {n} parle du marché de la ville.",
    "Selon l’auteur imaginaire, la tutelle d’hier continue sous un autre nom.",
    "La troupe inventée avance, dit encore le texte.",
    "Il a plu mardi sur le fleuve.",
    "Fin du bulletin numéro {n}.",
)


def text_of(number: int) -> str:
    """Return the text of a document; sentences stand on one line but for the last."""
    written = [sentence.format(n=number) for sentence in SENTENCES]
    return " ".join(written[:4]) + "\n" + written[4]


def spans_of(text: str) -> list[tuple[int, int, str]]:
    """Return the sentences (start, end, language) of such a text."""
    spans, position = [], 0
    for _ in SENTENCES:
        end = text.index(".", position) + 1
        spans.append((position, end, "fr"))
        position = end + 1
    return spans


def fill(db: Database, *, models: bool = True) -> None:
    """Write the press; without ``models`` nothing has read it yet, and texts are not segmented."""
    sync_reference(db)
    for source_id, listed in SOURCES.items():
        db.table("sources").insert(
            {
                "source_id": source_id,
                "title": source_id.title(),
                "platform": "feed",
                "first_listed_at": listed,
            }
        )
    family = db.execute("select family_id from narrative_families order by position").fetchone()[0]
    for position, (narrative_id, (fr, en)) in enumerate(NARRATIVES.items()):
        db.table("narratives").insert(
            {
                "narrative_id": narrative_id, "family_id": family, "title_fr": fr, "title_en": en,
                "definition_fr": f"{fr}.", "definition_en": f"{en}.", "kind": "accusation", "falsifiable": 0,
                "status": "core", "include_fr": "Ceci.", "include_en": "This.", "exclude": "[]",
                "examples": "[]", "codebook_version": "v1", "position": position,
            }
        )  # fmt: skip
    number = 0
    for monday in MONDAYS:
        for index in range(PER_WEEK):
            day = date.fromisoformat(monday) + timedelta(days=index % 7)
            source = list(SOURCES)[0 if index < 12 else 1 if index < 18 else 2]
            store_document(
                db,
                NewDocument(
                    identity=f"https://{source}.example/{number}", source_id=source, text=text_of(number),
                    kind="article", first_seen_at=f"{day}T08:00:00Z", title=f"Bulletin {number}", language="fr",  # noqa: E501
                    published_at=f"{day}T06:00:00Z", published_precision="minute", published_origin="feed",
                ),
            )  # fmt: skip
            number += 1
    if models:
        read_by_models(db)


def read_by_models(db: Database) -> None:
    """Let two models read everything: the current one doubts on two sentences and flags one."""
    for model_id, trained in (("old", "2024-05-01T00:00:00Z"), ("new", "2024-06-01T00:00:00Z")):
        row = {"codebook_version": "v1", "training_sha256": "0", "versions": "{}", "card": "{}"}
        register_model(db, {"model_id": model_id, "trained_at": trained, **row}, [])
    db.execute("update models set current = (model_id = 'new')")
    for document_id, text in db.execute("select document_id, text from documents").fetchall():
        spans = spans_of(text)
        doubts = [
            NewPrediction(1, "neocolonial-france", "attributed", 0.48, "review"),
            NewPrediction(2, "army-resurgent", "own", 0.45, "review"),
        ]
        if document_id % 4 == 0:
            doubts.append(NewPrediction(1, "aes-emancipation", "own", 0.9, "flagged"))
        store_scorings(db, "new", [ScoredDocument(document_id, "fr", spans, doubts, {})])
        store_scorings(db, "old", [ScoredDocument(document_id, "fr", spans, [], {})])


def review_press(path: Path, *, models: bool = True) -> Path:
    """Return a new working database with the press."""
    with working_database(path, "create") as db, transaction(db):
        fill(db, models=models)
    return path
