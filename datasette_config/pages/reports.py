"""Reports: the list, the pages kept when the publication was built, and others computed on demand."""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Request, Response
from markupsafe import Markup

from datasette_config.export.html import fragment, without_styles
from datasette_config.pages.site import Site, ask, found, settings, site_of
from datasette_config.report_model import Parameter, Report, load_reports
from datasette_config.reporting import build_report, report_facts, report_period
from datasette_config.typography import typeset
from datasette_config.wording import say
from db.errors import NarrativesError
from db.reading.event import events
from db.reading.overview import narratives_by_family
from db.reading.publication import report_page as kept_page
from db.reading.publication import report_pages
from db.reading.source import sources

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: Weeks that a report about one thing covers where the reader names none.
WEEKS_SHOWN = 52
#: Computed pages kept in memory, the latest used.
_KEPT_PAGES = 64
_computed: "OrderedDict[tuple[Any, ...], dict[str, Any]]" = OrderedDict()


def _narratives(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    return [row for family in narratives_by_family(connection) for row in family["narratives"]]


_SUBJECTS: dict[str, tuple[Callable[[sqlite3.Connection], list[dict[str, Any]]], str]] = {
    "narrative": (_narratives, "narrative_id"),
    "source": (sources, "source_id"),
    "event": (events, "event_id"),
}


async def reports(datasette: "Datasette", request: Request) -> Response:
    """``/fr/reports``."""
    site = site_of(datasette, request)
    kept = {
        row["report_id"]: row
        for row in await ask(datasette, lambda connection: report_pages(connection, site.language))
    }
    rows = [
        {
            "report_id": report.id,
            "since": kept[report.id]["since"] if report.id in kept else None,
            "until": kept[report.id]["until"] if report.id in kept else None,
            "title": _said(report.title.say(site.language), site),
            "description": _said(report.description.say(site.language), site),
        }
        for report in _known(datasette).values()
    ]
    return await site.page("reports.html", {"reports": rows})


async def report_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/reports/<id>``: the kept page, or the report computed for ``?since=&until=`` and its subject."""
    site = site_of(datasette, request)
    report = found(_known(datasette).get(request.url_vars["report_id"]))
    subject = _subject(report)
    asked = {
        name: value for name in ("since", "until", *report.parameters) if (value := request.args.get(name))
    }
    context: dict[str, Any] = {
        "title": _said(report.title.say(site.language), site),
        "report_id": report.id,
        "words": lambda key, **values: say(key, site.language, **values),
        "asked": asked,
        "since": None,
        "until": None,
        "html": None,
        "message": None,
        "choices": [],
        "subject": None if subject is None else subject[0],
    }
    if subject is not None and subject[0] not in asked:
        return await site.page(
            "report.html", {**context, "choices": await _choices(datasette, site, subject)}
        )
    row = None
    if subject is None:
        row = await ask(datasette, lambda connection: kept_page(connection, report.id, site.language))
    wanted = asked.get("since"), asked.get("until")
    if row is None or (any(wanted) and wanted != (row["since"], row["until"])):
        row = await _on_demand(datasette, site, report, asked)
    # Written by our own template, values escaped.
    html = None if row.get("html") is None else Markup(row["html"])  # noqa: S704
    status = 200 if html is not None else 400
    return await site.page("report.html", {**context, **row, "html": html}, status=status)


def _known(datasette: "Datasette") -> dict[str, Report]:
    return _loaded(tuple(settings(datasette).get("reports") or ()))


@cache
def _loaded(folders: tuple[str, ...]) -> dict[str, Report]:
    return load_reports([Path(folder) for folder in folders])


def _subject(report: Report) -> tuple[str, Parameter] | None:
    """Return the parameter without which a report is about nothing, or None."""
    return next(((name, found) for name, found in report.parameters.items() if found.required), None)


async def _choices(
    datasette: "Datasette", site: Site, subject: tuple[str, Parameter]
) -> list[dict[str, str]]:
    _, parameter = subject
    if parameter.type not in _SUBJECTS:
        return []
    read, key = _SUBJECTS[parameter.type]
    rows = await ask(datasette, read)
    named = f"title_{site.language}"
    return [
        {"value": row[key], "title": _said(row.get(named) or row.get("title") or row[key], site)}
        for row in rows
    ]


async def _on_demand(
    datasette: "Datasette", site: Site, report: Report, asked: dict[str, str]
) -> dict[str, Any]:
    """Return ``html, since, until``, or ``message`` where there is no answer in the time of a page."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        facts = report_facts(connection)
        period = report_period(facts, asked.get("since"), asked.get("until"))
        since = asked.get("since")
        if since is None and asked.get("until") is None and _subject(report) is not None:
            since = (period.until - timedelta(weeks=WEEKS_SHOWN) + timedelta(days=1)).isoformat()
        until = asked.get("until") or period.until.isoformat()
        key = (facts["data_sha256"], report.id, site.language, since, until, *sorted(asked.items()))
        if key in _computed:
            _computed.move_to_end(key)
            return _computed[key]
        chosen = {name: asked.get(name) for name in report.parameters}
        built = build_report(
            connection, report, language=site.language, since=since, until=until, parameters=chosen,
            base_url="", facts=facts,
        )  # fmt: skip
        if _subject(report) is not None and built.subject is None:
            raise NotFound("not found")
        _computed[key] = {
            "since": built.period.since.isoformat(),
            "until": built.period.until.isoformat(),
            "html": without_styles(str(fragment(built))),
        }
        while len(_computed) > _KEPT_PAGES:
            _computed.popitem(last=False)
        return _computed[key]

    try:
        return await ask(datasette, question)
    except NarrativesError as error:
        if "interrupted" not in str(error):
            return {"message": str(error)}
        since, until = asked.get("since", "last"), asked.get("until", "last")
        message = say("too_long", site.language, report=report.id, since=since, until=until)
        return {"message": message}


def _said(text: str, site: Site) -> str:
    return typeset(text, site.language)
