"""The dated events, and the narratives around each."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.pages.site import ask, found, site_of
from datasette_config.reporting_change import WeekCount, change, changes
from db.reading import event as reading

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
        return {
            "event": event,
            "rows": _compared(reading.around(connection, event_id, event["starts_on"])),
            "weeks": reading.WEEKS_AROUND,
        }

    return await site_of(datasette, request).page("event.html", found(await ask(datasette, question)))


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
