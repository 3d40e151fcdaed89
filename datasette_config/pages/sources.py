"""Sources: the list, and one source with what is said of it."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.pages.site import ask, found, site_of
from db.reading import source as reading

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

LATEST = 10


def health_of(source: dict[str, Any]) -> str:
    """Name the state of a source's collection in one word of the page wording."""
    if source["platform"] == "import":
        return "imported"
    if not source["enabled"]:
        return "disabled"
    if source.get("last_polled_at") is None and not source["documents"]:
        return "never"
    return "failing" if (source.get("failures") or 0) >= 1 else "ok"


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
        polled = [feed["last_polled_at"] for feed in feeds if feed["last_polled_at"]]
        failures = max((feed["failures"] for feed in feeds), default=0)
        state = {**source, "last_polled_at": max(polled, default=None), "failures": failures}
        return {
            "source": source,
            "health": health_of(state),
            "statements": reading.statements(connection, source_id),
            "feeds": feeds,
            "outcomes": reading.outcomes(connection, source_id),
            "rhythm": reading.rhythm(connection, source_id),
            "narratives": reading.narratives_in(connection, source_id),
            "latest": reading.latest_documents(connection, source_id, LATEST),
        }

    return await site_of(datasette, request).page("source.html", found(await ask(datasette, question)))
