"""WordPress sites through their REST API: the text comes with the listing, no page is fetched.

Posts that leave the listing are asked for again at the ages at which articles are: first from the API, many
at once, and where it has one no longer, its page.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.addresses import canonical_url
from crawlers.exchange import Exchange
from crawlers.listing import Listing
from crawlers.parser_pool import Reading
from crawlers.results import Result
from crawlers.schedule import YOUNG, wants_fetch
from crawlers.spiders.outcomes import (
    Origin,
    Wanted,
    last_exchange,
    led_to_front_page,
    listing_from,
    named,
    page_read,
    refused_at_sight,
    removed,
    without_reading,
)
from crawlers.spiders.platform import HEALTHY, Output, PlatformSpider
from crawlers.visit import Visit
from crawlers.wordpress_api import page_number, page_of, posts_address
from crawlers.wordpress_lookup import lookups
from db.clock import parse_timestamp, timestamp

#: Pages of posts read in one run.
MAX_PAGES = 10


class WordpressSpider(PlatformSpider):
    """Pages through posts, last changed first, back to the last complete visit."""

    name = "wordpress"
    purpose = "api"
    task = "posts"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first page of every visit."""
        for visit in self.visits:
            yield self.poll(visit, posts_address(visit.url, 1), number=1)

    async def on_listing(self, response: Response, visit: Visit, number: int = 1) -> Output:
        """Read one page of posts: its outcome, its posts, the next page."""
        result, listing = await self.read_listing(response, visit)
        if number > 1:
            result = self.beyond_the_last(result, response, visit)
        posts, pages = self.divided(await self.wanted(visit, listing.items, young=False) if listing else [])
        further: list[Request | Result] = self.page_requests(
            visit, [page for page in pages if self.session.gate.refusal(page.url) is None]
        )
        further += [
            refusal
            for page in pages
            if (refusal := refused_at_sight(self.session.gate, page.url, visit, "item"))
        ]
        if number == 1 and result.outcome in HEALTHY:
            further += self._lookups(visit, await self._due(visit, {page.url for page in (*posts, *pages)}))
        if listing is not None and number < MAX_PAGES and self._reaches_back(listing, visit, response):
            further.append(self.poll(visit, posts_address(visit.url, number + 1), number=number + 1))
        visit.expect(len(posts) + len(further))
        yield result
        for page in posts:
            yield await self._post(response, visit, page)
        for each in further:
            yield each

    async def _due(self, visit: Visit, fetched: Collection[str]) -> list[Wanted]:
        """Return the posts of an age at which one looks whether they are still there."""
        ledger = self.session.ledger
        known = await ledger.young(visit.source.id, timestamp(visit.now - YOUNG))
        known += [*await self.due_late(visit, "item"), *await self.due_late(visit, "page")]
        seen = await ledger.seen(url for url in known if url not in fetched)
        return [
            Wanted(url, None, one)
            for url, one in seen.items()
            if wants_fetch(one, None, visit.now, forced=visit.forced)
        ]

    def _lookups(self, visit: Visit, due: Sequence[Wanted]) -> list[Request]:
        """Return the requests that ask the API for posts which it did not list by itself."""
        pages = {page.url: page for page in due}
        return [
            self._request(
                lookup.address,
                "api",
                self.on_lookup,
                {"visit": visit, "due": [pages[url] for url in lookup.links]},
            )
            for lookup in lookups(visit.url, pages)
        ]

    async def on_lookup(self, response: Response, visit: Visit, due: Sequence[Wanted]) -> Output:
        """Name the posts that the API still has, and ask for the pages of the others."""
        origin = Origin(response.request, visit, "api")
        if result := without_reading(origin, response):
            yield result
            return
        reading = await self._read("posts", response, visit)
        listing = listing_from(reading.value) if reading.value else None
        if listing is None or listing.kind != "items":
            yield named(origin, "parse_failed", listing.detail if listing else reading.detail)
            return
        links = {canonical_url(item.url) or item.url for item in listing.items}
        there = [page for page in due if page.url in links]
        pages = self.page_requests(visit, [page for page in due if page.url not in links])
        visit.expect(len(there) + len(pages))
        yield named(origin, "stored", f"{len(there)} of {len(due)} posts are still there")
        for page in there:
            found = Origin(None, visit, "item", page, evidence=last_exchange(response))
            yield named(found, "duplicate", "still there")
        for request in pages:
            yield request.replace(callback=self.on_absent) if isinstance(request, Request) else request

    async def on_absent(self, response: Response, visit: Visit, page: Wanted) -> Output:
        """Name what became of a post that the API lacks; its page is no text to compare with the API's."""
        origin = Origin(response.request, visit, "page", page)
        if result := without_reading(origin, response):
            yield result
        elif led_to_front_page(page, response):
            yield removed(origin, response)
        else:
            yield named(origin, "duplicate", "not in the API, but its page is there")

    @staticmethod
    def divided(wanted: Sequence[Wanted]) -> tuple[list[Wanted], list[Wanted]]:
        """Return the posts whose text came with the listing, and those whose page must be fetched."""
        posts = [page for page in wanted if page.item and (page.item.html or page.item.protected)]
        return posts, [page for page in wanted if page not in posts]

    @staticmethod
    def beyond_the_last(result: Result, response: Response, visit: Visit) -> Result:
        """Return the result, but name the 400 that WordPress answers beyond the last page."""
        if response.status != 400:
            return result
        return named(Origin(response.request, visit, "api"), "duplicate", "no further posts")

    @staticmethod
    def more_pages(response: Response, url: str) -> bool:
        """Whether the site says that posts stand behind this page, or does not say how many there are."""
        total = (response.headers.get(b"X-WP-TotalPages") or b"").strip()
        return not total.isdigit() or int(total) > page_number(url)

    async def _post(self, response: Response, visit: Visit, page: Wanted) -> Result:
        api = last_exchange(response)
        origin = Origin(None, visit, "item", page, evidence=api)
        if refusal := refused_at_sight(self.session.gate, page.url, visit, "item"):
            return refusal
        item = page.item
        if item is None or item.html is None or item.protected:
            return named(origin, "walled", "the post is protected by a password")
        inner = Exchange(
            url=page.url,
            method="GET",
            request_headers=(),
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=page_of(item),
            truncated=False,
            captured_at=api.captured_at,
            milliseconds=0,
        )
        reading = await self.session.parsers.read("page", inner, timezone=visit.source.timezone)
        if reading.value is not None:
            # The small page is ours: its address is the post's, and the API knows the title exactly.
            value = {**reading.value, "canonical_url": None, "title": item.title or reading.value["title"]}
            reading = Reading(value)
        return page_read(origin, reading, page.url)

    def _reaches_back(self, listing: Listing, visit: Visit, response: Response) -> bool:
        """Whether posts changed since the last complete visit may stand on the next page."""
        pages = response.headers.get(b"X-WP-TotalPages")
        if not listing.items or (pages is not None and pages.strip() in (b"0", b"1")):
            return False
        if not visit.state.last_success_at or not visit.state.body_sha256:
            return True
        since = timestamp(parse_timestamp(visit.state.last_success_at) - timedelta(days=1))
        changes = [item.updated_at or item.published_at for item in listing.items]
        return min((change for change in changes if change), default="") > since
