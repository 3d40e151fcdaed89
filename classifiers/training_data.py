"""The labelled texts that models are trained on: single passages and connected texts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from db.errors import NarrativesError

Voice = Literal["own", "attributed", "rejected"]

BUNDLED = Path(__file__).parent / "training"
#: Who made the labels, in the words that stand wherever a figure built on them is shown.
MADE_BY = "language-model texts and labels, not reviewed by a person"


class Code(BaseModel):
    """One narrative found in a sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    narrative: str = Field(description="Narrative id of the codebook")
    voice: Voice = Field(description="Whose words: the author's own, somebody else's, or rejected")


class Sentence(BaseModel):
    """A sentence and its codes; most sentences have none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    codes: tuple[Code, ...] = ()


class _Passage(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str = Field(min_length=1)
    language: str
    codes: tuple[Code, ...]
    register_: str = Field(alias="register")


class _Connected(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    language: str
    register_: str = Field(alias="register")
    title: str | None = None
    outlet: str | None = None
    sentences: tuple[Sentence, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class TrainingText:
    """A labelled text. ``group`` keeps together what must not stand on both sides of a split.

    ``weight`` says how much it counts in training; ``reviewed`` that people coded it in a review desk.
    """

    text_id: str
    language: str
    register: str
    group: str
    title: str | None
    sentences: tuple[Sentence, ...]
    connected: bool
    weight: float = 1.0
    reviewed: bool = False


_Model = TypeVar("_Model", bound=BaseModel)


def load_training(folder: Path = BUNDLED) -> tuple[TrainingText, ...]:
    """Read ``passages*.jsonl`` and ``connected-*.jsonl`` of a folder, in the order of their names.

    Raises NarrativesError with file and line for a line that does not fit.
    """
    texts = [_single(line, where) for line, where in _lines(folder, "passages*.jsonl")]
    texts += [_connected(line, where) for line, where in _lines(folder, "connected-*.jsonl")]
    if not texts:
        raise NarrativesError(f"No training texts (passages*.jsonl, connected-*.jsonl) in {folder}.")
    known: set[str] = set()
    for text in texts:
        if text.text_id in known:
            raise NarrativesError(f"{folder}: the training text id {text.text_id} occurs twice. Rename one.")
        known.add(text.text_id)
    return tuple(texts)


def training_sha256(texts: Sequence[TrainingText]) -> str:
    """Return the SHA-256 (hex) of what a model learns from: texts, titles, codes and groups."""
    digest = hashlib.sha256()
    for text in texts:
        parts = [text.text_id, text.language, text.register, text.group, text.title or ""]
        if text.weight != 1.0:
            parts.append(repr(text.weight))
        for sentence in text.sentences:
            parts.append(sentence.text)
            parts.extend(f"{code.narrative}={code.voice}" for code in sentence.codes)
        digest.update("\x1f".join(parts).encode("utf-8") + b"\x1e")
    return digest.hexdigest()


def check_narratives(texts: Sequence[TrainingText], known: Sequence[str]) -> None:
    """Raise NarrativesError when a training text is coded with a narrative that the codebook lacks."""
    for text in texts:
        for sentence in text.sentences:
            for code in sentence.codes:
                if code.narrative not in known:
                    raise NarrativesError(
                        f"Training text {text.text_id} is coded {code.narrative!r}, which the codebook does "
                        "not have. Add the narrative or correct the code."
                    )


def _single(line: str, where: str) -> TrainingText:
    passage = _read(_Passage, line, where)
    sentence = Sentence(text=passage.text, codes=passage.codes)
    return TrainingText(
        passage.id, passage.language, passage.register_, passage.id, None, (sentence,), connected=False
    )


def _connected(line: str, where: str) -> TrainingText:
    text = _read(_Connected, line, where)
    return TrainingText(
        text.id,
        text.language,
        text.register_,
        text.outlet or text.id,
        text.title,
        text.sentences,
        connected=True,
    )


def _read(model: type[_Model], line: str, where: str) -> _Model:
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        raise NarrativesError(f"{where} is not a training text: {error}") from error


def _lines(folder: Path, pattern: str) -> list[tuple[str, str]]:
    return [
        (line, f"{path}:{number}")
        for path in sorted(folder.glob(pattern))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.strip()
    ]
