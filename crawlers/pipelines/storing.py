"""Stores what spiders found: evidence to disk first, then one transaction for each batch.

One thread owns the database connection and the evidence files, so the event loop never waits for a
disk. What was not flushed when the process dies never happened: the visits' checkpoints come last.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from scrapy.crawler import Crawler
from sqlite_utils import Database

from crawlers.content_decoding import decode_content
from crawlers.evidence import EvidenceWriter, read_answer
from crawlers.free_space import require_space
from crawlers.keeping import keep
from crawlers.results import Article, Purpose, Result
from crawlers.robots import MAX_ROBOTS_BYTES
from crawlers.taken_down import unless_taken_down
from crawlers.visit import Visit
from db.backfills import ListingRead, PendingListing, add_listings, pending_listings, save_listing
from db.claim_reviews import record_reviews
from db.connection import transaction, working_database
from db.crawl_log import (
    identity_before_move,
    latest_robots,
    record_capture,
    record_fetch,
    save_feed_state,
    seen_addresses,
    unseen_documents,
    young_documents,
)
from db.crawl_records import FeedState, NewCapture, NewFetch, Outcome, Seen
from db.errors import NarrativesError
from db.identity import text_sha256
from db.store import NewDocument, mark_gone, store_document

MAX_BATCH = 200
MAX_BATCH_BYTES = 16 * 1024 * 1024
MAX_WAIT_SECONDS = 1.0
#: In the detail of every row that came from a host whose certificate proved nothing.
TLS_UNVERIFIED = "tls_unverified"

_T = TypeVar("_T")
_ARTICLE_FIELDS = tuple(field.name for field in fields(Article))


class StoringPipeline:
    """Hands every item of a spider to the run's storage."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "StoringPipeline":
        return cls(crawler)

    async def process_item(self, item: Result) -> Result:
        """Take over one result."""
        spider: Any = self._crawler.spider
        await spider.session.ledger.add(item)
        return item


