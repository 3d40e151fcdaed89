"""Clients that wear a server down, in a process of their own: each kind does one unkind thing over and over.

``python -m tests.datasette_config.publication.hostile_clients PORT CLIENTS SECONDS`` prints, as JSON, how
often each kind got which status; 0 stands for a connection that ended without an answer. Every client has
an address of its own in 127.0.1.0/24, so that no limit per address is enough.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

#: What is asked by those who look for the dearest page.
EXPENSIVE = (
    "/fr/documents.csv?q=a*&since={day}",
    "/fr/documents.json?voice=own&language=fr&until={day}",
    "/fr/documents?q=le+la+du+au+en&sort=seen&page={page}",
    "/fr/documents?q=%22a%22+-b*+c*&page={page}",
    "/fr/documents?partner=france&stance=-1&voice=rejected&page={page}",
    "/fr/documents?kind=agency&language=bm&until={day}&page=200",
    "/fr/documents.atom?q=s*&until={day}",
    "/public/documents.csv?_sort_desc=title&_size=max",
    "/public/predictions.csv?_sort=score&voice__contains=o",
    "/public/predictions?quote__contains={word}&_sort=score",
    "/public/documents.json?title__like=%25{word}%25&_size=max",
    "/public/documents?_search=a*&_sort=characters",
    "/public/trends?_sort_desc=documents&period_start__gt={day}",
    "/public/who-first?narrative=neocolonial-france",
    "/public/against-partner.json?partner=france",
    "/fr/reports/weekly?since={day}&until=2026-12-31",
    "/fr/reports/narrative?narrative=neocolonial-france&since={day}",
    "/fr/reports/coverage?since=2005-01-01&until={day}",
)
_PATHS = (
    "/", "/fr/", "/fr/documents", "/fr/narratives/", "/fr/documents.json", "/public/", "/public/documents",
    "/public/predictions.json", "/public/trends.csv", "/fr/claims", "/fr/partners", "/-/", "/fr/sources/",
    "/public/documents/1", "/public/weekly-series", "/fr/reports/weekly", "/public.json", "/fr/events/",
)  # fmt: skip
_NAMES = (
    "q", "page", "sort", "narrative", "partner", "stance", "voice", "since", "until", "kind", "given",
    "period", "month", "_sort", "_size", "_next", "_facet", "_search", "_through", "_extra", "_where",
    "sql", "_shape", "_col", "_labels", "_trace", "_ttl", "document_id__in", "title__regexp", "_sort_desc",
    "_json",
)  # fmt: skip
_VALUES = (
    "-1", "0", "1", "max", "99999999999999999999", "a,b", "NULL", "2025-13-45", "%00", "%FF", "%27--", "[]",
    "{}", "1e309", "../../etc/passwd", "title", "document_id", "a*", "%22", "%F0%9F%92%A3", "select+1",
    "france:-1", "2025", "2025-04", "on", "arrays", "objects", "true", "",
)  # fmt: skip
_LONG = "x" * 3_000

Client = Callable[["Target", random.Random], Awaitable[int]]


class Target:
    """The server, as one client with its own address sees it."""

    def __init__(self, port: int, number: int) -> None:
        self._port, self._own = port, (f"127.0.1.{number + 1}", 0)

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a new connection."""
        return await asyncio.open_connection("127.0.0.1", self._port, local_addr=self._own)

    async def get(self, path: str, headers: str = "", *, read: int = 1 << 16, pause: float = 0) -> int:
        """Return the status of a GET, reading the answer in pieces with a pause after each."""
        reader, writer = await self.open()
        try:
            asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
            writer.write(asked.encode("latin1", "replace"))
            await writer.drain()
            first = await reader.readline()
            while await reader.read(read):
                await asyncio.sleep(pause)
            return int(first.split()[1]) if first else 0
        finally:
            writer.close()


def fuzzed(rng: random.Random) -> str:
    """Return an address of the site with parameters that nobody means."""
    path = rng.choice(_PATHS)
    if rng.random() < 0.3:
        path += quote("".join(chr(rng.choice((37, 39, 46, 47, 60, 92, 233, 0x202E))) for _ in range(4)))
    pairs = [f"{rng.choice(_NAMES)}={rng.choice((*_VALUES, _LONG))}" for _ in range(rng.randrange(4))]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def expensive(rng: random.Random) -> str:
    """Return an address that costs as much as an address can."""
    day = f"20{rng.randrange(19, 27)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    return rng.choice(EXPENSIVE).format(
        day=day, page=rng.randrange(1, 200), word=rng.choice(("le", "du", "zz"))
    )


async def _fuzz(target: Target, rng: random.Random) -> int:
    return await target.get(fuzzed(rng))


async def _ask_much(target: Target, rng: random.Random) -> int:
    return await target.get(expensive(rng))


async def _read_slowly(target: Target, rng: random.Random) -> int:
    path = "/public/predictions.csv" if rng.random() < 0.5 else "/fr/documents.json"
    return await target.get(path, read=512, pause=0.2)


async def _send_slowly(target: Target, rng: random.Random) -> int:
    connections = [await target.open() for _ in range(10)]
    try:
        for letter in "GET /fr/ HTTP/1.1\r\nHost: localhost\r\n":
            for _, writer in connections:
                if not writer.is_closing():
                    writer.write(letter.encode())
            await asyncio.sleep(1)
        return 0
    finally:
        for _, writer in connections:
            writer.close()


async def _flood_headers(target: Target, rng: random.Random) -> int:
    headers = "".join(f"X-{number}: {'y' * 60}\r\n" for number in range(rng.choice((200, 900, 4_000))))
    return await target.get("/fr/", headers)


KINDS: dict[str, Client] = {
    "expensive parameters": _ask_much,
    "fuzzed addresses": _fuzz,
    "slow readers": _read_slowly,
    "slow senders": _send_slowly,
    "header floods": _flood_headers,
}
#: Of every six clients, which kind each is.
_MIX = ("expensive parameters", "fuzzed addresses", "expensive parameters", "slow readers", "slow senders",
        "header floods")  # fmt: skip


async def _attack(port: int, clients: int, seconds: float) -> dict[str, Counter[int]]:
    until = time.monotonic() + seconds
    answers: dict[str, Counter[int]] = {name: Counter() for name in KINDS}

    async def client(number: int) -> None:
        name, rng, target = _MIX[number % len(_MIX)], random.Random(number), Target(port, number)
        while (left := until - time.monotonic()) > 0:
            try:
                answers[name][await asyncio.wait_for(KINDS[name](target, rng), left + 1)] += 1
            except (OSError, ValueError, TimeoutError):
                answers[name][0] += 1
                await asyncio.sleep(0.01)

    await asyncio.gather(*(client(number) for number in range(clients)))
    return answers


def main(arguments: list[str]) -> dict[str, Any]:
    """Attack, and return kind -> status -> answers."""
    return dict(asyncio.run(_attack(int(arguments[0]), int(arguments[1]), float(arguments[2]))))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))  # noqa: T201
