"""Clients that send or read without end are cut off; the others are answered at once."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from datasette_config import connections
from datasette_config.connections import PatientProtocol
from datasette_config.plugins.security import HEADERS
from tests.benchmarks.measured_programs import served

LONG_ANSWER = b"x" * 20_000_000


async def site(scope: Any, receive: Any, send: Any) -> None:
    """Answer ``/long`` at length and everything else in a word."""
    body = LONG_ANSWER if scope["path"] == "/long" else b"here"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def listening() -> Iterator[Callable[[], socket.socket]]:
    """Serve the site for the block; yields a way to connect."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        config = uvicorn.Config(site, http=PatientProtocol, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()

        def connect() -> socket.socket:
            return socket.create_connection(taken.getsockname(), timeout=10)

        try:
            yield connect
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def answer(connection: socket.socket) -> bytes:
    """Return everything until the other side closes; empty when it breaks off."""
    received = b""
    try:
        while piece := connection.recv(1 << 16):
            received += piece
    except ConnectionResetError:
        return b""
    return received


def test_a_request_without_an_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 0.3)
    with listening() as connect, closing(connect()) as silent, closing(connect()) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nX-Never: en")
        began = time.monotonic()
        assert answer(silent) == answer(slow) == b""
        assert time.monotonic() - began < 5
        with closing(connect()) as quick:
            quick.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            assert answer(quick).endswith(b"here")


def test_a_second_request_without_an_end_is_cut_off_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 0.3)
    with listening() as connect, closing(connect()) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert slow.recv(1 << 16).startswith(b"HTTP/1.1 200")
        slow.sendall(b"GET / HT")
        answer(slow)


def test_an_answer_that_nobody_takes_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_READ", 0.3)
    with listening() as connect, closing(connect()) as stalled:
        stalled.sendall(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
        time.sleep(1.5)
        assert len(answer(stalled)) < len(LONG_ANSWER)


def test_a_long_answer_is_taken_whole_and_the_connection_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as connect, closing(connect()) as reader:
        for path, length in (("/long", len(LONG_ANSWER)), ("/", 4), ("/long", len(LONG_ANSWER))):
            reader.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            received = b""
            while b"\r\n\r\n" not in received or len(received.partition(b"\r\n\r\n")[2]) < length:
                received += reader.recv(1 << 20)
            assert received.startswith(b"HTTP/1.1 200")


def test_more_connections_than_may_be_open_are_closed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 3)
    with listening() as connect:
        kept = [connect() for _ in range(3)]
        time.sleep(0.2)
        with closing(connect()) as refused:
            assert answer(refused) == b""
        kept[0].sendall(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        assert answer(kept[0]).endswith(b"here")
        for connection in kept:
            connection.close()


def test_what_is_no_http_is_refused_with_the_headers_of_every_answer() -> None:
    with listening() as connect, closing(connect()) as odd:
        odd.sendall(b"\x16\x03\x01 what\r\n\r\n")
        lines = answer(odd).partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    assert lines[0].startswith(b"http/1.1 400")
    assert {name + b": " + value.lower() for name, value in HEADERS.items()} <= set(lines)


def test_small_answers_come_at_once_on_an_open_connection(public: Path) -> None:
    """Without it the other side waits 40 ms for the rest of each answer."""
    with served(["narratives", "serve", public]) as server, closing(server.connect()) as connection:
        seconds = []
        for _ in range(12):
            began = time.perf_counter()
            connection.request("GET", "/robots.txt")
            assert connection.getresponse().read()
            seconds.append(time.perf_counter() - began)
    assert min(seconds[1:]) < 0.03, seconds
