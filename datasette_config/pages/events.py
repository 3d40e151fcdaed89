"""The dated events, and the narratives around each."""

import sqlite3
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.charts.series import week_is_finished
from datasette_config.pages.site import ask, found, site_of
from datasette_config.reporting_change import WeekCount, change, changes
from db.clock import iso_week_start
from db.reading import event as reading
from db.reading.overview import fact

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette


async def events(datasette: "Datasette", request: Request) -> Response:
    """``/fr/events``."""
    rows = await ask(datasette, reading.events)
    return await site_of(datasette, request).page("events.html", {"events": rows})


async def event_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/events/<id>``: the event, and its narratives before and after it."""
    event_id = request.url_vars["event_id"]

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        event = reading.event(connection, event_id)
        if event is None:
            return None
        rows = reading.around(connection, event_id, event["starts_on"])
        last = iso_week_start(date.fromisoformat(event["starts_on"])) + timedelta(weeks=reading.WEEKS_AROUND)
        as_of = fact(connection, "as_of")
        return {
            "event": event,
            "rows": _compared(rows),
            "weeks": reading.WEEKS_AROUND,
            "over": bool(as_of) and week_is_finished(last, str(as_of)),
            "seen": {
                side: sum(n > 0 for _, n in rows[0][side]) if rows else 0 for side in ("before", "after")
            },
        }

    return await site_of(datasette, request).page("event.html", found(await ask(datasette, question)))


def _collected(rows: list[dict[str, Any]], side: str) -> int:
    """Count the weeks of a side in which anything was collected, the same for every narrative."""
    return sum(collected > 0 for _, collected in rows[0][side]) if rows else 0


def _compared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the rate after the event over the rate before it, judged together over the narratives."""
    found_changes = []
    for row in rows:
        after = WeekCount(sum(week[0] for week in row["after"]), sum(week[1] for week in row["after"]))
        found_changes.append(change(after, [WeekCount(*week) for week in row["before"]]))
    judged = changes(found_changes)
    return [
        {
            **row,
            "before_texts": sum(week[0] for week in row["before"]),
            "after_texts": sum(week[0] for week in row["after"]),
            "change": verdict,
        }
        for row, verdict in zip(rows, judged, strict=True)
    ]