class Storage:
    """The ledger of one run (see :class:`crawlers.session.Ledger`)."""

    def __init__(
        self,
        database: Path,
        evidence: Path,
        crawl_run_id: int,
        *,
        on_failure: Callable[[], None],
        progress: Callable[[Visit], None],
    ) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._evidence_folder = evidence
        self._folders = (evidence, database.resolve().parent)
        self._run = crawl_run_id
        self._on_failure = on_failure
        self._progress = progress
        self._batch: list[Result | Visit] = []
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._writing: Future[None] | None = None
        self._api_captures: dict[int, int] = {}
        self._open = ExitStack()
        self._lock = threading.Lock()
        self.error: BaseException | None = None
        self._db: Database = self._thread.submit(
            lambda: self._open.enter_context(working_database(database, "write"))
        ).result()
        self._writer = self._open.enter_context(EvidenceWriter(evidence))

    async def add(self, result: Result) -> None:
        """Take over a result; when it completes its visit, the visit's checkpoint follows it."""
        self._batch.append(result)
        self._bytes += sum(len(exchange.body) for exchange in result.exchanges)
        if result.visit is not None:
            result.visit.settle(result)
            if result.visit.finished:
                self._batch.append(result.visit)
                self._progress(result.visit)
        if len(self._batch) >= MAX_BATCH or self._bytes >= MAX_BATCH_BYTES:
            before = self._writing
            self.flush()
            if before is not None:
                # One batch may wait behind the one being written, not more.
                await asyncio.wrap_future(before)
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(MAX_WAIT_SECONDS, self.flush)

    def flush(self) -> None:
        """Send the present batch to the writing thread."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._batch or self.error is not None:
            return
        batch, self._batch, self._bytes = self._batch, [], 0
        self._writing = self._thread.submit(self._write_or_fail, batch)

    def fail(self, error: BaseException) -> None:
        """Remember the first error and end the run."""
        with self._lock:
            if self.error is not None:
                return
            self.error = error
        self._on_failure()

    def close(self) -> None:
        """Write what is left and close database and evidence; raises what went wrong."""
        self.flush()
        try:
            self._thread.submit(self._open.close).result()
        finally:
            self._thread.shutdown()
        if isinstance(self.error, NarrativesError):
            raise self.error
        if self.error is not None:
            raise NarrativesError(
                f"What was collected could not be stored ({type(self.error).__name__}: {self.error}). "
                "Check disk space and permissions, then start again: nothing stored is lost."
            ) from self.error

    async def seen(self, urls: Iterable[str]) -> dict[str, Seen]:
        wanted = list(urls)
        return await self._ask(lambda: seen_addresses(self._db, wanted))

    async def young(self, source_id: str, since: str) -> list[str]:
        return await self._ask(lambda: young_documents(self._db, source_id, since))

    async def unseen(
        self, source_id: str, purpose: Purpose, *, since: str, until: str, days: float
    ) -> list[str]:
        span = {"since": since, "until": until}
        return await self._ask(
            lambda: unseen_documents(self._db, source_id, purpose=purpose, days=days, **span)
        )

    async def robots_before(self, url: str, since: str) -> tuple[int | None, bytes | None, str] | None:
        return await self._ask(lambda: self._robots_before(url, since))

    async def pending_listings(self, backfill_id: int) -> list[PendingListing]:
        # What is on its way into the database may lead to further listings.
        self.flush()
        return await self._ask(lambda: pending_listings(self._db, backfill_id))

    async def add_listings(self, backfill_id: int, listings: Iterable[tuple[str, int]]) -> None:
        wanted = list(listings)

        def add() -> None:
            with transaction(self._db):
                add_listings(self._db, backfill_id, wanted)

        await self._ask(add)

    async def _ask(self, question: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    def _robots_before(self, url: str, since: str) -> tuple[int | None, bytes | None, str] | None:
        row = latest_robots(self._db, url, since)
        if row is None:
            return None
        _, status, at, warc_path, warc_offset = row
        if status is None or warc_path is None or not 200 <= status < 300:
            return status, None, at
        try:
            payload, encoding = read_answer(self._evidence_folder, warc_path, warc_offset)
            return status, decode_content(payload, encoding, MAX_ROBOTS_BYTES), at
        except (NarrativesError, ValueError):
            # Evidence that was moved away, or a body nobody can undo: the host is asked again.
            return None

    def _write_or_fail(self, batch: list[Result | Visit]) -> None:
        try:
            self._write(batch)
        except Exception as error:
            self.fail(error)

    def _write(self, batch: list[Result | Visit]) -> None:
        for folder in self._folders:
            require_space(folder)
        batch = [unless_taken_down(self._db, one) if isinstance(one, Result) else one for one in batch]
        captures = [keep(self._writer, one) if isinstance(one, Result) else [] for one in batch]
        self._writer.sync()
        with transaction(self._db):
            for entry, kept in zip(batch, captures, strict=True):
                if isinstance(entry, Visit):
                    self._settle(entry.checkpoint())
                else:
                    self._record(entry, kept)

    def _settle(self, checkpoint: FeedState | ListingRead | None) -> None:
        if isinstance(checkpoint, FeedState):
            save_feed_state(self._db, checkpoint)
        elif checkpoint is not None:
            save_listing(self._db, checkpoint)

    def _record(self, result: Result, kept: list[NewCapture]) -> None:
        capture_id = None
        for capture in kept:
            capture_id = record_capture(self._db, capture)
        if result.purpose == "api" and result.exchanges and capture_id is not None:
            self._api_captures[result.exchanges[-1].serial] = capture_id
        if result.evidence is not None:
            capture_id = self._api_captures.get(result.evidence.serial)
        outcome, detail, document_id = result.outcome, result.detail, result.document_id
        if result.article is not None:
            document_id, outcome, detail = self._store(result, result.article, capture_id)
        elif document_id is not None and (result.vanished or result.http_status in (404, 410)):
            mark_gone(self._db, document_id, result.at)
        if fault := result.tls_unverified:
            detail = f"{detail}; {TLS_UNVERIFIED}: {fault}" if detail else f"{TLS_UNVERIFIED}: {fault}"
        record_fetch(
            self._db,
            NewFetch(
                crawl_run_id=self._run,
                source_id=result.source_id,
                url=result.url,
                purpose=result.purpose,
                outcome=outcome,
                http_status=result.http_status,
                detail=detail,
                fetched_at=result.at,
                milliseconds=result.milliseconds,
                capture_id=capture_id,
                document_id=document_id,
            ),
        )

    def _before_move(self, article: Article) -> str | None:
        return identity_before_move(
            self._db,
            source_id=article.source_id,
            url=article.url,
            title=article.title,
            published_at=article.published_at,
            text_sha256=text_sha256(article.text),
        )

    def _store(
        self, result: Result, article: Article, capture_id: int | None
    ) -> tuple[int, Outcome, str | None]:
        values = {name: getattr(article, name) for name in _ARTICLE_FIELDS}
        if result.document_id is None and (moved := self._before_move(article)):
            values["identity"] = moved
        document_id, done = store_document(self._db, NewDocument(**values, capture_id=capture_id))
        record_reviews(self._db, result.reviews, origin="page", document_id=document_id)
        if result.outcome != "stored":
            return document_id, result.outcome, result.detail
        if done == "new_version":
            return document_id, "stored", "the text or its title changed: kept as a new version"
        return document_id, "duplicate" if done == "duplicate" else "stored", result.detail
