"""Documents that share text, found as documents arrive.

Identical texts are found by the hash of their words, near-identical ones among the candidates that
MinHash bands propose, checked by exact Jaccard similarity; a long passage in common makes an excerpt.
Which pairs are compared depends on the two texts alone, and a cluster is a connected set of such
pairs, so documents may arrive in any order and in any portions with the same result.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlite_utils import Database

from classifiers.copy_batch import CopyBatch
from classifiers.shingles import Shingles, shingles
from db import copies as store
from db.connection import transaction

#: Documents compared in one transaction.
BATCH = 100
#: Texts whose shingles are kept in memory.
_KEPT = 4_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CopyCounts:
    """Documents compared by this call; then the totals of what ``copies`` holds."""

    compared: int
    clusters: int
    identical: int
    reworded: int
    excerpts: int
    credited: int


def update_copies(db: Database, progress: Progress | None = None) -> CopyCounts:
    """Compare every document that has not been compared yet with all others, and store what is shared.

    Each batch is one transaction, so a killed call is taken up where it stopped. ``progress`` is told
    ``(compared, to compare)``.
    """
    kept: dict[int, Shingles] = {}
    total = store.count_uncompared(db)
    compared = 0
    # Newest first sight first: almost always the only ones missing, and found without a scan.
    for start in (store.last_compared(db), 0):
        after = start
        while store.count_uncompared(db) and (texts := store.uncompared_texts(db, after, BATCH)):
            prints = {document_id: shingles(text) for document_id, text in texts}
            after = texts[-1][0]
            with transaction(db):
                for known in store.are_compared(db, list(prints)):
                    del prints[known]
                CopyBatch(db, prints, kept).store()
            compared += len(prints)
            if progress is not None:
                progress(compared, max(total, compared))
            while len(kept) > _KEPT:
                del kept[next(iter(kept))]
    relations = store.count_relations(db)
    return CopyCounts(
        compared=compared,
        clusters=relations["clusters"],
        identical=relations.get("identical", 0),
        reworded=relations.get("reworded", 0),
        excerpts=relations.get("excerpt", 0),
        credited=relations.get("credited", 0),
    )
