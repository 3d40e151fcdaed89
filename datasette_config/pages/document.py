"""One document: its passages in place, its dates kept apart, its evidence, its copies."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.highlighting import in_place, passages
from datasette_config.pages.site import ask, found, site_of
from datasette_config.version_diff import changes_between
from db.reading import document as reading

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette


async def document_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/documents/<key>``."""
    site = site_of(datasette, request)
    key = request.url_vars["document_key"]

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        document = reading.document(connection, key)
        if document is None:
            return None
        document_id, cluster_id = document["document_id"], document["cluster_id"]
        return {
            "document": document,
            "labels": reading.labels(connection, document_id),
            "people": reading.human_labels(connection, document_id),
            "claims": reading.claims(connection, document_id),
            "carried": reading.carried(connection, document_id),
            "copies": reading.same_text(connection, cluster_id, document_id),
            "excerpts": reading.excerpts(connection, cluster_id, document_id),
            "versions": reading.versions(connection, document_id),
            "partners": reading.partners_named(connection, document_id),
        }

    answer = found(await ask(datasette, question))
    text = answer["document"]["text"]
    shown = [label for label in answer["labels"] if label["band"] == "flagged" or text is not None]
    marked = passages(shown)
    return await site.page(
        "document.html",
        {
            **answer,
            "passages": [passage for passage in marked if passage.flagged],
            "doubtful": [passage for passage in marked if not passage.flagged],
            "edits": _edits(text, answer["versions"]),
            "kept_back": len(answer["labels"]) - len(shown),
            "paragraphs": in_place(text, marked) if text is not None else None,
        },
    )


def _edits(text: str | None, versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each later text what changed in it against the one before, where the texts may be shown."""
    before, found = text, []
    for version in versions:
        after = version["text"]
        changes = None if before is None or after is None else changes_between(before, after)
        found.append({**version, "changes": changes})
        before = after
    return found
