"""The lead of an article: the paragraph in bold between headline and body that many themes keep apart."""

import re
from collections.abc import Mapping, Sequence

from lxml.html import HtmlElement

from crawlers.dates import frame_of, stands_elsewhere
from crawlers.encoding import letters
from crawlers.html_tree import beginning, visible_text

# As themes and editors' systems name it; SPIP, which much of the francophone press runs on, says "chapo".
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:chapo|chapeau|standfirst|stand-first|dek|lede|lead|intro|introtext|summary|excerpt|desc|"
    r"description|subtitle|sous-?titre|subhead(?:line)?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = "self::p or self::div or self::h2 or self::header or self::section or self::blockquote"
_NEAR_HEADLINE = 40
_SHORTEST, _LONGEST = 60, 1_500
_COMPARED = 60
_LINK_SHARE = 0.5
_SENTENCE_END = re.compile(r"[.!?…»”\"]\s*$")


def leads(headline: HtmlElement | None, metas: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what may be the lead: short prose after the headline, named so or the page's own description.

    To be asked before the tree is pruned; :func:`with_lead` then tells whether the text lacks one.
    """
    if headline is None:
        return []
    described = [
        letters(value)[:_COMPARED]
        for name in ("og:description", "description")
        for value in metas.get(name, ())
        if len(value) >= _SHORTEST
    ]
    around = frame_of(headline)
    found: list[str] = []
    for element in headline.xpath(f"following::*[{_BLOCKS}]")[:_NEAR_HEADLINE]:
        marks = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if not _NAMED.search(marks) and not _begins_with(element, described):
            continue
        text = _prose(element)
        if text is not None and not stands_elsewhere(element, around):
            found.append(text)
    return found


def with_lead(text: str, candidates: Sequence[str]) -> str:
    """Put the first candidate that ``text`` does not hold before it; most texts hold it already."""
    known = letters(text)
    for candidate in candidates:
        if text and letters(candidate)[:_COMPARED] not in known:
            return f"{candidate}\n{text}"
    return text


def _begins_with(element: HtmlElement, starts: Sequence[str]) -> bool:
    shown = letters(beginning(element, 4 * _COMPARED))
    return any(shown.startswith(start) for start in starts)


def _prose(element: HtmlElement) -> str | None:
    """Return the element's text on one line when it is a short piece of prose, else None."""
    length = 0
    for piece in element.itertext():
        length += len(piece.strip())
        if length > _LONGEST:
            return None
    if length < _SHORTEST:
        return None
    text = " ".join(visible_text(element).split())
    linked = sum(len(link.text_content()) for link in element.iter("a"))
    if linked > _LINK_SHARE * len(text) or not _SENTENCE_END.search(text):
        return None
    return text
