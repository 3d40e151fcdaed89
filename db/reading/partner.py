"""Partners and stances: what is said for and against each, by voice."""

import sqlite3

from db.reading.rows import Row, all_rows


def stance_matrix(connection: sqlite3.Connection, source_kind: str = "all", year: str = "all") -> list[Row]:
    """Return the partners that a narrative takes a stance on, with ``cells``: (stance, voice) -> counts.

    Keys of ``cells`` are ``"-1:own"`` and so on. Stances and voices are never added.
    """
    partners = all_rows(
        connection,
        "select * from partners where partner_id in (select partner_id from narrative_partners) order by "
        "position",
    )
    counts = all_rows(
        connection,
        "select * from partner_stances where source_kind = ? and year = ?",
        [source_kind, year],
    )
    cells: dict[str, dict[str, Row]] = {}
    for row in counts:
        cells.setdefault(row["partner_id"], {})[f"{row['stance']}:{row['voice']}"] = row
    stances = all_rows(
        connection,
        "select np.partner_id, np.stance, n.narrative_id, n.title_fr, n.title_en "
        "from narrative_partners np join narratives n using (narrative_id) order by n.position",
    )
    for partner in partners:
        partner["cells"] = cells.get(partner["partner_id"], {})
        partner["narratives"] = [row for row in stances if row["partner_id"] == partner["partner_id"]]
    return partners


def matrix_choices(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the outlet groups and the years that the matrix can be drawn for."""
    return {
        "kinds": [
            row[0]
            for row in connection.execute(
                "select distinct source_kind from partner_stances where source_kind <> 'all' order by 1"
            )
        ],
        "years": [
            row[0]
            for row in connection.execute(
                "select distinct year from partner_stances where year <> 'all' order by year desc"
            )
        ],
    }
