"""Every type of page beside stock Datasette's table page, on the same file in the same run.

``NARRATIVES_BENCH_DOCUMENTS=1000000 make bench`` gives the figures that the notes quote.
"""

import os
import statistics
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import quote

import pytest

from tests.benchmarks.large_files import DOCUMENTS, LargeFiles
from tests.benchmarks.measured_programs import Server, served
from tests.benchmarks.page_addresses import TRENDS, addresses

#: Requests of each type of page (``$NARRATIVES_BENCH_REQUESTS``), and of the join, which is slow by nature.
EACH = int(os.environ.get("NARRATIVES_BENCH_REQUESTS", "40"))
EACH_JOIN = 5
#: What a page may take of stock Datasette's table page, and a trend of the join that it saves.
OF_STOCK, OF_JOIN = 0.15, 1 / 300
#: From so many documents on the measures hold: the table page of a small file is quick everywhere.
LARGE = 1_000_000
_STOCK = ("python", "-m", "tests.benchmarks.stock_datasette", "serve")
#: The weekly trend as stock Datasette would have to answer it.
_JOIN = (
    "select date(d.placed_on, 'weekday 0', '-6 days') as week, p.narrative_id, p.voice, "
    "count(distinct d.document_id), count(distinct d.cluster_id) from predictions p "
    "join documents d on d.document_id = p.document_id where p.band = 'flagged' group by 1, 2, 3"
)


@pytest.mark.soak
def test_every_page_beside_stock_datasette(large: LargeFiles) -> None:
    ours: dict[str, list[float]] = {}
    stock: list[float] = []
    joins: list[float] = []
    table = f"/{large.publication.stem}/documents"
    join = f"/{large.publication.stem}.json?sql={quote(_JOIN)}&_shape=array"
    limits = ["--setting", "sql_time_limit_ms", "60000"]
    with (
        served(["narratives", "serve", large.publication]) as server,
        served([*_STOCK, large.publication]) as plain,
        served([*_STOCK, large.publication, *limits]) as patient,
        closing(server.connect()) as to_us,
        closing(plain.connect()) as to_stock,
        closing(patient.connect(120)) as to_patient,
    ):
        for kind, paths in addresses(large.publication, EACH).items():
            for connection in (to_us, to_stock):
                connection.close()  # the servers close what is idle; it opens again by itself
            _milliseconds(to_us, paths[0])
            ours[kind] = [_milliseconds(to_us, path) for path in paths]
            stock += [_milliseconds(to_stock, table) for _ in range(2)]
        joins += [_milliseconds(to_patient, join) for _ in range(EACH_JOIN)]
        sys.stdout.write(_table(large, ours, stock, joins, server))
    if DOCUMENTS < LARGE:
        return
    allowed = OF_STOCK * _p95(stock)
    assert not {kind: _p95(times) for kind, times in ours.items() if _p95(times) > allowed}
    assert all(_p95(ours[kind]) <= OF_JOIN * _p95(joins) for kind in TRENDS)


def _milliseconds(connection: HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    return 1000 * (time.perf_counter() - began)


def _p95(times: list[float]) -> float:
    return sorted(times)[min(int(0.95 * len(times)), len(times) - 1)]


def _table(
    large: LargeFiles, ours: dict[str, list[float]], stock: list[float], joins: list[float], server: Server
) -> str:
    size = f"{large.publication.stat().st_size / 1e6:,.0f} MB"
    made = large.published
    told = (
        f"published in {made.seconds:.0f} s (CPU {made.cpu_seconds:.0f} s), peak {made.peak_mb:.0f} MB"
        if made
        else "published earlier"
    )
    lines = [
        f"\n{DOCUMENTS:,} documents, {size}, {told}; server peak {server.memory_mb():.0f} MB",
        f"{'ms':28} {'n':>4} {'p50':>8} {'p95':>8} {'p95 / stock':>12}",
    ]
    rows = {"stock table page": stock, "stock live join": joins, **ours}
    for kind, times in rows.items():
        ratio = f"{_p95(times) / _p95(stock):.3f}"
        if kind in TRENDS:
            ratio += f"  1/{_p95(joins) / _p95(times):,.0f} of the join"
        lines.append(
            f"{kind:28} {len(times):>4} {statistics.median(times):>8.1f} {_p95(times):>8.1f} {ratio:>12}"
        )
    return "\n".join(lines) + "\n"
