"""A small weekly series beside a number: bars without axes, the unfinished week open."""

from collections.abc import Sequence

from datasette_config.charts.appearance import CONFIG, SCHEMA, Spec
from datasette_config.charts.series import WeekPoint
from datasette_config.charts.weekly import bar_layers, bar_rows, time_domain


def sparkline_spec(
    points: Sequence[WeekPoint], *, title: str, colour: str = "#3578b5", width: int = 120, height: int = 26
) -> Spec:
    """Return a sparkline of one series; ``title`` says in words what it shows."""
    values = [point.value or 0 for point in points]
    x: Spec = {"field": "start", "type": "temporal", "axis": None}
    x["scale"] = {"type": "utc", "domain": time_domain(points), "nice": False}
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max([1, *values])]},
    }
    return {
        "$schema": SCHEMA,
        "description": title,
        "usermeta": {"title": title},
        "width": width,
        "height": height,
        "padding": 1,
        "data": {"values": bar_rows(points)},
        "layer": bar_layers(colour, x, y),
        "config": CONFIG,
    }
