"""kill -9 and torn files: no corruption, no acknowledged row lost, no half batch."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from db.connection import transaction, working_database
from db.store import NewDocument, store_document

ROOT = Path(__file__).parents[2]
BATCH = 20
WRITER = f"""
import sys
from pathlib import Path
from db.connection import transaction, working_database
from db.store import NewDocument, store_document
with working_database(Path(sys.argv[1]), "write") as db:
    for batch in range(int(sys.argv[2]), 10_000):
        with transaction(db):
            for number in range({BATCH}):
                store_document(db, NewDocument(identity=f"https://alpha.example/{{batch}}/{{number}}",
                    source_id="alpha", text=f"Texte {{batch}} {{number}}. " * 40, kind="article",
                    first_seen_at="2024-06-01T00:00:00Z"))
        print(batch, flush=True)
"""


def kill_while_storing(hub: Path, times: int, seed: int) -> None:
    chance = random.Random(seed)
    stored = 0
    for _ in range(times):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, hub, str(stored)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(chance.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        said += process.communicate()[0].splitlines()
        acknowledged = int([line for line in said if line.strip()][-1]) + 1
        with working_database(hub, "read") as db:
            documents, indexed = db.execute(
                "select count(*), (select count(*) from documents_fts_docsize) from documents"
            ).fetchone()
            assert documents == indexed
            assert documents % BATCH == 0, "a half batch"
            stored = documents // BATCH
            assert stored >= acknowledged, "an acknowledged batch is lost"
            assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
            db.conn.execute("insert into documents_fts (documents_fts, rank) values ('integrity-check', 1)")
            db.conn.rollback()


def test_kills_while_storing(hub: Path) -> None:
    kill_while_storing(hub, 3, seed=1)


@pytest.mark.soak
def test_five_hundred_kills_while_storing(tmp_path: Path, hub: Path) -> None:
    fresh = hub.read_bytes()
    for portion in range(25):
        path = tmp_path / f"{portion}.db"
        path.write_bytes(fresh)
        kill_while_storing(path, 20, seed=portion)
        for entry in tmp_path.glob(f"{portion}.db*"):
            entry.unlink()


def torn_logs(hub: Path, tmp_path: Path, step: int) -> int:
    """Cut the write-ahead log at every ``step``-th frame and open what is left; return the number of cuts."""
    with working_database(hub, "write") as db:
        db.execute("pragma wal_autocheckpoint = 0")
        for batch in range(6):
            with transaction(db):
                for number in range(3):
                    name = f"https://alpha.example/{batch}/{number}"
                    store_document(
                        db,
                        NewDocument(
                            identity=name,
                            source_id="alpha",
                            text=f"Texte {name}. " * 50,
                            kind="article",
                            first_seen_at="2024-06-01T00:00:00Z",
                        ),
                    )
        base, log = hub.read_bytes(), hub.with_name("hub.db-wal").read_bytes()
        page = db.execute("pragma page_size").fetchone()[0]
    seen = set()
    cuts = range(0, len(log) + 1, step * (page + 24))
    for number, cut in enumerate([*cuts, len(log)]):
        folder = tmp_path / f"cut-{number}"
        folder.mkdir()
        (folder / "hub.db").write_bytes(base)
        (folder / "hub.db-wal").write_bytes(log[: cut + random.Random(cut).randrange(page)])
        with closing(sqlite3.connect(folder / "hub.db")) as connection:
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
            names = {
                row[0].removeprefix("https://alpha.example/")
                for row in connection.execute("select identity from documents")
            }
        batches = len(names) // 3
        assert names == {f"{batch}/{number}" for batch in range(batches) for number in range(3)}
        seen.add(batches)
        shutil.rmtree(folder)
    assert {0, 6} <= seen
    return len(cuts)


def test_a_log_torn_anywhere_leaves_the_first_commits(hub: Path, tmp_path: Path) -> None:
    assert torn_logs(hub, tmp_path, step=3) > 10


@pytest.mark.soak
def test_a_log_torn_at_every_frame_leaves_the_first_commits(hub: Path, tmp_path: Path) -> None:
    assert torn_logs(hub, tmp_path, step=1) > 30
