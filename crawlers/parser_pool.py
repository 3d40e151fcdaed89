"""Parsing outside the crawl's own process: the loop is never blocked, a bomb costs one worker."""

import asyncio
import contextlib
import json
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from crawlers.exchange import Exchange
from db.crawl_records import Outcome

#: Seconds one body may take, and pages one process may read before it is replaced.
WALL_SECONDS = 10.0
PAGES_PER_WORKER = 1_000
START_SECONDS = 60.0
#: Decompressed bytes that are still read.
PAGE_CAP = 8 * 1024 * 1024

#: Lengths of the JSON and of the bytes that follow.
FRAME = struct.Struct("<II")
_KILLED = -9

TaskKind = Literal[
    "page", "feed", "sitemap", "posts", "listing", "telegram", "mastodon", "bluesky", "youtube", "probe"
]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the worker made of a body: a value, or the outcome it ends in and why."""

    value: Mapping[str, Any] | None
    outcome: Outcome | None = None
    detail: str | None = None


class _WorkerLostError(Exception):
    pass


class _Worker:
    """One process and its pipes; used by one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crawlers.parse_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.pages = 0
        self._ready = False

    def ask(self, task: Mapping[str, Any], body: bytes) -> dict[str, Any]:
        if not self._ready:
            self._timed(START_SECONDS, self._receive)
            self._ready = True
        self.pages += 1
        return self._timed(WALL_SECONDS, lambda: self._exchange(task, body))

    def _timed(self, seconds: float, work: Any) -> dict[str, Any]:
        timer = threading.Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            answer: dict[str, Any] = work()
        except (OSError, ValueError, EOFError) as error:
            code = self.close()
            raise _WorkerLostError("time" if code == _KILLED else "memory") from error
        finally:
            timer.cancel()
        return answer

    def _exchange(self, task: Mapping[str, Any], body: bytes) -> dict[str, Any]:
        data = json.dumps(task).encode()
        stdin = self._process.stdin
        if stdin is None:  # pragma: no cover - opened with PIPE
            raise EOFError
        stdin.write(FRAME.pack(len(data), len(body)) + data)
        stdin.write(body)
        stdin.flush()
        return self._receive()

    def _receive(self) -> dict[str, Any]:
        stdout = self._process.stdout
        if stdout is None:  # pragma: no cover - opened with PIPE
            raise EOFError
        head = stdout.read(FRAME.size)
        if len(head) < FRAME.size:
            raise EOFError
        data = stdout.read(FRAME.unpack(head)[0])
        answer: dict[str, Any] = json.loads(data)
        return answer

    def close(self) -> int:
        """End the process and return its exit code."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=2)
        self._process.kill()
        return self._process.wait()


class ParserPool:
    """A few workers behind one ``await``; a worker that fails is replaced and the page named."""

    def __init__(self, workers: int = 2) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="parse")
        # Last in, first out: a process that runs is used before another is started.
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def warm_up(self) -> None:
        """Start one process before the first page asks for it."""
        worker = self._idle.get()
        self._idle.put(worker or _Worker())

    async def read(self, kind: TaskKind, exchange: Exchange, *, timezone: str, **hints: Any) -> Reading:
        """Read the body of an answer as a page, feed, sitemap or page of posts.

        ``hints``: ``selectors`` for a listing page, ``platform`` for a probe, ``now`` for a page of an
        archive (the moment from which "yesterday" counts, ISO 8601).
        """
        task = {
            **hints,
            "kind": kind,
            "url": exchange.url,
            "status": exchange.status,
            "headers": {name.lower(): value for name, value in exchange.headers},
            "timezone": timezone,
            "cap": PAGE_CAP,
        }
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._read, task, exchange.body)

    def _read(self, task: Mapping[str, Any], body: bytes) -> Reading:
        worker = self._idle.get()
        try:
            worker = worker or _Worker()
            answer = worker.ask(task, body)
        except _WorkerLostError as error:
            worker = None
            limit = "768 MB" if str(error) == "memory" else f"{WALL_SECONDS:.0f} s"
            return Reading(None, "parse_failed", f"reading it needed more than {limit}")
        finally:
            if worker is not None and worker.pages >= PAGES_PER_WORKER:
                worker.close()
                worker = None
            self._idle.put(worker)
        return Reading(answer.get("value"), answer.get("outcome"), answer.get("detail"))

    def close(self) -> None:
        """End every process."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            worker = self._idle.get()
            if worker is not None:
                worker.close()
