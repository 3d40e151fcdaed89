"""What reports about one thing can be about, and the weeks they cover where the reader names none."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from datasette_config.report_model import Parameter, Report
from datasette_config.reporting_period import Period
from db.errors import NarrativesError
from db.reading.event import events
from db.reading.overview import narratives_by_family
from db.reading.source import sources

#: Weeks that a report about one thing covers where the reader names none.
WEEKS_SHOWN = 52

_Rows = list[dict[str, Any]]


def _narratives(connection: sqlite3.Connection) -> _Rows:
    return [row for family in narratives_by_family(connection) for row in family["narratives"]]


_LISTED: Mapping[str, tuple[Callable[[sqlite3.Connection], _Rows], str]] = {
    "narrative": (_narratives, "narrative_id"),
    "source": (sources, "source_id"),
    "event": (events, "event_id"),
}


def subject_of(report: Report) -> tuple[str, Parameter] | None:
    """Return name and description of the parameter without which a report is about nothing, or None."""
    return next(((name, found) for name, found in report.parameters.items() if found.required), None)


def subjects(connection: sqlite3.Connection, parameter: Parameter, language: str) -> list[dict[str, str]]:
    """Return ``value, title, day`` of everything that a parameter may name, in the order of its own page.

    ``day`` is the first day of an event (YYYY-MM-DD, or a part of it), empty for anything else.
    """
    if parameter.type not in _LISTED:
        return []
    read, key = _LISTED[parameter.type]
    return [
        {
            "value": row[key],
            "title": row.get(f"title_{language}") or row.get("title") or row[key],
            "day": row.get("starts_on") or "",
        }
        for row in read(connection)
    ]


def refuse_unknown(connection: sqlite3.Connection, report: Report, given: Mapping[str, str | None]) -> None:
    """Raise :class:`NarrativesError` where a report would be about nothing that the database knows.

    What it may be about is named: the nearest to what was written, or the command that lists everything.
    """
    found = subject_of(report)
    if found is None or found[1].type not in _LISTED or set(given) - set(report.parameters):
        return  # a parameter that the report does not have is refused where it is built
    name, parameter = found
    values = [row["value"] for row in subjects(connection, parameter, "en")]
    value = given.get(name)
    if value and value in values:
        return
    near = get_close_matches(value or "", values, n=3, cutoff=0.5) or values[:3]
    such = f"Such as {', '.join(near)}. " if near else "The database knows none. "
    listed = f"`narratives report DB {report.id} --values` lists them."
    if not value:
        raise NarrativesError(f"Report {report.id} needs a {name}. Add --set {name}=VALUE. {such}{listed}")
    raise NarrativesError(f"No {name} {value!r} for the report {report.id}. {such}{listed}")


def first_day_shown(period: Period) -> str:
    """Return the first day of a report about one thing that ends with a period."""
    return (period.until - timedelta(weeks=WEEKS_SHOWN) + timedelta(days=1)).isoformat()
