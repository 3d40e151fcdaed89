"""One storyline: what it means, where it runs, and the sentences behind it."""

import sqlite3
from collections.abc import Sequence

from db.reading.rows import Row, all_rows, one_row

#: One long document must not fill a list of passages.
PASSAGES_PER_DOCUMENT = 2
_READ_AHEAD = 8

VOICES = ("own", "attributed", "rejected")


def narrative(connection: sqlite3.Connection, narrative_id: str) -> Row | None:
    """Return a narrative with its family's titles and its ``partners`` (stance towards each)."""
    found = one_row(
        connection,
        "select n.*, f.title_fr as family_fr, f.title_en as family_en from narratives n "
        "join narrative_families f using (family_id) where narrative_id = ?",
        [narrative_id],
    )
    if found is not None:
        found["partners"] = all_rows(
            connection,
            "select p.*, np.stance from narrative_partners np join partners p using (partner_id) "
            "where narrative_id = ? order by p.position",
            [narrative_id],
        )
    return found


def totals_by_voice(
    connection: sqlite3.Connection, narrative_id: str, source_id: str = "all"
) -> dict[str, Row]:
    """Return documents, distinct texts and undated documents by voice, in one source or in all."""
    rows = all_rows(
        connection,
        "select * from narrative_totals where narrative_id = ? and source_id = ?",
        [narrative_id, source_id],
    )
    return {row["voice"]: row for row in rows}


def outlets(connection: sqlite3.Connection, narrative_id: str) -> list[Row]:
    """Return the outlets in which the narrative runs, with documents by voice and all their documents."""
    rows = all_rows(
        connection,
        "select t.source_id, s.title, s.kind, t.voice, t.documents, t.distinct_texts, a.documents as "
        "collected "
        "from narrative_totals t join sources s using (source_id) left join source_totals a using "
        "(source_id) "
        "where t.narrative_id = ? order by s.title, t.source_id",
        [narrative_id],
    )
    found: dict[str, Row] = {}
    for row in rows:
        outlet = found.setdefault(
            row["source_id"],
            {key: row[key] for key in ("source_id", "title", "kind", "collected")} | {"voices": {}},
        )
        outlet["voices"][row["voice"]] = row
    return sorted(
        found.values(),
        key=lambda outlet: (
            -outlet["voices"].get("own", {"documents": 0})["documents"],
            -outlet["voices"]["any"]["documents"],
            outlet["title"],
        ),
    )


def passages(
    connection: sqlite3.Connection,
    narrative_id: str,
    *,
    voice: str,
    limit: int,
    source_id: str | None = None,
) -> list[Row]:
    """Return the newest flagged passages of one voice, with document and outlet; few from one document."""
    in_source = "and p.source_id = :source" if source_id else ""
    rows = all_rows(
        connection,
        "select p.*, d.title as document_title, d.url, d.cluster_size, s.title as source_title "  # noqa: S608
        "from predictions p join documents d using (document_id) join sources s on s.source_id = p.source_id "
        f"where p.narrative_id = :narrative and p.band = 'flagged' and p.voice = :voice {in_source} "
        "order by p.placed_on desc, p.document_id desc, p.start limit :limit",
        {"narrative": narrative_id, "voice": voice, "limit": limit * _READ_AHEAD, "source": source_id},
    )
    taken: dict[int, int] = {}
    kept: list[Row] = []
    for row in rows:
        taken[row["document_id"]] = taken.get(row["document_id"], 0) + 1
        if taken[row["document_id"]] <= PASSAGES_PER_DOCUMENT and len(kept) < limit:
            kept.append(row)
    return kept


def most_copied(connection: sqlite3.Connection, narrative_id: str, limit: int) -> list[Row]:
    """Return the texts that stand in most documents, each once, by the first document that carries it."""
    return all_rows(
        connection,
        "select d.document_key, d.title, d.language, d.placed_on, d.source_id, s.title as source_title, "
        "c.cluster_id, c.cluster_size, c.outlets from copied_texts c join documents d on d.document_id = ("
        "  select document_id from documents e where e.cluster_id = c.cluster_id "
        "  order by coalesce(e.published_at, e.first_seen_at), e.document_id limit 1) "
        "join sources s on s.source_id = d.source_id where c.narrative_id = ? order by c.position limit ?",
        [narrative_id, limit],
    )


