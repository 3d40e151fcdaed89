"""Walks through archives: which listings are still to be read, so that a walk can be stopped and resumed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingListing:
    """A sitemap or a page of an API that is still to be read; ``depth`` counts from 1."""

    listing_id: int
    url: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRead:
    """What came of one listing. ``further`` are the listings that it leads to, with their depth.

    It is ``complete`` when every address in it that is worth another request has its outcome.
    """

    backfill_id: int
    listing_id: int
    outcome: str
    complete: bool
    at: str
    entries: int = 0
    chosen: int = 0
    undated: int = 0
    further: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillAccount:
    """How far a walk is: listings read and left, entries in them, and those that failed."""

    read: int
    left: int
    entries: int
    chosen: int
    undated: int
    failed: Sequence[tuple[str, str]]


def begin_backfill(
    db: Database,
    source_id: str,
    *,
    since: str,
    until: str,
    undated: bool,
    listings: Iterable[str],
    at: str,
) -> int:
    """Begin a walk, or take up the one that was begun for the same range; return ``backfill_id``.

    A finished one begins anew: listings may have grown, and what is stored is not fetched again. Must
    run inside a transaction.
    """
    key = [source_id, since, until, int(undated)]
    row = db.execute(
        "select backfill_id, finished_at from backfills "
        "where source_id = ? and since = ? and until = ? and undated = ?",
        key,
    ).fetchone()
    if row is None:
        cursor = db.execute(
            "insert into backfills (source_id, since, until, undated, started_at) values (?, ?, ?, ?, ?)",
            [*key, at],
        )
        backfill_id = int(cursor.lastrowid or 0)
    else:
        backfill_id = int(row[0])
        if row[1] is not None:
            db.execute("delete from backfill_listings where backfill_id = ?", [backfill_id])
            db.execute(
                "update backfills set started_at = ?, finished_at = null where backfill_id = ?",
                [at, backfill_id],
            )
    add_listings(db, backfill_id, [(url, 1) for url in listings])
    return backfill_id


def add_listings(db: Database, backfill_id: int, listings: Iterable[tuple[str, int]]) -> None:
    """Add listings to read, with their depth; known ones are left alone. Must run inside a transaction."""
    for url, depth in listings:
        db.execute(
            "insert or ignore into backfill_listings (backfill_id, url, depth) values (?, ?, ?)",
            [backfill_id, url, depth],
        )


def pending_listings(db: Database, backfill_id: int) -> list[PendingListing]:
    """Return the listings that are not read to the end, in the order in which they were found."""
    rows = db.execute(
        "select listing_id, url, depth from backfill_listings where backfill_id = ? and done_at is null "
        "order by listing_id",
        [backfill_id],
    )
    return [PendingListing(listing_id=row[0], url=row[1], depth=row[2]) for row in rows.fetchall()]


def save_listing(db: Database, done: ListingRead) -> None:
    """Store what came of a listing and the listings it leads to. Must run inside a transaction."""
    add_listings(db, done.backfill_id, done.further)
    db.execute(
        "update backfill_listings set attempts = attempts + 1, done_at = ?, outcome = ?, entries = ?, "
        "chosen = ?, undated = ? where listing_id = ?",
        [
            done.at if done.complete else None,
            done.outcome,
            done.entries,
            done.chosen,
            done.undated,
            done.listing_id,
        ],
    )


def finish_backfill(db: Database, backfill_id: int, at: str) -> BackfillAccount:
    """Return how far a walk is, and close it when no listing is left. Must run inside a transaction."""
    read, left, entries, chosen, undated = db.execute(
        "select sum(done_at is not null), sum(done_at is null), coalesce(sum(entries), 0), "
        "coalesce(sum(chosen), 0), coalesce(sum(undated), 0) from backfill_listings where backfill_id = ?",
        [backfill_id],
    ).fetchone()
    failed = db.execute(
        "select url, outcome from backfill_listings where backfill_id = ? "
        "and outcome not in ('stored', 'duplicate', 'not_modified') order by listing_id",
        [backfill_id],
    ).fetchall()
    if not left:
        db.execute("update backfills set finished_at = ? where backfill_id = ?", [at, backfill_id])
    return BackfillAccount(
        read=read or 0, left=left or 0, entries=entries, chosen=chosen, undated=undated, failed=failed
    )
