"""The part of a crawl that touches the network: spiders of all platforms in one process, one storage."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from crawlers.addresses import UrlGate
from crawlers.parser_pool import ParserPool
from crawlers.pipelines.storing import Storage
from crawlers.politeness import HostTurns
from crawlers.robots import RobotsBook
from crawlers.session import CrawlSession
from crawlers.settings import crawl_settings
from crawlers.social import Admission
from crawlers.spiders.bluesky import BlueskySpider
from crawlers.spiders.feed import FeedSpider
from crawlers.spiders.listing import ListingSpider
from crawlers.spiders.mastodon import MastodonSpider
from crawlers.spiders.platform import PlatformSpider
from crawlers.spiders.sitemap import SitemapSpider
from crawlers.spiders.telegram import TelegramSpider
from crawlers.spiders.wordpress import WordpressSpider
from crawlers.spiders.youtube import YoutubeSpider
from crawlers.visit import Visit
from db.deployment import Deployment

SPIDERS: dict[str, type[PlatformSpider]] = {
    "feed": FeedSpider,
    "sitemap": SitemapSpider,
    "wordpress": WordpressSpider,
    "listing": ListingSpider,
    "telegram": TelegramSpider,
    "mastodon": MastodonSpider,
    "bluesky": BlueskySpider,
    "youtube": YoutubeSpider,
}

#: Called as visits end.
Note = Callable[[Visit], None]


class _StoppableProcess(AsyncCrawlerProcess):
    """Ends at a signal: Scrapy alone would first ask for every page that waits for its turn."""

    def __init__(self, settings: dict[str, Any], turns: HostTurns) -> None:
        super().__init__(settings)
        self._turns = turns
        self.told_to_stop = False

    async def stop(self) -> None:
        self._turns.end()
        await super().stop()

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        self.told_to_stop = True
        super()._signal_shutdown(signum, frame)


def by_platform(visits: Sequence[Visit]) -> dict[type[PlatformSpider], list[Visit]]:
    """Return the visits of each platform under its spider."""
    found: dict[type[PlatformSpider], list[Visit]] = {}
    for visit in visits:
        found.setdefault(SPIDERS[visit.source.platform], []).append(visit)
    return found


def fetch(
    database: Path,
    deployment: Deployment,
    admission: Admission,
    visits: Mapping[type[PlatformSpider], Sequence[Visit]],
    *,
    agent: str,
    post_hosts: frozenset[str],
    unverified: frozenset[str],
    run_id: int,
    note: Note,
) -> bool:
    """Run the spiders of the visits and store everything they find; return whether a signal ended it.

    Raises NarrativesError when what was found could not be stored.
    """
    if not visits:
        return False
    loopback = {host.lower(): port for host, port in deployment.loopback.items()}
    turns = HostTurns(loopback)
    process = _StoppableProcess(crawl_settings(agent, loopback), turns)
    loop = asyncio.get_event_loop()

    def stop() -> None:
        loop.call_soon_threadsafe(lambda: loop.create_task(process.stop()))

    parsers = ParserPool()
    storage = Storage(database, deployment.evidence, run_id, on_failure=stop, progress=note)
    session = CrawlSession(
        turns=turns,
        gate=UrlGate(frozenset(loopback)),
        parsers=parsers,
        ledger=storage,
        robots=RobotsBook(),
        user_agent=agent,
        pseudonyms=admission.pseudonyms,
        public_accounts=admission.public_accounts,
        post_hosts=post_hosts,
        unverified_hosts=unverified,
    )
    try:
        parsers.warm_up()
        tasks: list[Any] = [
            process.crawl(spider, session=session, visits=own) for spider, own in visits.items()
        ]
        process.start()
        for task in tasks:
            if task.done() and not task.cancelled() and (error := task.exception()):
                storage.fail(error)
    finally:
        parsers.close()
        storage.close()
    return process.told_to_stop
