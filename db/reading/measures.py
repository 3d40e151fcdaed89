"""Everything measured of the current model beside precision and recall per narrative."""

import sqlite3

from db.reading.quality import without_small_shares
from db.reading.rows import Row, all_rows

_ONE_NARRATIVE = "coalesce(n.title_fr, '') as title_fr, coalesce(n.title_en, '') as title_en"


def totals(connection: sqlite3.Connection) -> list[Row]:
    """Return the evaluation rows over all narratives, by split, level, language and voice."""
    rows = all_rows(
        connection,
        "select * from evaluations where narrative_id = 'all' "
        "order by split, level = 'document' desc, level, voice = 'any' desc, voice = 'own' desc, voice, "
        "language = 'all' desc, language = 'fr' desc, language",
    )
    return [without_small_shares(row) for row in rows]


def slices(connection: sqlite3.Connection, dimension: str) -> list[Row]:
    """Return quality over documents by ``kind`` of text or by ``outlet``, most texts first."""
    rows = all_rows(
        connection,
        "select * from evaluation_slices where dimension = ? and level = 'document' "
        "order by split, documents desc, value",
        [dimension],
    )
    return [without_small_shares(row) for row in rows]


def comparisons(connection: sqlite3.Connection) -> list[Row]:
    """Return the switches from one model to the next, newest first, each with its ``narratives``.

    The figures of a switch are those over any narrative.
    """
    switches: list[Row] = []
    for row in all_rows(
        connection,
        f"select c.*, {_ONE_NARRATIVE} from model_comparisons c left join narratives n using (narrative_id) "  # noqa: S608
        "order by c.compared_at desc, c.model_to, c.narrative_id <> 'all', n.position, c.narrative_id",
    ):
        if row["narrative_id"] == "all":
            switches.append({**row, "narratives": []})
        elif switches:
            switches[-1]["narratives"].append(row)
    return switches


def agreement(connection: sqlite3.Connection) -> list[Row]:
    """Return how far people agree: over all narratives, then by narrative, then on the voice."""
    return all_rows(
        connection,
        f"select a.*, {_ONE_NARRATIVE} from agreement a left join narratives n using (narrative_id) "  # noqa: S608
        "order by a.measured, a.narrative_id <> 'all', n.position",
    )


def false_flags(connection: sqlite3.Connection) -> list[Row]:
    """Return the groups of sources by stated alignment with their wrong flags in the random audit."""
    return all_rows(connection, "select * from false_flags order by texts desc, alignment")


def prevalence(connection: sqlite3.Connection, narrative_id: str, weeks: int) -> list[Row]:
    """Return the estimated share of texts in the newest weeks, newest first; empty without any audit."""
    return all_rows(
        connection,
        "select * from prevalence where narrative_id = ? order by period_start desc limit ?",
        [narrative_id, weeks],
    )
