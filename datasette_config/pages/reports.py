"""Reports: the list, the pages kept when the publication was built, and others computed on demand."""

import sqlite3
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Request, Response
from markupsafe import Markup

from datasette_config.kept_reports import page_fragment
from datasette_config.pages.site import Site, ask, found, settings, site_of
from datasette_config.report_model import Parameter, Report, load_reports
from datasette_config.report_subjects import first_day_shown, subject_of, subjects
from datasette_config.reporting import build_report, report_facts, report_period
from datasette_config.typography import typeset
from datasette_config.wording import say
from db.errors import NarrativesError
from db.reading.publication import report_page as kept_page
from db.reading.publication import report_pages

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: Computed pages kept in memory, the latest used.
_KEPT_PAGES = 64
_computed: "OrderedDict[tuple[Any, ...], dict[str, Any]]" = OrderedDict()


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
        # The brief of the week is what most readers come for; the rest by name.
        for report in sorted(_known(datasette).values(), key=lambda report: report.id != "weekly")
    ]
    return await site.page("reports.html", {"reports": rows})


async def report_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/reports/<id>``: the kept page, or the report computed for ``?since=&until=`` and its subject."""
    site = site_of(datasette, request)
    report = found(_known(datasette).get(request.url_vars["report_id"]))
    subject = subject_of(report)
    asked = {
        name: value for name in ("since", "until", *report.parameters) if (value := request.args.get(name))
    }
    shown: dict[str, Any] = {"since": None, "until": None, "html": None, "message": None, "choices": []}
    if subject is not None and subject[0] not in asked:
        shown["choices"] = await _choices(datasette, site, subject[1])
        status = 200
    else:
        kept = await _kept(datasette, site, report, asked)
        shown |= kept or await _on_demand(datasette, site, report, asked)
        status = 200 if shown["html"] is not None else 400
    context = {
        **shown,
        "title": _said(report.title.say(site.language), site),
        "report_id": report.id,
        "words": lambda key, **values: say(key, site.language, **values),
        "asked": asked,
        "subject": None if subject is None else subject[0],
        # Written by our own template, values escaped.
        "html": None if shown["html"] is None else Markup(shown["html"]),  # noqa: S704
    }
    return await site.page("report.html", context, status=status)


def _known(datasette: "Datasette") -> dict[str, Report]:
    return _loaded(tuple(settings(datasette).get("reports") or ()))


@cache
def _loaded(folders: tuple[str, ...]) -> dict[str, Report]:
    return load_reports([Path(folder) for folder in folders])


async def _choices(datasette: "Datasette", site: Site, parameter: Parameter) -> list[dict[str, str]]:
    rows = await ask(datasette, lambda connection: subjects(connection, parameter, site.language))
    return [{**row, "title": _said(row["title"], site)} for row in rows]


async def _kept(
    datasette: "Datasette", site: Site, report: Report, asked: dict[str, str]
) -> dict[str, Any] | None:
    """Return ``html, since, until`` of the page that was kept for just this question, or None."""
    subject = subject_of(report)
    name = None if subject is None else subject[0]
    if set(asked) - {"since", "until", name}:
        return None
    about = "" if name is None else asked[name]
    row = await ask(datasette, lambda connection: kept_page(connection, report.id, about, site.language))
    if row is None or any(asked.get(day, row[day]) != row[day] for day in ("since", "until")):
        return None
    return {key: row[key] for key in ("html", "since", "until")}


async def _on_demand(
    datasette: "Datasette", site: Site, report: Report, asked: dict[str, str]
) -> dict[str, Any]:
    """Return ``html, since, until``, or ``message`` where there is no answer in the time of a page."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        facts = report_facts(connection)
        period = report_period(facts, asked.get("since"), asked.get("until"))
        since = asked.get("since")
        if since is None and asked.get("until") is None and subject_of(report) is not None:
            since = first_day_shown(period)
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
        if subject_of(report) is not None and built.subject is None:
            raise NotFound("not found")
        _computed[key] = {
            "since": built.period.since.isoformat(),
            "until": built.period.until.isoformat(),
            "html": page_fragment(built),
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
