"""What every platform's spider does alike: poll, decide what is new, fetch pages, name every outcome."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.addresses import canonical_url
from crawlers.failures import outcome_of
from crawlers.listing import Item, Listing
from crawlers.parser_pool import Reading, TaskKind
from crawlers.refusals import Stopped
from crawlers.results import Purpose, Result
from crawlers.schedule import EARLY, LATE_LOOK, LATE_UNTIL, YOUNG, wants_fetch
from crawlers.session import CrawlSession
from crawlers.spiders.outcomes import (
    Origin,
    Wanted,
    last_exchange,
    led_to_front_page,
    listing_from,
    named,
    page_read,
    refused_at_sight,
    refused_by_name,
    removed,
    without_reading,
)
from crawlers.visit import Visit
from db.clock import timestamp
from db.crawl_records import Outcome

#: Answers that may be a wall with words to recognise it by.
_WALL_STATUSES = frozenset({401, 402, 403, 451, 503})
HEALTHY = frozenset({"stored", "duplicate", "not_modified"})

Output = AsyncIterator[Request | Result]


class PlatformSpider(Spider):
    """Base of the platform spiders. ``session`` and ``visits`` are given by the run."""

    name = "platform"
    purpose: Purpose = "feed"
    task: TaskKind = "feed"
    session: CrawlSession
    visits: Sequence[Visit]
    _naming: "set[asyncio.Future[None]]"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make a spider whose own defects also end in a named outcome."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._naming = set()
        crawler.signals.connect(spider.on_defect, signals.spider_error)
        return spider

    def on_defect(self, failure: Failure, response: Any) -> None:
        """Name the outcome of an address on which a callback of ours failed."""
        request: Request | None = getattr(response, "request", None)
        if request is None or "visit" not in request.cb_kwargs:
            return
        context = request.cb_kwargs
        origin = Origin(request, context["visit"], request.meta["purpose"], context.get("page"))
        said = f"defect of this program: {failure.getErrorMessage()}"
        task = asyncio.ensure_future(self.session.ledger.add(named(origin, "parse_failed", said)))
        self._naming.add(task)
        task.add_done_callback(self._naming.discard)

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every visit's own address."""
        for visit in self.visits:
            yield self.poll(visit, visit.url)

    def poll(self, visit: Visit, url: str, **context: Any) -> Request | Result:
        """Return the request for a listing, or the refusal when its address may not be asked for."""
        headers = {}
        if visit.conditional and url == visit.url:
            if visit.state.etag:
                headers["If-None-Match"] = visit.state.etag
            if visit.state.last_modified:
                headers["If-Modified-Since"] = visit.state.last_modified
        refusal = refused_at_sight(self.session.gate, url, visit, self.purpose)
        return refusal or self._request(
            url, self.purpose, self.on_listing, {"visit": visit, **context}, headers
        )

    async def on_listing(self, response: Response, visit: Visit) -> Output:
        """Read one listing: its own outcome first, then what it makes necessary."""
        result, listing = await self.read_listing(response, visit)
        further: list[Request | Result] = []
        if result.outcome in HEALTHY:
            further = await self.follow(visit, listing.items if listing else (), young=True)
        visit.expect(len(further))
        yield result
        for each in further:
            yield each

    async def read_listing(self, response: Response, visit: Visit) -> tuple[Result, Listing | None]:
        """Return the outcome of a listing and, when there was one to read, the listing."""
        origin = Origin(response.request, visit, self.purpose)
        if result := without_reading(origin, response):
            return result, None
        exchange, asked = last_exchange(response), response.meta["asked"]
        reading = await self._read(self.task, response, visit)
        if reading.value is None:
            return named(origin, reading.outcome or "parse_failed", reading.detail), None
        listing = listing_from(reading.value)
        if listing.kind in ("html", "broken"):
            suspect: Outcome = "parse_suspect" if listing.kind == "html" else "parse_failed"
            return named(origin, suspect, listing.detail), None
        if listing.kind == "items":
            visit.listed(listing)
        said = f"{len(listing.items)} {'items' if listing.kind == 'items' else 'sitemaps'}"
        said += f", {listing.unread} more unread" if listing.unread else ""
        said += f"; {listing.detail}" if listing.detail else ""
        return named(origin, "duplicate" if visit.is_known_body(exchange, asked) else "stored", said), listing

    async def follow(self, visit: Visit, items: Iterable[Item], *, young: bool) -> list[Request | Result]:
        """Return page requests for what is new, changed or due, and the addresses refused at sight."""
        refused: list[Request | Result] = []
        pages: list[Wanted] = []
        for page in await self.wanted(visit, items, young=young):
            if result := refused_at_sight(self.session.gate, page.url, visit, "page"):
                refused.append(result)
            else:
                pages.append(page)
        return refused + self.page_requests(visit, pages)

    async def wanted(self, visit: Visit, items: Iterable[Item], *, young: bool) -> list[Wanted]:
        """Return the pages to fetch, newest first; ``young`` adds documents due for a second look."""
        listed: dict[str, Item | None] = {}
        for item in items:
            listed.setdefault(canonical_url(item.url) or item.url, item)
        if young:
            for url in await self._due_again(visit):
                listed.setdefault(url, None)
        seen = await self.session.ledger.seen(listed)
        visit.compared([url in seen for url, entry in listed.items() if entry is not None])
        pages = [
            Wanted(url, entry, seen.get(url))
            for url, entry in listed.items()
            if wants_fetch(seen.get(url), entry.updated_at if entry else None, visit.now, forced=visit.forced)
        ]
        return sorted(pages, key=lambda page: (page.item and page.item.published_at) or "", reverse=True)

    async def _due_again(self, visit: Visit) -> list[str]:
        """Return the addresses of young documents, and of those that are due for their late look."""
        young = await self.session.ledger.young(visit.source.id, timestamp(visit.now - YOUNG))
        return young + await self.due_late(visit, "page")

    async def due_late(self, visit: Visit, purpose: Purpose) -> list[str]:
        """Return the addresses of documents that are due for their late look."""
        late = LATE_LOOK * EARLY
        return await self.session.ledger.unseen(
            visit.source.id,
            purpose,
            since=timestamp(visit.now - LATE_UNTIL),
            until=timestamp(visit.now - late),
            days=late / timedelta(days=1),
        )

    def page_requests(self, visit: Visit, pages: Iterable[Wanted]) -> list[Request | Result]:
        """Return the requests that the host's share of this run allows; the rest is postponed."""
        requests: list[Request | Result] = []
        for page in pages:
            if page.seen is not None and page.seen.taken_down is not None:
                requests.append(refused_by_name(visit, page.url, "page", page.seen.taken_down))
            elif self.session.take_page(page.url):
                context = {"visit": visit, "page": page}
                requests.append(self._request(page.url, "page", self.on_page, context))
            else:
                visit.postponed += 1
        return requests

    async def on_page(self, response: Response, visit: Visit, page: Wanted) -> Output:
        """Read one article page."""
        origin = Origin(response.request, visit, "page", page)
        result = without_reading(origin, response)
        if result is not None and response.status in _WALL_STATUSES and result.outcome == "http_error":
            reading = await self._read("page", response, visit)
            if reading.outcome == "walled":
                result = named(origin, "walled", reading.detail)
        elif result is None and led_to_front_page(page, response):
            result = removed(origin, response)
        elif result is None:
            result = page_read(origin, await self._read("page", response, visit), response.url)
        yield result

    async def on_failure(self, failure: Failure) -> Output:
        """Name the outcome of a request that gave no response."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value or RuntimeError("no reason given")
        if isinstance(error, Stopped):
            return
        outcome, detail = outcome_of(error, request, self.settings.getint("REDIRECT_MAX_TIMES"))
        context = request.cb_kwargs
        origin = Origin(request, context["visit"], request.meta["purpose"], context.get("page"))
        yield named(origin, outcome, detail)

    async def _read(self, task: TaskKind, response: Response, visit: Visit) -> Reading:
        source = visit.source
        hints: dict[str, Any] = {}
        if source.selectors and task == "listing":
            hints["selectors"] = source.selectors.model_dump()
        hints |= self.hints(task, visit)
        return await self.session.parsers.read(
            task, last_exchange(response), timezone=source.timezone, **hints
        )

    def hints(self, task: TaskKind, visit: Visit) -> dict[str, Any]:
        """Return what the reader of a listing should know besides."""
        return {}

    def _request(
        self,
        url: str,
        purpose: Purpose,
        callback: Any,
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Request:
        return Request(
            url,
            callback=callback,
            errback=self.on_failure,
            headers=headers,
            cb_kwargs=context,
            # The database decides what is new; Scrapy's own filter would drop without an outcome.
            dont_filter=True,
            meta={
                "purpose": purpose,
                "source_id": context["visit"].source.id,
                "asked": url,
                "exchanges": [],
            },
        )
