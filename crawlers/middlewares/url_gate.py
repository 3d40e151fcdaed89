"""Every request passes the one address policy: seeds, links, redirects, robots.txt."""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from crawlers.addresses import looks_like_trap
from crawlers.post_hosts import post_host_of
from crawlers.refusals import RefusedByPolicy, Trapped
from crawlers.session import CrawlSession


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
        session: CrawlSession = spider.session
        if reason := session.gate.refusal(request.url):
            raise RefusedByPolicy(reason)
        if request.meta.get("purpose") == "page" and (host := post_host_of(request.url, session.post_hosts)):
            raise RefusedByPolicy(f"what is on {host} are posts of private persons, not articles")
        if looks_like_trap(request.url):
            raise Trapped("its path repeats itself")
