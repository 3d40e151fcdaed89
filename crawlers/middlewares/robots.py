"""Obeys robots.txt, also where it cannot be read: Scrapy's own middleware would then fetch the page."""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawlers.addresses import host_of
from crawlers.exchange import exchanges_of
from crawlers.failures import outcome_of
from crawlers.handler import BEGINNING
from crawlers.refusals import RefusedByRobots, Stopped, Trapped
from crawlers.results import Result
from crawlers.robots import FAILED_KEPT_FOR, KEPT_FOR, MAX_ROBOTS_BYTES, Rules, robots_address, rules_of
from crawlers.session import CrawlSession
from db.clock import parse_timestamp, timestamp, utc_now

_PRIORITY = 1_000


class RobotsMiddleware:
    """Asks for robots.txt once a day per host and refuses what it refuses."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._max_redirects = crawler.settings.getint("REDIRECT_MAX_TIMES")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        return cls(crawler)

    @property
    def _session(self) -> CrawlSession:
        session: CrawlSession = self._crawler.spider.session  # type: ignore[union-attr]
        return session

    async def process_request(self, request: Request) -> None:
        """Raise RefusedByRobots, or let the request pass at the pace its host asks for."""
        if request.meta.get("purpose") == "robots":
            return
        session = self._session
        address = robots_address(request.url)
        rules = await session.robots.rules(address, lambda: self._read(address, request))
        session.turns.set_crawl_delay(host_of(address), rules.crawl_delay)
        if reason := rules.refuses(request.url):
            raise RefusedByRobots(reason)

    async def _read(self, address: str, cause: Request) -> Rules:
        session = self._session
        now = utc_now()
        before = await session.ledger.robots_before(address, timestamp(now - KEPT_FOR))
        if before is not None:
            status, body, at = before
            rules = await session.robots.judge(status, body, fault="no answer to the last request")
            if rules.refusal is None or parse_timestamp(at) > now - FAILED_KEPT_FOR:
                return rules
        return await self._fetch(address, cause)

    async def _fetch(self, address: str, cause: Request) -> Rules:
        session = self._session
        engine: Any = self._crawler.engine
        request = Request(
            address,
            callback=NO_CALLBACK,
            priority=_PRIORITY,
            dont_filter=True,
            headers={"Accept": "text/plain, */*;q=0.1", "Accept-Encoding": "identity"},
            meta={
                "purpose": "robots",
                "source_id": cause.meta.get("source_id"),
                # The first 512 KiB are read, however long the file says it is.
                BEGINNING: MAX_ROBOTS_BYTES,
                "download_maxsize": 0,
                "exchanges": [],
            },
        )
        exchanges = exchanges_of(request.meta)
        outcome, detail = "stored", None
        try:
            response = await engine.download_async(request)
            status, body = response.status, response.body
            encoding = (response.headers.get(b"Content-Encoding") or b"").decode("latin-1")
            rules = await session.robots.judge(status, body, encoding=encoding)
            if not 200 <= status < 300:
                outcome, detail = "http_error", f"answer {status}"
        except Stopped:
            raise
        except Exception as error:
            outcome, detail = outcome_of(error, request, self._max_redirects)
            # More than five redirects: RFC 9309 lets us take the file as absent.
            too_many = outcome == "trap" and not isinstance(error, Trapped)
            rules = rules_of(404 if too_many else None, None, detail)
        await session.ledger.add(
            Result(
                source_id=cause.meta.get("source_id"),
                url=address,
                purpose="robots",
                outcome=outcome,  # type: ignore[arg-type]
                detail=detail,
                exchanges=tuple(exchanges),
                at=timestamp(),
            )
        )
        return rules
