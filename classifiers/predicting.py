"""Labelling texts without a database: JSON lines in, JSON lines out."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from classifiers.document import Document, read_document
from classifiers.estimators.narrative_model import Assessment, NarrativeModel
from db.errors import NarrativesError

#: Texts read together: enough for fast arithmetic, few enough for little memory.
BATCH = 64


class InputText(BaseModel):
    """One line of input; other keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int = Field(description="Comes back unchanged")
    text: str
    title: str | None = None
    language: str | None = Field(default=None, description="Kept; identified when missing")


@dataclass(frozen=True, slots=True)
class Label:
    """A narrative found in a passage: in band ``flagged``, else for review."""

    narrative: str
    score: float
    flagged: bool
    voice: str


def read_lines(lines: Iterable[str]) -> Iterator[InputText]:
    """Read input lines. Raises NarrativesError naming the line that does not fit."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield InputText.model_validate(json.loads(line))
            except (ValidationError, json.JSONDecodeError, RecursionError) as error:
                raise NarrativesError(
                    f"Line {number} of the input is not a text to label: {error}. "
                    'Each line is a JSON object with "id" and "text".'
                ) from error


def labels(assessment: Assessment, narratives: Sequence[str]) -> list[list[Label]]:
    """Return the labels of each passage of a document, best score first."""
    found: list[list[Label]] = [[] for _ in range(len(assessment.scores))]
    for row, column in zip(*np.nonzero(assessment.flagged | assessment.review), strict=True):
        found[row].append(
            Label(
                narratives[column],
                round(float(assessment.scores[row, column]), 4),
                bool(assessment.flagged[row, column]),
                assessment.voices[int(row), int(column)],
            )
        )
    return [sorted(one, key=lambda label: (-label.score, label.narrative)) for one in found]


def predict(model: NarrativeModel, texts: Iterable[InputText]) -> Iterator[dict[str, Any]]:
    """Yield one output object for each text, in order, every passage in it.

    Offsets are code points of the text as it came in; ``narratives`` holds the bands flagged and review.
    """
    remaining = iter(texts)
    while batch := list(islice(remaining, BATCH)):
        read = [read_document(text.text, text.title) for text in batch]
        assessed = model.assess([document for document, _ in read])
        for text, (document, spans), assessment in zip(batch, read, assessed, strict=True):
            yield _output(text, document, spans, labels(assessment, model.narratives))


def _output(
    text: InputText, document: Document, spans: Sequence[tuple[int, int]], found: Sequence[Sequence[Label]]
) -> dict[str, Any]:
    return {
        "id": text.id,
        "language": text.language or document.language(),
        "passages": [
            {
                "start": start,
                "end": end,
                "language": language,
                "narratives": [
                    {
                        "id": label.narrative,
                        "score": label.score,
                        "flagged": label.flagged,
                        "voice": label.voice,
                    }
                    for label in narratives
                ],
            }
            for (start, end), language, narratives in zip(spans, document.languages, found, strict=True)
        ],
    }
