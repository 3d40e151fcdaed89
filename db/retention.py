"""Posts and comments of private persons are kept as long as the policy says after they were collected.

What goes is the document and everything that hangs on it, labels and counts included; a tombstone without
content keeps it from coming back, also from a restored backup. Its words stay free for others to publish.
"""

import calendar
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from db.clock import iso_week_start, timestamp
from db.connection import transaction
from db.takedown import remove, scrub
from db.takedown_targets import target
from db.tombstones import Reason

#: Documents removed in one transaction.
_AT_ONCE = 200
_ACTOR = "policy"


def kept_since(months: int, now: datetime) -> datetime:
    """Return the moment before which a post must have been collected to go now.

    It moves on Mondays and includes what would come of age in the week to come: nothing is kept too
    long, and the full-text index is cleaned once a week only.
    """
    year, month = divmod(12 * now.year + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    monday = iso_week_start(now.date().replace(year=year, month=month + 1, day=day)) + timedelta(days=7)
    return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)


def expire_posts(db: Database, database: Path, since: datetime) -> int:
    """Remove the posts and comments that were first seen before a moment, and return how many went."""
    return _remove(db, database, "first_seen_at < ?", [timestamp(since)], "retention")


def remove_deleted_posts(db: Database, database: Path) -> int:
    """Remove the posts that are marked as gone from their source, and return how many went."""
    return _remove(db, database, "gone_at is not null", [], "deleted-at-source")


def _remove(db: Database, database: Path, where: str, values: list[str], reason: Reason) -> int:
    rows = db.execute(
        f"select document_id from documents where kind in ('post', 'comment') and {where}",  # noqa: S608
        values,
    ).fetchall()
    for first in range(0, len(rows), _AT_ONCE):
        targets = [target(db, document_id) for (document_id,) in rows[first : first + _AT_ONCE]]
        remove(db, database, targets, reason=reason, actor=_ACTOR, deny_texts=False)
    if rows:
        scrub(db, compact=False)
    return len(rows)


def forget_captures(db: Database, warc_path: str) -> bool:
    """Forget what lies in a file of evidence; False, and nothing is done, where a document needs it."""
    captures = "select capture_id from captures where warc_path = :path"
    values = {"path": warc_path}
    needed = db.execute(
        f"select 1 from documents where capture_id in ({captures}) union all "  # noqa: S608
        f"select 1 from document_versions where capture_id in ({captures}) limit 1",
        values,
    ).fetchone()
    if needed is not None:
        return False
    with transaction(db):
        db.execute(f"update fetches set capture_id = null where capture_id in ({captures})", values)  # noqa: S608
        db.execute("delete from captures where warc_path = :path", values)
    return True
