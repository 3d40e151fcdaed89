"""The method page: what a label says, how it is made, how good it is, and what changed."""

import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.pages.site import ask, settings, site_of
from datasette_config.shares import share_of
from db.reading import method as reading
from db.reading.narrative import instrument_changes
from db.reading.overview import coverage
from db.reading.quality import evaluation_table
from db.reading.symmetry import both_sides

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette


async def method(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method``."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        return {
            "codebook": reading.codebook(connection),
            "model": reading.current_model(connection),
            "evaluations": evaluation_table(connection),
            "sides": _sides(connection),
            "coverage": coverage(connection),
            "changes": instrument_changes(connection),
            "outcomes": reading.collection_by_outcome(connection),
        }

    contact = settings(datasette).get("contact")
    return await site_of(datasette, request).page(
        "method.html", {**await ask(datasette, question), "contact": contact}
    )


def _sides(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Add to each side of each partner the share of wrong flags and of missed cases, with their intervals."""
    rows = both_sides(connection)
    for row in rows:
        for side in row["sides"].values():
            side["wrong"] = share_of(side["judged"] - side["right"], side["judged"])
            side["missed"] = share_of(side["cases"] - side["found"], side["cases"])
    return rows
