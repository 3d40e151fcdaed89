"""Reports: the list, and the pages that were computed when the publication was built."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from datasette_config.pages.site import ask, found, site_of
from datasette_config.report_model import load_reports
from datasette_config.typography import typeset
from db.reading.publication import report_page as kept_page
from db.reading.publication import report_pages

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette


async def reports(datasette: "Datasette", request: Request) -> Response:
    """``/fr/reports``."""
    site = site_of(datasette, request)
    known = load_reports()
    rows = await ask(datasette, lambda connection: report_pages(connection, site.language))
    for row in rows:
        report = known.get(row["report_id"])
        row["title"] = _said(report.title.say(site.language), site.language) if report else row["report_id"]
        row["description"] = _said(report.description.say(site.language), site.language) if report else ""
    return await site.page("reports.html", {"reports": rows})


async def report_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/reports/<id>``: the report of the last finished week when the publication was built."""
    site = site_of(datasette, request)
    report_id = request.url_vars["report_id"]

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        return kept_page(connection, report_id, site.language)

    row = found(await ask(datasette, question))
    report = load_reports().get(report_id)
    asked = request.args.get("since"), request.args.get("until")
    return await site.page(
        "report.html",
        {
            **row,
            "title": _said(report.title.say(site.language), site.language) if report else report_id,
            "asked_other": any(asked) and asked != (row["since"], row["until"]),
            # Written by our own template, values escaped, when the publication was built.
            "html": Markup(row["html"]),  # noqa: S704
        },
    )


def _said(text: str, language: str) -> str:
    return typeset(text, language)
