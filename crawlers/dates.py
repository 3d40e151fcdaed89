"""When a page says that it was published: first to machines, then in its address, then to readers."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawlers.date_words import Precision, ReadDate, read_date, tells_change
from crawlers.edition_dates import edition_day
from crawlers.structured_data import Node, text_of

Origin = Literal["metadata", "url", "text"]

# In order of trust; names that only ever mean a change ("modified", "updated") are absent.
_META_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published",
    "datepublished", "date.available", "dc.date.issued", "dcterms.issued", "dc:date.created",
    "dc.date.created", "dcterms.created", "citation_publication_date", "citation_date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article_date_original",
    "publication_date", "publicationdate", "publish-date", "publish_date", "published_date", "pubdate",
    "pdate", "article:post_date", "dc.date", "dc:date", "dcterms.date", "datecreated", "date.created",
    "date_created", "originalpublicationdate", "date",
)  # fmt: skip
_NODE_NAMES = ("datePublished", "dateCreated", "uploadDate")
_ELSEWHERE = re.compile(
    r"comment|reaction|respond|forum|related|recommend|sidebar|widget|(?<!post-)(?<!entry-)(?<!article-)footer|most-?(?:read|popular)|teaser|"
    r"similar|lire-aussi|a-lire",
    re.IGNORECASE,
)
_URL_DAY = re.compile(r"(?<!\d)(20\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_SHORT_DAY = re.compile(r"/(20\d\d)/([1-9]|1[0-2])/([1-9]|[12]\d|3[01])/")
_URL_MONTH = re.compile(r"/(20\d\d)/(0[1-9]|1[0-2])/")
_BLOCKS = (
    "self::p or self::div or self::span or self::time or self::li or self::small or self::em or self::abbr"
)
_NEAR_HEADLINE = 60
_BESIDE = 12
_DATE_LINE_CHARACTERS = 110


@dataclass(frozen=True, slots=True)
class PageDate:
    """The date a page states, its precision, and where it stands."""

    at: str
    precision: Precision
    origin: Origin


def page_date(
    tree: HtmlElement,
    headline: HtmlElement | None,
    url: str | None,
    article: Node,
    metas: Mapping[str, Sequence[str]],
    timezone: str,
    now: datetime,
) -> PageDate | None:
    """Return the publication date of a page, or None.

    Times without a zone are read in ``timezone``; nothing outside 2005-01-01 .. now + 48 h is taken. An
    evening's article that its outlet dates to the next day is of that day.
    """
    best: ReadDate | None = None
    for raw in _stated(tree, headline, article, metas):
        found = read_date(raw, timezone, now)
        # A day is made sharper by a later statement of the same day, never contradicted by it.
        if found and best is None:
            best = found
        elif found and best and best.precision == "day" and found.precision == "minute":
            best = found if found.at.startswith(best.at) else best
        if best and best.precision == "minute":
            break
    if best:
        dated = edition_day(best, headline, article, metas, timezone, now) or best
        return PageDate(dated.at, dated.precision, "metadata")
    in_address = date_in_url(url, timezone, now) if url else None
    if in_address and in_address.precision == "day":
        return PageDate(in_address.at, in_address.precision, "url")
    in_text = _date_for_readers(headline, timezone, now)
    if in_text and (in_address is None or in_text.at[:7] == in_address.at[:7]):
        return PageDate(in_text.at, in_text.precision, "text")
    return PageDate(in_address.at, in_address.precision, "url") if in_address else None


def date_in_url(url: str, timezone: str, now: datetime) -> ReadDate | None:
    """Return the day, or else the month, that the path of an address names."""
    try:
        path = urlsplit(url).path + "/"
    except ValueError:
        return None
    for pattern in (_URL_DAY, _URL_SHORT_DAY, _URL_MONTH):
        if match := pattern.search(path):
            found = read_date("-".join(part.zfill(2) for part in match.groups()), timezone, now)
            if found:
                return found
    return None


def _stated(
    tree: HtmlElement, headline: HtmlElement | None, article: Node, metas: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    yield from (value for name in _NODE_NAMES[:1] if (value := text_of(article.get(name))))
    for name in _META_NAMES:
        yield from metas.get(name, ())
    yield from (value for name in _NODE_NAMES[1:] if (value := text_of(article.get(name))))
    marked = tree.xpath(
        "//*[@itemprop='datePublished' or @pubdate or @property='datePublished']"
        "|//abbr[contains(concat(' ', @class, ' '), ' published ')]"
        "|//time[contains(@class, 'publish') or contains(@class, 'entry-date')"
        " or contains(@class, 'post-date')]"
    )
    around = frame_of(headline)
    for element in marked[:20]:
        if not stands_elsewhere(element, around):
            yield from _values(element)
    times = [element for element in tree.iter("time") if not stands_elsewhere(element, around)]
    if headline is not None:
        after = [element for element in headline.xpath("following::time")[:3] if element in times]
        before = [element for element in headline.xpath("preceding::time")[-1:] if element in times]
        times = after[:1] or before
    for element in times[:1]:
        if not tells_change(_nearby_text(element)):
            yield from _values(element)


def _short_text(element: HtmlElement) -> str:
    """Return the text of an element on one line; of a long one only its beginning is read."""
    pieces: list[str] = []
    read = 0
    for piece in element.itertext():
        pieces.append(piece[: 4 * _DATE_LINE_CHARACTERS])
        read += len(pieces[-1])
        if read > 4 * _DATE_LINE_CHARACTERS:
            break
    return " ".join("".join(pieces).split())


def _values(element: HtmlElement) -> Iterator[str]:
    for name in ("datetime", "content", "title"):
        if value := element.get(name):
            yield value.strip()
            return
    yield _short_text(element)


def stands_elsewhere(element: HtmlElement, around: Collection[HtmlElement] = ()) -> bool:
    """Whether an element belongs to comments, related pieces or the frame of the page.

    ``around`` are the elements that hold the headline: what they are called says nothing.
    """
    for ancestor in (element, *element.iterancestors()):
        if ancestor in around:
            return False
        if ancestor.tag in ("aside", "nav"):
            return True
        if ancestor.tag == "footer" and next(ancestor.iterancestors("article"), None) is None:
            return True
        marks = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
        if ancestor.tag != "body" and _ELSEWHERE.search(marks):
            return True
    return False


def _nearby_text(element: HtmlElement) -> str:
    parent = element.getparent()
    return _short_text(parent)[:200] if parent is not None else ""


def _date_for_readers(headline: HtmlElement | None, timezone: str, now: datetime) -> ReadDate | None:
    """Read the date line beside the headline: short, near it, and no date of a change."""
    if headline is None:
        return None
    after = headline.xpath(f"following::*[{_BLOCKS}]")[:_NEAR_HEADLINE]
    before = headline.xpath(f"preceding::*[{_BLOCKS}]")[-8:]
    around = frame_of(headline)
    vague: ReadDate | None = None
    beside = [*after[:_BESIDE], *reversed(before)]
    for element in [*beside, *after[_BESIDE:]]:
        text = _short_text(element)
        if not 6 <= len(text) <= _DATE_LINE_CHARACTERS or tells_change(text):
            continue
        # A sentence that names a date tells a story.
        if len(text) > 40 and (text[-1] in ".!?" or element.xpath("boolean(parent::p)")):
            continue
        if stands_elsewhere(element, around) or not (found := read_date(text, timezone, now, relative=True)):
            continue
        if found.precision in ("minute", "day"):
            return found
        # A month alone dates a page only where a date line would stand.
        if found.precision == "month" and element in beside and len(text) <= 40:
            vague = vague or found
    return vague


def frame_of(headline: HtmlElement | None) -> frozenset[HtmlElement]:
    """Return the elements that hold the headline."""
    return frozenset() if headline is None else frozenset(headline.iterancestors())
