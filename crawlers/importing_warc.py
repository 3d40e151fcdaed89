"""Pages out of WARC files: a newspaper's archive, a Common Crawl news file. Workers read them; streams.

Taken are answers with status 200 that hold HTML. Everything else in the file (images, robots.txt, requests,
repeated visits without a body) is passed over and counted.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from crawlers.addresses import UrlGate
from crawlers.exchange import Exchange, Headers
from crawlers.importing_files import MAX_RECORD_BYTES
from crawlers.parser_pool import ParserPool, Reading
from db.clock import parse_timestamp, timestamp
from db.errors import NarrativesError

#: Pages read at once; both workers are kept busy and no more than this is held in memory.
WINDOW = 16
_PAGES = ("text/html", "application/xhtml+xml")
_GATE = UrlGate()


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcPage:
    """One page of an archive. ``body`` is what the server sent, before content decoding.

    ``fault`` names the outcome of a page that is not even read, ``consumed`` counts bytes of the file.
    """

    number: int
    url: str
    record_id: str | None
    captured_at: str
    status: int
    headers: Headers
    body: bytes
    consumed: int
    fault: tuple[str, str] | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a response header, or None."""
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(slots=True)
class WarcReader:
    """Reads the pages of WARC files; ``passed`` counts by kind what was not a page."""

    passed: Counter[str] = field(default_factory=Counter)

    def pages(self, path: Path) -> Iterator[WarcPage]:
        """Yield the pages of one file in its order. Raises NarrativesError when it breaks off."""
        before = number = 0
        try:
            with path.open("rb") as stream:
                for record in ArchiveIterator(stream):
                    number += 1
                    page = self._page(record, number, stream.tell() - before)
                    before = stream.tell()
                    if page is not None:
                        yield page
        except (OSError, ArchiveLoadFailed, EOFError, ValueError) as error:
            raise NarrativesError(
                f"{path} cannot be read beyond record {number} ({_in_short(error)}). What came before is "
                "stored; get a whole WARC file and import it: what is known is not stored twice."
            ) from error

    def _page(self, record: Any, number: int, consumed: int) -> WarcPage | None:
        kind = record.rec_type
        if kind not in ("response", "resource"):
            self.passed[f"{kind} records"] += kind not in ("warcinfo", "request", "metadata")
            return None
        http = record.http_headers
        status = int(http.get_statuscode() or 0) if http is not None else 200
        headers: Headers = tuple(http.headers) if http is not None else ()
        declared = http.get_header("Content-Type") if http is not None else record.content_type
        content_type = (declared or "").partition(";")[0].strip().lower()
        if content_type and content_type not in _PAGES:
            self.passed[content_type] += 1
            return None
        if status != 200:
            self.passed[f"answers {status}"] += 1
            return None
        if http is None:
            headers = (("content-type", declared or "text/html"),)
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        body = _body(record, http)
        fault = ("refused_policy", reason) if (reason := _GATE.refusal(url)) else None
        if len(body) > MAX_RECORD_BYTES:
            fault = ("too_big", f"longer than {MAX_RECORD_BYTES} bytes")
        elif record.rec_headers.get_header("WARC-Truncated"):
            fault = fault or ("too_big", "cut short in the archive")
        return WarcPage(
            number=number,
            url=url,
            record_id=record.rec_headers.get_header("WARC-Record-ID"),
            captured_at=_moment(record.rec_headers.get_header("WARC-Date")),
            status=status,
            headers=headers,
            body=body[:MAX_RECORD_BYTES],
            consumed=consumed,
            fault=fault,
        )


def read_pages(pages: Iterator[WarcPage], timezone_at: Any) -> Iterator[tuple[WarcPage, Reading | None]]:
    """Yield each page with its reading, in order; ``timezone_at`` names the zone of an address.

    When the archive breaks off, what was read before is yielded first.
    """
    pool = ParserPool()
    try:
        with asyncio.Runner() as runner:
            window: list[WarcPage] = []
            broken: NarrativesError | None = None
            while broken is None:
                try:
                    page = next(pages, None)
                except NarrativesError as error:
                    page, broken = None, error
                if page is not None:
                    window.append(page)
                if window and (page is None or len(window) == WINDOW):
                    yield from zip(window, runner.run(_read(pool, window, timezone_at)), strict=True)
                    window = []
                if page is None and broken is None:
                    return
            raise broken
    finally:
        pool.close()


async def _read(pool: ParserPool, window: list[WarcPage], timezone_at: Any) -> list[Reading | None]:
    async def one(page: WarcPage) -> Reading | None:
        if page.fault is not None:
            return None
        exchange = Exchange(
            url=page.url,
            method="GET",
            request_headers=(),
            status=page.status,
            headers=page.headers,
            body=page.body,
            truncated=False,
            captured_at=page.captured_at,
            milliseconds=0,
        )
        return await pool.read("page", exchange, timezone=timezone_at(page.url), now=page.captured_at)

    return await asyncio.gather(*(one(page) for page in window))


def _body(record: Any, http: Any) -> bytes:
    """The entity after transfer decoding: some archives keep the chunks as they came."""
    stream: IO[bytes] = record.raw_stream
    if http is not None and (http.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream, decomp_type=None)
    pieces, length = [], 0
    while length <= MAX_RECORD_BYTES and (piece := stream.read(64 * 1024)):
        pieces.append(piece)
        length += len(piece)
    if length <= MAX_RECORD_BYTES and getattr(record.raw_stream, "limit", 0) > 0:
        # The library takes the end of the file for the end of the record.
        raise ValueError("the file ends in the middle of it")
    return b"".join(pieces)


def _moment(raw: str | None) -> str:
    """WARC dates may have fractions of a second; a record without a usable one is dated now."""
    try:
        return timestamp(parse_timestamp(raw or ""))
    except ValueError:
        return timestamp()


def _in_short(error: Exception) -> str:
    """Return what a reader says of a file, without the bytes that it met there."""
    return str(error).partition(", first line")[0][:120]
