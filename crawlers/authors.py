"""Who wrote a page, as it says itself: to machines first, then beside its headline."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from crawlers.dates import frame_of, stands_elsewhere
from crawlers.encoding import clean_line, folded
from crawlers.html_tree import beginning
from crawlers.structured_data import Node, text_of

_MAX_AUTHOR = 150
_META_NAMES = (
    "author", "article:author", "og:article:author", "dc.creator", "dc:creator", "parsely-author",
    "sailthru.author",
)  # fmt: skip
_BYLINE = re.compile(
    r"^\s*(?:par|by|de|écrit par|rédigé par|proposé par|written by|publié par|posted by)\s*:?\s+",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"https?://|@|^\W*$|^(?:admin|administrator|administrateur|root|webmaster)$", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:authors?|auteurs?|byline|signature|journaliste|writer)(?:$|[\s_-])", re.IGNORECASE
)
_PROFILE = re.compile(
    r"/(?:authors?|auteurs?|auteure|staff|journalistes?|signataires?|redacteurs?|contributeurs?|contributors?)/[^/]"
)
# Two to five words that begin in upper case, with the particles of names between them.
_NAME = re.compile(
    r"[^\W\d_a-zà-ÿ][\w'’.-]*(?:\s+(?:d[eiu]s?|la|le|el|al|ag|ould|mint|van|von|[^\W\d_a-zà-ÿ][\w'’.-]*)){1,4}"
)
_MARKED = "[self::a or self::span or self::div or self::p or self::address]"
_NEAR_HEADLINE = 400
_LONGEST_NAME = 80


def page_author(
    tree: HtmlElement,
    headline: HtmlElement | None,
    article: Node,
    nodes: Sequence[Node],
    metas: Mapping[str, Sequence[str]],
    site_names: Collection[str],
) -> str | None:
    """Return the names of the authors joined with ", ", or None.

    ``site_names`` (folded) are no persons: such an author stands last, and does not end the search.
    """
    stated = _people(text_of(author) for author in _stated_authors(article, nodes))
    for name in _META_NAMES:
        stated |= _people(metas.get(name, ()))
    houses = {name: None for name in stated if folded(name) in site_names}
    persons = {name: None for name in stated if name not in houses}
    if not persons:
        persons = dict.fromkeys(list(_people(_beside(headline)))[:1])
    if not persons and not houses:
        marked = tree.xpath("//*[@rel='author' or @itemprop='author']")[:3]
        around = frame_of(headline)
        own = (element for element in marked if not stands_elsewhere(element, around))
        persons = dict.fromkeys(list(_people(element.text_content()[:300] for element in own))[:1])
    if not persons and not houses:
        # On a copy: the search prunes the tree.
        persons = dict.fromkeys(list(_people([extract_author(deepcopy(tree))]))[:1])
    return ", ".join([*persons, *houses])[:_MAX_AUTHOR] or None


def _stated_authors(article: Node, nodes: Sequence[Node]) -> Iterator[Any]:
    """Yield the authors of the article's node; one that is only named by its ``@id`` is looked up."""
    authors = article.get("author")
    for author in authors if isinstance(authors, list) else [authors]:
        if isinstance(author, Mapping) and "name" not in author and "@id" in author:
            yield next((node for node in nodes if node.get("@id") == author["@id"] and "name" in node), None)
        else:
            yield author


def _beside(headline: HtmlElement | None) -> Iterator[str]:
    """Yield what stands near the headline and is marked as a name, or links to an author's page."""
    if headline is None:
        return
    around = frame_of(headline)
    after = headline.xpath(f"following::*{_MARKED}")
    before = headline.xpath(f"preceding::*{_MARKED}")
    for element in [*after[:_NEAR_HEADLINE], *reversed(before[-20:])]:
        marks = f"{element.get('class') or ''} {element.get('rel') or ''} {element.get('itemprop') or ''}"
        if not _NAMED.search(marks) and not _PROFILE.search(element.get("href") or ""):
            continue
        name = _without_byline(beginning(element, 2 * _LONGEST_NAME))
        if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) and not stands_elsewhere(element, around):
            yield name


def _people(stated: Iterable[str | None]) -> dict[str, None]:
    names: dict[str, None] = {}
    for value in stated:
        name = _without_byline(value or "")
        if 2 < len(name) <= 100 and not _NO_PERSON.search(name):
            names.setdefault(name)
    return names


def _without_byline(text: str) -> str:
    return _BYLINE.sub("", clean_line(text)).strip(" ,;|-")
