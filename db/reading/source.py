"""Sources: who they are said to be, how they are doing, and what runs in them."""

import sqlite3
import statistics
from datetime import date, timedelta

from db.reading.rows import Row, all_rows, one_row, one_value

#: A rhythm is learned from this many weeks, and only where at least half of them brought something.
RHYTHM_WEEKS = 8


def sources(connection: sqlite3.Connection) -> list[Row]:
    """Return every source with its totals, its health and the number of statements, collected ones first."""
    return all_rows(
        connection,
        "select s.*, coalesce(t.documents, 0) as documents, coalesce(t.distinct_texts, 0) as "
        "distinct_texts, t.first_on, "
        "t.last_on, t.last_seen_at, coalesce(t.undated, 0) as undated, "
        "(select max(last_success_at) from feed_health h where h.source_id = s.source_id) as "
        "last_success_at, "
        "(select max(last_polled_at) from feed_health h where h.source_id = s.source_id) as last_polled_at, "
        "(select max(failures) from feed_health h where h.source_id = s.source_id) as failures, "
        "(select count(*) from source_statements x where x.source_id = s.source_id) as statements "
        "from sources s left join source_totals t using (source_id) "
        "order by coalesce(t.documents, 0) = 0, s.title collate nocase",
    )


def source(connection: sqlite3.Connection, source_id: str) -> Row | None:
    """Return one source with its totals, or None."""
    return one_row(
        connection,
        "select s.*, coalesce(t.documents, 0) as documents, coalesce(t.distinct_texts, 0) as distinct_texts, "
        "coalesce(t.undated, 0) as undated, t.first_on, t.last_on, t.last_seen_at "
        "from sources s left join source_totals t using (source_id) where s.source_id = ?",
        [source_id],
    )


def statements(connection: sqlite3.Connection, source_id: str) -> list[Row]:
    """Return what is said of a source, by property and date."""
    return all_rows(
        connection,
        "select * from source_statements where source_id = ? order by property, coalesce(valid_from, "
        "stated_at, ''), "
        "statement_id",
        [source_id],
    )


def feeds(connection: sqlite3.Connection, source_id: str) -> list[Row]:
    """Return the polled addresses of a source and how they are doing."""
    return all_rows(connection, "select * from feed_health where source_id = ? order by feed_id", [source_id])


def outcomes(connection: sqlite3.Connection, source_id: str) -> list[Row]:
    """Return how requests to a source ended, most frequent first."""
    return all_rows(
        connection,
        "select outcome, sum(fetches) as fetches, max(day) as last_on from collection where source_id = ? "
        "group by outcome order by fetches desc, outcome",
        [source_id],
    )


def rhythm(connection: sqlite3.Connection, source_id: str) -> float | None:
    """Return the learned rhythm in documents a week (median of the last weeks), or None: unknown.

    The week of the last document is left out: it may not be over.
    """
    last = one_value(connection, "select max(day) from collected_daily where source_id = ?", [source_id])
    if last is None:
        return None
    end = date.fromisoformat(last) - timedelta(days=date.fromisoformat(last).weekday())
    start = end - timedelta(weeks=RHYTHM_WEEKS)
    counts = dict(
        connection.execute(
            "select date(day, 'weekday 0', '-6 days'), sum(documents) from collected_daily "
            "where source_id = ? and day >= ? and day < ? group by 1",
            [source_id, start.isoformat(), end.isoformat()],
        ).fetchall()
    )
    weeks = [(start + timedelta(weeks=number)).isoformat() for number in range(RHYTHM_WEEKS)]
    series = [counts.get(week, 0) for week in weeks]
    if sum(count > 0 for count in series) * 2 < RHYTHM_WEEKS:
        return None
    return float(statistics.median(series))


def narratives_in(connection: sqlite3.Connection, source_id: str) -> list[Row]:
    """Return the narratives that run in a source, with documents by voice, most frequent first."""
    rows = all_rows(
        connection,
        "select t.*, n.title_fr, n.title_en, n.position from narrative_totals t join narratives n using "
        "(narrative_id) "
        "where t.source_id = ?",
        [source_id],
    )
    found: dict[str, Row] = {}
    for row in rows:
        entry = found.setdefault(
            row["narrative_id"],
            {key: row[key] for key in ("narrative_id", "title_fr", "title_en", "position")} | {"voices": {}},
        )
        entry["voices"][row["voice"]] = row
    return sorted(found.values(), key=lambda entry: (-entry["voices"]["any"]["documents"], entry["position"]))


def latest_documents(connection: sqlite3.Connection, source_id: str, limit: int) -> list[Row]:
    """Return the newest documents of a source."""
    return all_rows(
        connection,
        "select document_key, title, placed_on, published_at, published_precision, first_seen_at, "
        "cluster_size, language "
        "from documents where source_id = ? order by placed_on desc, document_id desc limit ?",
        [source_id, limit],
    )
