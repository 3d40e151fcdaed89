"""Searching and filtering documents, as a page and as an Atom feed."""

import re
import sqlite3
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils.asgi import Request, Response

from datasette_config.highlighting import snippet
from datasette_config.page_wording import Wording
from datasette_config.pages.site import Site, ask, page_number, site_of
from db.reading.choices import choices
from db.reading.document_filter import DocumentFilter
from db.reading.finding import ORDERS, count_found, find_documents, labels_of

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

PAGE_SIZE = 25
#: Later pages are not offered: a narrower question is quicker for everybody.
LAST_PAGE = 200
FEED_SIZE = 40
#: Flagged passages shown under one result.
PASSAGES_PER_RESULT = 3
_LONGEST_QUESTION = 500

#: Characters of a value that are said back to the reader.
_LONGEST_SAID = 60
_STANCES = ("-1", "0", "1")
_VOICES = ("own", "attributed", "rejected")
#: The filters whose values are listed, with the list and its column.
_LISTED = {
    "narrative": ("narratives", "narrative_id"),
    "family": ("families", "family_id"),
    "partner": ("partners", "partner_id"),
    "source": ("sources", "source_id"),
    "kind": ("kinds", "kind"),
    "language": ("languages", "language"),
}

_ID = re.compile(r"[\w.:-]{1,120}")


def read_filter(request: Request) -> tuple[DocumentFilter, list[tuple[str, str]]]:
    """Return the filter that a query string asks for, and what of it was left aside: why, and the value."""
    asked = dict(parse_qsl(request.query_string, keep_blank_values=False))
    values: dict[str, str] = {}
    refused: list[tuple[str, str]] = []
    for field in fields(DocumentFilter):
        value = asked.get(field.name, "").strip()
        if not value:
            continue
        if field.name in ("since", "until"):
            if _is_day(value):
                values[field.name] = value
            else:
                refused.append(("bad_day", _short(value)))
        elif field.name == "q":
            values["q"] = value[:_LONGEST_QUESTION]
            if len(value) > _LONGEST_QUESTION:
                refused.append(("question_cut", str(_LONGEST_QUESTION)))
        elif value in _STANCES if field.name == "stance" else _ID.fullmatch(value):
            values[field.name] = value
        else:
            refused.append(("bad_choice", _short(value)))
    return DocumentFilter(**values), refused


async def documents(datasette: "Datasette", request: Request) -> Response:
    """``/fr/documents?q=...``: results with their flagged passages, and the filters as controls."""
    site = site_of(datasette, request)
    wanted, refused = read_filter(request)
    number = min(page_number(request), LAST_PAGE)
    order = request.args.get("sort") or ("relevance" if wanted.q else "newest")
    order = order if order in ORDERS else "newest"

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        listed = find_documents(
            connection, wanted, order=order, limit=PAGE_SIZE + 1, offset=(number - 1) * PAGE_SIZE,
            snippets=True,
        )  # fmt: skip
        shown = listed.rows[:PAGE_SIZE]
        labels = labels_of(connection, [row["document_id"] for row in shown], wanted) if shown else {}
        return {
            "choices": choices(connection),
            "total": count_found(connection, wanted),
            "rows": [
                {**row, "labels": labels.get(row["document_id"], []), "snippet": snippet(row["snippet"])}
                for row in shown
            ],
            "more": len(listed.rows) > PAGE_SIZE and number < LAST_PAGE,
            "order": listed.order,
            "order_refused": order == "relevance" != listed.order,
        }

    answer = await ask(datasette, question)
    asked = {name: value for name, value in asdict(wanted).items() if value}
    return await site.page(
        "documents.html",
        {
            **answer,
            "wanted": wanted,
            "refused": [*refused, *_unknown(asked, answer["choices"])],
            "orders": [name for name in ORDERS if name != "relevance" or wanted.q],
            "number_of_page": number,
            "shown_passages": PASSAGES_PER_RESULT,
            "active": _active(site, asked, answer["choices"]),
            "query": urlencode(asked),
            "page_path": lambda page: site.path("documents", **asked, sort=order, page=str(page)),
            "describes": describe(site, asked, answer["choices"]),
        },
    )


