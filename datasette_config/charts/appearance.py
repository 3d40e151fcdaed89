"""How charts look: no background, ink that follows the page's text colour, readable in grey print."""

from typing import Any

Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

#: Stands for the page's text colour; :func:`render_svg` writes ``currentColor`` in its place.
INK = "#010203"

CONFIG: Spec = {
    "background": "transparent",
    "font": "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": INK,
        "gridOpacity": 0.15,
        "domainOpacity": 0.5,
        "tickOpacity": 0.5,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "title": {"color": INK, "subtitleColor": INK, "fontSize": 12, "fontWeight": 600, "anchor": "start"},
    "text": {"color": INK},
}
