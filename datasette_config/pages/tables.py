"""The list of tables and ready queries: Datasette's own asks for permission hundreds of times."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Forbidden, Request, Response

from datasette_config.metadata import HIDDEN, canned_queries, table_description
from datasette_config.pages.site import DATABASE, ask, settings, site_of
from db.reading.publication import row_counts

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette


async def tables(datasette: "Datasette", request: Request) -> Response:
    """``/public``: every published table with its number of rows, and the ready queries."""
    if "sql" in request.args:
        raise Forbidden("only ready queries are answered")
    site = site_of(datasette, request)
    described = [
        {"name": name, "count": count, "description": description}
        for name, count in (await ask(datasette, row_counts)).items()
        if name not in HIDDEN and (description := table_description(name, site.language))
    ]
    queries = [
        {"name": name, "title": query[f"title_{site.language}"], "report": query.get("report")}
        for name, query in _queries(tuple(settings(datasette).get("reports") or ())).items()
    ]
    context = {
        "database": DATABASE,
        "tables": described,
        "queries": queries,
        "urls": datasette.urls,
        "allow_sql": settings(datasette).get("allow_sql"),
    }
    return await site.page("tables.html", context)


@cache
def _queries(folders: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return canned_queries([Path(folder) for folder in folders])
