"""Any table or ready query as an Atom feed (RFC 4287): rows as entries, in the order asked for."""

import json
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Request, Response

from datasette_config.metadata import column_description, table_description
from datasette_config.pages.site import DATABASE, site_of

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

FEED_ROWS = 100
#: The first of these columns that a row has names the entry; the first of the others dates it.
_TITLES = (
    "title_fr",
    "title",
    "quote",
    "claim_reviewed",
    "subject",
    "reference",
    "document_key",
    "source_id",
)
_MOMENTS = (
    "updated_at", "first_seen_at", "recorded_at", "changed_at", "seen_at", "reviewed_at", "placed_on",
    "starts_on", "period_start", "day",
)  # fmt: skip


async def table_atom(datasette: "Datasette", request: Request) -> Response:
    """``/public/<table>.atom?...``: at most 100 rows; filters and order are those of the table's page."""
    site = site_of(datasette, request)
    table = request.url_vars["table"]
    query = "&".join(
        part for part in (request.query_string, f"_shape=array&_size={FEED_ROWS}&_nocount=1") if part
    )
    answer = await datasette.client.get(datasette.urls.path(f"/{DATABASE}/{table}.json?{query}"))
    if answer.status_code != 200:
        raise NotFound("not found")
    rows = json.loads(answer.text)[:FEED_ROWS]
    address = site.base_url + datasette.urls.path(f"/{DATABASE}/{table}")
    asked = f"?{request.query_string}" if request.query_string else ""
    entries = [_entry(row, address, number, table, site.language) for number, row in enumerate(rows)]
    body = await datasette.render_template(
        "narratives/table.atom",
        {
            **site.context(),
            "address": address + asked,
            "feed": f"{address}.atom{asked}",
            "title": table_description(table, site.language) or table,
            "updated": max((entry["updated"] for entry in entries), default="1970-01-01T00:00:00Z"),
            "entries": entries,
        },
        request=request,
        view_name="narratives",
    )
    headers = {"Cache-Control": "public, max-age=120"}
    return Response(body, content_type="application/atom+xml; charset=utf-8", headers=headers)


def _entry(row: dict[str, Any], address: str, number: int, table: str, language: str) -> dict[str, Any]:
    key = next(iter(row.values()), number)
    titles = (f"title_{language}", *_TITLES)
    moment = next((str(row[name]) for name in _MOMENTS if row.get(name)), "1970-01-01")
    return {
        "id": f"{address}#{key}",
        "title": next((str(row[name]) for name in titles if row.get(name)), str(key)),
        "updated": moment if len(moment) > 10 else f"{moment}T00:00:00Z",
        "facts": [
            (column_description(table, name, language) or name, value)
            for name, value in row.items()
            if value is not None
        ],
    }
