"""How sure a count is: the measured precision of each narrative, under the current model."""

import sqlite3

from db.reading.rows import Row, all_rows

#: A page shows no share of fewer cases than this, only their number.
FEWEST_CASES = 10


def measured_precision(connection: sqlite3.Connection, *, every_row: bool = False) -> dict[str, Row]:
    """Return, by narrative id, the evaluation row that stands beside its counts.

    A measurement on texts set apart is preferred to cross-validation, document level to sentence level.
    Counts are of documents in the author's own voice: the row nearest to that comes first. ``precision`` is
    None where fewer than ten cases were coded or flagged, unless ``every_row`` asks for what is pooled before
    it is shown. A narrative without a row was never measured.
    """
    found: dict[str, Row] = {}
    for row in all_rows(
        connection,
        "select evaluation_id, narrative_id, split, level, language, voice, n, predicted, precision, "
        "precision_low, precision_high, recall, recall_low, recall_high, made_by from evaluations "
        "where language = 'all' and voice in ('own', 'any') and level in ('document', 'sentence') "
        "order by narrative_id, split = 'cross-validation', level = 'document' desc, voice = 'own' desc, "
        "evaluation_id",
    ):
        found.setdefault(row["narrative_id"], row if every_row else without_small_shares(row))
    return found


def measured_by_voice(connection: sqlite3.Connection, narrative_id: str) -> dict[str, Row]:
    """Return, by voice, the evaluation row that stands beside a narrative's count in that voice."""
    found: dict[str, Row] = {}
    for row in all_rows(
        connection,
        "select * from evaluations where narrative_id = ? and language = 'all' and voice <> 'any' "
        "and level in ('document', 'sentence') "
        "order by split = 'cross-validation', level = 'document' desc, evaluation_id",
        [narrative_id],
    ):
        found.setdefault(row["voice"], without_small_shares(row))
    return found


def evaluation_table(connection: sqlite3.Connection) -> list[Row]:
    """Return the evaluation rows over all languages, grouped as the method page shows them."""
    rows = all_rows(
        connection,
        "select e.*, n.title_fr, n.title_en, n.status, coalesce(f.title_fr, '') as family_fr, "
        "coalesce(f.title_en, '') as family_en from evaluations e left join narratives n using "
        "(narrative_id) "
        "left join narrative_families f on f.family_id = e.narrative_id "
        "where e.language = 'all' and e.voice in ('any', 'own') "
        "order by e.split, e.level, e.narrative_id = 'all' desc, coalesce(n.position, f.position, 999), "
        "e.narrative_id, "
        "e.voice",
    )
    return [without_small_shares(row) for row in rows]


def without_small_shares(row: Row) -> Row:
    """Return an evaluation row without the rates that stand on too few cases.

    Precision stands on what was flagged, recall on what was to be found, F1 on both.
    """
    hidden: tuple[str, ...] = ()
    if row["n"] < FEWEST_CASES:
        hidden = ("precision", "recall", "f1")
    elif row["predicted"] < FEWEST_CASES:
        hidden = ("precision",)
    return {key: None if key.startswith(hidden) else value for key, value in row.items()}
