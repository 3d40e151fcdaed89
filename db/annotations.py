"""What people coded: finished readings and their annotations, append-only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from db.clock import timestamp
from db.errors import NarrativesError

Kind = Literal["coding", "adjudication"]
Outcome = Literal["labels", "nothing", "skipped"]
VOICES = ("own", "attributed", "rejected")
MAX_COMMENT = 2_000


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """One narrative found in a stretch of a document's text (code points, half-open)."""

    start: int
    end: int
    narrative_id: str
    voice: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One person's finished reading of one text; without labels it says: nothing here."""

    review_id: int
    coder: str
    outcome: str
    comment: str | None
    model_shown: bool
    created_at: str
    labels: tuple[Label, ...]


def store_review(
    db: Database,
    review_item_id: int,
    coder: str,
    labels: Sequence[Label],
    *,
    kind: Kind = "coding",
    outcome: Outcome | None = None,
    comment: str = "",
    model_shown: bool = False,
) -> int:
    """Store one finished reading and return ``review_id``. Must run inside a transaction.

    ``outcome`` follows from the labels unless the text was skipped. A second reading of the same text by
    the same coder counts in place of the first, which stays. Raises NarrativesError for a label outside
    the stretch to be coded, an unknown narrative, or a voice that does not exist.
    """
    item = db.execute(
        'select document_id, start, "end" from review_items where review_item_id = ?', [review_item_id]
    ).fetchone()
    if item is None:
        raise NarrativesError(f"There is no text {review_item_id} in the queue any more. Take the next one.")
    document_id, first, last = item
    outcome = outcome or ("labels" if labels else "nothing")
    if (outcome == "labels") != bool(labels):
        raise NarrativesError(f"A reading that ended in {outcome!r} cannot have {len(labels)} labels.")
    found = sorted(set(labels))
    _check(db, found, first, last)
    now, version = timestamp(), codebook_version(db)
    cursor = db.execute(
        "insert into reviews (review_item_id, document_id, coder, kind, outcome, comment, model_shown, "
        "codebook_version, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [review_item_id, document_id, coder, kind, outcome, comment.strip()[:MAX_COMMENT] or None,
         int(model_shown), version, now],
    )  # fmt: skip
    review_id = int(cursor.lastrowid or 0)
    db.conn.executemany(
        'insert into annotations (review_id, document_id, start, "end", narrative_id, voice, coder, '
        "created_at, codebook_version) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (review_id, document_id, one.start, one.end, one.narrative_id, one.voice, coder, now, version)
            for one in found
        ],
    )
    return review_id


def readings_of(db: Database, review_item_id: int) -> list[Reading]:
    """Return the latest coding of each coder of a text, in the order in which they were finished."""
    rows = db.execute(
        "select review_id, coder, outcome, comment, model_shown, created_at from latest_readings "
        "where review_item_id = ? order by review_id",
        [review_item_id],
    ).fetchall()
    return _with_labels(db, rows)


def adjudication_of(db: Database, review_item_id: int) -> Reading | None:
    """Return the reading that settled a text, or None."""
    rows = db.execute(
        "select review_id, coder, outcome, comment, model_shown, created_at from reviews "
        "where review_item_id = ? and kind = 'adjudication' order by review_id desc limit 1",
        [review_item_id],
    ).fetchall()
    return next(iter(_with_labels(db, rows)), None)


def codebook_version(db: Database) -> str:
    """Return the version of the codebook that the database holds."""
    row = db.execute("select codebook_version from narratives order by position limit 1").fetchone()
    if row is None:
        raise NarrativesError("The database holds no narratives yet. Run `narratives classify DB` first.")
    return str(row[0])


def _check(db: Database, labels: Iterable[Label], first: int, last: int) -> None:
    known = {row[0] for row in db.execute("select narrative_id from narratives").fetchall()}
    for label in labels:
        if not first <= label.start < label.end <= last:
            raise NarrativesError(
                f"A label on characters {label.start} to {label.end} lies outside the text to be coded "
                f"({first} to {last})."
            )
        if label.narrative_id not in known:
            raise NarrativesError(f"There is no narrative {label.narrative_id!r} in the codebook.")
        if label.voice not in VOICES:
            raise NarrativesError(f"The voice {label.voice!r} is none of {', '.join(VOICES)}.")


def _with_labels(db: Database, rows: Sequence[tuple[int, str, str, str | None, int, str]]) -> list[Reading]:
    return [
        Reading(review_id, coder, outcome, comment, bool(shown), created_at, _labels(db, review_id))
        for review_id, coder, outcome, comment, shown, created_at in rows
    ]


def _labels(db: Database, review_id: int) -> tuple[Label, ...]:
    rows = db.execute(
        'select start, "end", narrative_id, voice from annotations where review_id = ? order by 1, 2, 3',
        [review_id],
    )
    return tuple(Label(*row) for row in rows.fetchall())
