"""A new publication is put in place under readers: nobody sees a failure, and soon everybody the new one."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from db.connection import transaction, working_database
from tests.benchmarks.measured_programs import served

PATHS = (
    "/fr/",
    "/fr/sources",
    "/fr/documents?q=semaine",
    "/public/sources",
    "/fr/narratives/neocolonial-france",
)
#: Seconds after a publication within which readers see it.
STALE = 2.0


def swapped(
    working: Path, public: Path, publish_rows: Callable[[Path, Path], Path], *, readers: int, swaps: int
) -> tuple[Counter[int], float]:
    """Publish again and again under readers; return their statuses and the longest time to the new title."""
    statuses: Counter[int] = Counter()
    done = threading.Event()
    longest = 0.0
    with served(["narratives", "serve", public]) as server:

        def read(number: int) -> None:
            with closing(server.connect()) as connection:
                while not done.is_set():
                    try:
                        connection.request("GET", PATHS[number % len(PATHS)])
                        answer = connection.getresponse()
                        answer.read()
                        statuses[answer.status] += 1
                    except (OSError, HTTPException):
                        statuses[0] += 1
                        connection.close()
                    number += 1

        threads = [threading.Thread(target=read, args=(number,)) for number in range(readers)]
        for thread in threads:
            thread.start()
        try:
            with closing(server.connect()) as watcher:
                for number in range(swaps):
                    title = f"Le Fleuve, {number}e nom"
                    with working_database(working, "write") as db, transaction(db):
                        db.execute("update sources set title = ? where source_id = 'le-fleuve'", [title])
                    publish_rows(working, public)
                    began = time.monotonic()
                    while True:
                        watcher.request("GET", "/fr/sources")
                        if title in watcher.getresponse().read().decode():
                            break
                        assert time.monotonic() - began < 10, "the new publication is not served"
                    longest = max(longest, time.monotonic() - began)
        finally:
            done.set()
            for thread in threads:
                thread.join()
    return statuses, longest


def test_readers_notice_nothing_but_the_new_publication(
    make_press: Any, tmp_path: Path, publish_rows: Any
) -> None:
    working = make_press(tmp_path / "w.db")
    public = publish_rows(working, tmp_path / "public.db")
    statuses, longest = swapped(working, public, publish_rows, readers=4, swaps=2)
    assert set(statuses) == {200}
    assert longest <= STALE


@pytest.mark.soak
def test_twenty_readers_through_ten_publications(
    make_press: Any, tmp_path: Path, publish_rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    working = make_press(tmp_path / "w.db")
    public = publish_rows(working, tmp_path / "public.db")
    statuses, longest = swapped(working, public, publish_rows, readers=20, swaps=10)
    with capsys.disabled():
        print(f"\n20 readers, 10 publications: {dict(statuses)}, new after {longest:.2f} s at most")  # noqa: T201
    assert set(statuses) == {200}
    assert longest <= STALE
