"""Values with their intervals, one line each, labelled where they stand: no legend, no colour needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from datasette_config.charts.appearance import CONFIG, INK, SCHEMA, Spec
from datasette_config.typography import number

#: Ratios drawn at most; an interval without end runs to the edge.
_WIDEST = 16.0
_LABEL_WIDTH = 270
_VALUE_WIDTH = 130
_LINE_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class IntervalLine:
    """A ratio with its interval; ``high`` None has no bound. ``stands_out`` is drawn full, else open."""

    label: str
    ratio: float
    low: float
    high: float | None
    stands_out: bool


def interval_spec(
    lines: Sequence[IntervalLine], *, title: str, axis: str, language: str, width: int = 690
) -> Spec:
    """Return the chart of rate ratios on a logarithmic scale, with a line at 1: no change."""
    ends = [end for line in lines for end in (line.low, line.ratio, line.high) if end]
    reach = min(_WIDEST, max(2.0, *ends, *(1 / end for end in ends)))
    domain = [1 / reach, reach]
    rows = [
        {
            "label": line.label,
            "ratio": min(max(line.ratio, domain[0]), domain[1]),
            "low": max(line.low, domain[0]),
            "high": min(line.high or domain[1], domain[1]),
            "shape": "full" if line.stands_out else "open",
            "text": _interval(line, language),
        }
        for line in lines
    ]
    ticks = [tick for tick in (0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16) if domain[0] <= tick <= domain[1]]
    names = {str(tick): f"×{_ratio(tick, language)}" for tick in ticks}
    x: Spec = {
        "field": "ratio",
        "type": "quantitative",
        "scale": {"type": "log", "domain": domain, "nice": False},
        "axis": {
            "title": axis,
            "values": ticks,
            "labelExpr": f"{names}[toString(datum.value)]",
            "grid": True,
        },
    }
    y: Spec = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {
            "title": None,
            "labelLimit": _LABEL_WIDTH,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
    }
    drawn = width - _LABEL_WIDTH - _VALUE_WIDTH
    point = {"type": "point", "size": 55, "color": INK, "opacity": 1}
    return {
        "$schema": SCHEMA,
        "description": " ".join(f"{row['label']}: {row['text']}." for row in rows),
        "usermeta": {"title": title},
        "width": drawn,
        # The page's own letters can be wider than those that the chart was measured with.
        "padding": {"left": 34, "right": 46, "top": 4, "bottom": 4},
        "height": _LINE_HEIGHT * len(rows),
        "data": {"values": rows},
        "layer": [
            {"data": {"values": [{"at": 1}]},
             "mark": {"type": "rule", "color": INK, "strokeWidth": 1, "strokeDash": [4, 3]},
             "encoding": {"x": {"field": "at", "type": "quantitative"}}},
            {"mark": {"type": "rule", "color": INK, "strokeWidth": 1.4},
             "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {"transform": [{"filter": "datum.shape == 'open'"}],
             "mark": {**point, "fill": "white", "filled": True, "stroke": INK, "strokeWidth": 1.4},
             "encoding": {"y": y, "x": x}},
            {"transform": [{"filter": "datum.shape == 'full'"}], "mark": {**point, "filled": True},
             "encoding": {"y": y, "x": x}},
            {"mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 11, "color": INK},
             "encoding": {"y": y, "x": {"value": drawn}, "text": {"field": "text"}}},
        ],
        "config": CONFIG,
    }  # fmt: skip


def _interval(line: IntervalLine, language: str) -> str:
    high = "\N{INFINITY}" if line.high is None else _ratio(line.high, language)
    return f"×{_ratio(line.ratio, language)} [{_ratio(line.low, language)} – {high}]"


def _ratio(value: float, language: str) -> str:
    digits = 0 if value >= 10 or value == int(value) else 1 if value >= 4 else 2
    return number(value, language, digits)
