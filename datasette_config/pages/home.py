"""The home page and the table of narratives."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.charts.series import week_is_finished
from datasette_config.pages.site import ask, preferred_language, site_of
from datasette_config.reporting_change import COMPARED_WEEKS, WeekCount, change, changes
from db.reading import overview
from db.reading.partner import partners
from db.reading.quality import measured_precision

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: Passages shown on the home page.
LATEST = 8


def overview_of(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the families with their counts, what was measured of each narrative, and recent activity."""
    mondays = overview.recent_weeks(connection)
    return {
        "families": overview.narratives_by_family(connection),
        "measured": measured_precision(connection),
        "mondays": mondays,
        "activity": overview.weekly_activity(connection, mondays),
    }


async def root(datasette: "Datasette", request: Request) -> Response:
    """``/``: to the home page in the reader's language."""
    target = datasette.urls.path(f"/{preferred_language(request)}/")
    return Response.redirect(target, headers={"Vary": "Accept-Language"})


async def home(datasette: "Datasette", request: Request) -> Response:
    """``/fr/``: what is here, what cannot be seen, and the ways in."""
    site = site_of(datasette, request)

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        return {
            **overview_of(connection),
            **_movements(connection),
            "partners": partners(connection),
            "coverage": overview.coverage(connection),
            "latest": overview.latest_passages(connection, LATEST),
            "fictional": overview.fictional_sources(connection),
            "silent_days": overview.SILENT_AFTER_DAYS,
        }

    return await site.page("home.html", await ask(datasette, question))


async def narratives(datasette: "Datasette", request: Request) -> Response:
    """``/fr/narratives``: every narrative by family."""
    return await site_of(datasette, request).page("narratives.html", await ask(datasette, overview_of))


def _movements(connection: sqlite3.Connection) -> dict[str, Any]:
    """Compare the last finished week with the weeks before it, narrative by narrative."""
    as_of = overview.fact(connection, "as_of")
    mondays = [
        monday
        for monday in overview.recent_weeks(connection, COMPARED_WEEKS + 2)
        if as_of and week_is_finished(date.fromisoformat(monday), as_of)
    ][-(COMPARED_WEEKS + 1) :]
    if not mondays:
        return {"moved": [], "moved_week": None, "moved_weeks": 0, "compared": 0}
    grid = overview.weekly_grid(connection, mondays)
    rows = [
        {**narrative, "change": change(WeekCount(*narrative["weeks"][-1]), [WeekCount(*week) for week in
                                                                           narrative["weeks"][:-1]])}
        for narrative in grid
    ]  # fmt: skip
    judged = changes([row["change"] for row in rows])
    moved = [
        {**row, "change": verdict}
        for row, verdict in zip(rows, judged, strict=True)
        if verdict.verdict in ("up", "down")
    ]
    return {
        "moved": moved,
        "moved_week": date.fromisoformat(mondays[-1]),
        "moved_weeks": len(mondays) - 1,
        "compared": sum(verdict.verdict in ("up", "down", "noise") for verdict in judged),
    }
