"""The charts of a report, drawn from its rows."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from datasette_config.charts import (
    Marker,
    MarkerKey,
    Panel,
    WeekPoint,
    marker_keys,
    render_svg,
    sparkline_spec,
    voice_panels,
    weekly_points,
    weekly_spec,
)
from datasette_config.charts.appearance import Spec
from datasette_config.export.cells import heading
from datasette_config.reporting import BuiltReport, BuiltSection
from datasette_config.wording import say, say_or

#: More small charts than this are noise; the table still holds every narrative.
MOST_FIGURES = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """One small chart: its title, its specification and, where it can be drawn, its SVG."""

    title: str
    spec: Spec
    svg: Markup | None


@cache
def draws() -> bool:
    """Return whether charts can be drawn: the ``reports`` extra is installed."""
    return importlib.util.find_spec("vl_convert") is not None


def figures(built: BuiltReport) -> list[Figure]:
    """Return one small chart per narrative that moved or was told most, at most eight."""
    keys = marker_list(built)
    return [
        _figure(built, row, [key for key in keys if _concerns(key.marker, row, built)])
        for row in _drawn(built)
    ]


def marker_list(built: BuiltReport) -> list[MarkerKey]:
    """Return the marks on any of the charts, with the signs that the list beside them explains."""
    drawn = _drawn(built)
    everything = bool(built.with_layout("weekly"))
    found = [_marker(row, built.language) for row in _marker_rows(built)]
    return marker_keys(
        [marker for marker in found if everything or any(_concerns(marker, row, built) for row in drawn)]
    )


def sparkline(row: dict[str, Any], language: str) -> Markup:
    """Return a row's series as a small SVG; nothing where charts cannot be drawn."""
    if not draws() or not row.get("points"):
        return Markup("")
    title = say("chart_title", language, narrative=row["narrative"])
    return Markup(render_svg(sparkline_spec(row["points"], title=title), language))  # noqa: S704 - our own SVG


def weekly_chart(built: BuiltReport, found: BuiltSection) -> Markup:
    """Return the chart of a ``weekly`` section: panels by voice, or one panel of documents."""
    if not draws() or not found.rows:
        return Markup("")
    measure = "distinct_texts" if "distinct_texts" in found.names else "documents"
    by_series: dict[str | None, list[dict[str, Any]]] = {}
    for row in found.rows:
        by_series.setdefault(row.get("voice"), []).append(row)
    points = {name: _points(rows, measure, built.period.known_until) for name, rows in by_series.items()}
    title = heading(found.section.title.say(built.language), built.language)
    by_voice = {name: series for name, series in points.items() if name is not None}
    panels = voice_panels(by_voice, built.language) or [Panel(title, "#3578b5", points[None])]
    spec = weekly_spec(
        panels,
        title=title,
        language=built.language,
        measure=measure,
        markers=marker_list(built),
        width=690,
        panel_titles=bool(by_voice),
    )
    return Markup(render_svg(spec, built.language))  # noqa: S704 - our own SVG


def _points(rows: list[dict[str, Any]], measure: str, as_of: str) -> tuple[WeekPoint, ...]:
    collected = {row["week_start"] for row in rows if row["collected"]}
    counts = {row["week_start"]: row[measure] for row in rows if row["collected"]}
    return weekly_points(
        counts, rows[0]["week_start"], rows[-1]["week_start"], collected=collected, as_of=as_of
    )


def _drawn(built: BuiltReport) -> list[dict[str, Any]]:
    rows = [row for found in built.with_layout("changes") for row in found.rows if _weight(row)]
    return sorted(rows, key=lambda row: (row["verdict"] not in ("up", "down"), -_weight(row)))[:MOST_FIGURES]


def _figure(built: BuiltReport, row: dict[str, Any], keys: list[MarkerKey]) -> Figure:
    title = say("chart_title", built.language, narrative=row["narrative"])
    spec = weekly_spec(
        voice_panels({"own": row["points"]}, built.language),
        title=title,
        language=built.language,
        markers=keys,
        width=285,
        panel_height=66,
        axis_title=False,
        panel_titles=False,
    )
    svg = Markup(render_svg(spec, built.language)) if draws() else None  # noqa: S704 - our own SVG
    return Figure(row["narrative"], spec, svg)


def _marker_rows(built: BuiltReport) -> list[dict[str, Any]]:
    return [row for found in built.with_layout("markers") for row in found.rows]


def _marker(row: dict[str, Any], language: str) -> Marker:
    label = row["label"]
    if row["kind"] == "instrument":
        label = say_or(f"instrument_{row['change']}", language, row["change"]) + (
            f" ({label})" if label else ""
        )
    return Marker(row["on"], label, row["kind"], certain=bool(row["certain"]))


def _concerns(marker: Marker, row: dict[str, Any], built: BuiltReport) -> bool:
    """Return whether a mark belongs on a narrative's chart: a shared partner, or the instrument itself."""
    if marker.kind == "instrument":
        return True
    return any(
        row["narrative_id"] in (found["narrative_ids"] or "").split()
        for found in _marker_rows(built)
        if (found["on"], found["label"]) == (marker.on, marker.label)
    )


def _weight(row: dict[str, Any]) -> int:
    return sum(point.value or 0 for point in row["points"])
