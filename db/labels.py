"""Passages, labels and models: what classifying stores and what it still has to do."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from db.clock import timestamp


@dataclass(frozen=True, slots=True)
class UnscoredDocument:
    """A document that a model has not scored; ``spans`` are its stored passages, if any."""

    document_id: int
    title: str | None
    text: str
    language: str | None
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class NewPrediction:
    """A band for one passage (by position in its document) and narrative."""

    position: int
    narrative_id: str
    voice: str
    score: float
    band: Literal["flagged", "review"]


@dataclass(frozen=True, slots=True)
class ScoredDocument:
    """What one scoring found in a document.

    ``passages`` are (start, end, language) in order; ``language`` is the one found in the text.
    ``pattern_hits`` are (position, narrative) where a pattern of the codebook fires, followed or not.
    """

    document_id: int
    language: str | None
    passages: Sequence[tuple[int, int, str | None]]
    predictions: Sequence[NewPrediction]
    mentions: Mapping[str, int]
    pattern_hits: Sequence[tuple[int, str]] = ()


def current_model(db: Database) -> dict[str, Any] | None:
    """Return the row of the model that charts use, or None before the first one."""
    return next(iter(db.query("select * from models where current = 1")), None)


def count_unscored(db: Database, model_id: str) -> int:
    """Return how many documents the model has not scored."""
    row = db.execute(
        "select count(*) from documents d where not exists "
        "(select 1 from scorings s where s.model_id = ? and s.document_id = d.document_id)",
        [model_id],
    ).fetchone()
    return int(row[0])


def unscored_documents(db: Database, model_id: str, after: int, limit: int) -> list[UnscoredDocument]:
    """Return the next documents, by id above ``after``, that the model has not scored."""
    rows = db.execute(
        "select document_id, title, text, language from documents d where document_id > ? and not exists "
        "(select 1 from scorings s where s.model_id = ? and s.document_id = d.document_id) "
        "order by document_id limit ?",
        [after, model_id, limit],
    ).fetchall()
    return [
        UnscoredDocument(document_id, title, text, language, _spans(db, document_id))
        for document_id, title, text, language in rows
    ]


def _spans(db: Database, document_id: int) -> tuple[tuple[int, int], ...]:
    rows = db.execute(
        'select start, "end" from passages where document_id = ? order by position', [document_id]
    ).fetchall()
    return tuple((int(start), int(end)) for start, end in rows)


def store_scorings(db: Database, model_id: str, scored: Iterable[ScoredDocument]) -> None:
    """Store passages (once), mentions, bands and the fact that the model has read the document.

    Must run inside a transaction. Storing the same document again leaves the same rows.
    """
    for document in scored:
        document_id = document.document_id
        db.conn.executemany(
            'insert into passages (document_id, position, start, "end", language) values (?, ?, ?, ?, ?) '
            "on conflict (document_id, position) do nothing",
            [
                (document_id, position, start, end, language)
                for position, (start, end, language) in enumerate(document.passages)
            ],
        )
        db.execute("delete from mentions where document_id = ?", [document_id])
        db.conn.executemany(
            "insert into mentions (document_id, partner_id, count) values (?, ?, ?)",
            [(document_id, partner_id, count) for partner_id, count in sorted(document.mentions.items())],
        )
        ids = dict(
            db.execute(
                "select position, passage_id from passages where document_id = ?", [document_id]
            ).fetchall()
        )
        db.execute("delete from predictions where model_id = ? and document_id = ?", [model_id, document_id])
        db.conn.executemany(
            "insert into predictions (passage_id, document_id, narrative_id, voice, score, band, model_id) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [
                (ids[one.position], document_id, one.narrative_id, one.voice, one.score, one.band, model_id)
                for one in document.predictions
            ],
        )
        db.execute("delete from pattern_hits where document_id = ?", [document_id])
        db.conn.executemany(
            "insert into pattern_hits (passage_id, document_id, narrative_id) values (?, ?, ?)",
            [(ids[position], document_id, narrative) for position, narrative in document.pattern_hits],
        )
        _note_language(db, document_id, document.language)
        db.execute(
            "insert or replace into scorings (model_id, document_id, passages) values (?, ?, ?)",
            [model_id, document_id, len(document.passages)],
        )


def _note_language(db: Database, document_id: int, language: str | None) -> None:
    """Fill in a missing language; a page that calls itself French while its text is Bambara is corrected."""
    if language is not None:
        db.execute(
            "update documents set language = ? where document_id = ? "
            "and (language is null or (? = 'bm' and language <> 'bm'))",
            [language, document_id, language],
        )


def register_model(
    db: Database,
    model: Mapping[str, Any],
    evaluations: Iterable[Mapping[str, Any]],
    slices: Iterable[Mapping[str, Any]] = (),
) -> None:
    """Store a model and its measured quality once; it does not become current by this.

    ``model`` has model_id, codebook_version, training_sha256, trained_at, versions, card (JSON text), card_fr
    and card_en (Markdown); ``evaluations`` and ``slices`` are rows of ``evaluations`` and
    ``evaluation_slices`` without id and model_id. Must run inside a transaction.
    """
    known = db.execute("select 1 from models where model_id = ?", [model["model_id"]]).fetchone()
    if known is not None:
        return
    db.table("models").insert({**model, "current": 0})
    for row in evaluations:
        db.table("evaluations").insert({**row, "model_id": model["model_id"]})
    for row in slices:
        db.table("evaluation_slices").insert({**row, "model_id": model["model_id"]})


def switch_current(db: Database, model_id: str) -> bool:
    """Make a model current when it has scored every document; return whether it is current now.

    A switch from one model to another is noted as an instrument change: series before and after it do not
    compare. Must run inside a transaction.
    """
    if count_unscored(db, model_id):
        return False
    before = current_model(db)
    if before is not None and before["model_id"] == model_id:
        return True
    after = next(iter(db.query("select * from models where model_id = ?", [model_id])))
    db.execute("update models set current = (model_id = ?)", [model_id])
    if before is not None:
        detail = {
            "from": before["model_id"],
            "to": model_id,
            "codebook_from": before["codebook_version"],
            "codebook_to": after["codebook_version"],
        }
        db.table("instrument_changes").insert(
            {
                "changed_at": timestamp(),
                "kind": "model",
                "subject": model_id,
                "detail": json.dumps(detail, sort_keys=True),
            }
        )
    return True


def count_labels(db: Database, model_id: str) -> dict[str, int]:
    """Return how many passages the model flagged and set aside for review, and in how many documents."""
    rows = db.execute(
        "select band, count(*), count(distinct document_id) from predictions where model_id = ? "
        "group by band",
        [model_id],
    ).fetchall()
    counts = {"flagged": 0, "flagged_documents": 0, "review": 0, "review_documents": 0}
    for band, labels, documents in rows:
        counts[band] = int(labels)
        counts[f"{band}_documents"] = int(documents)
    return counts
