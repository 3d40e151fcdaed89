"""A backfill from start to end: the walk is begun or taken up, carried out as a crawl, accounted for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from crawlers.archive_window import Window
from crawlers.backfill import WALKED, Walk, first_listings
from crawlers.catalog import Source
from crawlers.planning import named_source
from crawlers.run import Account, carry_out
from crawlers.spiders.archive import ArchiveSpider, WordpressArchiveSpider
from crawlers.spiders.platform import PlatformSpider
from crawlers.visit import Visit
from db.backfills import BackfillAccount, begin_backfill, finish_backfill
from db.clock import timestamp, utc_now
from db.connection import transaction, working_database
from db.crawl_records import FeedState
from db.errors import NarrativesError


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """What a backfill did: the account of the crawl, and of each walk by source."""

    account: Account
    walks: Mapping[str, BackfillAccount]


def backfill(
    database: Path, names: Sequence[str], window: Window, told: Callable[[Walk], None]
) -> BackfillResult | None:
    """Walk the archives of the named sources; None when another crawl is at work.

    Stopped at any moment, it goes on where it was when it is called with the same window. Raises
    NarrativesError for a source whose platform keeps no archive that could be walked.
    """
    walks: list[Walk] = []

    def plan(db: Database, catalogue: Mapping[str, Source]) -> list[Visit]:
        sources = [named_source(catalogue, name) for name in dict.fromkeys(names)]
        for source in sources:
            _check_platform(source)
        with transaction(db):
            walks.extend(_walk(db, source, window, told) for source in sources)
        return list(walks)

    account = carry_out(database, plan, command="crawl --backfill", named=True, sort=_sorted)
    if account is None:
        return None
    with working_database(database, "write") as db, transaction(db):
        at = timestamp()
        return BackfillResult(
            account, {walk.source.id: finish_backfill(db, walk.backfill_id, at) for walk in walks}
        )


def _walk(db: Database, source: Source, window: Window, told: Callable[[Walk], None]) -> Walk:
    now = utc_now()
    backfill_id = begin_backfill(
        db,
        source.id,
        since=window.since.isoformat(),
        until=window.until.isoformat(),
        undated=window.undated,
        listings=first_listings(source, window),
        at=timestamp(now),
    )
    url = source.url or ""
    return Walk(
        source=source, url=url, state=FeedState(source.id, url), now=now,
        window=window, backfill_id=backfill_id, told=told,
    )  # fmt: skip


def _sorted(visits: Sequence[Visit]) -> dict[type[PlatformSpider], list[Visit]]:
    found: dict[type[PlatformSpider], list[Visit]] = {}
    for visit in visits:
        is_api = visit.source.platform == "wordpress"
        found.setdefault(WordpressArchiveSpider if is_api else ArchiveSpider, []).append(visit)
    return found


def _check_platform(source: Source) -> None:
    if source.platform not in WALKED:
        raise NarrativesError(
            f"The source {source.id} is of platform {source.platform}, which keeps no archive to walk. "
            f"Platforms with one: {', '.join(sorted(WALKED))}."
        )
