"""Checkable claims, beside what fact-checkers published; no verdict is given here."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.pages.site import ask, found, page_number, site_of
from db.reading import claim as reading

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

PAGE_SIZE = 30
LAST_PAGE = 100
REVIEWS_SHOWN = 20
#: Sentences shown of one claim; the rest is in the table.
SENTENCES_SHOWN = 60


async def claims(datasette: "Datasette", request: Request) -> Response:
    """``/fr/claims?narrative=...&reviewed=1``: the widest claims first."""
    number = min(page_number(request), LAST_PAGE)

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        offered = reading.falsifiable_narratives(connection)
        narrative = request.args.get("narrative") or ""
        narrative = narrative if narrative in {row["narrative_id"] for row in offered} else ""
        reviewed = request.args.get("reviewed") == "1"
        rows = reading.claims(
            connection,
            narrative_id=narrative,
            reviewed=reviewed,
            limit=PAGE_SIZE + 1,
            offset=(number - 1) * PAGE_SIZE,
        )
        return {
            "narratives": offered,
            "narrative": narrative,
            "reviewed": reviewed,
            "rows": rows[:PAGE_SIZE],
            "more": len(rows) > PAGE_SIZE,
            "number_of_page": number,
            "total": None if reviewed else reading.count_claims(connection, narrative),
            "reviews": reading.latest_reviews(connection, REVIEWS_SHOWN) if number == 1 else [],
        }

    return await site_of(datasette, request).page("claims.html", await ask(datasette, question))


async def claim_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/claims/<key>``: one claim, its wordings in order of time, and reviews in close words."""
    key = request.url_vars["claim_key"]

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        claim = reading.claim(connection, key)
        if claim is None:
            return None
        return {
            "claim": claim,
            "sentences": reading.sentences(connection, claim["cluster_key"], SENTENCES_SHOWN),
            "reviews": reading.reviews_of(connection, claim["cluster_key"]),
        }

    return await site_of(datasette, request).page("claim.html", found(await ask(datasette, question)))
