"""Walks through archives: sitemaps of any depth, and the posts of a WordPress site, by a range of days."""

from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.backfill import Step, Walk
from crawlers.parser_pool import TaskKind
from crawlers.results import Purpose, Result
from crawlers.robots import robots_address
from crawlers.session import ArchiveLedger
from crawlers.spiders.outcomes import Wanted, refused_at_sight
from crawlers.spiders.platform import Output, PlatformSpider
from crawlers.spiders.wordpress import WordpressSpider
from crawlers.visit import Visit
from crawlers.wordpress_api import next_page

#: Pages that wait for their turn at once; the rest of a listing waits in its step.
AT_ONCE = 50
MAX_DEPTH = 3


class ArchiveSpider(PlatformSpider):
    """Reads one listing after the other until none is pending; the pages of each before the next."""

    name = "archive"
    purpose: Purpose = "sitemap"
    task: TaskKind = "sitemap"

    async def start(self) -> AsyncIterator[Any]:
        """Walk every visit's archive."""
        for walk in self.visits:
            if isinstance(walk, Walk):
                async for request in self._walk(walk):
                    yield request
                walk.complete = True

    async def _walk(self, walk: Walk) -> AsyncIterator[Request | Result]:
        ledger = cast(ArchiveLedger, self.session.ledger)
        tried: set[int] = set()
        while True:
            pending = await ledger.pending_listings(walk.backfill_id)
            fresh = [listing for listing in pending if listing.listing_id not in tried]
            if not fresh:
                return
            step = walk.step(fresh[0])
            tried.add(fresh[0].listing_id)
            walk.found = walk.listings + len(fresh)
            walk.listings += 1
            yield self.poll(step, step.url)
            await step.settled_so_far()
            while step.pages:
                for _ in range(min(AT_ONCE, len(step.pages))):
                    yield self._page(step, step.pages.popleft())
                await step.settled_so_far()
            if named := self._named_sitemaps(step):
                await ledger.add_listings(walk.backfill_id, [(url, 1) for url in named])

    async def on_listing(self, response: Response, visit: Visit) -> Output:
        """Read one sitemap: an index leads to further ones, the others to pages."""
        step = cast(Step, visit)
        result, listing = await self.read_listing(response, step)
        if listing is not None and listing.kind == "index":
            if step.pending.depth < MAX_DEPTH:
                step.further = [(item.url, step.pending.depth + 1) for item in listing.items]
        elif listing is not None:
            step.entries, step.chosen, step.undated = listing.entries, len(listing.items), listing.undated
            step.plan(await self.wanted(step, listing.items, young=False))
        yield result

    def _page(self, step: Step, page: Wanted) -> Request | Result:
        refusal = refused_at_sight(self.session.gate, page.url, step, "page")
        return refusal or self._request(page.url, "page", self.on_page, {"visit": step, "page": page})

    def _named_sitemaps(self, step: Step) -> list[str]:
        """Return what robots.txt names, once it has been read for the first listing of a site."""
        if step.pending.depth > 1 or self.purpose != "sitemap" or step.source.platform == "sitemap":
            return []
        rules = self.session.robots.known(robots_address(step.url))
        return [url for url in (rules.sitemaps if rules else []) if urlsplit(url).scheme in ("http", "https")]

    def hints(self, task: TaskKind, visit: Visit) -> dict[str, Any]:
        """Return the range of days, so that only what belongs to it comes back from the reader."""
        if task != "sitemap" or not isinstance(visit, Step):
            return {}
        window = visit.walk.window
        return {"window": [window.since.isoformat(), window.until.isoformat(), window.undated]}


class WordpressArchiveSpider(ArchiveSpider, WordpressSpider):
    """Pages through the posts of the range, oldest first; their text comes with the listing."""

    name = "wordpress_archive"
    purpose = "api"
    task = "posts"

    async def on_listing(self, response: Response, visit: Visit, number: int = 1) -> Output:
        """Read one page of posts: its outcome, its posts, the next page."""
        step = cast(Step, visit)
        result, listing = await self.read_listing(response, step)
        result = self.beyond_the_last(result, response, step)
        items, _ = step.walk.window.choose(listing.items if listing else ())
        posts, pages = self.divided(await self.wanted(step, items, young=False))
        step.entries, step.chosen = len(listing.items) if listing else 0, len(items)
        step.plan(pages, at_hand=len(posts))
        if listing is not None and listing.items and self.more_pages(response, step.url):
            step.further = [(next_page(step.url), step.pending.depth + 1)]
        yield result
        for page in posts:
            yield await self._post(response, step, page)
