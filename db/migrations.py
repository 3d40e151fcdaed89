"""Numbered steps that bring any older working database to the present schema.

Append-only: a published step is never edited, and no step imports the present schema.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database, Migrations

from db.errors import NarrativesError
from db.integrity import integrity_faults
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
            faults = integrity_faults(copy)
            tables = copy.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if faults or not tables:
            raise NarrativesError(
                f"The copy {target} is not sound ({next(iter(faults), 'empty')}). "
                "Free disk space and try again."
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
        # A full disk keeps SQLite from taking its journal away.
        for left in (partial, partial.with_name(f"{partial.name}-journal")):
            left.unlink(missing_ok=True)


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


@migrations()
def m003_rhythm_and_backfill(db: Database) -> None:
    """What each polled address really publishes, since when it fails, and the walks through archives."""
    _run_step(db, "003_rhythm_and_backfill")


@migrations()
def m004_french_statements(db: Database) -> None:
    """What is said of a source in French as well, and a short way to the pseudonyms in use."""
    _run_step(db, "004_french_statements")


@migrations()
def m005_quotable(db: Database) -> None:
    """Whether passages of a source may be quoted: some terms forbid it."""
    _run_step(db, "005_quotable")


@migrations()
def m006_claims(db: Database) -> None:
    """Checkable sentences, and what fact-checkers concluded."""
    _run_step(db, "006_claims")


@migrations()
def m006_predictions_in_key_order(db: Database) -> None:
    """The key of the labels first among their columns: SQLite 3.40 checks such a table wrongly otherwise."""
    _run_step(db, "006_predictions_in_key_order")


@migrations()
def m007_review_and_takedown(db: Database) -> None:
    """People's codings: coders, texts to be read, annotations; and what was taken down."""
    _run_step(db, "007_review_and_takedown")


@migrations()
def m008_model_quality(db: Database) -> None:
    """Model cards, figures by kind of text and outlet, old model against new, and audited prevalence."""
    _run_step(db, "008_model_quality")


@migrations()
def m009_pseudonym_keys(db: Database) -> None:
    """Which key the stored pseudonyms were made with."""
    _run_step(db, "009_pseudonym_keys")


@migrations()
def m010_retention(db: Database) -> None:
    """Tombstones of posts that were kept for as long as the policy says."""
    _run_step(db, "010_retention")


@migrations()
def m011_fetches_by_document(db: Database) -> None:
    """A short way from a document to what was asked for it."""
    _run_step(db, "011_fetches_by_document")


def _run_step(db: Database, name: str) -> None:
    """Run one file of statements inside the step's transaction (``executescript`` would commit it)."""
    pending = ""
    for line in (_STEPS / f"{name}.sql").read_text(encoding="utf-8").splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            db.execute(pending)
            pending = ""
