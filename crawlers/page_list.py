"""A list of addresses as an import: each is asked for as an article, as politely as in any crawl."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from crawlers.addresses import canonical_url, host_of
from crawlers.catalog import Source
from crawlers.importing_files import open_maybe_compressed
from crawlers.planning import page_visit
from crawlers.run import Account, Progress, carry_out
from crawlers.session import PAGES_PER_HOST
from crawlers.spiders.page import PageSpider
from crawlers.visit import Visit
from db.clock import utc_now
from db.crawl_log import seen_addresses
from db.errors import NarrativesError


@dataclass(frozen=True, slots=True)
class ListAccount:
    """What became of a list: the crawl's account (None: another crawl is at work), and what it left out.

    ``known`` addresses are documents already; ``waiting`` ones are beyond a host's share of one run.
    """

    crawl: Account | None
    known: int
    waiting: int


def read_addresses(path: Path) -> list[str]:
    """Return the addresses of a list, one on each line; blank lines and lines beginning with # are none."""
    try:
        with open_maybe_compressed(path) as stream:
            lines = stream.read().decode("utf-8-sig").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise NarrativesError(f"{path} cannot be read as a list of addresses ({error}).") from error
    numbered = [
        (number, line.strip())
        for number, line in enumerate(lines, 1)
        if line.strip() and line.lstrip()[0] != "#"
    ]
    wrong = [f"line {number}: {url[:80]!r}" for number, url in numbered if canonical_url(url) is None]
    if wrong:
        raise NarrativesError(
            f"{path} holds {len(wrong)} line(s) that are no web address ({'; '.join(wrong[:5])}). "
            "Write one address on each line."
        )
    return [url for _, url in numbered]


def fetch_pages(database: Path, urls: Sequence[str], progress: Progress | None = None) -> ListAccount:
    """Ask for every address that is no document yet; a list too long for one run goes on the next time."""
    now = utc_now()
    addresses = list(dict.fromkeys(canonical_url(url) or url for url in urls))
    left_out: Counter[str] = Counter()

    def plan(db: Database, catalogue: Mapping[str, Source]) -> list[Visit]:
        seen = seen_addresses(db, addresses)
        asked: Counter[str] = Counter()
        visits = []
        for url in addresses:
            if (known := seen.get(url)) and known.document_id is not None:
                left_out["known"] += 1
            elif asked[host_of(url)] == PAGES_PER_HOST:
                left_out["waiting"] += 1
            else:
                asked[host_of(url)] += 1
                visits.append(page_visit(db, catalogue, url, now))
        return visits

    account = carry_out(
        database,
        plan,
        command="import of addresses",
        named=True,
        sort=lambda visits: {PageSpider: visits},
        progress=progress,
    )
    return ListAccount(account, left_out["known"], left_out["waiting"])
