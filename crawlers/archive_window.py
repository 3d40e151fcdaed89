"""Which entries of an archive belong to a range of days, by what they and their addresses say. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlsplit

from crawlers.listing import Item

Place = Literal["inside", "outside", "undated"]

_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})([/_.-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})[/_.-]?(0[1-9]|1[0-2])(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_QUERY_MONTH = re.compile(r"\byyyy=(\d{4})&(?:amp;)?mm=(\d{2})\b")
#: Sitemaps of everything but articles, as the usual site builders name them.
_NO_ARTICLES = re.compile(
    r"(?:^|[-_./])(?:category|categories|post_tag|tags?|authors?|pages?|attachments?|images?|videos?|products?|"
    r"users|taxonomies)[-_]?(?:sitemap|[-_]\d+\.xml)|sitemap[-_](?:taxonomies|users|posts-page|categor\w+|"
    r"tags?|authors?|pages?|images?|videos?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An inclusive range of days; ``undated`` says whether entries without any date are wanted too."""

    since: date
    until: date
    undated: bool = False

    def place(self, item: Item) -> Place:
        """Say whether an entry belongs to the range.

        The date it claims to have been published decides, else the one in its address, else the one
        on which it was last changed: for a range long past that misses what was corrected since.
        """
        stated = item.published_at or (None if _span(item.url) else item.updated_at)
        if stated:
            return "inside" if self.since <= date.fromisoformat(stated[:10]) <= self.until else "outside"
        span = _span(item.url)
        if span is None:
            return "undated"
        return "inside" if span[0] <= self.until and span[1] >= self.since else "outside"

    def may_hold(self, listing: Item) -> bool:
        """Whether a sitemap below an index is worth a request.

        Not when its name says that it lists no articles or another time, nor when nothing in it has
        changed since the range began.
        """
        path = urlsplit(listing.url).path
        if _NO_ARTICLES.search(path):
            return False
        span = _span(listing.url, years=True)
        if span is not None and (span[0] > self.until or span[1] < self.since):
            return False
        return listing.updated_at is None or date.fromisoformat(listing.updated_at[:10]) >= self.since

    def choose(self, items: Iterable[Item]) -> tuple[list[Item], int]:
        """Return the wanted entries and how many have no date."""
        places = [(item, self.place(item)) for item in items]
        wanted = [
            item for item, place in places if place == "inside" or (place == "undated" and self.undated)
        ]
        return wanted, sum(place == "undated" for _, place in places)


def _span(url: str, *, years: bool = False) -> tuple[date, date] | None:
    """Return the first and last day of the day, month or (for listings) year that an address names."""
    parts = urlsplit(url)
    if match := _QUERY_MONTH.search(parts.query):
        return _month(int(match[1]), int(match[2]))
    if match := _DAY.search(parts.path):
        try:
            day = date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            return None
        return day, day
    if match := _MONTH.search(parts.path):
        return _month(int(match[1]), int(match[2]))
    if years and (match := _YEAR.search(parts.path)):
        return date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)
    return None


def _month(year: int, month: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12 or year < 1900:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)
