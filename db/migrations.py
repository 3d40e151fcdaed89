"""Numbered steps that bring any older working database to the present schema.

Append-only: a published step is never edited, and no step imports the present schema.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database, Migrations

from db.errors import NarrativesError
from db.lease import alone_in

migrations = Migrations("mali-narratives")

_STEPS = Path(__file__).parent / "steps"


def pending_names(db: Database) -> list[str]:
    """Return the steps that this database has not seen. Does not write."""
    return [step.name for step in migrations.pending(db)]


def unknown_names(db: Database) -> list[str]:
    """Return the steps that this database has seen and this release does not know. Does not write."""
    known = {step.name for step in migrations._migrations}
    return [step.name for step in migrations.applied(db) if step.name not in known]


def apply_pending(db: Database, path: Path) -> list[str]:
    """Apply pending steps, one transaction each, and return their names.

    Of two processes that open the same database one waits for the other. A database that already
    holds data is first copied beside itself (``<name>.before-<step>.bak``) and the copy is checked;
    without a sound copy nothing is changed.
    """
    if not pending_names(db):
        return []
    with alone_in(path.parent):
        names = pending_names(db)
        if names and migrations.applied(db):
            verified_copy(db, path.with_name(f"{path.name}.before-{names[0]}.bak"))
        if names:
            migrations.apply(db)
    return names


def verified_copy(db: Database, target: Path) -> None:
    """Write a sound copy of the database, on disk under its name only once it has been checked.

    Raises NarrativesError, and leaves no file, when it cannot be written or is not sound.
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        db.execute("VACUUM INTO ?", [str(partial)])
        with closing(sqlite3.connect(partial)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            tables = copy.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if verdict != "ok" or not tables:
            raise NarrativesError(
                f"The copy {target} is not sound ({verdict}). Free disk space and try again."
            )
        with partial.open("rb") as handle:
            os.fsync(handle.fileno())
        partial.replace(target)
        _sync_folder(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise NarrativesError(
            f"No sound copy could be made at {target} ({error}). "
            "Look at the free disk space, and at the database with `narratives db check`."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@migrations()
def m001_catalogue_and_crawl(db: Database) -> None:
    """Sources, what was asked of the web, and the evidence of what it answered."""
    _run_step(db, "001_catalogue_and_crawl")


@migrations()
def m002_documents_and_labels(db: Database) -> None:
    """Documents, passages, the codebook, machine labels, copies and trends."""
    _run_step(db, "002_documents_and_labels")


def _run_step(db: Database, name: str) -> None:
    """Run one file of statements inside the step's transaction (``executescript`` would commit it)."""
    pending = ""
    for line in (_STEPS / f"{name}.sql").read_text(encoding="utf-8").splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            db.execute(pending)
            pending = ""
