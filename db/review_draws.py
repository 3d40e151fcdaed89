"""Choosing texts for people to read: where the model doubts or signs disagree, at random, new outlets.

Everything follows from one secret seed, so the same data give the same choice. The random audit uses
permanent random numbers (Ohlsson, "Coordination of samples using permanent random numbers", 1995): each
document has a number that depends on its key and the seed alone, a week's sample is the documents with the
smallest numbers, and so it is fixed before any model has read them and stays the same whatever models say.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from db.clock import iso_week_start, timestamp, utc_now
from db.connection import transaction
from db.errors import NarrativesError
from db.review_doubts import Doubt, disagreeing, doubtful, new_outlets

#: The share of each reason among the texts that a coder is given, in tenths.
SHARES = {"uncertain": 4, "disagreeing": 3, "audit": 2, "new_outlet": 1}
#: Closed weeks with documents that are audited, the newest first, and documents of each.
AUDIT_WEEKS = 13
AUDIT_PER_WEEK = 10
#: Codings that a text gets.
CODINGS = 2
#: Sentences before and after the one in doubt that are coded with it.
CONTEXT = 2
#: Sentences of a new outlet's text that are coded at most.
MOST_SENTENCES = 40

_SEED = "seed"


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many texts were added to the queue, by reason."""

    uncertain: int
    disagreeing: int
    audit: int
    new_outlet: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.uncertain + self.disagreeing + self.audit + self.new_outlet


