"""Partners and stances: what is said for and against each, by voice, and which stances go together."""

import sqlite3
from dataclasses import dataclass

from db.reading.rows import Row, all_rows, one_row, one_value

#: Passages read for one that is shown: a document may hold many.
_READ_AHEAD = 20


@dataclass(frozen=True, slots=True)
class Stance:
    """A position towards a partner: -1 against, 1 for."""

    partner_id: str
    stance: int


@dataclass(frozen=True, slots=True)
class Together:
    """Distinct texts of one group and year, all in own voice: those that take the given stance, of them those
    that take the other through a narrative of its own (``both``) or through one that carries the given stance
    as well (``by_one``, which says nothing of going together), those that take the other at all, and all that
    were collected."""

    given: int
    both: int
    by_one: int
    other: int
    collected: int


def partners(connection: sqlite3.Connection) -> list[Row]:
    """Return the partners that a narrative takes a stance on, in order."""
    return all_rows(
        connection,
        "select * from partners where partner_id in (select partner_id from narrative_partners) order by "
        "position",
    )


def partner(connection: sqlite3.Connection, partner_id: str) -> Row | None:
    """Return one partner with ``documents`` that name it, or None."""
    return one_row(
        connection,
        "select p.*, coalesce(t.documents, 0) as documents from partners p left join partner_totals t using "
        "(partner_id) where partner_id = ?",
        [partner_id],
    )


def stance_matrix(connection: sqlite3.Connection, source_kind: str = "all", period: str = "all") -> list[Row]:
    """Return the partners that a narrative takes a stance on, with ``cells``: (stance, voice) -> counts.

    Keys of ``cells`` are ``"-1:own"`` and so on. Stances and voices are never added.
    """
    found = partners(connection)
    counts = all_rows(
        connection,
        "select * from partner_stances where source_kind = ? and period = ?",
        [source_kind, period],
    )
    cells: dict[str, dict[str, Row]] = {}
    for row in counts:
        cells.setdefault(row["partner_id"], {})[f"{row['stance']}:{row['voice']}"] = row
    stances = all_rows(
        connection,
        "select np.partner_id, np.stance, n.narrative_id, n.title_fr, n.title_en "
        "from narrative_partners np join narratives n using (narrative_id) order by n.position",
    )
    for row in found:
        row["cells"] = cells.get(row["partner_id"], {})
        row["narratives"] = [other for other in stances if other["partner_id"] == row["partner_id"]]
    return found


