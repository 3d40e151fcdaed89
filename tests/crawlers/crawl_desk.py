"""A deployment in a folder, crawled through the command as a person would."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crawlers.local_site import LocalSite

MORNING = "2026-06-15T06:00:00Z"
EVENING = "2026-06-15T18:00:00Z"


#: The command as it is, but: timeouts are short, names outside the loopback map lead to 127.0.0.1, and
#: what a test wants to know of the process is written to stderr at its end.
WATCHED = """
import asyncio, atexit, os, resource, socket, sys, time
import crawlers.memory, crawlers.politeness, crawlers.session, crawlers.settings
from narratives import cli

crawlers.settings.SETTINGS["DOWNLOAD_TIMEOUT"] = float(os.environ.get("TEST_TIMEOUT", "2"))
crawlers.session.PAGES_PER_HOST = int(os.environ.get("TEST_PAGES_PER_HOST", crawlers.session.PAGES_PER_HOST))
socket.gethostbyname = lambda name: "127.0.0.1"
listen, run = socket.socket.listen, asyncio.events.Handle._run
note = crawlers.politeness.HostTurns.note_answer
longest = busiest = held = listened = answers = 0
try:
    # Of this thread: nanoseconds on a processor, nanoseconds ready but waiting for one, turns.
    turns = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
except OSError:
    turns = None

def queued():
    return 0.0 if turns is None else int(os.pread(turns, 100, 0).split()[1]) / 1e9

def counted_note(self, *answer):
    global answers
    answers += 1
    note(self, *answer)

def counted_listen(self, *backlog):
    global listened
    listened += 1
    listen(self, *backlog)

def timed_run(self):
    global longest, held, busiest
    began, worked, waited = time.perf_counter(), time.thread_time(), queued()
    run(self)
    # Spiders are built in the loop before anything is asked; only what comes after can hold up a fetch.
    if answers:
        took = time.perf_counter() - began
        longest = max(longest, took)
        held = max(held, took - (queued() - waited))
        busiest = max(busiest, time.thread_time() - worked)

def tell():
    peak = (crawlers.memory.peak_bytes() or 0) // 2**20
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"watched: peak {peak} MB, worker {worker} MB, "
          f"longest block {held * 1000:.0f} ms, listening sockets {listened}, "
          f"own work {busiest * 1000:.0f} ms, with waits for a processor {longest * 1000:.0f} ms",
          file=sys.stderr)

socket.socket.listen = counted_listen
asyncio.events.Handle._run = timed_run
crawlers.politeness.HostTurns.note_answer = counted_note
atexit.register(tell)
sys.exit(cli())
"""


@dataclass(frozen=True)
class Watched:
    """What a crawl needed: peak MB of itself and of its largest worker, its longest hold on the loop.

    All three times are the longest of any one step of the loop. ``block_ms`` is wall time without the time
    in which the thread was ready and other programs had the processors (Linux counts it): what a machine of
    its own would show, disks and locks included. ``wall_ms`` includes those waits, ``work_ms`` is the
    processor's time alone.
    """

    peak_mb: int
    worker_mb: int
    block_ms: int
    listening: int
    work_ms: int
    wall_ms: int


class Desk:
    """One deployment: ``narratives.toml``, a source folder, a database, and the commands on it."""

    def __init__(self, folder: Path, site: LocalSite) -> None:
        self.folder = folder
        self.site = site
        self.database = folder / "press.db"
        self.hosts: set[str] = set()
        self.said = ""
        (folder / "sources").mkdir(parents=True)
        self.write_config()

    def write_config(self, contact: str | None = "https://tracker.example/about") -> None:
        """Write narratives.toml with every host so far on loopback."""
        lines = [f'contact = "{contact}"'] if contact else []
        lines += ['sources = ["sources"]', "bundled_sources = false", "[loopback]"]
        lines += [f'"{host}" = {self.site.port}' for host in sorted(self.hosts)]
        (self.folder / "narratives.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def add(self, name: str, url: str, *, platform: str = "feed", mapped: bool = True, **fields: Any) -> str:
        """Add a source whose host is served by the site; return the host."""
        host = url.split("/")[2]
        if mapped:
            self.hosts.add(host)
        values = {
            "title": name.title(), "platform": platform, "url": url, "language": "fr", "kind": "private",
            "timezone": "Africa/Bamako", "enabled": True, "fictional": True, **fields,
        }  # fmt: skip
        path = self.folder / "sources" / f"{name}.yml"
        path.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items()), "utf-8")
        self.write_config()
        return host

    def crawl(
        self,
        *arguments: str,
        now: str | None = MORNING,
        code: int = 0,
        within: float = 100,
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``narratives crawl`` and insist on its exit code."""
        done = subprocess.run(
            self.command(*arguments), env=self._environment(now, environment), capture_output=True, text=True,
            timeout=within, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        self.said = done.stderr
        return done

    def watched(self) -> Watched:
        """Return what the last crawl said of itself at its end."""
        line = next(line for line in self.said.splitlines() if line.startswith("watched: "))
        return Watched(*(int(figure) for figure in re.findall(r"\d+", line)))

    def crawl_from_a_large_program(self, megabytes: int) -> subprocess.CompletedProcess[str]:
        """Run ``narratives crawl`` as the child of a process that holds so much memory."""
        parent = (
            f"import subprocess, sys; held = b'x' * ({megabytes} << 20); "
            "sys.exit(subprocess.call(sys.argv[1:]) + (not held))"
        )
        return subprocess.run(
            [sys.executable, "-c", parent, *self.command()],
            env=self._environment(MORNING, {}), capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip

    def crawl_and_kill(
        self, requests: int, pause: float = 0.0, *arguments: str, how: str = "kill", now: str = MORNING
    ) -> int:
        """Start a crawl and end it ``pause`` seconds after its n-th request; return its exit code."""
        before = len(self.site.asked)
        with (self.folder / "killed.log").open("w") as log:
            process = subprocess.Popen(self.command(*arguments), env=self._environment(now, {}), stderr=log)
        deadline = time.monotonic() + 240
        while len(self.site.asked) < before + requests and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(pause)
        getattr(process, how)()
        return process.wait(60)

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a crawl."""
        return [sys.executable, "-c", WATCHED, "crawl", str(self.database), *arguments]

    def python(self, code: str, *arguments: str, given: str = "") -> None:
        """Run a piece of Python against the deployment in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the working database."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def outcomes(self, purpose: str = "page") -> dict[str, str]:
        """Return the last outcome of every address of a purpose."""
        return dict(
            self.rows("select url, outcome from fetches where purpose = ? order by fetch_id", purpose)
        )

    def _environment(self, now: str | None, more: dict[str, str]) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("NARRATIVES_")}
        return kept | ({"NARRATIVES_NOW": now} if now else {}) | more