def draw_number(seed: str, document_key: str) -> float:
    """Return a document's permanent random number in [0, 1); the same seed and key always give the same."""
    digest = hashlib.sha256(f"{seed}:{document_key}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> 11) / 2**53


def top_up(
    db: Database,
    *,
    size: int = 50,
    seed: str | None = None,
    audit_per_week: int = AUDIT_PER_WEEK,
    audit_weeks: int = AUDIT_WEEKS,
) -> Drawn:
    """Fill the queue until ``size`` texts wait in the shares of :data:`SHARES`; the audit has its own size.

    ``seed`` can be given once, before the first draw; without one it is made at random. A second call with
    the same data adds nothing. Raises NarrativesError for another seed than the one in use.
    """
    seed = _settled_seed(db, seed)
    audit = _draw_audit(db, seed, audit_per_week, audit_weeks)
    added = {}
    choosers: dict[str, Callable[[Database, str], Iterator[Doubt]]] = {
        "uncertain": doubtful,
        "disagreeing": disagreeing,
        "new_outlet": new_outlets,
    }
    for reason, choose in choosers.items():
        wanted = size * SHARES[reason] // 10 - waiting(db)[reason]
        added[reason] = _add(db, reason, choose(db, seed), seed, wanted) if wanted > 0 else 0
    return Drawn(audit=audit, **added)


def waiting(db: Database) -> dict[str, int]:
    """Return how many texts of each reason still want a coding."""
    counts = dict.fromkeys(SHARES, 0)
    rows = db.execute(
        "select reason, count(*) from review_items i where (select count(*) from latest_readings r "
        "where r.review_item_id = i.review_item_id and outcome <> 'skipped') < ? and not exists (select 1 "
        "from reviews r where r.review_item_id = i.review_item_id and kind = 'adjudication') group by 1",
        [CODINGS],
    )
    return counts | dict(rows.fetchall())


def _settled_seed(db: Database, wanted: str | None) -> str:
    row = db.execute("select value from review_settings where name = ?", [_SEED]).fetchone()
    if row is None:
        seed = wanted or secrets.token_hex(16)
        with transaction(db):
            db.execute("insert into review_settings (name, value) values (?, ?)", [_SEED, seed])
        return seed
    if wanted is not None and wanted != row[0]:
        raise NarrativesError(
            "The draws of this database began with another seed, and a random sample keeps its seed. "
            "Leave --seed out."
        )
    return str(row[0])


def _draw_audit(db: Database, seed: str, per_week: int, weeks: int) -> int:
    """Draw the documents of the latest closed weeks with the smallest numbers; return how many are new.

    A week that was drawn before keeps its threshold, so a document that arrives late is drawn exactly
    when it would have been drawn in time.
    """
    known = dict(db.execute("select period_start, threshold from audit_draws").fetchall())
    added = 0
    for week in _closed_weeks(db, weeks):
        rows = db.execute(
            "select document_id, document_key, length(text) from documents where placed_on between ? and ?",
            [week, (date.fromisoformat(week) + timedelta(days=6)).isoformat()],
        ).fetchall()
        numbered = sorted((draw_number(seed, key), document_id, length) for document_id, key, length in rows)
        threshold = numbered[min(per_week, len(numbered)) - 1][0]
        threshold = max(threshold, known.get(week, 0.0))
        with transaction(db):
            now = timestamp()
            db.execute(
                "insert into audit_draws (period_start, threshold, population, drawn_at) values (?, ?, ?, ?) "
                "on conflict (period_start) do update set threshold = excluded.threshold, "
                "population = excluded.population, drawn_at = excluded.drawn_at "
                "where threshold <> excluded.threshold or population <> excluded.population",
                [week, threshold, len(numbered), now],
            )
            for number, document_id, length in numbered:
                if number > threshold:
                    break
                added += db.execute(
                    'insert or ignore into review_items (document_id, reason, start, "end", period_start, '
                    "draw_number, drawn_at) values (?, 'audit', 0, ?, ?, ?, ?)",
                    [document_id, length, week, number, now],
                ).rowcount
    return added


def _closed_weeks(db: Database, limit: int) -> Iterator[str]:
    """Yield the Mondays of the latest weeks that are over and hold documents, the newest first."""
    before = iso_week_start(utc_now().date()).isoformat()
    for _ in range(limit):
        row = db.execute("select max(placed_on) from documents where placed_on < ?", [before]).fetchone()
        if row[0] is None:
            return
        before = iso_week_start(date.fromisoformat(row[0])).isoformat()
        yield before


def _add(db: Database, reason: str, doubts: Iterator[Doubt], seed: str, wanted: int) -> int:
    """Put up to ``wanted`` texts into the queue, one of each cluster of copies."""
    added = 0
    taken: set[int] = set()
    for doubt in doubts:
        if added == wanted:
            break
        cluster = _cluster(db, doubt.document_id)
        if cluster in taken or _is_queued(db, cluster):
            continue
        taken.add(cluster)
        start, end = _stretch(db, doubt)
        key = db.execute(
            "select document_key from documents where document_id = ?", [doubt.document_id]
        ).fetchone()[0]
        with transaction(db):
            added += db.execute(
                'insert or ignore into review_items (document_id, reason, start, "end", focus_start, '
                "focus_end, narrative_id, score, detail, model_id, draw_number, drawn_at) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [doubt.document_id, reason, start, end, doubt.start, doubt.end, doubt.narrative_id,
                 doubt.score, doubt.detail, doubt.model_id, draw_number(seed, key), timestamp()],
            ).rowcount  # fmt: skip
    return added


def _cluster(db: Database, document_id: int) -> int:
    row = db.execute(
        "select cluster_id from copies where document_id = ? and relation in ('original', 'identical', "
        "'reworded')",
        [document_id],
    ).fetchone()
    return document_id if row is None else int(row[0])


def _is_queued(db: Database, cluster: int) -> bool:
    """Whether some copy of the text is in the queue, the audit included: nobody sees its labels before."""
    row = db.execute(
        "select 1 from review_items i left join copies c on c.document_id = i.document_id "
        "and c.relation in ('original', 'identical', 'reworded') "
        "where coalesce(c.cluster_id, i.document_id) = ? limit 1",
        [cluster],
    ).fetchone()
    return row is not None


def _stretch(db: Database, doubt: Doubt) -> tuple[int, int]:
    """Return what has to be coded: the sentence in doubt with its neighbours, or the text of a new outlet."""
    if doubt.position is None:
        first, last = 0, MOST_SENTENCES - 1
    else:
        first, last = doubt.position - CONTEXT, doubt.position + CONTEXT
    row = db.execute(
        'select min(start), max("end") from passages where document_id = ? and position between ? and ?',
        [doubt.document_id, first, last],
    ).fetchone()
    return int(row[0]), int(row[1])
