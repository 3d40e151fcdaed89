"""A full disk or a folder that nobody may write is said in words, with the file and the remedy."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from db.machine_errors import in_words
from narratives import cli


def test_a_full_disk_is_called_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(database: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(database))

    command = click.Command("trends", callback=full, params=[click.Argument(["database"])])
    monkeypatch.setattr(type(cli), "get_command", lambda *_: command)
    result = CliRunner().invoke(cli, ["trends", str(tmp_path / "a.db")])
    assert result.exit_code == 1
    assert f"{tmp_path / 'a.db'} cannot be written: the disk is full. Make room" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_that_outgrows_its_disk_is_called_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("create table t (x)")
        connection.execute("pragma max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as refused:
            connection.execute("insert into t select zeroblob(100000)")
    assert str(in_words(refused.value, "a.db")).startswith("a.db cannot be written: the disk is full")


def test_a_database_that_may_only_be_read_is_called_so(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.db").close()
    address = f"file:{tmp_path / 'a.db'}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError) as refused,
    ):
        connection.execute("create table t (x)")
    assert "a.db cannot be written. Let this user write there" in str(in_words(refused.value, "a.db"))


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "codebook").write_text("a file", encoding="utf-8")
    error = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "codebook"))
    assert str(in_words(error)).startswith(f"{tmp_path / 'codebook'} cannot be written.")


def test_a_defect_stays_a_defect() -> None:
    assert in_words(ValueError("wrong")) is None
    assert in_words(OSError(errno.EBADF, "Bad file descriptor")) is None
    assert in_words(sqlite3.OperationalError("no such table: t")) is None
