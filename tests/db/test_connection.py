"""Opening: only our own files, nobody else's is touched, and several processes take turns."""

import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connection import PUBLICATION_APPLICATION_ID, transaction, working_database
from db.errors import NarrativesError
from db.lease import lease

ROOT = Path(__file__).parents[2]


def run(script: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start Python on a script with the rooms importable."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_a_missing_database_says_how_to_make_one(tmp_path: Path) -> None:
    for mode in ("read", "write", "inspect"):
        with (
            pytest.raises(NarrativesError, match=r"narratives import"),
            working_database(tmp_path / "no.db", mode),
        ):  # type: ignore[arg-type]
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(NarrativesError, match=r"folder .* does not exist"),
        working_database(tmp_path / "no" / "a.db", "create"),
    ):
        pass
    with (
        pytest.raises(NarrativesError, match=r"folder .* does not exist"),
        lease(tmp_path / "no" / "a.db", "run"),
    ):
        pass


@pytest.mark.parametrize("mode", ["read", "write", "create", "inspect"])
@pytest.mark.parametrize("application_id", [PUBLICATION_APPLICATION_ID, 0, 7])
def test_another_kind_of_database_is_refused_and_not_changed(
    tmp_path: Path, mode: str, application_id: int
) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"pragma application_id = {application_id}")
        connection.execute("create table t (x)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(NarrativesError, match=r"publication|something else"), working_database(path, mode):  # type: ignore[arg-type]
        pass
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["other.db"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("ceci n'est pas une base de données, loin de là" * 50)
    with pytest.raises(NarrativesError, match="cannot be opened"), working_database(path, "create"):
        pass


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    with pytest.raises(NarrativesError, match=r"is empty\. Fill it with"), working_database(path, "read"):
        pass
    with working_database(path, "create") as db:
        assert db.table("documents").count == 0


def test_a_working_database_is_durable_and_checks_references(db: Database) -> None:
    settings = {
        name: db.execute(f"pragma {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema")
    }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }


def test_a_failed_commit_leaves_no_transaction_open(db: Database) -> None:
    db.execute(
        "create table deferred (parent text references sources(source_id) deferrable initially deferred)"
    )
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.execute("insert into deferred values ('nobody')")
    assert not db.conn.in_transaction
    assert db.execute("select count(*) from deferred").fetchone() == (0,)


def test_a_database_of_a_newer_release_is_refused(hub: Path) -> None:
    with working_database(hub, "write") as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) "
            "values ('mali-narratives', 'm999_of_tomorrow', '2030-01-01')"
        )
    with (
        pytest.raises(NarrativesError, match=r"newer release.*m999_of_tomorrow"),
        working_database(hub, "read"),
    ):
        pass


def test_many_may_create_the_same_database_at_once(tmp_path: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from db.connection import working_database
        with working_database(Path(sys.argv[1]), "create") as db:
            print(db.execute("select count(*) from documents").fetchone()[0])
    """
    started = [run(script, tmp_path / "new.db") for _ in range(4)]
    assert [process.communicate(timeout=60) for process in started] == [("0\n", "")] * 4


def test_two_writers_and_a_reader_are_never_locked_out(hub: Path) -> None:
    writer = """
        import sys
        from pathlib import Path
        from db.connection import transaction, working_database
        from db.store import NewDocument, store_document
        with working_database(Path(sys.argv[1]), "write") as db:
            for batch in range(40):
                with transaction(db):
                    for number in range(5):
                        name = f"https://alpha.example/{sys.argv[2]}/{batch}/{number}"
                        store_document(db, NewDocument(identity=name, source_id="alpha", text=name,
                                       kind="article", first_seen_at="2024-06-01T00:00:00Z"))
        print("done")
    """
    reader = """
        import sys
        from pathlib import Path
        from db.connection import working_database
        with working_database(Path(sys.argv[1]), "read") as db:
            last = 0
            while last < 400:
                documents, indexed = db.execute(
                    "select count(*), (select count(*) from documents_fts_docsize) from documents"
                ).fetchone()
                assert documents % 5 == 0 and documents == indexed and documents >= last
                last = documents
        print("done")
    """
    started = [run(writer, hub, "a"), run(writer, hub, "b"), run(reader, hub)]
    assert [process.communicate(timeout=100) for process in started] == [("done\n", "")] * 3


def test_a_lease_is_held_by_one_process_and_ends_with_it(hub: Path) -> None:
    holder = run(
        """
        import sys, time
        from pathlib import Path
        from db.lease import lease
        with lease(Path(sys.argv[1]), "run") as held:
            print(held, flush=True)
            time.sleep(60)
        """,
        hub,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with lease(hub, "run") as held:
        assert not held
    with lease(hub, "other") as held:
        assert held
    holder.kill()
    holder.communicate()
    with lease(hub, "run") as held:
        assert held
