"""Looks at single addresses for a person: same gate, robots rules, turns and caps; nothing is stored."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from scrapy import Request, Spider
from scrapy.http.request import NO_CALLBACK

from crawlers.exchange import Exchange, exchanges_of
from crawlers.failures import outcome_of
from crawlers.parser_pool import Reading, TaskKind
from crawlers.session import CrawlSession
from db.crawl_records import Outcome


@dataclass(frozen=True, slots=True)
class Look:
    """What one address answered. ``exchanges`` are its hops, ``outcome`` says why there is no reading."""

    asked: str
    exchanges: tuple[Exchange, ...]
    reading: Reading | None = None
    outcome: Outcome | None = None
    detail: str | None = None

    @property
    def url(self) -> str:
        """Where the last answer came from."""
        return self.exchanges[-1].url if self.exchanges else self.asked

    @property
    def status(self) -> int | None:
        """The status of the last answer, or None when there was none."""
        return self.exchanges[-1].status if self.exchanges else None


class Scout(Spider):
    """Runs one investigation: a coroutine that asks :meth:`look` for addresses, one after the other."""

    name = "scout"
    session: CrawlSession
    investigate: "Callable[[Scout], Awaitable[None]]"

    async def start(self) -> AsyncIterator[Any]:
        """Run the investigation; the crawl has no other request."""
        try:
            await self.investigate(self)
        except Exception as error:
            self.session.ledger.fail(error)
        no_requests: tuple[Request, ...] = ()
        for request in no_requests:
            yield request

    async def look(self, url: str, kind: TaskKind = "probe", *, timezone: str = "UTC", **hints: Any) -> Look:
        """Ask for one address and read what comes; every refusal and failure is a Look of its own."""
        if reason := self.session.gate.refusal(url):
            return Look(url, (), outcome="refused_policy", detail=reason)
        request = Request(
            url,
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={"purpose": "check", "source_id": None, "asked": url, "exchanges": []},
        )
        engine: Any = self.crawler.engine
        try:
            response = await engine.download_async(request)
        except Exception as error:
            outcome, detail = outcome_of(error, request, self.settings.getint("REDIRECT_MAX_TIMES"))
            return Look(url, tuple(exchanges_of(request.meta)), outcome=outcome, detail=detail)
        exchanges = tuple(exchanges_of(request.meta))
        if exchanges[-1].truncated:
            return Look(url, exchanges, outcome="too_big", detail=f"cut at {len(exchanges[-1].body)} bytes")
        reading = await self.session.parsers.read(kind, exchanges[-1], timezone=timezone, **hints)
        if response.status != 200 and reading.outcome != "walled":
            return Look(url, exchanges, outcome="http_error", detail=f"answer {response.status}")
        return Look(url, exchanges, reading, reading.outcome, reading.detail)
