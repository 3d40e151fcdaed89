"""Plain readers beside hostile clients: fuzzed addresses, dear parameters, slow readers and senders, floods.

The whole count (24 clients, one minute, a publication of 20,000 documents) is a soak; it prints its table.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from datasette_config.build import publish
from tests.benchmarks.large_database import fill
from tests.benchmarks.measured_programs import ROOT, Server, served
from tests.benchmarks.page_addresses import addresses
from tests.datasette_config.publication.hostile_clients import EXPENSIVE, fuzzed

#: What a process that serves the publication may take, in megabytes.
MEMORY_CAP_MB = 512
#: The dearest single answer: seconds, and megabytes that the process grows by.
LONGEST_GET, LARGEST_GET_MB = 1.5, 200
PLAIN = ("home", "narratives", "narrative", "partner", "documents", "document", "sources", "source", "method")


@dataclass(frozen=True, slots=True)
class Siege:
    """What happened: seconds of every plain page before and during it, statuses by who asked, peak memory."""

    before: list[float]
    seconds: list[float]
    statuses: dict[str, Counter[int]]
    memory_mb: float

    @property
    def p95(self) -> float:
        """Return the 95th percentile of the plain pages' seconds during the siege."""
        return _p95(self.seconds)

    @property
    def failures(self) -> float:
        """Return the share of answers that are failures of the server (5xx)."""
        answers = sum(self.statuses.values(), Counter[int]())
        answered = sum(count for status, count in answers.items() if status)
        return sum(count for status, count in answers.items() if status >= 500) / max(answered, 1)

    def __str__(self) -> str:
        lines = [
            f"plain pages {name}: n {len(seconds)}, p50 {1000 * statistics.median(seconds):.0f} ms, "
            f"p95 {1000 * _p95(seconds):.0f} ms, max {1000 * max(seconds):.0f} ms"
            for name, seconds in (("before", self.before), ("beside them", self.seconds))
        ]
        for who, statuses in self.statuses.items():
            told = ", ".join(f"{status or 'cut off'} x {count}" for status, count in sorted(statuses.items()))
            lines.append(f"  {who:22} {told}")
        return "\n".join([*lines, f"5xx {100 * self.failures:.2f} %, peak {self.memory_mb:.0f} MB"])


def besieged(publication: Path, *, clients: int, seconds: int) -> Siege:
    """Serve a publication, let hostile clients at it, and read plain pages beside them."""
    rng = random.Random(7)
    kinds = addresses(publication, 12)
    plain = [path for kind in PLAIN for path in kinds[kind] if "?" not in path]
    attack = [sys.executable, "-m", "tests.datasette_config.publication.hostile_clients"]
    statuses: Counter[int] = Counter()
    with served(["narratives", "serve", publication]) as server:

        def read() -> float:
            began = time.perf_counter()
            with closing(server.connect(30)) as connection:
                statuses[_status(connection, rng.choice(plain))] += 1
            return time.perf_counter() - began

        before = [read() for _ in range(40)]
        waited = []
        with subprocess.Popen(
            [*attack, str(server.port), str(clients), str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as hostile:
            while hostile.poll() is None:
                waited.append(read())
                time.sleep(0.05)
            said = hostile.stdout.read() if hostile.stdout else "{}"
        memory = server.memory_mb()
    told = {
        kind: Counter({int(key): n for key, n in found.items()}) for kind, found in json.loads(said).items()
    }
    return Siege(before, waited, {"plain pages": statuses, **told}, memory)


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[min(int(0.95 * len(seconds)), len(seconds) - 1)]


def _status(connection: HTTPConnection, path: str) -> int:
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return 0
    return answer.status


def test_plain_pages_answer_beside_hostile_clients(public: Path) -> None:
    siege = besieged(public, clients=6, seconds=5)
    assert set(siege.statuses["plain pages"]) == {200}
    assert siege.failures <= 0.01, siege
    assert siege.memory_mb <= MEMORY_CAP_MB
    assert siege.p95 <= 2, siege


def test_fuzzed_addresses_are_no_failures_of_the_server(public: Path) -> None:
    rng = random.Random(3)
    with served(["narratives", "serve", public]) as server:
        statuses = Counter(_ask(server, fuzzed(rng)) for _ in range(60))
    assert not [status for status in statuses if status == 0 or status >= 500], statuses


def _ask(server: Server, path: str) -> int:
    with closing(server.connect()) as connection:
        return _status(connection, path)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a publication of 20,000 invented documents."""
    folder = tmp_path_factory.mktemp("large")
    working = fill(folder / "large.db", 20_000)
    return publish(working, folder / "public.db", lambda text: None).path


@pytest.mark.soak
def test_twenty_four_hostile_clients_for_a_minute(large: Path) -> None:
    siege = besieged(large, clients=24, seconds=60)
    sys.stdout.write(f"\n24 hostile clients, 60 s, 20,000 documents\n{siege}\n")
    assert set(siege.statuses["plain pages"]) == {200}
    assert siege.p95 <= 0.5
    assert siege.failures <= 0.01
    assert siege.memory_mb <= MEMORY_CAP_MB


@pytest.mark.soak
def test_no_single_answer_is_too_dear(large: Path) -> None:
    """Each dear question alone, then 200 fuzzed addresses: time, growth, failures."""
    rng = random.Random(11)
    questions = [path.format(day="2024-03-01", page=190, word="le") for path in EXPENSIVE]
    rows = []
    with served(["narratives", "serve", large]) as server:
        for path in [*questions, *(fuzzed(rng) for _ in range(200))]:
            before, began = server.memory_mb("VmRSS"), time.perf_counter()
            status = _ask(server, path)
            rows.append((time.perf_counter() - began, server.memory_mb("VmRSS") - before, status, path[:90]))
        peak = server.memory_mb()
    lines = [f"{1000 * seconds:6.0f} ms {grown:6.1f} MB {status} {path}" for seconds, grown, status, path in
             sorted(rows, reverse=True)[:12]]  # fmt: skip
    sys.stdout.write(
        "\n" + "\n".join([f"{len(rows)} GETs alone, the dearest:", *lines, f"peak {peak:.0f} MB"]) + "\n"
    )
    assert max(seconds for seconds, *_ in rows) <= LONGEST_GET
    assert max(grown for _, grown, *_ in rows) <= LARGEST_GET_MB
    assert not [row for row in rows if row[2] == 0 or row[2] >= 500]