async def documents_atom(datasette: "Datasette", request: Request) -> Response:
    """``/fr/documents.atom?q=...``: the documents seen last that answer the same question."""
    site = site_of(datasette, request)
    wanted, _ = read_filter(request)

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        rows = find_documents(connection, wanted, order="seen", limit=FEED_SIZE).rows
        labels = labels_of(connection, [row["document_id"] for row in rows], wanted) if rows else {}
        return {
            "rows": [{**row, "labels": labels.get(row["document_id"], [])} for row in rows],
            "choices": choices(connection),
        }

    answer = await ask(datasette, question)
    asked = {name: value for name, value in asdict(wanted).items() if value}
    updated = max((row["first_seen_at"] for row in answer["rows"]), default="1970-01-01T00:00:00Z")
    body = await datasette.render_template(
        "narratives/documents.atom",
        {
            **site.context(),
            "rows": answer["rows"],
            "updated": _moment(updated),
            "moment_of": _moment,
            "describes": describe(site, asked, answer["choices"]),
            "query": urlencode(asked),
        },
        request=request,
        view_name="narratives",
    )
    return Response(
        body,
        content_type="application/atom+xml; charset=utf-8",
        headers={"Cache-Control": "public, max-age=120"},
    )


def describe(site: Site, asked: dict[str, str], offered: dict[str, list[dict[str, Any]]]) -> str:
    """Say a question in a few words, for headings and feed titles."""
    parts = [chip["label"] for chip in _active(site, asked, offered)]
    return " · ".join(parts) or Wording(site.language)("atom_all")


def _active(
    site: Site, asked: dict[str, str], offered: dict[str, list[dict[str, Any]]]
) -> list[dict[str, str]]:
    """Return the filters in place, each with its words and the address without it."""
    say = Wording(site.language)
    titled = {"narrative": "narratives", "family": "families", "partner": "partners"}
    chips = []
    for name, value in asked.items():
        label = value
        if name in titled:
            key = f"{name}_id"
            rows = [row for row in offered[titled[name]] if row[key] == value]
            label = rows[0][f"title_{site.language}"] if rows else value
        elif name == "source":
            label = next((row["title"] for row in offered["sources"] if row["source_id"] == value), value)
        elif name == "voice":
            label = say.known(f"voice_{value}", value)
        elif name == "stance":
            label = say(f"stance_{value}")
        elif name == "kind":
            label = say.known(f"kind_{value}", value)
        elif name == "language":
            label = say.known(f"lang_{value}", value)
        elif name in ("since", "until"):
            label = f"{say(f'filter_{name}')} {site.context()['day'](value)}"
        elif name == "undated":
            label = say("filter_undated")
        elif name == "q":
            value = _short(value)
            label = f"«\u00a0{value}\u00a0»" if site.language == "fr" else f"“{value}”"
        without = {key: kept for key, kept in asked.items() if key != name}
        chips.append({"name": name, "label": label, "without": site.path("documents", **without)})
    return chips


def _unknown(asked: dict[str, str], offered: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    """Return the values asked for that no document of this publication can have."""
    known = {name: {row[key] for row in offered[rows]} for name, (rows, key) in _LISTED.items()}
    known["voice"] = set(_VOICES)
    return [
        ("unknown_choice", _short(value))
        for name, value in asked.items()
        if value not in known.get(name, {value})
    ]


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_SAID else f"{value[:_LONGEST_SAID]}…"


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _moment(value: str) -> str:
    """Write a stored date as RFC 3339 asks: a bare day is midnight UTC."""
    return value if len(value) > 10 else f"{value}T00:00:00Z"
