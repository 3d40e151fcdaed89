"""Training: from labelled texts and the codebook to a model with its measured quality."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
import sklearn
import skops
from sklearn.metrics import average_precision_score

from classifiers.challenge import ChallengeResult
from classifiers.codebook import Codebook
from classifiers.concepts import ConceptReader
from classifiers.document import Document
from classifiers.estimators.evidence import SignReader
from classifiers.estimators.narrative_model import (
    Assessment,
    Example,
    NarrativeModel,
    train_model,
)
from classifiers.evaluation import Evaluation, evaluate
from classifiers.judged import JudgedText
from classifiers.language import Language
from classifiers.normalise import normalise
from classifiers.partners import mentions
from classifiers.patterns import PatternMatcher
from classifiers.source_kinds import source_kind
from classifiers.training_data import MADE_BY, TrainingText, check_narratives, training_sha256
from db.clock import timestamp
from db.reference import partners

#: Raised whenever a change of the code changes what a model learns or says.
RECIPE = 8
SPLIT = "cross-validation"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known about a model beside its numbers; stored with it and with its predictions."""

    model_id: str
    codebook_version: str
    training_sha256: str
    recipe: int
    trained_at: str
    versions: dict[str, str]
    texts: int
    connected_texts: int
    sentences: int
    coded_sentences: int
    reviewed_texts: int
    made_by: str


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model ready for use, with its card and its cross-validated evaluation.

    ``unseen_ranking`` says for each narrative with codes how well models that had not seen the outlet rank
    the coded sentences of the bundled texts before the others (average precision, 0-1), and how many there
    are. ``challenge`` is what the model did on the challenge set, once it was asked.
    """

    card: ModelCard
    model: NarrativeModel
    evaluation: Evaluation
    unseen_ranking: Mapping[str, tuple[float, int]]
    challenge: ChallengeResult | None = None


def sign_reader(codebook: Codebook) -> SignReader:
    """Return the reader of patterns and partners for a codebook."""
    matcher = PatternMatcher(codebook)
    return SignReader(
        tuple(codebook.narratives),
        {narrative_id: one.partners for narrative_id, one in codebook.narratives.items()},
        matcher.matches,
        matcher.denied,
        mentions,
        {name: partner.place for name, partner in partners().items() if partner.place},
        ConceptReader(codebook).read,
    )


def model_id(codebook_version: str, training: str) -> str:
    """Return the name of the model that this code makes of a codebook and training data.

    The same inputs, code and numeric libraries give the same name.
    """
    inputs = json.dumps([RECIPE, codebook_version, training, sklearn.__version__, np.__version__])
    return "m" + hashlib.sha256(inputs.encode("utf-8")).hexdigest()[:12]


def train(codebook: Codebook, texts: Sequence[TrainingText]) -> TrainedModel:
    """Train on labelled texts; takes about a minute. Raises NarrativesError for unknown narratives."""
    narratives = tuple(codebook.narratives)
    check_narratives(texts, narratives)
    examples = [_example(text, narratives) for text in texts]
    trained = train_model(narratives, examples, sign_reader(codebook))
    digest = training_sha256(texts)
    card = ModelCard(
        model_id=model_id(codebook.version, digest),
        codebook_version=codebook.version,
        training_sha256=digest,
        recipe=RECIPE,
        trained_at=timestamp(),
        versions={
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "skops": skops.__version__,
        },
        texts=len(texts),
        connected_texts=sum(text.connected for text in texts),
        sentences=sum(len(text.sentences) for text in texts),
        coded_sentences=sum(bool(sentence.codes) for text in texts for sentence in text.sentences),
        reviewed_texts=sum(text.reviewed for text in texts),
        made_by=MADE_BY,
    )
    judged = [
        judge_training(text, unseen, narratives)
        for text, unseen in zip(texts, trained.unseen, strict=True)
        if text.connected
    ] or [
        judge_training(text, unseen, narratives) for text, unseen in zip(texts, trained.unseen, strict=True)
    ]
    families = {narrative_id: one.family for narrative_id, one in codebook.narratives.items()}
    evaluation = evaluate(judged, families, split=SPLIT, made_by=MADE_BY)
    ranking = _unseen_ranking(texts, trained.unseen, narratives)
    return TrainedModel(card, trained.model, evaluation, ranking)


def _unseen_ranking(
    texts: Sequence[TrainingText], unseen: Sequence[Assessment], narratives: Sequence[str]
) -> dict[str, tuple[float, int]]:
    bundled = [(text, said) for text, said in zip(texts, unseen, strict=True) if not text.reviewed]
    scores = np.concatenate([said.scores for _, said in bundled])
    codes = [frozenset(code.narrative for code in one.codes) for text, _ in bundled for one in text.sentences]
    found = {}
    for column, narrative in enumerate(narratives):
        labels = np.array([narrative in coded for coded in codes])
        if labels.any():
            found[narrative] = float(average_precision_score(labels, scores[:, column])), int(labels.sum())
    return found


def judge_training(text: TrainingText, unseen: Assessment, narratives: Sequence[str]) -> JudgedText:
    """Lay what a model said of an unseen training text beside its codes."""
    said = {
        (int(row), narratives[column]): unseen.voices[int(row), int(column)]
        for row, column in zip(*np.nonzero(unseen.flagged), strict=True)
    }
    return JudgedText(
        language=text.language,
        agreed={
            (row, code.narrative): code.voice
            for row, sentence in enumerate(text.sentences)
            for code in sentence.codes
        },
        said=said,
        flagged=frozenset(narrative for _, narrative in said),
        kind=source_kind(text.register),
        outlet=text.group,
    )


def _example(text: TrainingText, narratives: Sequence[str]) -> Example:
    sentences = tuple(normalise(sentence.text).text for sentence in text.sentences)
    labels = np.zeros((len(sentences), len(narratives)), dtype=bool)
    voices: list[Mapping[int, str]] = []
    for row, sentence in enumerate(text.sentences):
        coded: dict[int, str] = {narratives.index(code.narrative): code.voice for code in sentence.codes}
        labels[row, list(coded)] = True
        voices.append(coded)
    language: Language = "en" if text.language == "en" else "fr"
    return Example(
        Document(
            normalise(text.title).text if text.title else "",
            sentences,
            (language,) * len(sentences),
        ),
        labels,
        voices,
        text.group,
        text.weight,
    )
