"""Coded texts to measure a model on: reading them, and meeting them with what the model flagged."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from classifiers.judged import JudgedText
from classifiers.source_kinds import source_kind
from db.errors import NarrativesError

#: Two passages meet when they share half of the shorter one.
_SHARED = 0.5


class GoldCode(BaseModel):
    """A narrative that coders found in a sentence; ``coders`` says how many of two gave it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    start: int
    end: int
    narrative: str
    voice: Literal["own", "attributed", "rejected", "disputed"]
    coders: Literal[1, 2] = 2


class GoldText(BaseModel):
    """A text coded sentence by sentence; offsets are code points, half-open, into ``text``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str
    title: str | None = None
    language: str = "fr"
    source: str = "unknown"
    doc_type: str = "unknown"
    sentences: tuple[tuple[int, int], ...]
    codes: tuple[GoldCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A passage that the model flagged."""

    start: int
    end: int
    narrative: str
    voice: str


def read_gold(path: Path) -> list[GoldText]:
    """Read a gold file (JSON lines). Raises NarrativesError naming the line that does not fit."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NarrativesError(f"{path} cannot be read: {error}. Name a gold file of JSON lines.") from error
    return list(_texts(lines, path))


def _texts(lines: Iterable[str], path: Path) -> Iterator[GoldText]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield GoldText.model_validate(json.loads(line))
            except (ValidationError, json.JSONDecodeError) as error:
                raise NarrativesError(f"{path}:{number} is not a coded text: {error}") from error


def judge_gold(gold: GoldText, flags: Sequence[Flag]) -> JudgedText:
    """Lay the model's flags over the coded sentences of one text."""
    said: dict[tuple[int, str], str] = {}
    for start, end in gold.sentences:
        for flag in flags:
            if _meet(start, end, flag.start, flag.end):
                said.setdefault((start, flag.narrative), flag.voice)
    return JudgedText(
        language=gold.language,
        agreed={(code.start, code.narrative): code.voice for code in gold.codes if code.coders == 2},
        said=said,
        flagged=frozenset(flag.narrative for flag in flags),
        unsure=frozenset((code.start, code.narrative) for code in gold.codes if code.coders == 1),
        kind=source_kind(gold.doc_type),
        outlet=gold.source,
    )


def _meet(start: int, end: int, other_start: int, other_end: int) -> bool:
    shared = min(end, other_end) - max(start, other_start)
    return shared > 0 and shared >= _SHARED * min(end - start, other_end - other_start)
