"""Single pages that a person names: ``crawl --url``."""

from collections.abc import AsyncIterator
from typing import Any

from crawlers.spiders.outcomes import Wanted, refused_at_sight
from crawlers.spiders.platform import PlatformSpider


class PageSpider(PlatformSpider):
    """Fetches each visit's address as an article, whatever is known of it."""

    name = "page"
    purpose = "page"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the page of every visit."""
        for visit in self.visits:
            if refusal := refused_at_sight(self.session.gate, visit.url, visit, "page"):
                yield refusal
                continue
            seen = await self.session.ledger.seen([visit.url])
            for request in self.page_requests(visit, [Wanted(visit.url, None, seen.get(visit.url))]):
                yield request
