"""One crawl from start to end: catalogue, lease, run row, spiders, storage, closing account."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from crawlers.addresses import UrlGate
from crawlers.catalog import load_catalogue
from crawlers.parser_pool import ParserPool
from crawlers.pipelines.storing import Storage
from crawlers.planning import due_visits, named_visits, page_visit
from crawlers.politeness import HostTurns
from crawlers.robots import RobotsBook
from crawlers.session import CrawlSession
from crawlers.settings import crawl_settings, user_agent
from crawlers.spiders.feed import FeedSpider
from crawlers.spiders.page import PageSpider
from crawlers.spiders.platform import PlatformSpider
from crawlers.spiders.sitemap import SitemapSpider
from crawlers.spiders.wordpress import WordpressSpider
from crawlers.visit import Visit
from db.catalogue import sync_sources
from db.clock import timestamp, utc_now
from db.connection import transaction, working_database
from db.crawl_log import finish_run, outcome_counts, start_run
from db.deployment import Deployment, load_deployment
from db.errors import NarrativesError
from db.lease import lease

SPIDERS: dict[str, type[PlatformSpider]] = {
    "feed": FeedSpider,
    "sitemap": SitemapSpider,
    "wordpress": WordpressSpider,
}
#: Collection stops below this much free disk space: evidence must not be cut short.
MIN_FREE_BYTES = 2 * 1024**3

#: Called as visits end, with the source's id, how many are done, and how many there are.
Progress = Callable[[str, int, int], None]


class _StoppableProcess(AsyncCrawlerProcess):
    """Ends at a signal: Scrapy alone would first ask for every page that waits for its turn."""

    def __init__(self, settings: dict[str, Any], turns: HostTurns) -> None:
        super().__init__(settings)
        self._turns = turns

    async def stop(self) -> None:
        self._turns.end()
        await super().stop()


@dataclass(frozen=True, slots=True)
class Account:
    """What one run did: outcomes by source and purpose, and sentences about what needs a person."""

    visited: int
    outcomes: Sequence[tuple[str, str, str, int]]
    problems: Sequence[str]
    status: str

    def by_source(self) -> dict[str, Counter[str]]:
        """Return the outcomes of pages and items by source; polls and robots.txt stand apart."""
        found: dict[str, Counter[str]] = {}
        for source_id, purpose, outcome, count in self.outcomes:
            key = outcome if purpose in ("page", "item") else f"{purpose}:{outcome}"
            found.setdefault(source_id, Counter())[key] += count
        return found


def crawl(
    database: Path, names: Sequence[str], *, url: str | None = None, progress: Progress | None = None
) -> Account | None:
    """Visit the named sources, one page, or whatever is due; None when another crawl is at work."""
    deployment = load_deployment(database)
    agent = user_agent(deployment.contact)
    catalogue = load_catalogue(deployment.sources, deployment.bundled_sources)
    with lease(database, "crawl") as held:
        if not held:
            return None
        _check_space(database.resolve().parent)
        now = utc_now()
        with working_database(database, "create") as db:
            with transaction(db):
                rows = [source.model_dump() | {"source_id": source.id} for source in catalogue.values()]
                sync_sources(db, rows, timestamp(now))
            if url is not None:
                visits = [page_visit(db, catalogue, url, now)]
            elif names:
                visits = named_visits(db, catalogue, names, now)
            else:
                visits = due_visits(db, catalogue, now)
            with transaction(db):
                run_id = start_run(
                    db,
                    command="crawl --url" if url else "crawl",
                    sources=[visit.source.id for visit in visits],
                    software=_software(),
                    at=timestamp(now),
                )
        status = "failed"
        problems: list[str] = []
        try:
            _fetch(database, deployment, agent, visits, run_id, progress, single=url is not None)
            problems = [problem for visit in visits for problem in visit.problems()]
            status = "finished" if all(visit.finished for visit in visits) else "interrupted"
        except Exception as error:
            problems = [str(error)]
            raise
        finally:
            with working_database(database, "write") as db:
                with transaction(db):
                    finish_run(db, run_id, status=status, problems=problems, at=timestamp())  # type: ignore[arg-type]
                outcomes = outcome_counts(db, run_id)
    return Account(len(visits), outcomes, problems, status)


def _fetch(
    database: Path,
    deployment: Deployment,
    agent: str,
    visits: Sequence[Visit],
    run_id: int,
    progress: Progress | None,
    *,
    single: bool,
) -> None:
    """Run the spiders of the visits in one process and store everything they find."""
    if not visits:
        return
    loopback = {host.lower(): port for host, port in deployment.loopback.items()}
    turns = HostTurns(loopback)
    process = _StoppableProcess(crawl_settings(agent, loopback), turns)
    loop = asyncio.get_event_loop()

    def stop() -> None:
        loop.call_soon_threadsafe(lambda: loop.create_task(process.stop()))

    parsers = ParserPool()
    storage = Storage(
        database, deployment.evidence, run_id, on_failure=stop, progress=_counted(progress, visits)
    )
    session = CrawlSession(
        turns=turns,
        gate=UrlGate(frozenset(loopback)),
        parsers=parsers,
        ledger=storage,
        robots=RobotsBook(),
        user_agent=agent,
    )
    try:
        parsers.warm_up()
        tasks: list[Any] = []
        for platform, spider in ({"page": PageSpider} if single else SPIDERS).items():
            own = [visit for visit in visits if single or visit.source.platform == platform]
            if own:
                tasks.append(process.crawl(spider, session=session, visits=own))
        process.start()
        for task in tasks:
            if task.done() and not task.cancelled() and (error := task.exception()):
                storage.fail(error)
    finally:
        parsers.close()
        storage.close()


def _counted(progress: Progress | None, visits: Sequence[Visit]) -> Callable[[Visit], None]:
    done = 0

    def note(visit: Visit) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(visit.source.id, done, len(visits))

    return note


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        raise NarrativesError(
            f"Only {free / 1024**3:.1f} GB are free at {folder}; collection stops below 2 GB. "
            "Free space or move the evidence to a larger disk."
        )


def _software() -> str:
    return " ".join(f"{name}/{version(name)}" for name in ("mali-narratives", "scrapy", "trafilatura"))
