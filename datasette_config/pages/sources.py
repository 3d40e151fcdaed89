"""Sources: the list, and one source with what is said of it."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.pages.site import ask, found, site_of
from datasette_config.shares import compared
from db.reading import source as reading

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

LATEST = 10
#: Rows shown of what private accounts wrote; the table has them all.
PRIVATE_ROWS = 40


def health_of(source: dict[str, Any]) -> str:
    """Name the state of a source's collection in one word of the page wording."""
    if source["platform"] == "import":
        return "imported"
    if source["state"] is None:
        return "ok" if source["documents"] else "new"
    return str(source["state"])


async def sources(datasette: "Datasette", request: Request) -> Response:
    """``/fr/sources``."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        rows = [{**row, "health": health_of(row)} for row in reading.sources(connection)]
        return {
            "collected": [row for row in rows if row["documents"] or row["enabled"]],
            "others": [row for row in rows if not (row["documents"] or row["enabled"])],
        }

    return await site_of(datasette, request).page("sources.html", await ask(datasette, question))


async def source_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/sources/<id>``."""
    source_id = request.url_vars["source_id"]

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        source = reading.source(connection, source_id)
        if source is None:
            return None
        feeds = reading.feeds(connection, source_id)
        learned = source["items_per_week"]
        return {
            "source": source,
            "health": health_of(source),
            "statements": reading.statements(connection, source_id),
            "feeds": feeds,
            "outcomes": reading.outcomes(connection, source_id),
            "rhythm": reading.rhythm(connection, source_id) if learned is None else learned,
            "narratives": reading.narratives_in(connection, source_id),
            "against": _against(reading.texts_against_average(connection, source_id)),
            "private": reading.private_weeks(connection, source_id, PRIVATE_ROWS),
            "latest": reading.latest_documents(connection, source_id, LATEST),
        }

    return await site_of(datasette, request).page("source.html", found(await ask(datasette, question)))


def _against(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each narrative its share here against its share among the texts of other sources.

    ``telling`` marks what a reader came for: what the source carried, or carries more or less than others.
    """
    pairs = [
        (row["here"], row["here_collected"], row["elsewhere"], row["elsewhere_collected"]) for row in rows
    ]
    return [
        {**row, "compared": found, "telling": bool(row["here"]) or found.reading in ("more", "less")}
        for row, found in zip(rows, compared(pairs), strict=True)
    ]
