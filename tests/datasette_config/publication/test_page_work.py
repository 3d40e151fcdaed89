"""The work of a page does not grow with the documents: SQLite's own steps, which no clock disturbs."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from datasette_config.build import publish
from tests.benchmarks.large_database import fill
from tests.benchmarks.page_addresses import addresses

#: Documents in as many days; so few that every week and every source has its part in both.
SMALL, LARGE, DAYS = 2_000, 8_000, 91
#: Four times the documents may cost so much more, for tables of totals that are not full yet, and so many
#: steps, for lists that are.
MORE, SOME = 2.0, 25_000
#: Pages of Datasette's own.
_NOT_OURS = {"tables", "table JSON", "table CSV", "table Atom", "weekly series (JSON)"}
#: Reports are computed when a large publication is built; computed on demand they read all of a small one.
_KEPT = {"reports", "report on a narrative", "report on a source", "report on an event"}
_STEPS_A_TICK = 100


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Return a small and a large publication."""
    folder = tmp_path_factory.mktemp("sizes")
    patched = pytest.MonkeyPatch()
    patched.setattr("datasette_config.build._draw", lambda *_: 0)
    patched.setattr("datasette_config.build.write_reports", lambda *_: None)
    with patched.context():
        made = {
            documents: publish(
                fill(folder / f"{documents}.db", documents, days=DAYS),
                folder / f"public-{documents}.db",
                lambda text: None,
            ).path
            for documents in (SMALL, LARGE)
        }
    patched.undo()
    return made


def test_four_times_the_documents_are_not_four_times_the_work(
    sizes: dict[int, Path], open_publication: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = 0

    @contextmanager
    def counted(connection: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
        def tick() -> int:
            nonlocal ticks
            ticks += 1
            return 0

        connection.set_progress_handler(tick, _STEPS_A_TICK)
        yield
        connection.set_progress_handler(None, _STEPS_A_TICK)

    monkeypatch.setattr("datasette_config.pages.site.sqlite_timelimit", counted)
    # What is few among a million documents would be many among these.
    monkeypatch.setattr("db.reading.question._MANY", 150)
    monkeypatch.setattr("db.reading.question._SORTED", 150)
    monkeypatch.setattr("db.reading.finding.LOOKED_AT", 150)
    monkeypatch.setattr("datasette_config.pages.document_files.MOST_DOCUMENTS", 25)
    asked = addresses(sizes[SMALL], 15)
    work: dict[str, dict[int, int]] = {}
    for documents, public in sizes.items():
        reader = open_publication(public)
        for kind, paths in asked.items():
            for path in dict.fromkeys(paths) if kind not in _NOT_OURS | _KEPT else ():
                ticks = 0
                assert reader.get(path).status_code in (200, 404), path
                work.setdefault(path, {})[documents] = ticks * _STEPS_A_TICK
    grown = {path: steps for path, steps in work.items() if steps[LARGE] > MORE * steps[SMALL] + SOME}
    assert len(work) > 100
    assert not grown, "\n".join(f"{path}: {steps}" for path, steps in grown.items())