def matrix_choices(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the outlet groups and the periods that the matrix can be drawn for, the latest first."""
    periods = [
        row[0]
        for row in connection.execute(
            "select distinct period from partner_stances where source_kind = 'all' and period <> 'all' "
            "order by period desc"
        )
    ]
    return {
        "kinds": [
            row[0]
            for row in connection.execute(
                "select source_kind from collected_groups where source_kind <> 'all' and year = "
                "'all' order by 1"
            )
        ],
        "years": [period for period in periods if len(period) == 4],
        "months": [period for period in periods if "-" in period],
        "undated": [period for period in periods if period == "undated"],
    }


def stances_together(
    connection: sqlite3.Connection, given: Stance, other: Stance
) -> dict[tuple[str, str], Together]:
    """Return (group of sources, year) -> counts of the texts that take both stances, ``all`` included."""
    totals, both, others = (
        _pair(connection, one, another) for one, another in ((given, given), (given, other), (other, other))
    )
    found = {}
    for row in all_rows(connection, "select * from collected_groups order by source_kind, year"):
        grain = (row["source_kind"], row["year"])
        taken, apart = both.get(grain, (0, 0))
        found[grain] = Together(
            given=totals.get(grain, (0, 0))[0],
            both=apart,
            by_one=taken - apart,
            other=others.get(grain, (0, 0))[0],
            collected=row["distinct_texts"],
        )
    return found


def _pair(
    connection: sqlite3.Connection, one: Stance, other: Stance
) -> dict[tuple[str, str], tuple[int, int]]:
    rows = connection.execute(
        "select source_kind, year, distinct_texts, apart_texts from stance_pairs where given_partner_id = ? "
        "and given_stance = ? and partner_id = ? and stance = ?",
        [one.partner_id, one.stance, other.partner_id, other.stance],
    )
    return {(kind, year): (texts, apart) for kind, year, texts, apart in rows}


def months_of(connection: sqlite3.Connection, partner_id: str) -> list[str]:
    """Return the months (``YYYY-MM``) in which a narrative about the partner was flagged, latest first."""
    return [
        row[0]
        for row in connection.execute(
            "select distinct period from partner_stances where partner_id = ? and source_kind = 'all' "
            "and period like '____-__' order by period desc",
            [partner_id],
        )
    ]


def narratives_about(connection: sqlite3.Connection, partner_id: str, month: str = "") -> list[Row]:
    """Return the narratives about a partner with what a month brought, most frequent in own voice first.

    Each carries ``stance``, ``voices`` (voice -> documents and distinct texts), ``first_on`` (since when it
    is seen at all in own voice, dated documents) and ``outlets``, by own-voice documents. Without a month the
    counts are those of the whole period, undated documents included.
    """
    rows = all_rows(
        connection,
        "select np.stance, n.*, (select min(first_on) from narrative_totals t where "
        "t.narrative_id = n.narrative_id and t.source_id = 'all' and t.voice = 'own') as first_on "
        "from narrative_partners np join narratives n using (narrative_id) where np.partner_id = ? "
        "order by n.position",
        [partner_id],
    )
    table, condition = "narrative_totals", "1 = 1"
    if month:
        # Every part of the key is named: the rows are found one by one instead of month by month.
        table, condition = (
            "trends",
            (
                "t.period = 'month' and t.period_start = :first and t.language = 'all' "
                "and t.source_id in (select source_id from sources union all select 'all')"
            ),
        )
    counts = all_rows(
        connection,
        "select t.narrative_id, t.source_id, t.voice, t.documents, t.distinct_texts, s.title "  # noqa: S608
        f"from {table} t left join sources s using (source_id) where {condition} "
        "and t.voice in ('own', 'attributed', 'rejected') "
        "and t.narrative_id in (select narrative_id from narrative_partners where partner_id = :partner) "
        "order by t.documents desc, s.title",
        {"first": f"{month}-01", "partner": partner_id},
    )
    for row in rows:
        ours = [count for count in counts if count["narrative_id"] == row["narrative_id"]]
        row["voices"] = {count["voice"]: count for count in ours if count["source_id"] == "all"}
        row["outlets"] = [count for count in ours if count["source_id"] != "all" and count["voice"] == "own"]
    return sorted(
        rows, key=lambda row: (-row["voices"].get("own", {"documents": 0})["documents"], row["position"])
    )


def first_told(connection: sqlite3.Connection, narrative_id: str) -> Row | None:
    """Return the document that carried a narrative first in own voice.

    None when several sources carried it on its first day and one of them gives no time: nobody can then say
    who was first.
    """
    day = one_value(
        connection,
        "select min(placed_on) from predictions where narrative_id = ? and band = 'flagged' and "
        "voice = 'own' "
        "and placed_on is not null",
        [narrative_id],
    )
    rows = all_rows(
        connection,
        "select d.document_key, d.title, d.language, d.published_at, d.published_precision, d.placed_on, "
        "d.source_id, s.title as source_title, min(p.start) as start "
        "from predictions p join documents d using (document_id) join sources s on s.source_id = p.source_id "
        "where p.narrative_id = ? and p.band = 'flagged' and p.voice = 'own' and p.placed_on = ? "
        "group by d.document_id order by d.published_at",
        [narrative_id, day],
    )
    if not rows or (len({row["source_id"] for row in rows}) > 1
                    and any(row["published_precision"] != "minute" for row in rows)):  # fmt: skip
        return None
    return rows[0]


def latest_about(
    connection: sqlite3.Connection, partner_id: str, stance: int, span: tuple[str, str], limit: int
) -> list[Row]:
    """Return the newest own-voice passages with a stance on the partner, one from a document.

    ``span`` is first and last day; two empty texts stand for all time, undated documents last.
    """
    within = "and q.placed_on between :first and :last" if span[0] else ""
    narratives = connection.execute(
        "select narrative_id from narrative_partners where partner_id = ? and stance = ?",
        [partner_id, stance],
    ).fetchall()
    # The newest of each narrative stand together in an index; those of several would have to be sorted.
    newest = " union all ".join(
        "select * from (select q.reference, q.document_id, q.start, q.placed_on from predictions q "  # noqa: S608
        f"where q.narrative_id = :n{number} and q.band = 'flagged' and q.voice = 'own' {within} "
        "order by q.placed_on desc, q.document_id desc limit :read)"
        for number in range(len(narratives))
    )
    if not newest:
        return []
    return all_rows(
        connection,
        "select p.*, d.title as document_title, d.url, d.cluster_size, s.title as source_title, "  # noqa: S608
        "n.title_fr as narrative_fr, n.title_en as narrative_en from predictions p "
        "join documents d using (document_id) join sources s on s.source_id = p.source_id "
        "join narratives n on n.narrative_id = p.narrative_id "
        "where p.reference in (select reference from ("
        "  select reference, placed_on, document_id, "
        "    row_number() over (partition by document_id order by start, reference) as rank "
        f"  from ({newest})) "
        "  where rank = 1 order by placed_on desc, document_id desc limit :limit) "
        "order by p.placed_on desc, p.document_id desc",
        {
            **{f"n{number}": row[0] for number, row in enumerate(narratives)},
            "first": span[0],
            "last": span[1],
            "limit": limit,
            "read": limit * _READ_AHEAD,
        },
    )
