"""The one place that talks to the network: takes turns, caps what comes back, keeps it byte for byte."""

import hashlib
import time
from typing import Any

from scrapy import Request, signals
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, StopDownload
from scrapy.http import Response
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol

from crawlers.addresses import host_of
from crawlers.exchange import Exchange, Headers, exchanges_of
from crawlers.failures import tls_fault
from crawlers.guard import refused_hosts
from crawlers.politeness import HostRestingError, TurnsOverError
from crawlers.refusals import HeadersTooBig, RefusedByPolicy, Resting, Stopped, Trapped
from db.clock import timestamp

#: No page needs more header bytes; Scrapy's size limit does not count them.
MAX_HEADER_BYTES = 256 * 1024
#: Request meta: read this many bytes and be content with them (robots.txt).
BEGINNING = "narratives_beginning"
_RECEIVED = "narratives_received"
_HANDLER = "narratives_handler"


class _HeaderFloodError(Exception):
    """More header bytes than any page needs."""


class _CappedHeaders(_LenientHTTP11ClientProtocol):
    """Gives a connection up when header lines never end."""

    _header_bytes = 0

    def request(self, request: Any) -> Any:
        self._header_bytes = 0
        return super().request(request)

    def dataReceived(self, bytes: bytes) -> None:  # noqa: A002, N802 - the name Twisted gives it
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._header_bytes += len(bytes)
            if self._header_bytes > MAX_HEADER_BYTES:
                self._giveUp(Failure(_HeaderFloodError()))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(bytes)  # type: ignore[no-untyped-call]


class _CappedHeadersFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802
        return _CappedHeaders(self._quiescentCallback)  # type: ignore[no-untyped-call]


class PoliteHandler(HTTP11DownloadHandler):
    """HTTP/1.1 with turns, caps and evidence.

    Every answer becomes an :class:`Exchange` in ``request.meta["exchanges"]`` before anything looks at
    it. Hosts of the loopback map are asked at 127.0.0.1, while request, response and records keep the
    public address.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _CappedHeadersFactory
        self._lenient: HTTP11DownloadHandler | None = None
        self._unproven: dict[str, str] = {}
        self._loopback: dict[str, int] = crawler.settings.getdict("NARRATIVES_LOOPBACK")
        self._cap = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        crawler.signals.connect(self._check_length, signals.headers_received)
        crawler.signals.connect(self._count, signals.bytes_received)

    async def download_request(self, request: Request) -> Response:
        turns = self._crawler.spider.session.turns  # type: ignore[union-attr]
        host = host_of(request.url)
        try:
            async with turns.turn(host):
                visit = request.cb_kwargs.get("visit")
                # Checked here, when its turn has come: all requests of a visit have left long before.
                if visit is not None and request.meta["purpose"] == "page" and (reason := visit.trapped):
                    raise Trapped(reason)
                began = time.monotonic()
                response = await self._answer(request, host)
                spent = round((time.monotonic() - began) * 1000)
        except HostRestingError as error:
            raise Resting(str(error)) from error
        except TurnsOverError as error:
            raise Stopped from error
        retry_after = response.headers.get(b"Retry-After")
        turns.note_answer(host, response.status, retry_after.decode("latin-1") if retry_after else None)
        exchanges_of(request.meta).append(self._exchange(request, response, spent))
        return response

    async def _answer(self, request: Request, host: str) -> Response:
        """Ask the network; a mapped host is asked on loopback under its own name."""
        request.meta[_RECEIVED] = 0
        request.meta[_HANDLER] = id(self)
        port = self._loopback.get(host)
        asked = request
        if port is not None:
            path = request.url.split("://", 1)[1].partition("/")[2].partition("#")[0]
            asked = request.replace(url=f"http://{host}:{port}/{path}")
            asked.headers["Host"] = host
        try:
            response = await self._ask(asked, host)
        except CannotResolveHostError as error:
            if reason := refused_hosts.get(host):
                raise RefusedByPolicy(reason) from error
            raise
        except DownloadFailedError as error:
            reasons = getattr(error.__cause__, "reasons", ())
            if any(reason.check(_HeaderFloodError) for reason in reasons):
                raise HeadersTooBig(f"more than {MAX_HEADER_BYTES} bytes of headers") from error
            raise
        return response.replace(url=request.url) if asked is not request else response

    async def _ask(self, request: Request, host: str) -> Response:
        """Ask a server that proves its name; one that fails to is asked again only if it is listed."""
        if host not in self._unproven:
            try:
                return await super().download_request(request)
            except DownloadFailedError as error:
                listed: frozenset[str] = self._crawler.spider.session.unverified_hosts  # type: ignore[union-attr]
                fault = tls_fault(error)
                if fault is None or host not in listed:
                    raise
                self._unproven[host] = fault
        if self._lenient is None:
            # With connections of its own: none of them is ever taken for one to a proven name.
            self._lenient = HTTP11DownloadHandler(self._crawler)
            self._lenient._pool._factory = _CappedHeadersFactory
            lenient: Any = _ScrapyClientContextFactory(verify_certificates=False)
            self._lenient._contextFactory = lenient
        return await self._lenient.download_request(request)

    async def close(self) -> None:
        """Close the connections that are kept open."""
        if self._lenient is not None:
            await self._lenient.close()
        await super().close()

    def _check_length(self, headers: Any, body_length: object, request: Request, spider: Any) -> None:
        # Twisted gives a word instead of a number when the server declares no length.
        if BEGINNING not in request.meta and isinstance(body_length, int) and body_length > self._cap:
            raise StopDownload(fail=False)

    def _count(self, data: bytes, request: Request, spider: Any) -> None:
        # One handler each for http and https hears the signals of both.
        if request.meta.get(_HANDLER) != id(self):
            return
        received = request.meta.get(_RECEIVED, 0) + len(data)
        request.meta[_RECEIVED] = received
        if received > self._cap_of(request):
            raise StopDownload(fail=False)

    def _cap_of(self, request: Request) -> int:
        cap: int = request.meta.get(BEGINNING, self._cap)
        return cap

    def _exchange(self, request: Request, response: Response, milliseconds: int) -> Exchange:
        certificate = response.certificate
        stopped = "download_stopped" in response.flags
        return Exchange(
            url=request.url,
            method=request.method,
            request_headers=_headers(request.headers),
            status=response.status,
            headers=_headers(response.headers),
            body=response.body[: self._cap_of(request)],
            truncated=stopped or "partial" in response.flags,
            captured_at=timestamp(),
            milliseconds=milliseconds,
            ip_address=str(response.ip_address) if response.ip_address else None,
            certificate_sha256=hashlib.sha256(certificate.dump()).hexdigest() if certificate else None,
            tls_unverified=self._unproven.get(host_of(request.url)),
        )


def _headers(headers: Any) -> Headers:
    """Header lines as text; latin-1 keeps every byte."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )
