"""Requests as a hostile client writes them on the wire, past every library that would tidy them."""

import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.benchmarks.measured_programs import Server, served
from tests.datasette_config.publication.hostile_clients import fuzzed

#: Addresses that browsers take for another site, once redirected to.
ELSEWHERE = (
    "/\\evil.example/", "//evil.example/", "///evil.example/", "/%5Cevil.example/", "/%5cevil.example",
    "/\\/evil.example", "/%2F%2Fevil.example/", "/%2fevil.example", "/.\\evil.example/",
    "/fr/\\evil.example/", "/\\\\evil.example/", "//evil.example/%2e%2e",
)  # fmt: skip
HOSTS = (
    "Host: evil.example",
    "Host: localhost@evil.example",
    "Host: localhost.evil.example",
    "Host:",
    "Host: localhost\r\nHost: evil.example",
    "Host: evil.example:80",
    "X-Forwarded-Host: evil.example\r\nHost: evil.example",
)
STATEMENTS = (
    "attach+database+%27/etc/passwd%27+as+x", "insert+into+about+values+(1,2)", "delete+from+documents",
    "select+load_extension(%27x%27)", "select+readfile(%27/etc/passwd%27)",
    "select+hex(zeroblob(100000000))",
    "with+recursive+t(n)+as+(select+1+union+all+select+n%2B1+from+t)+select+count(*)+from+t",
    "pragma+table_list", "vacuum+into+%27/tmp/x%27",
)  # fmt: skip
_INSIDE = re.compile(rb"Traceback|site-packages|File &#34;|File \"|sqlite3\.|/home/|\.py\b")


@pytest.fixture(scope="module")
def server(public: Path) -> Iterator[Server]:
    """Serve the publication of the invented press as a process."""
    with served(["narratives", "serve", public]) as process:
        yield process


def sent(server: Server, request: str) -> tuple[int, bytes]:
    """Send bytes and return status and everything that came back."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall(request.encode("latin1", "replace"))
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    return int(received.split()[1]) if received else 0, received


def got(server: Server, path: str, host: str = "Host: localhost") -> tuple[int, bytes]:
    """Return the answer to a GET."""
    return sent(server, f"GET {path} HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_no_address_leads_to_another_site(server: Server, path: str) -> None:
    status, answer = got(server, path)
    assert status in (400, 404)
    assert b"\nlocation:" not in answer.lower()


@pytest.mark.parametrize("host", HOSTS)
def test_an_unknown_host_is_in_no_answer(server: Server, host: str) -> None:
    status, answer = got(server, "/public/documents.json?_size=1", host)
    assert status in (400, 421)
    assert b"evil.example" not in answer


def test_a_forwarded_host_makes_no_address(server: Server) -> None:
    status, answer = got(
        server, "/public/documents.json?_size=1", "Host: localhost\r\nX-Forwarded-Host: evil.example"
    )
    assert status == 200
    assert b"next_url" in answer and b"evil.example" not in answer


@pytest.mark.parametrize("statement", STATEMENTS)
def test_no_statement_of_a_reader_runs(server: Server, statement: str) -> None:
    for path in ("/public", "/public.json", "/public/documents.json", "/public/-/query", "/_memory.json"):
        name = "_where" if path == "/public/documents.json" else "sql"
        status, answer = got(server, f"{path}?{name}={statement}")
        assert status in (302, 400, 403, 404), (path, status)
        assert not _INSIDE.search(answer)


@pytest.mark.parametrize(("headers", "statuses"), [(50, {200}), (140, {431}), (4_000, {400, 0})])
def test_a_flood_of_headers_costs_no_page(server: Server, headers: int, statuses: set[int]) -> None:
    flood = "\r\n".join(["Host: localhost", *(f"X-{number}: {'y' * 60}" for number in range(headers))])
    try:
        status, _ = got(server, "/robots.txt", flood)
    except ConnectionError:
        status = 0
    assert status in statuses


def test_fuzzed_addresses_show_no_inside(server: Server) -> None:
    rng = random.Random(5)
    statuses: Counter[int] = Counter()
    for _ in range(200):
        path = fuzzed(rng)
        status, answer = got(server, path)
        statuses[status] += 1
        assert not _INSIDE.search(answer), path
    assert sum(count for status, count in statuses.items() if status >= 500) <= 2, statuses
