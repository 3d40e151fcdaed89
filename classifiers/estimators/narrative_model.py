"""The model: words, then context, then voice; each stage can be looked at."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.document import Document
from classifiers.estimators.context_scorer import ContextScorer
from classifiers.estimators.evidence import Evidence, SignReader, Signs, gather
from classifiers.estimators.sentence_scores import Flags, Floats, SentenceScorer
from classifiers.estimators.thresholds import Thresholds, choose_thresholds
from classifiers.estimators.voice_scorer import VoicedText, VoiceScorer, voice_features

Rows = NDArray[np.int64]

FOLDS = 5
#: Single passages have no neighbours to learn from; they keep the short texts of real life represented.
_SINGLE_WEIGHT = 0.3
#: Uncoded sentences of the ordinary press for each uncoded training sentence ("most sentences of most
#: articles get none"; in the training texts four in ten are coded).
NEGATIVE_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled document: ``labels`` (sentences, narratives), ``voices`` row -> column -> voice.

    ``weight`` says how much it counts beside others.
    """

    document: Document
    labels: Flags
    voices: Sequence[Mapping[int, str]]
    group: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the model says of one document.

    ``scores`` are probabilities (sentences, narratives); ``voices`` maps (sentence, narrative) of both bands.
    ``patterns`` tells where a pattern of the codebook fires, whether or not the model follows it.
    """

    scores: Floats
    flagged: Flags
    review: Flags
    voices: Mapping[tuple[int, int], str]
    patterns: Flags


@dataclass(frozen=True, slots=True)
class NarrativeModel:
    """A trained model. ``narratives`` names the columns of every array."""

    narratives: tuple[str, ...]
    words: SentenceScorer
    context: ContextScorer
    voice: VoiceScorer
    thresholds: Thresholds
    signs: SignReader

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        """Return what the model says of each document; sentences in other languages are left silent."""
        signs = [self.signs.read(document) for document in documents]
        evidence = gather(documents, signs, self.words)
        return [
            self._judge(document, item, self.context.decision_function(item) if len(item) else item.sentence)
            for document, item in zip(documents, evidence, strict=True)
        ]

    def _judge(self, document: Document, evidence: Evidence, decisions: Floats) -> Assessment:
        return judge(document, evidence, decisions, self.thresholds, self.voice)


def judge(
    document: Document,
    evidence: Evidence,
    decisions: Floats,
    thresholds: Thresholds,
    voice: VoiceScorer,
) -> Assessment:
    """Turn log odds into bands and voices."""
    readable = np.array(document.readable(), dtype=bool)[:, None]
    flagged, review = thresholds.bands(decisions, evidence.signs.patterns > 0, evidence.signs.relevance)
    flagged, review = flagged & readable, review & readable
    pairs = [(int(row), int(column)) for row, column in zip(*np.nonzero(flagged | review), strict=True)]
    voices: dict[tuple[int, int], str] = {}
    if pairs:
        rows = [row for row, _ in pairs]
        denied = np.array([evidence.signs.denials[pair] for pair in pairs])
        said = voice.predict(voice_features(document.sentences), rows, denied)
        voices = dict(zip(pairs, said, strict=True))
    return Assessment(1 / (1 + np.exp(-decisions)), flagged, review, voices, evidence.signs.patterns > 0)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model and what it said of each training text when it had not seen its group."""

    model: NarrativeModel
    unseen: list[Assessment]


def train_model(narratives: Sequence[str], examples: Sequence[Example], signs: SignReader) -> Trained:
    """Train all stages; scores that later stages learn from come from models that had not seen the text.

    Groups decide the folds, so that texts of one outlet are never on both sides.
    """
    fold = np.array([_fold(example.group) for example in examples])
    read = [signs.read(example.document) for example in examples]
    evidence = _unseen_evidence(examples, read, fold)
    decisions = _unseen_decisions(examples, evidence, fold)
    connected = [index for index, example in enumerate(examples) if len(example.document) > 1]
    judged = connected or list(range(len(examples)))
    thresholds = choose_thresholds(
        [decisions[index] for index in judged], [examples[index].labels for index in judged], NEGATIVE_WEIGHT
    )
    voiced = [_voiced(example) for example in examples]
    unseen: list[Assessment | None] = [None] * len(examples)
    for number in range(FOLDS):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        voice = VoiceScorer().fit([voiced[index] for index in inside.tolist()])
        for index in outside.tolist():
            unseen[index] = judge(
                examples[index].document,
                evidence[index],
                decisions[index],
                thresholds,
                voice,
            )
    everything = np.arange(len(examples))
    model = NarrativeModel(
        narratives=tuple(narratives),
        words=_fit_words(examples, read, everything),
        context=_fit_context(examples, evidence, everything),
        voice=VoiceScorer().fit(voiced),
        thresholds=thresholds,
        signs=signs,
    )
    return Trained(model, [item for item in unseen if item is not None])


def _fold(group: str) -> int:
    return int(hashlib.sha256(group.encode("utf-8")).hexdigest(), 16) % FOLDS


def _unseen_evidence(examples: Sequence[Example], signs: Sequence[Signs], fold: Rows) -> list[Evidence]:
    found: list[Evidence | None] = [None] * len(examples)
    for number in range(FOLDS):
        outside = np.flatnonzero(fold == number)
        scorer = _fit_words(examples, signs, np.flatnonzero(fold != number))
        gathered = gather(
            [examples[index].document for index in outside.tolist()],
            [signs[index] for index in outside.tolist()],
            scorer,
        )
        for index, item in zip(outside.tolist(), gathered, strict=True):
            found[index] = item
    return [item for item in found if item is not None]


def _unseen_decisions(examples: Sequence[Example], evidence: Sequence[Evidence], fold: Rows) -> list[Floats]:
    decisions: list[Floats] = [np.zeros(0)] * len(examples)
    for number in range(FOLDS):
        context = _fit_context(examples, evidence, np.flatnonzero(fold != number))
        for index in np.flatnonzero(fold == number).tolist():
            decisions[index] = context.decision_function(evidence[index])
    return decisions


def _fit_words(examples: Sequence[Example], signs: Sequence[Signs], chosen: Rows) -> SentenceScorer:
    sentences = [
        pair
        for index in chosen.tolist()
        for pair in zip(examples[index].document.sentences, signs[index].concepts, strict=True)
    ]
    labels = np.concatenate([examples[index].labels for index in chosen.tolist()])
    weights = np.concatenate(
        [np.full(len(examples[index].document), examples[index].weight) for index in chosen.tolist()]
    )
    return SentenceScorer().fit(sentences, labels, None if (weights == 1.0).all() else weights)


def _fit_context(examples: Sequence[Example], evidence: Sequence[Evidence], chosen: Rows) -> ContextScorer:
    return ContextScorer().fit(
        [evidence[index] for index in chosen.tolist()],
        [examples[index].labels for index in chosen.tolist()],
        [
            examples[index].weight * (_SINGLE_WEIGHT if len(examples[index].document) == 1 else 1.0)
            for index in chosen.tolist()
        ],
    )


def _voiced(example: Example) -> VoicedText:
    coded = [(row, voice) for row, said in enumerate(example.voices) for voice in said.values()]
    return VoicedText(
        voice_features(example.document.sentences),
        [row for row, _ in coded],
        [voice for _, voice in coded],
        _SINGLE_WEIGHT if len(example.document) == 1 else 1.0,
    )
