"""What is here and what cannot be seen: the figures of the home page."""

import sqlite3
from datetime import date, timedelta

from db.clock import iso_week_start
from db.reading.rows import Row, all_rows, one_value

#: Weeks that the small bars on the home page cover.
ACTIVITY_WEEKS = 26
#: Languages that the codebook's patterns and the model can read.
CLASSIFIED_LANGUAGES = ("fr", "en")
#: How the tables of totals call a language that nobody could tell.
UNKNOWN_LANGUAGE = "unknown"
#: A source that was collected in the last weeks of its life at a known rhythm is silent after this many days.
SILENT_AFTER_DAYS = 14


def about(connection: sqlite3.Connection) -> dict[str, str | None]:
    """Return the facts of the publication: as_of, model_id, codebook_version, documents, period and so on."""
    return {row["key"]: row["value"] for row in all_rows(connection, "select key, value from about")}


def fact(connection: sqlite3.Connection, key: str) -> str | None:
    """Return one fact of the publication: over a working database only that one is worked out."""
    value = one_value(connection, "select value from about where key = ?", [key])
    return None if value is None else str(value)


def narratives_by_family(connection: sqlite3.Connection) -> list[Row]:
    """Return the families in order, each with its ``narratives`` and their totals by voice.

    A narrative carries ``voices``: own, attributed, rejected -> {documents, distinct_texts}; never added.
    """
    families = all_rows(connection, "select * from narrative_families order by position")
    narratives = all_rows(connection, "select * from narratives order by position")
    totals = all_rows(connection, "select * from narrative_totals where source_id = 'all'")
    voices: dict[str, Row] = {}
    for row in totals:
        voices.setdefault(row["narrative_id"], {})[row["voice"]] = row
    for family in families:
        family["narratives"] = [
            {**narrative, "voices": voices.get(narrative["narrative_id"], {})}
            for narrative in narratives
            if narrative["family_id"] == family["family_id"]
        ]
    return [family for family in families if family["narratives"]]


def recent_weeks(connection: sqlite3.Connection, weeks: int = ACTIVITY_WEEKS) -> list[str]:
    """Return the Mondays of the weeks up to the last dated document, oldest first."""
    latest = connection.execute("select max(day) from collected_daily").fetchone()[0]
    if latest is None:
        return []
    monday = iso_week_start(date.fromisoformat(latest))
    return [(monday - timedelta(weeks=back)).isoformat() for back in reversed(range(weeks))]


def reach(connection: sqlite3.Connection) -> tuple[str, str] | None:
    """Return the first and the last day of any dated document, or None where there is none."""
    first, last = connection.execute("select min(day), max(day) from collected_daily").fetchone()
    return None if first is None else (str(first), str(last))


def anything_between(connection: sqlite3.Connection, since: str, until: str) -> bool:
    """Return whether a document is dated on one of these inclusive days."""
    sql = "select 1 from collected_daily where day between ? and ? limit 1"
    return connection.execute(sql, [since, until]).fetchone() is not None


def weekly_activity(connection: sqlite3.Connection, mondays: list[str]) -> dict[str, list[int]]:
    """Return own-voice distinct texts per week by narrative id, one number for each Monday."""
    if not mondays:
        return {}
    found: dict[str, list[int]] = {}
    for row in all_rows(
        connection,
        "select narrative_id, period_start, distinct_texts from trends "
        "where period = 'week' and source_id = 'all' and language = 'all' and voice = 'own' and "
        "period_start >= ?",
        [mondays[0]],
    ):
        if row["period_start"] in mondays:
            series = found.setdefault(row["narrative_id"], [0] * len(mondays))
            series[mondays.index(row["period_start"])] = row["distinct_texts"]
    return found


def coverage(connection: sqlite3.Connection) -> Row:
    """Return what the instrument cannot see, as numbers and lists for the coverage statement."""
    languages = all_rows(
        connection,
        "select language, documents from language_totals order by documents desc, language",
    )
    as_of = fact(connection, "as_of") or "1970-01-01"
    return {
        "undated": int(fact(connection, "undated") or 0),
        "unclassified": [
            row for row in languages if row["language"] not in (*CLASSIFIED_LANGUAGES, UNKNOWN_LANGUAGE)
        ],
        "unidentified": sum(row["documents"] for row in languages if row["language"] == UNKNOWN_LANGUAGE),
        "silent": all_rows(
            connection,
            "select s.source_id, s.title, t.last_seen_at from sources s join source_totals t using "
            "(source_id) "
            "where s.enabled = 1 and t.last_seen_at < date(?, ?) order by t.last_seen_at",
            [as_of[:10], f"-{SILENT_AFTER_DAYS} days"],
        ),
        "empty": all_rows(
            connection,
            "select source_id, title from sources where enabled = 1 and source_id not in "
            "(select source_id from source_totals) order by title",
        ),
        "disabled": all_rows(
            connection,
            "select source_id, title, disabled_reason from sources "
            "where enabled = 0 and platform <> 'import' order by title",
        ),
        "enabled": connection.execute("select count(*) from sources where enabled = 1").fetchone()[0],
    }


def latest_passages(connection: sqlite3.Connection, limit: int) -> list[Row]:
    """Return the newest flagged passages in an author's own voice, one per document."""
    return all_rows(
        connection,
        "select p.*, d.title as document_title, d.url, d.cluster_size, s.title as source_title, "
        "n.title_fr as narrative_fr, n.title_en as narrative_en "
        "from (select * from predictions where band = 'flagged' and placed_on is not null "
        "      order by placed_on desc, document_id desc limit 200) p "
        "join documents d using (document_id) join sources s on s.source_id = p.source_id "
        "join narratives n using (narrative_id) where p.voice = 'own' "
        "group by p.document_id order by p.placed_on desc, p.document_id desc limit ?",
        [limit],
    )


def weekly_grid(connection: sqlite3.Connection, mondays: list[str]) -> list[Row]:
    """Return the core narratives, each with ``weeks``: (own-voice distinct texts, all that were collected).

    One pair for every Monday, in order: what a comparison at equal volume needs.
    """
    collected = dict(
        connection.execute(
            "select period_start, distinct_texts from collected_weekly "
            "where source_kind = 'all' and period_start between ? and ?",
            [mondays[0], mondays[-1]],
        ).fetchall()
    )
    counts = {
        (row["narrative_id"], row["period_start"]): row["distinct_texts"]
        for row in all_rows(
            connection,
            "select narrative_id, period_start, distinct_texts from trends where period = 'week' "
            "and source_id = 'all' and language = 'all' and voice = 'own' and period_start >= ?",
            [mondays[0]],
        )
    }
    narratives = all_rows(
        connection,
        "select narrative_id, title_fr, title_en from narratives where status = 'core' order by position",
    )
    for narrative in narratives:
        narrative["weeks"] = [
            (counts.get((narrative["narrative_id"], monday), 0), collected.get(monday, 0))
            for monday in mondays
        ]
    return narratives


def fictional_sources(connection: sqlite3.Connection) -> int:
    """Return how many sources are invented: a demonstration says so on its first page."""
    return int(connection.execute("select count(*) from sources where fictional = 1").fetchone()[0])
