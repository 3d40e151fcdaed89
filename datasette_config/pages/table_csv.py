"""Tables as CSV that a spreadsheet cannot run: in place of Datasette's own."""

import csv
import io
import json
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from datasette_config.export.csv import neutralised
from datasette_config.pages.site import DATABASE

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette


async def table_csv(datasette: "Datasette", request: Request) -> Response:
    """``/public/<table>.csv``: the rows that the page's JSON has (at most 1,000); ``Link`` leads on."""
    query = "&".join(part for part in (request.query_string, "_shape=objects&_size=max&_nocount=1") if part)
    path = datasette.urls.path(f"/{DATABASE}/{request.url_vars['table']}.json?{query}")
    answer = await datasette.client.get(path)
    if answer.status_code != 200:
        raise NotFound("not found")
    found = json.loads(answer.text)
    rows = found["rows"]
    names = found.get("columns") or (list(rows[0]) if rows else [])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    headers = {"Content-Disposition": f'attachment; filename="{request.url_vars["table"]}.csv"'}
    if following := found.get("next_url"):
        headers["Link"] = f'<{following.replace(".json", ".csv", 1)}>; rel="next"'
    return Response(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    return neutralised(value) if isinstance(value, str) else value
