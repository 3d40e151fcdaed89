"""What all spiders of one run share: turns, the address gate, parsers, robots rules, the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from crawlers.addresses import UrlGate, host_of
from crawlers.parser_pool import ParserPool
from crawlers.politeness import HostTurns
from crawlers.post_hosts import KNOWN_HOSTS
from crawlers.pseudonyms import Pseudonyms
from crawlers.results import Purpose, Result
from crawlers.robots import RobotsBook
from db.backfills import PendingListing
from db.crawl_records import Seen

#: Pages asked of one host in one run; what is listed beyond waits for the next run.
PAGES_PER_HOST = 200


class Ledger(Protocol):
    """What spiders may ask of the storing pipeline; they know nothing of the database."""

    async def add(self, result: Result) -> None:
        """Take over one result; it is stored with the next batch."""

    async def seen(self, urls: Iterable[str]) -> dict[str, Seen]:
        """Return what is known of these addresses."""

    async def young(self, source_id: str, since: str) -> list[str]:
        """Return the addresses of a source's documents first seen since then."""

    async def unseen(
        self, source_id: str, purpose: Purpose, *, since: str, until: str, days: float
    ) -> list[str]:
        """Return those first seen in a span of time and not looked at since they were so many days old."""

    async def robots_before(self, url: str, since: str) -> tuple[int | None, bytes | None, str] | None:
        """Return ``(status, body, fetched_at)`` of the newest robots.txt answer since then."""

    def fail(self, error: BaseException) -> None:
        """End the run: going on would lose what is collected."""


class ArchiveLedger(Ledger, Protocol):
    """What walks through archives ask besides."""

    async def pending_listings(self, backfill_id: int) -> list[PendingListing]:
        """Return the listings of a backfill that are still to be read."""

    async def add_listings(self, backfill_id: int, listings: Iterable[tuple[str, int]]) -> None:
        """Add listings to a backfill, with their depth."""


@dataclass(slots=True)
class CrawlSession:
    """One run. Lives in one event loop; nothing here is thread-safe but the parsers.

    ``pseudonyms`` is None unless a policy allows posts; ``public_accounts`` are not masked in them.
    Pages on ``post_hosts`` are no articles; ``unverified_hosts`` are read though their certificate fails.
    """

    turns: HostTurns
    gate: UrlGate
    parsers: ParserPool
    ledger: Ledger
    robots: RobotsBook
    user_agent: str
    pseudonyms: Pseudonyms | None = None
    public_accounts: frozenset[str] = frozenset()
    post_hosts: frozenset[str] = KNOWN_HOSTS
    unverified_hosts: frozenset[str] = frozenset()
    pages: dict[str, int] = field(default_factory=dict)

    def take_page(self, url: str) -> bool:
        """Reserve one page of the host's share of this run; False when it is used up."""
        host = host_of(url)
        used = self.pages.get(host, 0)
        if used >= PAGES_PER_HOST:
            return False
        self.pages[host] = used + 1
        return True
