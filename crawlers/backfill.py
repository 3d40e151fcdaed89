"""One source's walk through its archive: steps from listing to listing, each with a checkpoint. Pure."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.archive_window import Window
from crawlers.catalog import Source
from crawlers.results import Result
from crawlers.visit import HEALTHY, Visit
from crawlers.wordpress_api import archive_address
from db.backfills import ListingRead, PendingListing
from db.clock import timestamp
from db.crawl_records import FeedState

if TYPE_CHECKING:
    from crawlers.spiders.outcomes import Wanted

#: Where sitemaps stand when robots.txt names none.
USUAL_PLACES = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")
#: Platforms whose archives can be walked; those that list articles as pages, from the site's sitemaps.
WALKED = frozenset({"sitemap", "wordpress", "feed", "listing"})


def first_listings(source: Source, window: Window) -> list[str]:
    """Return the listings to begin with; a walk adds the sitemaps that robots.txt names."""
    url = source.url or ""
    if source.platform == "wordpress":
        return [archive_address(url, 1, window.since, window.until)]
    if source.platform == "sitemap":
        return [url]
    parts = urlsplit(url)
    return [parts._replace(path=place, query="", fragment="").geturl() for place in USUAL_PLACES]


@dataclass(slots=True, kw_only=True)
class Walk(Visit):
    """The whole walk; ``complete`` when its spider has come to the end of what is pending.

    So far ``listings`` of those ``found`` were read, and ``pages`` of those ``planned`` have their outcome;
    ``told`` is called when that has changed.
    """

    window: Window
    backfill_id: int = 0
    complete: bool = False
    listings: int = 0
    found: int = 0
    pages: int = 0
    planned: int = 0
    told: Callable[["Walk"], None] = lambda walk: None

    @property
    def finished(self) -> bool:
        """Whether nothing is left that this run could do."""
        return self.complete

    def checkpoint(self) -> FeedState | ListingRead | None:
        """A walk says nothing about the health of the polled address."""
        return None

    def trouble(self) -> str | None:
        """Nothing: what failed stands in the account of the walk."""
        return None

    def problems(self) -> list[str]:
        """Nothing: what failed stands in the account of the walk."""
        return []

    def step(self, pending: PendingListing) -> "Step":
        """Return the visit of one listing."""
        return Step(
            source=self.source, url=pending.url, state=FeedState(self.source.id, pending.url), now=self.now,
            conditional=False, walk=self, pending=pending,
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Step(Visit):
    """The visit of one listing of a walk: done when its pages have their outcome."""

    walk: Walk
    pending: PendingListing
    entries: int = 0
    chosen: int = 0
    undated: int = 0
    further: list[tuple[str, int]] = field(default_factory=list)
    pages: deque["Wanted"] = field(default_factory=deque)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self, result: Result) -> None:
        """Count an outcome for the step and for its walk."""
        Visit.settle(self, result)
        self.walk.settled[result.outcome] += 1
        self.walk.pages += result.purpose in ("page", "item")
        self.changed.set()
        self.walk.told(self.walk)

    def plan(self, pages: Sequence["Wanted"], at_hand: int = 0) -> None:
        """Take over the pages of the listing that are to be fetched, and count texts that came with it."""
        self.pages.extend(pages)
        self.expect(len(pages) + at_hand)
        self.walk.planned += len(pages) + at_hand

    async def settled_so_far(self) -> None:
        """Wait until every address that has been asked for has its outcome; pages may still wait here."""
        while self.expected > len(self.pages):
            self.changed.clear()
            await self.changed.wait()

    def checkpoint(self) -> FeedState | ListingRead | None:
        """Return what came of the listing; one that may succeed later stays pending."""
        outcome = self.poll.outcome if self.poll else "net_error"
        passing = outcome in ("timeout", "net_error") or (
            outcome == "http_error"
            and (self.poll is None or self.poll.http_status not in (400, 403, 404, 410))
        )
        return ListingRead(
            backfill_id=self.walk.backfill_id,
            listing_id=self.pending.listing_id,
            outcome=outcome,
            complete=not passing and not self.again if outcome not in HEALTHY else not self.again,
            at=timestamp(),
            entries=self.entries,
            chosen=self.chosen,
            undated=self.undated,
            further=tuple(self.further),
        )
