"""Vega-Lite to SVG, offline: the same bytes for the same specification, readable by screen readers."""

import hashlib
import importlib
import json
import re
from typing import Any
from xml.sax.saxutils import escape

from datasette_config.charts.appearance import INK, Spec
from db.errors import NarrativesError

_LOCALES = {"fr": "fr-FR", "en": "en-GB"}
_ID = re.compile(r'\bid="([^"]+)"')
_ROOT = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def render_svg(spec: Spec, language: str) -> str:
    """Return the chart as an SVG element for inlining, with numbers and dates written in ``language``.

    The element scales down to its container, takes the text colour of the page, and carries the
    specification's ``usermeta.title`` and ``description`` as title and description.
    Raises :class:`NarrativesError` where the ``reports`` extra is not installed.
    """
    drawn: str = _converter().vegalite_to_svg(
        spec,
        vl_version="5.21",
        allowed_base_urls=[],
        format_locale=_number_locale(language),
        time_format_locale=_LOCALES[language],
    )
    prefix = "c" + hashlib.sha256(_canonical(spec, language)).hexdigest()[:10]
    return _with_own_root(_with_own_ids(drawn, prefix), spec, language, prefix).replace(INK, "currentColor")


def render_png(spec: Spec, language: str, *, scale: float = 2.5) -> bytes:
    """Return the chart as PNG on white, ``scale`` pixels to a unit, for formats that hold no SVG."""
    drawn: bytes = _converter().vegalite_to_png(
        {**spec, "background": "white"},
        vl_version="5.21",
        scale=scale,
        allowed_base_urls=[],
        format_locale=_number_locale(language),
        time_format_locale=_LOCALES[language],
    )
    return drawn


def _converter() -> Any:
    try:
        return importlib.import_module("vl_convert")
    except ImportError as error:
        raise NarrativesError(
            "Charts need the package vl-convert-python, which is not installed. "
            "Install the `reports` extra: pip install 'mali-narratives[reports]' from the project folder."
        ) from error


def _number_locale(language: str) -> Any:
    # The stock fr-FR locale groups with U+00A0; French typography asks for the narrow one.
    if language != "fr":
        return _LOCALES[language]
    return {
        "decimal": ",",
        "thousands": "\N{NARROW NO-BREAK SPACE}",
        "grouping": [3],
        "currency": ["", ""],
        "percent": "\N{NARROW NO-BREAK SPACE}%",
    }


def _canonical(spec: Spec, language: str) -> bytes:
    return f"{language}\n{json.dumps(spec, sort_keys=True, ensure_ascii=False)}".encode()


def _with_own_ids(svg: str, prefix: str) -> str:
    """Rename ids: Vega counts them on within a process, and two charts on a page must not share one."""
    for number, name in enumerate(dict.fromkeys(_ID.findall(svg))):
        svg = svg.replace(f'id="{name}"', f'id="{prefix}-{number}"').replace(
            f"url(#{name})", f"url(#{prefix}-{number})"
        )
    return svg


def _with_own_root(svg: str, spec: Spec, language: str, prefix: str) -> str:
    size = _SIZE.search(svg)
    if size is None:
        raise ValueError("the converter drew an SVG without a viewBox")
    width, height = size.groups()
    title = escape(str(spec.get("usermeta", {}).get("title", "")))
    described = escape(str(spec.get("description", "")))
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" lang="{language}" '
        f'aria-labelledby="{prefix}-t {prefix}-d" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}">'
        f'<title id="{prefix}-t">{title}</title><desc id="{prefix}-d">{described}</desc>'
    )
    return _ROOT.sub(lambda _: root, svg, count=1)
