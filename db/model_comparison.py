"""Old model against new: which flags were kept, lost and gained on what both have read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlite_utils import Database

from db.clock import timestamp

_READ_BY_BOTH = """
  from scorings a join scorings b on b.document_id = a.document_id
  join documents d on d.document_id = a.document_id join sources s on s.source_id = d.source_id
  where a.model_id = :before and b.model_id = :after
    and (d.kind not in ('post', 'comment') or s.fictional = 1)
"""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How often the model before, the new one and both flagged, of ``of`` passages or documents."""

    of: int
    before: int
    after: int
    kept: int

    @property
    def lost(self) -> int:
        return self.before - self.kept

    @property
    def gained(self) -> int:
        return self.after - self.kept

    def kappa(self) -> float | None:
        """Return Cohen's kappa (1960) of the two, or None where nothing varies."""
        if not self.of:
            return None
        same = (self.kept + self.of - self.before - self.after + self.kept) / self.of
        chance = (self.before * self.after + (self.of - self.before) * (self.of - self.after)) / self.of**2
        return None if chance == 1 else (same - chance) / (1 - chance)


@dataclass(frozen=True, slots=True)
class ModelChange:
    """What changed for one narrative, or for ``all`` (any narrative flagged)."""

    narrative_id: str
    passages: Overlap
    documents: Overlap


def compare_models(db: Database, before: str, after: str) -> list[ModelChange]:
    """Return the changes of each narrative that either model flagged, ``all`` first; does not write.

    Only documents that both models have read count, and no post or comment by a private person: the figures
    are published. A passage is flagged in any voice, band ``flagged``.
    """
    documents, passages = db.execute(
        f"select count(*), coalesce(sum(b.passages), 0) {_READ_BY_BOTH}",
        {"before": before, "after": after},
    ).fetchone()
    by_passage = _overlaps(db, "passage_id", before, after, passages)
    by_document = _overlaps(db, "document_id", before, after, documents)
    order = ["all", *sorted(by_passage.keys() - {"all"})]
    return [ModelChange(name, by_passage[name], by_document[name]) for name in order]


def store_comparison(db: Database, before: str, after: str, changes: Sequence[ModelChange]) -> None:
    """Keep a comparison, in place of an earlier one of the same new model. Must run inside a transaction."""
    now = timestamp()
    db.execute("delete from model_comparisons where model_to = ?", [after])
    for change in changes:
        row: dict[str, object] = {
            "model_to": after,
            "narrative_id": change.narrative_id,
            "model_from": before,
            "compared_at": now,
        }
        for name, overlap in (("passages", change.passages), ("documents", change.documents)):
            row |= {
                name: overlap.of,
                f"{name}_from": overlap.before,
                f"{name}_to": overlap.after,
                f"{name}_kept": overlap.kept,
                f"{name}_kappa": overlap.kappa(),
            }
        db.table("model_comparisons").insert(row)


def as_row(change: ModelChange) -> dict[str, object]:
    """Return a change as plain data for JSON."""
    return {
        "narrative_id": change.narrative_id,
        **{
            name: {
                **asdict(overlap),
                "lost": overlap.lost,
                "gained": overlap.gained,
                "kappa": None if (kappa := overlap.kappa()) is None else round(kappa, 3),
            }
            for name, overlap in (("passages", change.passages), ("documents", change.documents))
        },
    }


def _overlaps(db: Database, unit: str, before: str, after: str, total: int) -> dict[str, Overlap]:
    """Return the overlap by narrative and for ``all``; ``unit`` is a column of ``predictions``."""
    found: dict[str, Overlap] = {"all": Overlap(total, 0, 0, 0)}
    for narrative in ("narrative_id", "'all'"):
        rows = db.execute(
            f"""
            select narrative, sum(old), sum(new), sum(old and new) from (
              select {narrative} as narrative, {unit},
                     max(model_id = :before) as old, max(model_id = :after) as new
              from predictions join (select a.document_id {_READ_BY_BOTH}) using (document_id)
              where band = 'flagged' and model_id in (:before, :after)
              group by 1, 2
            ) group by 1
            """,  # noqa: S608 - the pieces are constants of this module
            {"before": before, "after": after},
        ).fetchall()
        found |= {name: Overlap(total, int(old), int(new), int(both)) for name, old, new, both in rows}
    return found
