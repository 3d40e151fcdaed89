"""What stands in an article and is not the article: further reading, share bars, tails, credits.

Rules are about wording and about how much of a block is links; none knows a site.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawlers.chrome_lines import without_chrome
from crawlers.encoding import letters
from crawlers.html_tree import beginning
from crawlers.page_facts import site_of

_MARK = r"^[\s\W]{0,6}"
_LEAD = re.compile(
    _MARK + r"(?:(?:à|a) (?:lire|voir|découvrir|écouter)(?: aussi| également| sur ce sujet| ?:)"
    r"|(?:re)?lire (?:aussi|également)|voir (?:aussi|également)"
    r"|sur le même (?:sujet|thème)|dans la même (?:rubrique|catégorie)"
    r"|articles? (?:similaires?|liés?|connexes|recommandés?|associés?)"
    r"|vous (?:aimerez|pourriez aimer) aussi|ces articles (?:peuvent|pourraient)|les plus lus"
    r"|(?:also read|read (?:also|more|next)|see also)\b|related (?:articles?|posts?|stories|news)|related ?:"
    r"|you (?:may|might) also like|more on this story|most read)\s*:?",
    re.IGNORECASE,
)
_LEAD_BLOCKS = (
    "p",
    "div",
    "li",
    "aside",
    "section",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "strong",
    "b",
    "span",
    "em",
)
_MAX_BLOCK = 1_500
_LINK_SHARE = 0.6

_SENTENCE_END = re.compile(r"[.!?…»”\"]\s*$")

_CREDIT_LINE = re.compile(
    r"^[\s\W]{0,4}(?:sources?|source de l['’]article|article source)\s*(?:[:：]|\s[–-]\s)\s*"
    r"(?P<name>[^\n]{2,80}?)\s*$",
    re.IGNORECASE,
)
_CREDIT_END = re.compile(
    r"(?:(?<=[.!?»”)])|\s)\s*[(\[]?sources?\s*:\s*(?P<name>[^\n.:;]{2,60}(?:\.\w{2,6})?)[)\]]?\.?\s*$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^(?P<who>[^\n/.!?]{0,50}(?:\b\w\.){0,4}[^\n/.!?]{0,20})\s*/\s*(?P<name>[\w-]+(?:\.[\w-]+)+)\W*$"
)
_LEADER_DOTS = re.compile(r"\.{4,}\s*(?P<name>[^\W\d_][^\n.]{2,40})\s*$")
_AGENCY = re.compile(
    r"^[\s(\[–—-]*(?:(?:[Aa]vec|[Ww]ith|[Ss]ource)\s+)?"
    r"(?P<name>AFP|Reuters|AMAP|APA(?:news)?|Xinhua|Anadolu|PANA|AIB|ANP|APS|AP)[\s)\].]*$"
)
_CREDIT_LINES_FROM_END = 4
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
#: After an outlet's name: the issue, the day, the town.
_ISSUE = re.compile(r"\s+(?:(?:du|of)\s+(?:\w+\s+)?\d{1,2}\b.*|n°\s*\d.*|\([^()]*\)?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CleanText:
    """The article's own paragraphs, one per line, and the outlet that the page credits, if any."""

    text: str
    credited_source: str | None


def prune_further_reading(tree: HtmlElement) -> None:
    """Remove blocks that announce other articles ("À lire aussi", "Related posts") and consist of links."""
    for element in [found for found in tree.iter(*_LEAD_BLOCKS) if _LEAD.match(beginning(found, 60))]:
        if element.getparent() is None or _length(element) > _MAX_BLOCK:
            continue
        lead = _LEAD.match(beginning(element, 60))
        if lead is None:
            continue
        rest = _length(element) - len(lead.group())
        if rest > 3:
            if _link_characters(element) >= _LINK_SHARE * rest:
                _remove(element)
            continue
        _remove_with_list(element)


