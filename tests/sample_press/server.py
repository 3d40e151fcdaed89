"""The invented press on loopback: every outlet a virtual host of one port, in two editions.

Run it alone to look at the sites: ``python tests/sample_press/server.py`` prints an address for each.
"""

import argparse
import gzip
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from press import Outlet, Piece, first_edition, outlets, second_edition
from sites import Answer, answer

#: When the newsrooms made their changes, between the two crawls of the demo.
CHANGED_AT = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
_FIRST_AT = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)


class PressServer(ThreadingHTTPServer):
    """Serves the edition named by ``edition`` (1 or 2) and notes every request in ``log``."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.edition = 1
        self.log: list[tuple[int, str, str, int]] = []
        self._hosts = {outlet.host: outlet for outlet in outlets().values()}

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return int(self.server_address[1])

    def loopback(self) -> dict[str, int]:
        """Return the deployment's ``[loopback]`` table: host -> port."""
        return dict.fromkeys(self._hosts, self.port)

    def outlet_of(self, host: str) -> Outlet | None:
        """Return the outlet that lives on a host name, or None."""
        return self._hosts.get(host.partition(":")[0].lower())

    def pieces_of(self, outlet: Outlet) -> list[Piece]:
        """Return what the outlet shows in the present edition, newest first."""
        edition = first_edition() if self.edition == 1 else second_edition(CHANGED_AT)
        return [piece for piece in edition.values() if piece.outlet == outlet]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PressServer

    def do_GET(self) -> None:
        outlet = self.server.outlet_of(self.headers.get("Host", ""))
        if outlet is None:
            self._send(Answer(404, b"no such host"), {}, "nobody")
            return
        pieces = self.server.pieces_of(outlet)
        found = answer(outlet, pieces, self.path, vanished=self.server.edition == 2)
        etag = f'"{hashlib.sha256(found.body).hexdigest()[:16]}"'
        # Only what was changed between the editions is younger than the first one.
        changed = any(piece.edited and piece.path == self.path for piece in pieces)
        modified = format_datetime(CHANGED_AT if changed else _FIRST_AT, usegmt=True)
        validators = {"ETag": etag, "Last-Modified": modified} if found.status == 200 else {}
        if found.status == 200 and self.headers.get("If-None-Match") == etag:
            found = Answer(304, content_type=found.content_type)
        self._send(found, validators, outlet.outlet_id, compress=outlet.gzip)

    def _send(
        self, found: Answer, validators: dict[str, str], outlet_id: str, *, compress: bool = False
    ) -> None:
        body = found.body
        headers = {**validators, **found.headers}
        if found.status != 304:
            headers["Content-Type"] = found.content_type
        if compress and body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        self.server.log.append((self.server.edition, outlet_id, self.path, found.status))
        self.send_response(found.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server gives it
        """Stay silent: the log is kept in ``PressServer.log``."""


@contextmanager
def serving(port: int = 0) -> Iterator[PressServer]:
    """Serve the press in a thread for the length of a ``with`` block."""
    server = PressServer(port)
    thread = Thread(target=server.serve_forever, name="sample press", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--edit", action="store_true", help="serve the second edition")
    asked = parser.parse_args()
    server = PressServer(asked.port)
    server.edition = 2 if asked.edit else 1
    for host in server.loopback():
        sys.stdout.write(f"curl -H 'Host: {host}' http://127.0.0.1:{server.port}/\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
