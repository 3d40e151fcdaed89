"""Sitemaps, news sitemaps and indexes of them."""

from datetime import timedelta

from scrapy import Request
from scrapy.http import Response

from crawlers.listing import Item
from crawlers.results import Result
from crawlers.spiders.platform import Output, PlatformSpider
from crawlers.visit import Visit
from db.clock import parse_timestamp, timestamp

#: Sitemaps read below one index in one run, last changed first; older ones are for a backfill.
MAX_CHILDREN = 10
MAX_DEPTH = 3


class SitemapSpider(PlatformSpider):
    """Polls a sitemap or an index and fetches the pages it lists."""

    name = "sitemap"
    purpose = "sitemap"
    task = "sitemap"

    async def on_listing(self, response: Response, visit: Visit, depth: int = 1) -> Output:
        """Read a sitemap; an index leads to further sitemaps, at most three levels down."""
        result, listing = await self.read_listing(response, visit)
        further: list[Request | Result] = []
        if listing is not None and listing.kind == "index":
            further = self._children(visit, listing.items, depth)
        elif result.outcome in ("stored", "duplicate", "not_modified"):
            further = await self.follow(visit, listing.items if listing else (), young=depth == 1)
        visit.expect(len(further))
        yield result
        for each in further:
            yield each

    def _children(self, visit: Visit, items: tuple[Item, ...], depth: int) -> list[Request | Result]:
        if depth >= MAX_DEPTH:
            return []
        since = ""
        if visit.state.last_success_at and visit.state.body_sha256:
            since = timestamp(parse_timestamp(visit.state.last_success_at) - timedelta(days=1))
        changed = [item for item in items if item.updated_at is None or item.updated_at > since]
        changed.sort(key=lambda item: (item.updated_at or "", item.url), reverse=True)
        return [self.poll(visit, item.url, depth=depth + 1) for item in changed[:MAX_CHILDREN]]
