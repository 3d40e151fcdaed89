"""Opening the working database: WAL, synchronous=FULL, one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from db.errors import NarrativesError
from db.lease import alone_in
from db.machine_errors import in_words
from db.migrations import apply_pending, pending_names, unknown_names

#: Seconds a connection waits for the one writer before it gives up.
BUSY_TIMEOUT_SECONDS = 30
#: SQLite ``application_id`` of a working database and of a publication: neither is taken for the other.
WORKING_APPLICATION_ID = 0x4D4C4E57
PUBLICATION_APPLICATION_ID = 0x4D4C4E50

Mode = Literal["inspect", "read", "write", "create"]


@contextmanager
def working_database(path: Path | str, mode: Mode) -> Iterator[Database]:
    """Open the working database, checked and ready, and close it at the end.

    ``read`` refuses a database with pending migrations; ``write`` applies them after a verified
    backup; ``create`` also makes a database that does not exist yet. ``inspect`` takes a working
    database of any release as it is, for copying and looking after it.
    """
    path = Path(path)
    if mode != "create" and not path.exists():
        raise NarrativesError(
            f"No database at {path}. "
            f"Make one with `narratives import {path} FILE` or `narratives crawl {path}`."
        )
    if not path.parent.is_dir():
        raise NarrativesError(
            f"The folder {path.parent} does not exist. Create it, or name another path for DB."
        )
    db = Database(_connect(path, mode))
    try:
        if mode == "inspect":
            yield db
            return
        if unknown := unknown_names(db):
            raise NarrativesError(
                f"{path} was written by a newer release (it knows the step {unknown[0]}). "
                "Install that release, or name another database."
            )
        if mode == "read":
            if pending := pending_names(db):
                raise NarrativesError(
                    f"{path} was written by an older release "
                    f"({len(pending)} pending migrations, first: {pending[0]}). "
                    f"Run `narratives db migrate {path}`."
                )
        else:
            apply_pending(db, path)
        yield db
    finally:
        db.close()


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Hold the write lock from the first statement: all of the block is stored, or nothing of it.

    ``BEGIN IMMEDIATE`` waits for the other writer at the start instead of failing in the middle.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        db.conn.rollback()
        raise


def _connect(path: Path, mode: Mode) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)
    try:
        # Nothing of a file is changed, not even its journal mode, before it is known to be ours.
        _check_kind(connection, path, creating=mode == "create")
        if mode != "inspect" and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            # SQLite does not wait for its turn here: two processes at once and one of them fails.
            with alone_in(path.parent):
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA application_id = {WORKING_APPLICATION_ID}")
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise NarrativesError(
            in_words(error, path)
            or f"{path} cannot be opened as a SQLite database ({error}). "
            "Check the path, or restore a copy with `narratives db restore`."
        ) from error
    except NarrativesError:
        connection.close()
        raise
    return connection


def _check_kind(connection: sqlite3.Connection, path: Path, *, creating: bool) -> None:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id == WORKING_APPLICATION_ID:
        return
    if application_id == PUBLICATION_APPLICATION_ID:
        raise NarrativesError(
            f"{path} is a publication, not a working database. Name the database it was built from."
        )
    if not creating and path.stat().st_size == 0:
        raise NarrativesError(
            f"{path} is empty. Fill it with `narratives import {path} FILE` or `narratives crawl {path}`."
        )
    if not creating or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise NarrativesError(f"{path} is a SQLite file of something else. Name another path for DB.")
