"""Every request passes the one address policy: seeds, links, redirects, robots.txt."""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from crawlers.addresses import looks_like_trap
from crawlers.refusals import RefusedByPolicy, Trapped


class UrlGateMiddleware:
    """Refuses a request before anything is looked up or sent."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "UrlGateMiddleware":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise the refusal, or let the request pass."""
        spider: Any = self._crawler.spider
        if reason := spider.session.gate.refusal(request.url):
            raise RefusedByPolicy(reason)
        if looks_like_trap(request.url):
            raise Trapped("its path repeats itself")
