"""Where reading by a person teaches most: the model doubts, two signs disagree, an outlet is unknown.

Candidates come one by one, narrative by narrative in turn, from places in the tables that the seed decides;
nothing is sorted, so a choice costs the same on a thousand documents and on a million.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlite_utils import Database

from db.labels import current_model

#: An outlet is new until this many of its texts have been in the queue.
NEW_OUTLET_TEXTS = 10
#: Misses in a row after which a narrative has nothing more to offer.
_PATIENCE = 20


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text worth reading; without ``position`` the text as a whole."""

    document_id: int
    position: int | None = None
    start: int | None = None
    end: int | None = None
    narrative_id: str | None = None
    score: float | None = None
    detail: str | None = None
    model_id: str | None = None


#: Passages of a kind of doubt, from a passage on: model, narrative, first passage, other model.
_UNCERTAIN = """
select p.passage_id, p.score, 'in the band for review' from predictions p
where p.model_id = :model and p.narrative_id = :narrative and p.band = 'review' and p.passage_id >= :first
order by p.passage_id limit 1
"""
_PATTERN_ALONE = """
select h.passage_id, p.score, 'a pattern, but not the model' from pattern_hits h
left join predictions p on p.model_id = :model and p.passage_id = h.passage_id
and p.narrative_id = h.narrative_id
where h.narrative_id = :narrative and h.passage_id >= :first and coalesce(p.band, '') <> 'flagged'
order by h.passage_id limit 1
"""
_MODEL_ALONE = """
select p.passage_id, p.score, 'the model, but no pattern' from predictions p
where p.model_id = :model and p.narrative_id = :narrative and p.band = 'flagged' and p.passage_id >= :first
and exists (select 1 from pattern_hits)
and not exists (
  select 1 from pattern_hits h where h.passage_id = p.passage_id and h.narrative_id = :narrative)
order by p.passage_id limit 1
"""
_NEW_MODEL_ALONE = """
select p.passage_id, p.score, 'this model, but not the one before' from predictions p
where p.model_id = :model and p.narrative_id = :narrative and p.band = 'flagged' and p.passage_id >= :first
and exists (select 1 from scorings s where s.model_id = :other and s.document_id = p.document_id)
and not exists (select 1 from predictions o where o.model_id = :other and o.passage_id = p.passage_id
  and o.narrative_id = :narrative and o.band = 'flagged')
order by p.passage_id limit 1
"""
_OLD_MODEL_ALONE = """
select o.passage_id, p.score, 'the model before, but not this one' from predictions o
left join predictions p on p.model_id = :model and p.passage_id = o.passage_id
and p.narrative_id = o.narrative_id
where o.model_id = :other and o.narrative_id = :narrative and o.band = 'flagged' and o.passage_id >= :first
and coalesce(p.band, '') <> 'flagged'
order by o.passage_id limit 1
"""


def doubtful(db: Database, seed: str) -> Iterator[Doubt]:
    """Yield passages that the current model neither flags nor leaves aside."""
    yield from _in_turn(db, seed, (_UNCERTAIN,))


def disagreeing(db: Database, seed: str) -> Iterator[Doubt]:
    """Yield passages on which the patterns of the codebook and the model differ, or two models do."""
    yield from _in_turn(db, seed, (_PATTERN_ALONE, _MODEL_ALONE, _NEW_MODEL_ALONE, _OLD_MODEL_ALONE))


def new_outlets(db: Database, seed: str) -> Iterator[Doubt]:
    """Yield texts of outlets that people have hardly read, the outlets listed last first, in turn."""
    sources = db.execute(
        "select source_id, (select count(*) from review_items join documents using (document_id) "
        "where documents.source_id = sources.source_id) as read from sources "
        "where read < ? and exists (select 1 from documents where documents.source_id = sources.source_id) "
        "order by first_listed_at desc, source_id",
        [NEW_OUTLET_TEXTS],
    ).fetchall()
    found: set[int] = set()
    for turn in range(NEW_OUTLET_TEXTS):
        for source_id, read in sources:
            if read + turn >= NEW_OUTLET_TEXTS:
                continue
            first = _place(seed, f"{source_id}:{turn}", _highest(db, "documents", "document_id"))
            row = _from(db, _OUTLET_TEXT, first, {"source": source_id})
            if row is not None and row[0] not in found:
                found.add(row[0])
                yield Doubt(row[0], detail=source_id)


_OUTLET_TEXT = """
select d.document_id from documents d where d.source_id = :source and d.document_id >= :first
and exists (select 1 from passages p where p.document_id = d.document_id)
and not exists (select 1 from review_items i where i.document_id = d.document_id)
order by d.document_id limit 1
"""


def _in_turn(db: Database, seed: str, kinds: tuple[str, ...]) -> Iterator[Doubt]:
    """Yield doubts of every kind and narrative in turn, each from places that the seed decides."""
    model = current_model(db)
    if model is None:
        return
    other = db.execute(
        "select model_id from models where model_id <> ? and exists (select 1 from scorings "
        "where scorings.model_id = models.model_id) order by trained_at desc, model_id limit 1",
        [model["model_id"]],
    ).fetchone()
    narratives = [row[0] for row in db.execute("select narrative_id from narratives order by position")]
    left = {(kind, narrative): 0 for kind in kinds for narrative in narratives}
    highest = _highest(db, "passages", "passage_id")
    seen: set[int] = set()
    for turn in count():
        if not left:
            return
        for kind, narrative in list(left):
            values = {
                "model": model["model_id"],
                "narrative": narrative,
                "other": other[0] if other else None,
            }
            row = _from(db, kind, _place(seed, f"{kind}{narrative}{turn}", highest), values)
            if row is None:
                del left[kind, narrative]
            elif row[0] in seen or (doubt := _doubt(db, row, narrative, model["model_id"])) is None:
                left[kind, narrative] += 1
                if left[kind, narrative] == _PATIENCE:
                    del left[kind, narrative]
            else:
                left[kind, narrative] = 0
                seen.add(row[0])
                yield doubt


def _doubt(db: Database, row: tuple[Any, ...], narrative: str, model_id: str) -> Doubt | None:
    """Return the passage as a doubt, or None when its text is in the queue already."""
    passage_id, score, detail = row
    passage = db.execute(
        'select document_id, position, start, "end" from passages p where passage_id = ? and not exists ('
        "select 1 from review_items i where i.document_id = p.document_id)",
        [passage_id],
    ).fetchone()
    if passage is None:
        return None
    document_id, position, start, end = passage
    return Doubt(document_id, position, start, end, narrative, score, detail, model_id)


def _from(db: Database, sql: str, first: int, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return the first row from a place on, or from the beginning when there is none behind it."""
    row: tuple[Any, ...] | None = db.execute(sql, {**values, "first": first}).fetchone()
    return row if row is not None or first <= 1 else db.execute(sql, {**values, "first": 0}).fetchone()


def _place(seed: str, name: str, highest: int) -> int:
    digest = hashlib.sha256(f"{seed}|{name}".encode()).digest()
    return 1 + int.from_bytes(digest[:8]) % max(1, highest)


def _highest(db: Database, table: str, key: str) -> int:
    # Both names come from the calls above.
    row = db.execute(f"select coalesce(max({key}), 0) from {table}").fetchone()  # noqa: S608
    return int(row[0])
