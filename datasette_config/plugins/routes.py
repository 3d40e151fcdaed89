"""Which address shows which page."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pluggy
from datasette.utils.asgi import Request, Response

from datasette_config.pages import (
    claims,
    document,
    document_files,
    documents,
    events,
    home,
    method,
    narratives,
    partners,
    reports,
    sources,
    sql,
    tables,
)
from datasette_config.pages.table_atom import table_atom
from datasette_config.pages.table_csv import table_csv

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

hookimpl = pluggy.HookimplMarker("datasette")

_LANGUAGE = r"^/(?P<language>fr|en)"
_ID = r"[A-Za-z0-9._-]{1,120}"


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Return our pages; Datasette asks them before its own."""
    return [
        (r"^/$", home.root),
        (r"^/robots\.txt$", robots),
        (_LANGUAGE + r"/?$", home.home),
        (_LANGUAGE + r"/narratives$", home.narratives),
        (_LANGUAGE + rf"/narratives/(?P<narrative_id>{_ID})$", narratives.narrative_page),
        (_LANGUAGE + r"/documents$", documents.documents),
        (_LANGUAGE + r"/documents\.atom$", documents.documents_atom),
        (_LANGUAGE + r"/documents\.csv$", document_files.documents_csv),
        (_LANGUAGE + r"/documents\.json$", document_files.documents_json),
        (_LANGUAGE + rf"/documents/(?P<document_key>{_ID})$", document.document_page),
        (_LANGUAGE + r"/sources$", sources.sources),
        (_LANGUAGE + rf"/sources/(?P<source_id>{_ID})$", sources.source_page),
        (_LANGUAGE + r"/partners$", partners.partners),
        (_LANGUAGE + rf"/partners/(?P<partner_id>{_ID})$", partners.partner_page),
        (_LANGUAGE + r"/events$", events.events),
        (_LANGUAGE + rf"/events/(?P<event_id>{_ID})$", events.event_page),
        (_LANGUAGE + r"/claims$", claims.claims),
        (_LANGUAGE + rf"/claims/(?P<claim_key>{_ID})$", claims.claim_page),
        (_LANGUAGE + r"/reports$", reports.reports),
        (_LANGUAGE + rf"/reports/(?P<report_id>{_ID})$", reports.report_page),
        (_LANGUAGE + r"/method$", method.method),
        (_LANGUAGE + r"/method/quality$", method.quality),
        (_LANGUAGE + r"/method/model$", method.model_card),
        (_LANGUAGE + r"/method/agreement$", method.agreement),
        (_LANGUAGE + r"/method/symmetry$", method.symmetry),
        (_LANGUAGE + r"/method/codebook$", method.codebook),
        (_LANGUAGE + r"/method/changes$", method.changes),
        (_LANGUAGE + r"/sql$", sql.sql_page),
        (_LANGUAGE + r"/sql\.csv$", sql.sql_csv),
        (r"^/public$", tables.tables),
        (r"^/public/(?P<table>[^/.]+)\.csv$", table_csv),
        (r"^/public/(?P<table>[^/.]+)\.atom$", table_atom),
        (r"^/.*\.csv$", no_other_csv),
    ]


async def robots(datasette: "Datasette", request: Request) -> Response:
    """Let search engines read the pages, and keep crawlers out of endless filters and tables."""
    lines = [
        "User-agent: *",
        "Disallow: /public",
        "Disallow: /-/",
        "Disallow: /fr/documents?",
        "Disallow: /en/documents?",
    ]
    return Response.text("\n".join(lines) + "\n")


async def no_other_csv() -> Response:
    """Datasette's own CSV passes formulas on to spreadsheets; only ours is served."""
    return Response.text("Not found.\n", status=404)
