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
        "h.state, h.since, h.last_success_at, h.last_polled_at, h.items_per_week, h.items_7_days, "
        "h.items_30_days, h.failures, h.failed_polls, "
        "(select count(*) from source_statements x where x.source_id = s.source_id) as statements "
        "from sources s left join source_totals t using (source_id) left join source_health h "
        "using (source_id) "
        "order by coalesce(t.documents, 0) = 0, s.title collate nocase",
    )


def source(connection: sqlite3.Connection, source_id: str) -> Row | None:
    """Return one source with its totals, or None."""
    return one_row(
        connection,
        "select s.*, coalesce(t.documents, 0) as documents, coalesce(t.distinct_texts, 0) as distinct_texts, "
        "coalesce(t.undated, 0) as undated, t.first_on, t.last_on, t.last_seen_at, h.state, h.since, "
        "h.last_success_at, h.last_polled_at, h.items_per_week, h.items_7_days, h.items_30_days, h.failures, "
        "h.failed_polls "
        "from sources s left join source_totals t using (source_id) left join source_health h "
        "using (source_id) "
        "where s.source_id = ?",
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
        "select outcome, fetches, last_on from collection_totals where source_id = ? "
        "order by fetches desc, outcome",
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


def texts_against_average(connection: sqlite3.Connection, source_id: str) -> list[Row]:
    """Return the narratives seen in own voice here or elsewhere, with four counts of distinct texts.

    ``here`` of ``here_collected`` texts of the source carry the narrative, ``elsewhere`` of
    ``elsewhere_collected`` of those that the source did not carry.
    """
    return all_rows(
        connection,
        "select n.narrative_id, n.title_fr, n.title_en, n.status, coalesce(h.distinct_texts, 0) as here, "
        "t.distinct_texts as here_collected, coalesce(a.distinct_texts, 0) - "
        "coalesce(h.distinct_texts, 0) as "
        "elsewhere, cast((select value from about where key = 'distinct_texts') as integer) - "
        "t.distinct_texts as "
        "elsewhere_collected from source_totals t cross join narratives n "
        "left join narrative_totals h on h.narrative_id = n.narrative_id and h.source_id = t.source_id "
        "and h.voice = 'own' "
        "left join narrative_totals a on a.narrative_id = n.narrative_id and a.source_id = 'all' "
        "and a.voice = 'own' where t.source_id = ? and (h.distinct_texts > 0 or a.distinct_texts > 0) "
        "order by here desc, n.position",
        [source_id],
    )


def private_weeks(connection: sqlite3.Connection, source_id: str, limit: int) -> list[Row]:
    """Return the weeks in which at least five accounts wrote, newest first."""
    return all_rows(
        connection,
        "select w.*, n.title_fr, n.title_en from private_weeks w left join narratives n using (narrative_id) "
        "where w.source_id = ? order by w.period_start desc, w.narrative_id <> 'collected', "
        "w.documents desc limit ?",
        [source_id, limit],
    )


def latest_documents(connection: sqlite3.Connection, source_id: str, limit: int) -> list[Row]:
    """Return the newest documents of a source."""
    return all_rows(
        connection,
        "select document_key, title, placed_on, published_at, published_precision, first_seen_at, "
        "cluster_size, language "
        "from documents where source_id = ? order by placed_on desc, document_id desc limit ?",
        [source_id, limit],
    )
