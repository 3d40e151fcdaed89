"""What is measured on people's readings when a publication is built, and is no SQL: agreement, false flags.

Who the coders are, how many, and how each of them does is not among it.
"""

from collections.abc import Iterator

from sqlite_utils import Database

from db.agreement import Agreement
from db.alignment import alignment_groups, audited_flags, groups_in
from db.labels import current_model
from db.reviewed import coder_agreement

AGREEMENT_COLUMNS = ("measured", "narrative_id", "alpha", "low", "high", "texts", "sentences", "found")
AgreementRow = tuple[str, str, float | None, float | None, float | None, int, int, int]
FALSE_FLAG_COLUMNS = (
    "alignment", "title_fr", "title_en", "texts", "texts_flagged", "pairs", "false_flags",
)  # fmt: skip
FalseFlagRow = tuple[str, str, str, int, int, int, int]


def agreement_rows(db: Database) -> Iterator[AgreementRow]:
    """Yield how far people agree on texts that two or more coded: overall, by narrative, on voice.

    ``measured`` is ``narrative`` (is it there, in this sentence) or ``voice`` (whose words, where both found
    the narrative). A narrative that nobody found is left out, and everything where no text
    was coded twice.
    """
    found = coder_agreement(db)
    if not found.overall.texts:
        return
    sentences = max(one.units for one in found.narratives.values())
    yield _row("narrative", "all", found.overall, sentences)
    for narrative_id, one in found.narratives.items():
        if one.found:
            yield _row("narrative", narrative_id, one, one.units)
    if found.voice.units:
        yield _row("voice", "all", found.voice, found.voice.units)


def false_flag_rows(db: Database) -> Iterator[FalseFlagRow]:
    """Yield, for each group of outlets by stated alignment, how often a flag is wrong.

    Measured on the random audit, which people read: ``pairs`` are a text and a core narrative that nobody
    found in it, ``false_flags`` those of them that the current model flags, ``texts_flagged`` the texts with
    one or more. Sources that hold posts or comments by private persons are left out.
    """
    model = current_model(db)
    if model is None:
        return
    core = _names(db, "select narrative_id from narratives where status = 'core'")
    private = _names(
        db,
        "select distinct source_id from sources join documents using (source_id) "
        "where documents.kind in ('post', 'comment') and fictional = 0",
    )
    groups = {source_id: name for source_id, name in groups_in(db).items() if source_id not in private}
    counts: dict[str, list[tuple[int, int]]] = {}
    for source_id, flagged, found in audited_flags(db, model["model_id"]):
        if (side := groups.get(source_id)) is not None:
            absent = core - found
            counts.setdefault(side, []).append((len(absent & flagged), len(absent)))
    for name, group in alignment_groups().items():
        if rows := counts.get(name):
            title = group.title
            wrong = [false for false, _ in rows]
            texts_flagged = sum(false > 0 for false in wrong)
            pairs = sum(absent for _, absent in rows)
            yield name, title.fr, title.en, len(rows), texts_flagged, pairs, sum(wrong)


def _row(measured: str, narrative_id: str, found: Agreement, sentences: int) -> AgreementRow:
    return measured, narrative_id, found.alpha, found.low, found.high, found.texts, sentences, found.found


def _names(db: Database, sql: str) -> set[str]:
    return {row[0] for row in db.execute(sql).fetchall()}
