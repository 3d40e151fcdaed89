"""Markdown of our own making (model cards) as pieces of pages."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from datasette_config.typography import typeset


def rendered(text: str, language: str, *, name: str) -> Markup:
    """Return Markdown as HTML without its first heading, which the page bears; HTML in it is shown as text.

    Tables scroll on narrow screens under ``name``; columns of numbers get the class ``n``.
    """
    renderer = _renderer()
    tokens = _without_title(renderer.parse(typeset(text, language)))
    for token in tokens:
        if token.attrs.pop("style", None):
            token.attrSet("class", "n")
        if token.type == "th_open":
            token.attrSet("scope", "col")
    html = renderer.renderer.render(tokens, renderer.options, {})
    scroll = Markup(
        '<div class="scroll" tabindex="0" role="group" aria-label="{}"><table class="data">'
    ).format(name)
    # markdown-it escapes every text; what is put in is escaped above.
    return Markup(html.replace("<table>", scroll).replace("</table>", "</table></div>"))  # noqa: S704


def _without_title(tokens: Sequence[Token]) -> list[Token]:
    titled = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return list(tokens[3:] if titled else tokens)


@cache
def _renderer() -> Any:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
