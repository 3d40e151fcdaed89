"""The documents that answer a question as CSV and JSON: what the page shows, for other programs."""

import csv
import io
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.export.csv import neutralised
from datasette_config.pages.documents import read_filter
from datasette_config.pages.site import Site, ask, site_of
from db.reading.document_filter import DocumentFilter
from db.reading.finding import find_documents, labels_of

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: Documents in one answer; a narrower question gives the others.
MOST_DOCUMENTS = 1_000
_DOCUMENT = (
    "document_key", "url", "title", "source_id", "source_title", "language", "kind", "published_at",
    "published_precision", "placed_on", "first_seen_at", "cluster_size",
)  # fmt: skip
_LABEL = ("reference", "narrative_id", "voice", "score", "quote")


async def documents_csv(datasette: "Datasette", request: Request) -> Response:
    """``/fr/documents.csv?narrative=...``: one row a label, or a document without one."""
    site = site_of(datasette, request)
    found = await _found(datasette, request, site)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*_DOCUMENT, *_LABEL, "page"])
    for document in found:
        for label in document["labels"] or [dict.fromkeys(_LABEL)]:
            values = [document[name] for name in _DOCUMENT] + [label[name] for name in _LABEL]
            writer.writerow(
                [
                    neutralised(value) if isinstance(value, str) else value
                    for value in [*values, document["page"]]
                ]
            )
    headers = {"Content-Disposition": 'attachment; filename="documents.csv"'}
    return Response(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


async def documents_json(datasette: "Datasette", request: Request) -> Response:
    """``/fr/documents.json?q=...``: the documents, each with the labels that answer."""
    site = site_of(datasette, request)
    found = await _found(datasette, request, site)
    return Response.json({"most": MOST_DOCUMENTS, "documents": found})


async def _found(datasette: "Datasette", request: Request, site: Site) -> list[dict[str, Any]]:
    wanted, _ = read_filter(request)

    def question(connection: sqlite3.Connection) -> list[dict[str, Any]]:
        return list(_documents(connection, wanted, site))

    return await ask(datasette, question)


def _documents(
    connection: sqlite3.Connection, wanted: DocumentFilter, site: Site
) -> Iterator[dict[str, Any]]:
    rows = find_documents(connection, wanted, order="newest", limit=MOST_DOCUMENTS).rows
    labels = labels_of(connection, [row["document_id"] for row in rows], wanted) if rows else {}
    pages = site.base_url + site.path("documents")
    for row in rows:
        yield {
            **{name: row[name] for name in _DOCUMENT},
            "page": f"{pages}/{row['document_key']}",
            "labels": [
                {name: label[name] for name in _LABEL} for label in labels.get(row["document_id"], [])
            ],
        }
