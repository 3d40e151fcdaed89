"""What named fact-checkers concluded, stored in their words. Nothing is judged here."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Literal

from sqlite_utils import Database

from db.clock import timestamp
from db.review_markup import ClaimReview


def record_reviews(
    db: Database,
    reviews: Sequence[ClaimReview],
    *,
    origin: Literal["page", "import"],
    document_id: int | None = None,
) -> int:
    """Store reviews and return how many were new or changed; the caller holds the transaction."""
    changed = 0
    for review in reviews:
        changed += db.execute(
            "insert into claim_reviews (reviewer, url, claim_reviewed, rating, claimed_by, reviewed_at, "
            "language, origin, document_id, recorded_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "on conflict (url, claim_reviewed, reviewer) do update set rating = excluded.rating, "
            "reviewed_at = excluded.reviewed_at where rating <> excluded.rating "
            "or reviewed_at is not excluded.reviewed_at",
            [*astuple(review), origin, document_id, timestamp()],
        ).rowcount
    return changed
