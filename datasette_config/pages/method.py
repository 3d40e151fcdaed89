"""The method pages: what a label says, how it is made, how good it was measured to be, and what changed."""

import json
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.markdown import rendered
from datasette_config.page_wording import Wording
from datasette_config.pages.site import ask, settings, site_of
from datasette_config.shares import share_of
from db.alignment import alignment_groups
from db.reading import measures
from db.reading import method as reading
from db.reading.narrative import instrument_changes
from db.reading.overview import coverage
from db.reading.quality import evaluation_table
from db.reading.rows import Row
from db.reading.symmetry import both_sides

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

_Question = Callable[[sqlite3.Connection], dict[str, Any]]


async def method(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method``: what a label says, how things are counted, what is measured here, how to dispute."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        return {
            "coverage": coverage(connection),
            "outcomes": reading.collection_by_outcome(connection),
            "totals": measures.totals(connection),
            "agreement": measures.agreement(connection),
            "groups": measures.false_flags(connection),
            "audit": reading.audited_weeks(connection),
            "switches": measures.comparisons(connection),
        }

    return await _page(datasette, request, "method.html", "about", question)


async def quality(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method/quality``: precision and recall, the challenge set, what a new model changed."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        return {
            "evaluations": evaluation_table(connection),
            "totals": measures.totals(connection),
            "kinds": measures.slices(connection, "kind"),
            "outlets": measures.slices(connection, "outlet"),
            "switches": measures.comparisons(connection),
        }

    return await _page(datasette, request, "method_quality.html", "quality", question)


async def model_card(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method/model``: the model card, as it was written when the model was trained."""
    return await _page(datasette, request, "method_model.html", "model", lambda connection: {})


async def agreement(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method/agreement``: how far people agree, and two passes over the training texts."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        titles = {row["narrative_id"]: row for row in reading.codebook(connection)}
        return {"agreement": measures.agreement(connection), "titles": titles}

    return await _page(datasette, request, "method_agreement.html", "agreement", question)


async def symmetry(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method/symmetry``: errors for and against each partner, and by the side of sources."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        groups = measures.false_flags(connection)
        for row in groups:
            row["wrong_texts"] = share_of(row["texts_flagged"], row["texts"])
        return {"sides": _sides(connection), "groups": groups, "alignments": alignment_groups()}

    return await _page(datasette, request, "method_symmetry.html", "symmetry", question)


async def codebook(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method/codebook``: every narrative with its definition and its rules."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        return {"codebook": reading.codebook(connection)}

    return await _page(datasette, request, "method_codebook.html", "codebook", question)


async def changes(datasette: "Datasette", request: Request) -> Response:
    """``/fr/method/changes``: the changelog of the instrument, newest first."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        rows = instrument_changes(connection)
        return {"changes": [{**row, "detail": _detail(row)} for row in reversed(rows)]}

    return await _page(datasette, request, "method_changes.html", "changes", question)


async def _page(
    datasette: "Datasette", request: Request, template: str, topic: str, question: _Question
) -> Response:
    site = site_of(datasette, request)

    def whole(connection: sqlite3.Connection) -> dict[str, Any]:
        model = reading.current_model(connection)
        return {"model": model, "notes": reading.notes(model), **question(connection)}

    answer = await ask(datasette, whole)
    card = (answer["model"] or {}).get(f"card_{site.language}")
    name = Wording(site.language)("method_model")
    return await site.page(
        template,
        {
            **answer,
            "topic": topic,
            "contact": settings(datasette).get("contact"),
            "share_of": share_of,
            "card": rendered(card, site.language, name=name) if card and topic == "model" else None,
        },
    )


def _detail(row: Row) -> dict[str, Any] | str | None:
    """Return the detail of a change as a mapping where it is one."""
    try:
        value = json.loads(row["detail"] or "null")
    except ValueError:
        return str(row["detail"])
    return value if isinstance(value, dict) else row["detail"]


def _sides(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Add to each side of each partner the share of wrong flags and of missed cases, with their intervals."""
    rows = both_sides(connection)
    for row in rows:
        for side in row["sides"].values():
            side["wrong"] = share_of(side["judged"] - side["right"], side["judged"])
            side["missed"] = share_of(side["cases"] - side["found"], side["cases"])
    return rows
