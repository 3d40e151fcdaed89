"""Dated events, and what was flagged in the weeks around each."""

import sqlite3
from datetime import date, timedelta

from db.clock import iso_week_start
from db.reading.overview import weekly_grid
from db.reading.rows import Row, all_rows, one_row

#: Whole weeks shown on each side of the week of an event.
WEEKS_AROUND = 8


def events(connection: sqlite3.Connection) -> list[Row]:
    """Return every event with the partners it concerns, newest first."""
    found = all_rows(connection, "select * from events order by starts_on desc, event_id")
    partners = all_rows(
        connection,
        "select ep.event_id, p.partner_id, p.title_fr, p.title_en from event_partners ep join partners p "
        "using (partner_id) "
        "order by p.position",
    )
    for event in found:
        event["year"] = event["starts_on"][:4]
        event["partners"] = [row for row in partners if row["event_id"] == event["event_id"]]
    return found


def event(connection: sqlite3.Connection, event_id: str) -> Row | None:
    """Return one event with its partners, or None."""
    found = one_row(connection, "select * from events where event_id = ?", [event_id])
    if found is not None:
        found["partners"] = all_rows(
            connection,
            "select p.* from event_partners ep join partners p using (partner_id) where ep.event_id = ? "
            "order by p.position",
            [event_id],
        )
    return found


def around(connection: sqlite3.Connection, event_id: str, starts_on: str) -> list[Row]:
    """Return, for the narratives about the event's partners, the weeks on each side of it.

    ``before`` and ``after`` hold one pair for each of :data:`WEEKS_AROUND` whole weeks: own-voice distinct
    texts, and all distinct texts collected. The week of the event is in neither.
    """
    monday = iso_week_start(date.fromisoformat(starts_on))
    mondays = [
        (monday + timedelta(weeks=step)).isoformat() for step in range(-WEEKS_AROUND, WEEKS_AROUND + 1)
    ]
    about_partners = {
        row[0]
        for row in connection.execute(
            "select np.narrative_id from narrative_partners np join event_partners ep using (partner_id) "
            "where ep.event_id = ?",
            [event_id],
        )
    }
    return [
        {**row, "before": row["weeks"][:WEEKS_AROUND], "after": row["weeks"][WEEKS_AROUND + 1 :]}
        for row in weekly_grid(connection, mondays)
        if row["narrative_id"] in about_partners
    ]
