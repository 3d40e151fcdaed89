"""Copies of the working database that are known to be sound, and the way back."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from db.clock import utc_now
from db.connection import WORKING_APPLICATION_ID, working_database
from db.errors import NarrativesError
from db.migrations import pending_names, verified_copy
from db.takedown import replay
from db.tombstones import stored_tombstones, written_tombstones

#: Seconds that a restore waits for others to let go of the database.
_PATIENCE_SECONDS = 5
_COMPANIONS = ("", "-wal", "-shm")


def backup(path: Path, target: Path | None) -> tuple[Path, str]:
    """Copy a live database, check the copy, and return its path and SHA-256.

    ``target`` None names it after the moment; an existing file is never overwritten.
    """
    if target is None:
        target = path.with_name(f"{path.stem}-{_stamp()}{path.suffix or '.db'}")
    if target.exists():
        raise NarrativesError(f"{target} exists already. Name another file with -o.")
    if not target.parent.is_dir():
        raise NarrativesError(
            f"The folder {target.parent} does not exist. Create it, or name another file with -o."
        )
    # A copy is a copy: also an older release's database can be saved before it is migrated.
    with working_database(path, "inspect") as db:
        verified_copy(db, target)
    return target, _file_sha256(target)


def restore(path: Path, source: Path) -> Path | None:
    """Put a sound copy of ``source`` in the place of the database.

    The database that was there is kept beside it; its new name is returned, or None when there was
    none. Refuses while another program has it open. What was taken down since the backup was made is taken
    out of the copy before it has the name of the database.
    """
    if not source.exists():
        raise NarrativesError(f"No backup at {source}. Name a file that `narratives db backup` wrote.")
    if path.exists() and path.samefile(source):
        raise NarrativesError(f"{source} is the database itself. Name the backup to restore from.")
    if not path.parent.is_dir():
        raise NarrativesError(
            f"The folder {path.parent} does not exist. Create it, or name another path for DB."
        )
    fresh = path.with_name(f"{path.name}.restoring")
    try:
        with working_database(source, "inspect") as db:
            verified_copy(db, fresh)
        _take_out_again(fresh, path, source)
        kept = _set_aside(path) if path.exists() else None
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return kept


def _take_out_again(fresh: Path, path: Path, source: Path) -> None:
    """Apply every takedown that is known beside the database or the backup, or in the database itself."""
    tombstones = written_tombstones(path.parent, source.parent)
    if path.exists():
        try:
            with working_database(path, "inspect") as db:
                tombstones += stored_tombstones(db)
        except (NarrativesError, sqlite3.DatabaseError):
            pass  # Damaged: that is why it is replaced. The files beside it hold the same takedowns.
    if tombstones:
        with working_database(fresh, "inspect") as db:
            replay(db, tombstones)


def migrate(path: Path) -> list[str]:
    """Bring the database to the present schema and return the steps that were applied."""
    with working_database(path, "inspect") as db:
        names = pending_names(db)
    with working_database(path, "write"):
        return names


def _set_aside(path: Path) -> Path:
    """Rename the database and what belongs to it, once nobody else has it open."""
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE_SECONDS)) as old:
            if old.execute("pragma application_id").fetchone()[0] != WORKING_APPLICATION_ID:
                raise NarrativesError(f"{path} is not a working database. Name another path for DB.")
            # Leaving WAL needs the file for itself, and puts everything into the one file.
            old.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise NarrativesError(
                f"{path} is in use by another program. Stop the scheduled job and try again."
            ) from error
    except sqlite3.DatabaseError:
        pass  # Damaged: that is why it is replaced. Its files are kept as they are.
    kept = path.with_name(f"{path.name}.replaced-{_stamp()}")
    number = 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.replaced-{_stamp()}-{number}")
    for suffix in _COMPANIONS:
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(kept.with_name(kept.name + suffix))
    return kept


def _stamp() -> str:
    return utc_now().strftime("%Y%m%dT%H%M%SZ")


def _file_sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
