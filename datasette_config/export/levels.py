"""The levels and intervals that a storyline's small chart draws over its bars."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from datasette_config.charts import Band, Level
from datasette_config.reporting import BuiltReport


def levels(built: BuiltReport, row: dict[str, Any]) -> list[Level]:
    """Return the mean counts around each lasting change of a narrative, or the pace around an event."""
    if "event_week" in row:
        return _pace(row)
    turned = sorted(
        other["week_start"]
        for found in built.with_layout("turns")
        for other in found.rows
        if other["narrative_id"] == row["narrative_id"]
    )
    if not turned:
        return []
    known = [point for point in row["points"] if point.value is not None and point.finished]
    if not known:
        return []
    after = (date.fromisoformat(known[-1].week_start) + timedelta(days=7)).isoformat()
    bounds = [known[0].week_start, *turned, after]
    found = []
    for start, end in pairwise(bounds):
        values = [point.value for point in known if start <= point.week_start < end]
        if values:
            found.append(Level(start, end, sum(values) / len(values)))
    return found


def _pace(row: dict[str, Any]) -> list[Level]:
    """Return the mean count of the weeks before an event, and that pace on what was collected after it.

    Nothing where the two sides are not compared.
    """
    if row["change"].expected is None:
        return []
    week = date.fromisoformat(row["event_week"])
    found = []
    if row["before_weeks"]:
        found.append(
            Level(row["points"][0].week_start, week.isoformat(), row["before"] / row["before_weeks"])
        )
    found.append(Level(*_after(row), row["change"].expected / row["after_weeks"]))
    return found


def bands(row: dict[str, Any]) -> list[Band]:
    """Return the interval of the level after an event; none where it is not compared."""
    if "event_week" not in row:
        return []
    change = row["change"]
    if not change.expected or change.low is None:
        return []
    pace = change.expected / row["after_weeks"]
    return [Band(*_after(row), change.low * pace, None if change.high is None else change.high * pace)]


def _after(row: dict[str, Any]) -> tuple[str, str]:
    first = date.fromisoformat(row["event_week"]) + timedelta(days=7)
    last = date.fromisoformat(row["points"][-1].week_start) + timedelta(days=7)
    return first.isoformat(), last.isoformat()
