"""Classifying what is in the database: segment, label, switch models, find copies."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from classifiers.codebook import Codebook
from classifiers.copies import CopyCounts, update_copies
from classifiers.document import read_document
from classifiers.estimators.narrative_model import NarrativeModel
from classifiers.evaluation import Evaluation
from classifiers.model_card import model_card
from classifiers.model_files import ensure_model
from classifiers.partners import mentions
from classifiers.predicting import labels
from classifiers.second_pass import agreement
from classifiers.training import TrainedModel
from classifiers.weekly_prevalence import update_prevalence
from db.codebook import sync_codebook
from db.connection import transaction
from db.labels import (
    NewPrediction,
    ScoredDocument,
    UnscoredDocument,
    count_labels,
    count_unscored,
    current_model,
    register_model,
    store_scorings,
    switch_current,
    unscored_documents,
)
from db.model_comparison import ModelChange, compare_models, store_comparison
from db.model_notes import note_measurement, noted
from db.reference import sync_reference

#: Documents scored together and stored in one transaction.
BATCH = 50

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Classified:
    """What one call did: documents scored, labels of the model in all, and what copies there are.

    ``changes`` compares the model before with the new one when this call switched; empty otherwise.
    """

    model_id: str
    scored: int
    labels: dict[str, int]
    copies: CopyCounts
    changes: list[ModelChange]


def classify(
    db: Database,
    codebook: Codebook,
    models: Path,
    *,
    say: Callable[[str], None],
    labelling: Progress | None = None,
    comparing: Progress | None = None,
) -> Classified:
    """Label what the current model has not labelled, then look for copies.

    Stopped anywhere, the next call goes on where it ended, with the same rows in the end. A new model labels
    everything before it becomes current; until then charts keep the old one.
    """
    trained = ensure_model(models, codebook, say)
    model_id = trained.card.model_id
    with transaction(db):
        sync_reference(db)
        sync_codebook(db, codebook)
        register_model(
            db,
            _model_row(trained, codebook),
            evaluation_rows(trained.evaluation, trained.card.trained_at),
            slice_rows(trained.evaluation, trained.card.trained_at),
        )
        _note_measurements(db, trained)
    before = current_model(db)
    scored, changes, switched = 0, list[ModelChange](), False
    while not switched:
        scored += _score_all(db, trained.model, model_id, labelling)
        # Compared before the lock is taken; a document that comes in meanwhile makes it run again.
        if before is not None and before["model_id"] != model_id:
            changes = compare_models(db, before["model_id"], model_id)
        with transaction(db):
            switched = switch_current(db, model_id)
            if switched and before is not None and changes:
                store_comparison(db, before["model_id"], model_id, changes)
    copies = update_copies(db, comparing)
    update_prevalence(db)
    return Classified(model_id, scored, count_labels(db, model_id), copies, changes)


def _note_measurements(db: Database, trained: TrainedModel) -> None:
    """Keep beside a model what readers should know: the challenge set, and how well its labels agree."""
    model_id = trained.card.model_id
    if trained.challenge is not None:
        note_measurement(db, model_id, "challenge", trained.challenge.as_dict())
    if "second_pass" not in noted(db, model_id):
        note_measurement(db, model_id, "second_pass", agreement().as_dict())


def _score_all(db: Database, model: NarrativeModel, model_id: str, progress: Progress | None) -> int:
    total, done, after = count_unscored(db, model_id), 0, 0
    while batch := unscored_documents(db, model_id, after, BATCH):
        scored = score_documents(model, batch)
        with transaction(db):
            store_scorings(db, model_id, scored)
        after = batch[-1].document_id
        done += len(batch)
        if progress is not None:
            progress(done, max(total, done))
    return done


def score_documents(model: NarrativeModel, batch: Sequence[UnscoredDocument]) -> list[ScoredDocument]:
    """Read documents and return what the model finds in them; touches no database."""
    read = [read_document(one.text, one.title, one.spans) for one in batch]
    assessed = model.assess([document for document, _ in read])
    return [
        ScoredDocument(
            document_id=one.document_id,
            language=document.language(),
            passages=[
                (start, end, language)
                for (start, end), language in zip(spans, document.languages, strict=True)
            ],
            predictions=[
                NewPrediction(
                    position,
                    label.narrative,
                    label.voice,
                    label.score,
                    "flagged" if label.flagged else "review",
                )
                for position, found in enumerate(labels(assessment, model.narratives))
                for label in found
            ],
            pattern_hits=[
                (row, model.narratives[column])
                for row, column in zip(*np.nonzero(assessment.patterns), strict=True)
            ],
            mentions=dict(sum((Counter(mentions(sentence)) for sentence in document.sentences), Counter())),
        )
        for one, (document, spans), assessment in zip(batch, read, assessed, strict=True)
    ]


def evaluation_rows(evaluation: Evaluation, evaluated_at: str) -> list[dict[str, object]]:
    """Return the figures as rows of ``evaluations`` without the model."""
    about = _about(evaluation, evaluated_at)
    return [{**asdict(figure), **about} for figure in evaluation.figures]


def slice_rows(evaluation: Evaluation, evaluated_at: str) -> list[dict[str, object]]:
    """Return the figures by kind of text and outlet as rows of ``evaluation_slices`` without the model.

    Outlets without a rate at any level are left out: invented groups of a few texts say nothing.
    """
    about = _about(evaluation, evaluated_at)
    apart = ("narrative_id", "language", "voice")
    return [
        {
            **{name: value for name, value in asdict(figure).items() if name not in apart},
            "dimension": one.dimension,
            "value": one.value,
            "documents": one.documents,
            **about,
        }
        for one in evaluation.slices
        if one.dimension == "kind" or any(figure.f1 is not None for figure in one.figures)
        for figure in one.figures
    ]


def _about(evaluation: Evaluation, evaluated_at: str) -> dict[str, object]:
    return {"split": evaluation.split, "made_by": evaluation.made_by, "evaluated_at": evaluated_at}


def _model_row(trained: TrainedModel, codebook: Codebook) -> dict[str, object]:
    card = asdict(trained.card)
    return {
        "model_id": card["model_id"],
        "codebook_version": card["codebook_version"],
        "training_sha256": card["training_sha256"],
        "trained_at": card["trained_at"],
        "versions": json.dumps(card["versions"], sort_keys=True),
        "card": json.dumps(card, sort_keys=True, ensure_ascii=False),
        "card_fr": model_card(trained, codebook, "fr"),
        "card_en": model_card(trained, codebook, "en"),
    }
