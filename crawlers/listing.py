"""What feeds, sitemaps and APIs list: addresses with what they claim about them. Pure."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

from crawlers.encoding import clean_line
from db.clock import timestamp, utc_now

#: Items read from one listing; the rest is counted, not read.
MAX_ITEMS = 2_000
#: Generators escape what was escaped already; markup must not come out of the last layer.
_MOST_ESCAPINGS = 5
EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(hours=48)

ListingKind = Literal["items", "index", "html", "broken"]
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One listed piece. Dates are ISO 8601 UTC; a date without a time stays ``YYYY-MM-DD``.

    ``html`` is the body when the listing carries it (WordPress); ``protected`` says that it withholds it.
    A post carries its ``text``; ``author_id`` is what its platform calls the author, good for a keyed
    pseudonym and never stored; ``withheld`` says why it may not be kept, ``credited`` which public channel
    it was forwarded from.
    """

    url: str
    title: str | None = None
    published_at: str | None = None
    published_precision: Literal["minute", "day", "unknown"] = "unknown"
    updated_at: str | None = None
    author: str | None = None
    html: str | None = None
    protected: bool = False
    text: str | None = None
    language: str | None = None
    author_id: str | None = None
    withheld: str | None = None
    credited: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A parsed listing; ``index`` lists further listings, ``html`` and ``broken`` say so in ``detail``.

    ``further`` is the address of the next older page, when the platform names one. Where a range of
    days was asked for, ``entries`` counts what was listed in all and ``undated`` what had no date.
    """

    kind: ListingKind
    items: tuple[Item, ...] = ()
    detail: str | None = None
    unread: int = 0
    entries: int = 0
    undated: int = 0
    further: str | None = None


def claimed_moment(
    raw: str | None, timezone: str, now: datetime | None = None
) -> tuple[str | None, Literal["minute", "day", "unknown"]]:
    """Read a date as a machine wrote it (ISO 8601 or RFC 2822); naive times are in ``timezone``.

    Anything outside 2005-01-01 .. now + 48 h is no date: ``(None, "unknown")``.
    """
    text = (raw or "").strip()
    now = now or utc_now()
    if _ISO_DATE.match(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None, "unknown"
        in_range = EARLIEST.date() <= day <= (now + LATEST_AHEAD).date()
        return (day.isoformat(), "day") if in_range else (None, "unknown")
    moment = _moment(text)
    if moment is None:
        return None, "unknown"
    try:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, "unknown"
    if not EARLIEST <= moment <= now + LATEST_AHEAD:
        return None, "unknown"
    return timestamp(moment), "minute"


def _moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def plain(text: str | None) -> str | None:
    """Reduce a title to one line of plain text; markup inside it is dropped, entities are read."""
    if not text:
        return None
    for _ in range(_MOST_ESCAPINGS):
        before, text = text, _TAG.sub(" ", html.unescape(text))
        if text == before:
            break
    return clean_line(text) or None


def first_of_each(items: Iterable[Item], most: int = MAX_ITEMS) -> tuple[tuple[Item, ...], int]:
    """Keep the first item of each address, at most ``most``; return them and how many are left unread."""
    kept: dict[str, Item] = {}
    unread = 0
    for item in items:
        if item.url in kept:
            continue
        if len(kept) < most:
            kept[item.url] = item
        else:
            unread += 1
    return tuple(kept.values()), unread