def clean_text(text: str, title: str | None, site: str | None) -> CleanText:
    """Drop lines that are not the article's and take the credit ("Source : L'Essor") from its ends.

    ``site`` is the page's own registrable domain: a page that signs with its own name credits nobody.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if title:
        # The headline may come after a lead that stands above it.
        lines = [line for place, line in enumerate(lines) if place >= 4 or not _repeats(line, title)]
    lines = _without_further_reading(lines)
    lines = without_chrome(lines)
    lines, credited = _take_credit(lines)
    if credited and site and letters(credited).startswith(letters(site.partition(".")[0])):
        credited = None
    return CleanText("\n".join(lines), credited)


def _take_credit(lines: Sequence[str]) -> tuple[list[str], str | None]:
    kept = list(lines)
    name: str | None = None
    for index in range(len(kept) - 1, max(-1, len(kept) - 1 - _CREDIT_LINES_FROM_END), -1):
        found = _CREDIT_LINE.match(kept[index]) or _SIGNATURE.match(kept[index]) or _AGENCY.match(kept[index])
        if found:
            name = name or found["name"]
            del kept[index]
    if name is None and kept:
        found = _CREDIT_END.search(kept[-1]) or _LEADER_DOTS.search(kept[-1])
        if found:
            name = found["name"]
            kept[-1] = kept[-1][: found.start()].rstrip()
    if name is None and kept and (found := _CREDIT_LINE.match(kept[0])):
        name = found["name"]
        del kept[0]
    return [line for line in kept if line], _outlet(name)


def _outlet(name: str | None) -> str | None:
    if name is None:
        return None
    bare = name.strip(" \t«»\"'[]–—-*")
    if _ADDRESS.match(bare):
        bare = site_of(bare if "://" in bare else f"https://{bare}")
    plain = _ISSUE.sub("", bare).strip(" ()./,;«»")
    return plain[:80] or None


def _without_further_reading(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    skipping = False
    for index, line in enumerate(lines):
        lead = _LEAD.match(line)
        if lead and len(line) <= 250 and not _continues_as_prose(line):
            skipping = len(line) - lead.end() <= 3
            continue
        if skipping and len(line) <= 200:
            is_item = line.startswith(("- ", "• ", "* "))
            prose_follows = any(len(later) > 200 or _SENTENCE_END.search(later) for later in lines[index:])
            if is_item or not prose_follows:
                continue
        skipping = False
        kept.append(line)
    return kept


def _continues_as_prose(line: str) -> bool:
    """ "Lire aussi entre les lignes ..., voilà ce que ... ." is a sentence of two clauses, not a link."""
    return len(line) > 120 and line.count(",") >= 2 and bool(_SENTENCE_END.search(line))


def _repeats(line: str, title: str) -> bool:
    """Whether a line is the headline again, perhaps with a short mark before it ("[Sujet 12] ...")."""
    shown, known = letters(line), letters(title)
    return bool(known) and shown.endswith(known) and len(shown) <= len(known) + 15


def _length(element: HtmlElement) -> int:
    """Return the characters of an element's text; of a long one only that it is long."""
    read = 0
    for piece in element.itertext():
        read += len(" ".join(piece.split()))
        if read > _MAX_BLOCK:
            break
    return read


def _link_characters(element: HtmlElement) -> int:
    if element.tag == "a":
        return _length(element)
    return sum(_length(link) for link in element.iter("a"))


def _remove_with_list(heading: HtmlElement) -> None:
    """Remove a heading with what it announces: its container when that is links, else following lists."""
    container = heading
    while (parent := container.getparent()) is not None and parent.tag not in (
        "body",
        "article",
        "main",
        "html",
    ):
        length = _length(parent)
        if length > _MAX_BLOCK or _link_characters(parent) < _LINK_SHARE * (length - _length(heading)):
            break
        container = parent
    if container is heading:
        sibling = heading.getnext()
        while sibling is not None and isinstance(sibling.tag, str):
            following = sibling.getnext()
            length = _length(sibling)
            if length == 0 or length > _MAX_BLOCK or _link_characters(sibling) < 0.8 * length:
                break
            _remove(sibling)
            sibling = following
    _remove(container)


def _remove(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
