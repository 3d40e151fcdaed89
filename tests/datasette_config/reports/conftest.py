"""An invented press of 30 weeks: what reports must say about it is known."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connection import transaction, working_database
from db.identity import document_key
from db.reference import sync_reference
from db.store import NewDocument, store_document
from db.trends import recompute

#: Monday of the first week; week 29 is finished, week 30 is not.
FIRST_MONDAY = date(2024, 9, 2)
WEEKS = 31
AS_OF = "2025-04-02T06:00:00Z"
LAST_FINISHED = date(2025, 3, 24)

SOURCES = {
    "le-fleuve": ("Le Fleuve", "private", 1),
    "la-tribune-du-sud": ("La Tribune du Sud", "private", 0),
    "agence-du-sahel": ("Agence du Sahel", "state", 0),
    "sahel-monitor": ("Sahel Monitor", "broadcaster", 0),
    "le-muet": ("Le Muet", "private", 0),
}

NARRATIVES = {
    "neocolonial-france": ("anti-french", "La France néocoloniale", "Neocolonial France", "core",
                           {"france": -1}),
    "russia-reliable-partner": ("pro-russian", "La Russie, partenaire fiable", "Russia, a reliable partner",
                                "core", {"russia": 1}),
    "ecowas-instrument": ("anti-ecowas", "La CEDEAO instrumentalisée", "ECOWAS as an instrument", "core",
                          {"ecowas": -1}),
    "france-abandoned": ("anti-french", "La France a abandonné le Mali", "France abandoned Mali",
                         "experimental", {"france": -1}),
}  # fmt: skip

SENTENCES = {
    "neocolonial-france": "Paris garde la main sur nos richesses et nous dicte encore sa loi.",
    "russia-reliable-partner": "Moscou tient parole et livre sans poser de conditions.",
    "ecowas-instrument": "La CEDEAO obéit à des intérêts qui ne sont pas les nôtres.",
    "france-abandoned": "La France nous a laissés seuls en plein vol.",
}


class World:
    """Fills a working database sentence by sentence; every text is invented."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._numbers: dict[str, int] = {}

    def reference(self) -> None:
        """Store partners, events, sources, four narratives, a model and its measured quality."""
        sync_reference(self.db)
        for source_id, (title, kind, republish) in SOURCES.items():
            self.db.table("sources").insert(
                {"source_id": source_id, "title": title, "platform": "feed", "url": f"https://{source_id}.example/",
                 "language": "fr", "kind": kind, "enabled": 1, "republish": republish,
                 "first_listed_at": "2024-09-01T00:00:00Z"}
            )  # fmt: skip
        for position, (narrative_id, (family, fr, en, status, partners)) in enumerate(NARRATIVES.items()):
            self.db.table("narratives").insert(
                {"narrative_id": narrative_id, "family_id": family, "title_fr": fr, "title_en": en,
                 "definition_fr": f"Définition : {fr}.", "definition_en": f"Definition: {en}.",
                 "kind": "grievance", "falsifiable": 0,
                 "status": status, "codebook_version": "c0deb00c1234", "position": position}
            )  # fmt: skip
            for partner_id, stance in partners.items():
                self.db.table("narrative_partners").insert(
                    {"narrative_id": narrative_id, "partner_id": partner_id, "stance": stance}
                )
        self.db.table("models").insert(
            {"model_id": "m-2025-03", "codebook_version": "c0deb00c1234", "training_sha256": "ab" * 32,
             "trained_at": "2025-03-01T00:00:00Z", "versions": "{}", "card": "{}", "current": 1}
        )  # fmt: skip
        self.evaluation("neocolonial-france", n=40, predicted=31, precision=0.71, low=0.53, high=0.85)
        self.evaluation("russia-reliable-partner", n=7, predicted=5, precision=0.8, low=0.3, high=0.99)
        self.db.table("crawl_runs").insert(
            {"crawl_run_id": 1, "started_at": "2025-04-02T05:00:00Z", "finished_at": AS_OF,
             "command": "crawl", "status": "finished", "software": "test"}
        )  # fmt: skip

    def evaluation(
        self, narrative_id: str, *, n: int, predicted: int, precision: float, low: float, high: float
    ) -> None:
        """Store a document-level measurement."""
        self.db.table("evaluations").insert(
            {"model_id": "m-2025-03", "split": "cross-validation", "level": "document",
             "narrative_id": narrative_id, "language": "all", "voice": "own", "n": n,
             "predicted": predicted, "precision": precision,
             "precision_low": low, "precision_high": high, "recall": 0.6, "recall_low": 0.4,
             "recall_high": 0.8, "f1": 0.65, "f1_low": 0.5, "f1_high": 0.8,
             "made_by": "language-model labels, not reviewed by a person",
             "evaluated_at": "2025-03-01T00:00:00Z"}
        )  # fmt: skip

    def document(
        self,
        source_id: str,
        day: date | None,
        text: str,
        *,
        hour: str | None = "08:15",
        title: str | None = None,
        url: str | None = None,
        kind: str = "article",
    ) -> int:
        """Store a document published on a day (None: no date) and return its id."""
        number = self._numbers[source_id] = self._numbers.get(source_id, 0) + 1
        address = url or f"https://{source_id}.example/{number}"
        seen = f"{day or LAST_FINISHED}T20:00:00Z"
        published = None if day is None else f"{day}T{hour}:00Z" if hour else day.isoformat()
        document_id, _ = store_document(
            self.db,
            NewDocument(
                identity=address, source_id=source_id, text=text, kind=kind, first_seen_at=seen, url=address,
                title=title or f"Titre {number} de {source_id}", language="fr", published_at=published,
                published_precision="unknown" if day is None else "minute" if hour else "day",
                published_origin=None if day is None else "feed",
            ),
        )  # fmt: skip
        return document_id

    def flag(self, document_id: int, narrative_id: str, voice: str = "own", score: float = 0.9) -> None:
        """Label the first sentence of a document."""
        text = self.db.execute("select text from documents where document_id = ?", [document_id]).fetchone()[
            0
        ]
        row = self.db.execute(
            "select passage_id from passages where document_id = ? and position = 0", [document_id]
        ).fetchone()
        if row is None:
            cursor = self.db.execute(
                'insert into passages (document_id, position, start, "end", language) values (?, 0, 0, ?, ?)',
                [document_id, len(text), "fr"],
            )
            row = (cursor.lastrowid,)
        self.db.table("predictions").insert(
            {"passage_id": row[0], "document_id": document_id, "narrative_id": narrative_id, "voice": voice,
             "score": score, "band": "flagged", "model_id": "m-2025-03"}
        )  # fmt: skip

    def copies(self, *document_ids: int) -> None:
        """Note that documents share one text."""
        for rank, document_id in enumerate(document_ids):
            self.db.table("copies").insert(
                {"document_id": document_id, "cluster_id": min(document_ids),
                 "relation": "identical" if rank else "original", "similarity": 1.0,
                 "first_seen_rank": rank + 1}
            )  # fmt: skip

    def steady_press(self) -> None:
        """Ten ordinary pieces a week at a steady pace; a rise planted in the last finished week."""
        for week in range(WEEKS):
            monday = FIRST_MONDAY + timedelta(weeks=week)
            finished_last = monday == LAST_FINISHED
            for number in range(10):
                source_id = list(SOURCES)[number % 4]
                when = monday + timedelta(days=number % (3 if week == WEEKS - 1 else 7))
                document_id = self.document(
                    source_id, when, f"Une nouvelle ordinaire, semaine {week}, numéro {number}."
                )
                if number < 2 or (finished_last and number < 9):
                    self._retell(document_id, "neocolonial-france", week, number)
                if number in (2, 3):
                    voice = "own" if number == 2 else "attributed"
                    self._retell(document_id, "russia-reliable-partner", week, number, voice)
            if week % 5 == 4:
                rejected = self.document(
                    "le-fleuve", monday, f"{SENTENCES['ecowas-instrument']} Non, répond-il ({week})."
                )
                self.flag(rejected, "ecowas-instrument", "rejected")
        same = "Le même communiqué, repris mot pour mot par trois journaux du pays."
        copied = [
            self.document(source, LAST_FINISHED, same, title="Communiqué repris")
            for source in list(SOURCES)[:3]
        ]
        self.copies(*copied)
        for document_id in copied:
            self.flag(document_id, "france-abandoned")
        self.document("agence-du-sahel", None, "Une dépêche sans date.")
        self.db.table("instrument_changes").insert(
            {"changed_at": "2025-01-15T00:00:00Z", "kind": "model", "subject": "m-2025-03"}
        )
        self.db.execute(
            "insert into fetches (crawl_run_id, source_id, url, purpose, outcome, fetched_at) values "
            "(1, 'le-fleuve', 'https://le-fleuve.example/1', 'article', 'stored', '2025-03-25T00:00:00Z'), "
            "(1, 'le-muet', 'https://le-muet.example/', 'feed', 'http_error', '2025-03-25T00:00:00Z')"
        )

    def _retell(
        self, document_id: int, narrative_id: str, week: int, number: int, voice: str = "own"
    ) -> None:
        self.flag(document_id, narrative_id, voice, round(0.99 - number / 100 - week / 1000, 3))


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[[Callable[[World], None]], Path]:
    """Return a maker of working databases: reference data first, then what the test adds."""

    def make(fill: Callable[[World], None]) -> Path:
        path = tmp_path / f"world-{document_key(str(fill))}.db"
        with working_database(path, "create") as db:
            with transaction(db):
                world = World(db)
                world.reference()
                fill(world)
            recompute(db)
        return path

    return make


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the working database of the steady press with a planted rise."""
    path = tmp_path_factory.mktemp("press") / "press.db"
    with working_database(path, "create") as db:
        with transaction(db):
            world = World(db)
            world.reference()
            world.steady_press()
        recompute(db)
    yield path
