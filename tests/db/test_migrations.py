"""Old databases: brought up to date after a sound backup, all of a step or nothing of it."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from db import migrations as steps
from db.connection import WORKING_APPLICATION_ID, working_database
from db.errors import NarrativesError
from db.schema import described_columns, tables

ROOT = Path(__file__).parents[2]
STEPS = [step.name for step in steps.migrations.pending(Database(memory=True))]
FIRST, SECOND = STEPS[:2]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database as it stood after the first step, with a row in it."""
    path = tmp_path / "old.db"
    db = Database(path)
    db.execute(f"pragma application_id = {WORKING_APPLICATION_ID}")
    db.execute("pragma journal_mode = wal")
    steps.migrations.apply(db, stop_before=SECOND)
    db.table("sources").insert(
        {
            "source_id": "alpha",
            "title": "Alpha",
            "platform": "feed",
            "first_listed_at": "2024-01-01T00:00:00Z",
        }
    )
    db.close()
    return path


def applied(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("select name from _sqlite_migrations order by id")]


def test_reading_an_old_database_is_refused_with_the_remedy_and_changes_nothing(old: Path) -> None:
    with pytest.raises(NarrativesError, match=r"narratives db migrate"), working_database(old, "read"):
        pass
    assert applied(old) == [FIRST]


def test_writing_to_an_old_database_migrates_it_after_a_sound_backup(old: Path) -> None:
    with working_database(old, "write") as db:
        assert described_columns(db) == {name: list(table.columns) for name, table in tables().items()}
        assert db.execute("select title from sources").fetchall() == [("Alpha",)]
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    saved = old.with_name(f"old.db.before-{SECOND}.bak")
    assert applied(saved) == [FIRST]
    with closing(sqlite3.connect(saved)) as connection:
        assert connection.execute("select title from sources").fetchall() == [("Alpha",)]
    assert sorted(entry.name for entry in old.parent.iterdir()) == ["old.db", saved.name]


def test_a_stale_or_torn_backup_of_an_earlier_try_is_replaced(old: Path) -> None:
    saved = old.with_name(f"old.db.before-{SECOND}.bak")
    saved.write_bytes(b"")
    saved.with_name(f"{saved.name}.partial").write_bytes(b"torn")
    with working_database(old, "write"):
        pass
    assert applied(saved) == [FIRST]


def test_without_a_backup_nothing_is_migrated(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise NarrativesError("no space")

    monkeypatch.setattr(steps, "verified_copy", fail)
    with pytest.raises(NarrativesError, match="no space"), working_database(old, "write"):
        pass
    assert applied(old) == [FIRST]


def test_a_step_that_fails_leaves_nothing_behind(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_step = steps._run_step

    def fail(db: Database, name: str) -> None:
        run_step(db, name)
        raise OSError("killed in the middle")

    monkeypatch.setattr(steps, "_run_step", fail)
    with pytest.raises(OSError, match="killed"), working_database(old, "write"):
        pass
    assert applied(old) == [FIRST]
    with closing(sqlite3.connect(old)) as connection:
        assert not connection.execute("select 1 from sqlite_master where name = 'documents'").fetchall()
    monkeypatch.undo()
    with working_database(old, "write") as db:
        assert "documents" in db.table_names()


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03])
def test_a_kill_while_migrating_leaves_the_old_or_the_new_schema(old: Path, moment: float) -> None:
    script = (
        "import sys; from pathlib import Path; from db.connection import working_database; "
        "print('go', flush=True); working_database(Path(sys.argv[1]), 'write').__enter__()"
    )
    process = subprocess.Popen([sys.executable, "-c", script, old], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert applied(old) in [STEPS[:done] for done in range(1, len(STEPS) + 1)]
    with working_database(old, "write") as db:
        assert described_columns(db) == {name: list(table.columns) for name, table in tables().items()}
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
