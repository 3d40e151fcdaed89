"""The weekly chart: bars per ISO week, one panel per series, with events and changes of the instrument."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from datasette_config.charts.appearance import CONFIG, INK, SCHEMA, Spec
from datasette_config.charts.marks import MarkerKey, marker_layers, marker_signs
from datasette_config.charts.series import Panel, WeekPoint

#: Room around a chart (the default of Vega-Lite), and what the signs of the marks take above it.
_PADDING = 5
_SIGN_HEIGHT = 5

_AXIS_TITLES = {
    "distinct_texts": {"fr": "textes distincts par semaine", "en": "distinct texts a week"},
    "documents": {"fr": "documents par semaine", "en": "documents a week"},
}


@dataclass(frozen=True, slots=True)
class Level:
    """A stretch of weeks at one level: first day, day after the last, and the mean count of a week."""

    start: str
    end: str
    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """An interval over a stretch of weeks: first day, day after the last, its bounds in counts of a week."""

    start: str
    end: str
    low: float
    high: float | None


def weekly_spec(
    panels: Sequence[Panel],
    *,
    title: str,
    language: str,
    measure: str = "distinct_texts",
    markers: Sequence[MarkerKey] = (),
    width: int = 640,
    panel_height: int = 84,
    axis_title: bool = True,
    panel_titles: bool = True,
    ticks: Sequence[WeekPoint] = (),
    levels: Sequence[Level] = (),
    bands: Sequence[Band] = (),
) -> Spec:
    """Return the Vega-Lite specification of a weekly chart.

    Panels share the time axis and the count axis, so heights compare. An unfinished week is an open
    bar; a week in which nothing was collected is under a pale band. ``measure`` is
    ``distinct_texts`` or ``documents``. ``markers`` come from :func:`marker_keys`, which gives each the
    sign under which a list beside the chart explains it. In the first panel, ``ticks`` draws a short line in
    each week's bar at the count of a part of the sources, ``levels`` a line through the weeks of one level,
    ``bands`` an interval behind the bars; one without an upper bound runs to the top.
    """
    highest = count_ticks(max(point.value or 0 for panel in panels for point in panel.points))[-1]
    domain = time_domain([point for panel in panels for point in panel.points])
    inside = [key for key in markers if domain[0] <= key.marker.on <= domain[1]]
    days = (date.fromisoformat(domain[1]) - date.fromisoformat(domain[0])).days
    signs = marker_signs(inside, days / width)
    drawn = []
    for position, panel in enumerate(panels):
        lowest = position == len(panels) - 1
        x: Spec = {
            "field": "start",
            "type": "temporal",
            "scale": {"type": "utc", "domain": domain, "nice": False},
        }
        x["axis"] = {"title": None, "grid": False, "format": _day_format(domain), "labels": lowest,
                     "labelOverlap": "greedy", "labelSeparation": 6,
                     "tickCount": _tick_count(width)}  # fmt: skip
        y: Spec = {"field": "value", "type": "quantitative", "scale": {"domain": [0, highest]}}
        y["axis"] = {"title": None, "values": count_ticks(highest), "format": ",d"}
        drawn.append(
            {
                **_panel_title(panel if panel_titles else None, below_signs=position == 0 and bool(signs)),
                "width": width,
                "height": panel_height,
                "data": {"values": bar_rows(panel.points)},
                "layer": [
                    *gap_layer(panel.points, x),
                    *(_band_layer(bands, highest, x, y) if position == 0 else []),
                    *bar_layers(panel.colour, x, y),
                    *(_tick_layer(ticks, x, y) if position == 0 else []),
                    *(_level_layer(levels, x, y) if position == 0 else []),
                    *marker_layers(inside, signs if position == 0 else [], x),
                ],
            }
        )
    spec: Spec = {
        "$schema": SCHEMA,
        "description": _description(panels, language, measure),
        "usermeta": {"title": title},
        "vconcat": drawn,
        "spacing": 10,
        "config": CONFIG,
    }
    if not panel_titles and not signs:
        # Charts in a row stand level: the room of the signs stays free where there are none.
        spec["padding"] = {
            "top": _PADDING + _SIGN_HEIGHT,
            "left": _PADDING,
            "right": _PADDING,
            "bottom": _PADDING,
        }
    if axis_title:
        spec["title"] = {"text": _AXIS_TITLES[measure][language], "fontSize": 11, "fontWeight": "normal"}
    return spec


def time_domain(points: Sequence[WeekPoint]) -> list[str]:
    """Return first Monday and the Monday after the last week, as days."""
    weeks = [point.week_start for point in points]
    return [min(weeks), _days_after(max(weeks), 7)]


def bar_rows(points: Sequence[WeekPoint]) -> list[dict[str, Any]]:
    """Return the rows that :func:`bar_layers` draws."""
    return [
        {
            "start": point.week_start,
            "end": _days_after(point.week_start, 6),
            "value": point.value,
            "state": "finished" if point.finished else "open",
        }
        for point in points
        if point.value
    ]


def gap_rows(points: Sequence[WeekPoint]) -> list[dict[str, str]]:
    """Return the runs of weeks in which nothing was collected, as first day and day after the last."""
    return [
        {"start": run[0].week_start, "end": _days_after(run[-1].week_start, 7)}
        for unknown, found in groupby(points, key=lambda point: point.value is None)
        if unknown and (run := list(found))
    ]


def bar_layers(colour: str, x: Spec, y: Spec) -> list[Spec]:
    """Return the layers for finished weeks and for the open week."""
    both = {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"datum": 0}}
    return [
        {"transform": [{"filter": "datum.state == 'finished'"}],
         "mark": {"type": "bar", "color": colour}, "encoding": both},
        {"transform": [{"filter": "datum.state == 'open'"}],
         "mark": {"type": "bar", "fillOpacity": 0, "stroke": colour, "strokeWidth": 1.2,
                  "strokeDash": [3, 2]},
         "encoding": both},
    ]  # fmt: skip


def _tick_layer(points: Sequence[WeekPoint], x: Spec, y: Spec) -> list[Spec]:
    rows = bar_rows(points)
    if not rows:
        return []
    mark = {"type": "rule", "color": INK, "strokeWidth": 2, "tooltip": None}
    return [{"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "x2": {"field": "end"}, "y": y}}]


def _level_layer(levels: Sequence[Level], x: Spec, y: Spec) -> list[Spec]:
    if not levels:
        return []
    rows = [{"start": level.start, "end": level.end, "value": level.value} for level in levels]
    mark = {"type": "rule", "color": INK, "strokeWidth": 1.4, "strokeDash": [5, 2], "tooltip": None}
    return [{"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "x2": {"field": "end"}, "y": y}}]


def _band_layer(bands: Sequence[Band], highest: int, x: Spec, y: Spec) -> list[Spec]:
    if not bands:
        return []
    rows = [
        {"start": band.start, "end": band.end, "value": min(band.low, highest),
         "high": highest if band.high is None else min(band.high, highest)}
        for band in bands
    ]  # fmt: skip
    mark = {"type": "rect", "color": INK, "opacity": 0.16, "tooltip": None}
    encoding = {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "high"}}
    return [{"data": {"values": rows}, "mark": mark, "encoding": encoding}]


def gap_layer(points: Sequence[WeekPoint], x: Spec) -> list[Spec]:
    """Return the layer of pale bands over weeks without collection; none where there are none."""
    gaps = gap_rows(points)
    if not gaps:
        return []
    mark = {"type": "rect", "color": INK, "opacity": 0.09, "tooltip": None}
    return [{"data": {"values": gaps}, "mark": mark, "encoding": {"x": x, "x2": {"field": "end"}}}]


def _days_after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def count_ticks(highest: int) -> list[int]:
    """Return round whole numbers from 0 to the first one that is not below ``highest``; at most five."""
    step = 1
    while 4 * step < highest:
        step = {1: 2, 2: 5, 5: 10}[int(str(step)[0])] * 10 ** (len(str(step)) - 1)
    return list(range(0, max(highest, 1) + step, step))[: -(-max(highest, 1) // step) + 1]


def _panel_title(panel: Panel | None, *, below_signs: bool) -> Spec:
    return {} if panel is None else {"title": {"text": panel.title, "dy": -4 if below_signs else 0}}


def _day_format(domain: list[str]) -> str:
    days = (date.fromisoformat(domain[1]) - date.fromisoformat(domain[0])).days
    return "%e %b" if days <= 120 else "%b %Y"


def _tick_count(width: int) -> int:
    return max(2, width // 90)


def _description(panels: Sequence[Panel], language: str, measure: str) -> str:
    """Say in words what the picture shows, for readers who do not see it."""
    said = []
    for panel in panels:
        known = [point for point in panel.points if point.value is not None]
        if not known:
            said.append(f"{panel.title}{' : rien' if language == 'fr' else ': nothing'}.")
            continue
        top = max(known, key=lambda point: point.value or 0)
        if language == "fr":
            said.append(
                f"{panel.title} : {known[-1].value} la semaine du {known[-1].week_start}, "
                f"au plus {top.value} la semaine du {top.week_start}."
            )
        else:
            said.append(
                f"{panel.title}: {known[-1].value} in the week of {known[-1].week_start}, "
                f"at most {top.value} in the week of {top.week_start}."
            )
    return f"{_AXIS_TITLES[measure][language].capitalize()}. {' '.join(said)}"