def weeks_by_group(connection: sqlite3.Connection, narrative_id: str) -> dict[str, dict[str, int]]:
    """Return kind of source -> Monday -> own-voice distinct texts, the kind with most texts first."""
    found: dict[str, dict[str, int]] = {}
    for kind, monday, count in connection.execute(
        "select source_kind, period_start, distinct_texts from group_weeks where narrative_id = ? "
        "and voice = 'own' order by period_start",
        [narrative_id],
    ):
        found.setdefault(kind, {})[monday] = count
    return dict(sorted(found.items(), key=lambda entry: (-sum(entry[1].values()), entry[0])))


def people_labels(connection: sqlite3.Connection, narrative_id: str) -> dict[str, int]:
    """Return voice -> passages that people labelled with the narrative."""
    return dict(
        connection.execute(
            "select voice, count(*) from human_labels where narrative_id = ? group by voice", [narrative_id]
        ).fetchall()
    )


def weekly_counts(
    connection: sqlite3.Connection, narrative_id: str, measure: str
) -> dict[str, dict[str, int]]:
    """Return voice -> Monday -> count of ``documents`` or ``distinct_texts``, over everything collected."""
    column = {"documents": "documents", "distinct_texts": "distinct_texts"}[measure]
    found: dict[str, dict[str, int]] = {voice: {} for voice in VOICES}
    for voice, monday, count in connection.execute(
        f"select voice, period_start, {column} from trends where period = 'week' "  # noqa: S608
        "and narrative_id = ? and source_id = 'all' and language = 'all' and voice <> 'any'",
        [narrative_id],
    ):
        found[voice][monday] = count
    return found


def weekly_table(connection: sqlite3.Connection, narrative_id: str) -> list[Row]:
    """Return the weeks in which the narrative was seen, newest first, with both measures by voice."""
    weeks: dict[str, Row] = {}
    for row in all_rows(
        connection,
        "select period_start, voice, documents, distinct_texts from trends where period = 'week' "
        "and narrative_id = ? and source_id = 'all' and language = 'all' and voice <> 'any' order by "
        "period_start desc",
        [narrative_id],
    ):
        week = weeks.setdefault(row["period_start"], {"period_start": row["period_start"], "voices": {}})
        week["voices"][row["voice"]] = row
    return list(weeks.values())


def collected_weeks(connection: sqlite3.Connection, source_kind: str = "all") -> list[str]:
    """Return the Mondays of the weeks in which anything dated was collected, oldest first."""
    rows = connection.execute(
        "select period_start from collected_weekly where source_kind = ? order by period_start", [source_kind]
    ).fetchall()
    return [row[0] for row in rows]


def events_about(connection: sqlite3.Connection, partner_ids: Sequence[str]) -> list[Row]:
    """Return the dated events that concern one of the partners, in order of date."""
    marks = ", ".join("?" * len(partner_ids))
    return all_rows(
        connection,
        "select distinct e.* from events e join event_partners p using (event_id) "  # noqa: S608
        f"where p.partner_id in ({marks}) order by e.starts_on, e.event_id",
        list(partner_ids),
    )


def instrument_changes(connection: sqlite3.Connection) -> list[Row]:
    """Return what changed in the instrument, oldest first: model, codebook, sources added and fallen silent.

    ``subject`` is the id of what changed, ``title`` the name of a source, else None.
    """
    return all_rows(
        connection,
        "select changed_at, kind, subject, detail, null as title, instrument_change_id as number "
        "from instrument_changes union all "
        'select b."on", b.change, b.source_id, null, s.title, 0 from source_breaks b '
        "join sources s using (source_id) "
        "order by 1, 6, 3",
    )


def near_misses(connection: sqlite3.Connection, narrative_ids: Sequence[str]) -> list[Row]:
    """Return the titles of the narratives that a text is sent to instead."""
    marks = ", ".join("?" * len(narrative_ids))
    return all_rows(
        connection,
        "select narrative_id, title_fr, title_en from narratives "  # noqa: S608
        f"where narrative_id in ({marks}) order by position",
        list(narrative_ids),
    )
