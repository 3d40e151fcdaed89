"""Charts: plain Vega-Lite specifications, and their rendering as SVG for pages and exports.

A page and an export draw the same specification. Nothing here reads a database or the network.
"""

from datasette_config.charts.intervals import IntervalLine, interval_spec
from datasette_config.charts.marks import MarkerKey, marker_keys
from datasette_config.charts.render import render_png, render_svg
from datasette_config.charts.series import Marker, Panel, WeekPoint, voice_panels, weekly_points
from datasette_config.charts.sparkline import sparkline_spec
from datasette_config.charts.weekly import Band, Level, weekly_spec

__all__ = [
    "Band",
    "IntervalLine",
    "Level",
    "Marker",
    "MarkerKey",
    "Panel",
    "WeekPoint",
    "interval_spec",
    "marker_keys",
    "render_png",
    "render_svg",
    "sparkline_spec",
    "voice_panels",
    "weekly_points",
    "weekly_spec",
]
