"""A small web on loopback for crawl tests: many hosts on one port, answers as the test wants them."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One answer; ``raw`` takes over the socket instead."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/html; charset=utf-8"
    wait: float = 0.0
    raw: Callable[[Any], None] | None = None


@dataclass
class Asked:
    """One request as it arrived."""

    at: float
    host: str
    path: str
    headers: Mapping[str, str]


class LocalSite:
    """Routes are ``(host, path)``; a route is an Answer or a function of the request's headers."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Answer | Callable[[Mapping[str, str]], Answer]] = {}
        self.asked: list[Asked] = []
        self.port = 0

    def put(self, host: str, path: str, answer: Any, **values: Any) -> None:
        """Serve ``answer`` (an Answer, a function, or a body) at an address."""
        if isinstance(answer, (str, bytes)):
            answer = Answer(answer, **values)
        self.routes[host, path] = answer

    def paths(self, host: str) -> list[str]:
        """Return what was asked of a host, in order."""
        return [asked.path for asked in self.asked if asked.host == host]


@contextmanager
def local_site() -> Iterator[LocalSite]:
    """Serve a LocalSite until the block ends."""
    site = LocalSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = (self.headers.get("Host") or "").partition(":")[0]
            site.asked.append(Asked(time.monotonic(), host, self.path, dict(self.headers)))
            route = site.routes.get((host, self.path), Answer("nothing here", 404))
            answer = route if isinstance(route, Answer) else route(self.headers)
            if answer.wait:
                time.sleep(answer.wait)
            if answer.raw is not None:
                answer.raw(self)
                self.close_connection = True
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            headers = {
                "Content-Type": answer.content_type,
                "Content-Length": str(len(body)),
                **answer.headers,
            }
            if answer.status == 304:
                headers = dict(answer.headers)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def article(title: str, sentences: str, *, date: str | None = None, extra: str = "") -> str:
    """Return a page that holds one article in the shape of a small newspaper."""
    stamp = f'<meta property="article:published_time" content="{date}">' if date else ""
    return (
        f'<!doctype html><html lang="fr"><head><title>{title} | Le Journal</title>{stamp}{extra}</head><body>'
        f"<nav><a href='/'>Accueil</a> <a href='/sport'>Sport</a></nav><article><h1>{title}</h1>"
        + "".join(f"<p>{sentence}</p>" for sentence in sentences.split("\n"))
        + "</article><footer>Tous droits réservés</footer></body></html>"
    )


def rss(*items: tuple[str, str, str]) -> str:
    """Return a feed of ``(link, title, pubDate)``."""
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
        for link, title, date in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Le Journal</title>'
        f"{entries}</channel></rss>"
    )


def gzip_bomb(megabytes: int) -> bytes:
    """Return ``megabytes`` of zeros, compressed."""
    return gzip.compress(b"\x00" * (megabytes * 1024 * 1024), 9)
