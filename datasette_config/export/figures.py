"""The charts of a report, drawn from its rows."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from datasette_config import typography as set_as
from datasette_config.charts import (
    IntervalLine,
    Marker,
    MarkerKey,
    Panel,
    WeekPoint,
    interval_spec,
    marker_keys,
    render_svg,
    sparkline_spec,
    voice_panels,
    weekly_points,
    weekly_spec,
)
from datasette_config.charts.appearance import Spec
from datasette_config.export.cells import heading
from datasette_config.export.levels import bands, levels
from datasette_config.reporting import BuiltReport, BuiltSection
from datasette_config.wording import say, say_or

#: More small charts than this are noise; the table still holds every narrative.
MOST_FIGURES = 8
#: Ratios drawn with their intervals: more do not fit a page, one alone needs no chart.
MOST_LINES = 20
_FEWEST_LINES = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """One small chart: its title and its specification."""

    title: str
    spec: Spec
    language: str

    @property
    def svg(self) -> Markup:
        """Return the chart as SVG."""
        return Markup(render_svg(self.spec, self.language))  # noqa: S704 - our own SVG


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


def marker_text(key: MarkerKey, language: str) -> str:
    """Say in words what a mark on the charts is: its day, what happened, and whether it is confirmed."""
    unconfirmed = "" if key.marker.certain else f" ({say('unconfirmed', language)})"
    day = set_as.day(key.marker.on, language)
    return f"{day} \N{EN DASH} {heading(key.marker.label, language)}{unconfirmed}"


def chart_key(built: BuiltReport, found: BuiltSection) -> str:
    """Say what the signs on the charts of a section mean, those alone that are drawn."""
    if found.section.layout == "weekly":
        weeks = list(_points(list(found.rows), "collected", built.period.known_until))
        multiples: list[dict[str, Any]] = []
    else:
        multiples = _drawn(built)
        weeks = [point for row in multiples for point in row["points"]]
    markers = [key.marker for key in marker_list(built)]
    drawn = {
        "unfinished": any(not point.finished and point.value for point in weeks),
        "gap": any(point.value is None for point in weeks),
        "event": any(marker.kind == "event" and marker.certain for marker in markers),
        "unconfirmed": any(marker.kind != "instrument" and not marker.certain for marker in markers),
        "instrument": any(marker.kind == "instrument" for marker in markers),
        "panel": any(row.get("panel_change") is not None for row in multiples),
        "level": any(levels(built, row) for row in multiples if "event_week" not in row),
        "pace": any(bands(row) for row in multiples),
    }
    return " ".join(say(f"key_{name}", built.language) for name, is_drawn in drawn.items() if is_drawn)


def chart_specs(built: BuiltReport, found: BuiltSection) -> list[tuple[str | None, Spec, bool]]:
    """Return title, specification and whether it is wide, of every chart of a section."""
    if not draws() or not found.rows:
        return []
    if found.section.layout == "weekly":
        return [(None, _weekly_spec(built, found), True)]
    compared = interval_chart(built, found)
    wide: list[tuple[str | None, Spec, bool]] = [] if compared is None else [(None, compared, True)]
    return wide + [(heading(figure.title, built.language), figure.spec, False) for figure in figures(built)]


def interval_chart(built: BuiltReport, found: BuiltSection) -> Spec | None:
    """Return the chart of the ratios of a ``changes`` section; None where fewer than two are known."""
    if not draws() or found.section.layout != "changes":
        return None
    lines = [
        IntervalLine(
            label=heading(row["narrative"], built.language),
            ratio=row["change"].ratio,
            low=row["change"].low or 0.0,
            high=row["change"].high,
            stands_out=row["verdict"] in ("up", "down"),
        )
        for row in found.rows
        if row["change"].ratio is not None
    ]
    if len(lines) < _FEWEST_LINES:
        return None
    lines.sort(key=lambda line: (not line.stands_out, -line.ratio, line.label))
    return interval_spec(
        lines[:MOST_LINES],
        title=heading(found.section.title.say(built.language), built.language),
        axis=say("ratio_axis", built.language),
        language=built.language,
    )


def drawn_intervals(built: BuiltReport, found: BuiltSection) -> Markup:
    """Return the chart of :func:`interval_chart` as SVG; nothing where there is none."""
    spec = interval_chart(built, found)
    return Markup("") if spec is None else Markup(render_svg(spec, built.language))  # noqa: S704 - our own SVG


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
    return Markup(render_svg(_weekly_spec(built, found), built.language))  # noqa: S704 - our own SVG


def _weekly_spec(built: BuiltReport, found: BuiltSection) -> Spec:
    measure = "distinct_texts" if "distinct_texts" in found.names else "documents"
    by_series: dict[str | None, list[dict[str, Any]]] = {}
    for row in found.rows:
        by_series.setdefault(row.get("voice"), []).append(row)
    points = {name: _points(rows, measure, built.period.known_until) for name, rows in by_series.items()}
    title = heading(found.section.title.say(built.language), built.language)
    by_voice = {name: series for name, series in points.items() if name is not None}
    panels = voice_panels(by_voice, built.language) or [Panel(title, "#3578b5", points[None])]
    return weekly_spec(
        panels,
        title=title,
        language=built.language,
        measure=measure,
        markers=marker_list(built),
        width=690,
        panel_titles=bool(by_voice),
    )


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
        ticks=row["panel_points"] if row.get("panel_change") is not None else (),
        levels=levels(built, row),
        bands=bands(row),
    )
    return Figure(row["narrative"], spec, built.language)


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
    """Return whether a mark belongs on a narrative's chart: only events ask for a shared partner."""
    if marker.kind != "event":
        return True
    return any(
        row["narrative_id"] in (found["narrative_ids"] or "").split()
        for found in _marker_rows(built)
        if (found["on"], found["label"]) == (marker.on, marker.label)
    )


def _weight(row: dict[str, Any]) -> int:
    return sum(point.value or 0 for point in row["points"])
