"""The home page and the table of narratives."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.export.cells import change_text
from datasette_config.pages.last_week import last_week
from datasette_config.pages.site import ask, preferred_language, site_of
from db.reading import overview
from db.reading.partner import partners
from db.reading.quality import measured_precision

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: Passages shown on the home page.
LATEST = 8
#: Narratives of the last finished week shown when fewer moved.
MOST_TOLD = 6


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
            "last": last_week(connection),
            "partners": partners(connection),
            "coverage": overview.coverage(connection),
            "latest": overview.latest_passages(connection, LATEST),
            "fictional": overview.fictional_sources(connection),
            "silent_days": overview.SILENT_AFTER_DAYS,
        }

    answer = await ask(datasette, question)
    ratio = {"ratio": lambda found: change_text(found, site.language), "most_told": MOST_TOLD}
    return await site.page("home.html", {**answer, **ratio})


async def narratives(datasette: "Datasette", request: Request) -> Response:
    """``/fr/narratives``: every narrative by family."""
    return await site_of(datasette, request).page("narratives.html", await ask(datasette, overview_of))
