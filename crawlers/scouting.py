"""Running a scout: a crawl without a database, for looking at addresses before anything is stored."""

from collections.abc import Awaitable, Callable, Iterable

from scrapy.crawler import AsyncCrawlerProcess

from crawlers.addresses import UrlGate
from crawlers.parser_pool import ParserPool
from crawlers.politeness import HostTurns
from crawlers.results import Purpose, Result
from crawlers.robots import RobotsBook
from crawlers.session import CrawlSession
from crawlers.settings import crawl_settings, user_agent
from crawlers.spiders.scout import Scout
from db.crawl_records import Seen
from db.deployment import Deployment


class Notebook:
    """Stands in for the storing pipeline: remembers robots.txt answers, knows of nothing else."""

    def __init__(self) -> None:
        self.robots: dict[str, bytes] = {}
        self.error: BaseException | None = None

    async def add(self, result: Result) -> None:
        """Keep the body of a robots.txt for what it says about sitemaps."""
        if result.purpose == "robots" and result.exchanges and result.http_status == 200:
            self.robots[result.url] = result.exchanges[-1].body

    async def seen(self, urls: Iterable[str]) -> dict[str, Seen]:
        return {}

    async def young(self, source_id: str, since: str) -> list[str]:
        return []

    async def unseen(
        self, source_id: str, purpose: Purpose, *, since: str, until: str, days: float
    ) -> list[str]:
        return []

    async def robots_before(self, url: str, since: str) -> tuple[int | None, bytes | None, str] | None:
        return None

    def fail(self, error: BaseException) -> None:
        """Remember what an investigation raised; :func:`scout` raises it again."""
        self.error = error


def scout(
    deployment: Deployment,
    investigate: Callable[[Scout, Notebook], Awaitable[None]],
    *,
    unverified: frozenset[str] = frozenset(),
) -> None:
    """Run one investigation to its end and raise what it raised.

    ``unverified`` hosts are looked at though their certificate fails. A process can run one, since the
    network loop cannot be started twice.
    """
    agent = user_agent(deployment.contact)
    loopback = {host.lower(): port for host, port in deployment.loopback.items()}
    process = AsyncCrawlerProcess(crawl_settings(agent, loopback))
    notebook, parsers = Notebook(), ParserPool(1)
    session = CrawlSession(
        turns=HostTurns(loopback),
        gate=UrlGate(frozenset(loopback)),
        parsers=parsers,
        ledger=notebook,
        robots=RobotsBook(),
        user_agent=agent,
        unverified_hosts=unverified,
    )
    try:
        parsers.warm_up()
        process.crawl(Scout, session=session, investigate=lambda spider: investigate(spider, notebook))
        process.start()
    finally:
        parsers.close()
    if notebook.error is not None:
        raise notebook.error
