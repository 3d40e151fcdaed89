"""How far a second coding of the training texts agrees with the first, narrative by narrative.

Both passes were made by a language model, the second without seeing the first; no person reviewed either.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from classifiers.evaluation import FEWEST
from classifiers.training_data import BUNDLED, Code, load_training
from db.agreement import measure
from db.errors import NarrativesError

MADE_BY = "two passes of a language model, the second blind to the first; no person"


class SecondCoding(BaseModel):
    """The codes that the second pass gave to a sentence; ``sentence`` is null where it is the whole text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    sentence: int | None
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class NarrativeAgreement:
    """Sentences coded by the first, by the second and by both, and how well that agrees beyond chance.

    ``f1`` is 2 * both / (first + second); ``alpha`` is Krippendorff's with its 95 % interval over texts. None
    where fewer than 10 sentences were coded by either.
    """

    narrative_id: str
    first: int
    second: int
    both: int
    f1: float | None
    alpha: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PassAgreement:
    """Agreement overall (``all``: any narrative) and by narrative, and on the voice of what both coded."""

    texts: int
    sentences: int
    share: float
    narratives: tuple[NarrativeAgreement, ...]
    voice_same: int
    voice_n: int

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {"made_by": MADE_BY, **asdict(self)}


def agreement(folder: Path = BUNDLED) -> PassAgreement:
    """Compare ``second-pass.jsonl`` of a training folder with the codes of its texts.

    ``share`` is the part of all training sentences that was coded twice. Raises NarrativesError when a line
    does not fit or names a sentence that no training text has.
    """
    texts = load_training(folder)
    second = _read(folder / "second-pass.jsonl")
    known = {text.text_id: text for text in texts}
    if unknown := {text_id for text_id, _ in second} - known.keys():
        named = ", ".join(sorted(unknown)[:3])
        raise NarrativesError(f"{folder / 'second-pass.jsonl'} codes texts that are not there: {named}.")
    pairs: dict[str, list[tuple[dict[str, str], dict[str, str]]]] = {}
    for (text_id, row), codes in second.items():
        sentences = known[text_id].sentences
        if row >= len(sentences):
            raise NarrativesError(
                f"{folder / 'second-pass.jsonl'}: {text_id} has {len(sentences)} sentences, none is {row}."
            )
        pairs.setdefault(text_id, []).append((_voices(sentences[row].codes), codes))
    units = list(pairs.values())
    coded = sorted({name for text in units for first, other in text for name in (*first, *other)})
    voices = [
        (first[name], other[name]) for text in units for first, other in text for name in first.keys() & other
    ]
    return PassAgreement(
        len(units),
        len(second),
        len(second) / sum(len(text.sentences) for text in texts),
        tuple(_narrative(units, name) for name in ("all", *coded)),
        sum(first == other for first, other in voices),
        len(voices),
    )


def table(result: PassAgreement) -> str:
    """Return the agreement as lines for a terminal."""
    lines = [
        f"second coding: {result.sentences} sentences of {result.texts} training texts "
        f"({100 * result.share:.0f} % of all sentences)",
        f"made by {MADE_BY}",
        "",
        f"{'':30} {'first':>6} {'second':>6} {'both':>5}  agreement  Krippendorff's alpha",
    ]
    for one in result.narratives:
        f1 = "-" if one.f1 is None else f"{one.f1:.2f}"
        alpha = "-" if one.alpha is None else f"{one.alpha:.2f}"
        if one.alpha is not None and one.low is not None:
            alpha += f" [{one.low:.2f}, {one.high:.2f}]"
        name = "any narrative" if one.narrative_id == "all" else one.narrative_id
        lines.append(f"{name:30} {one.first:>6} {one.second:>6} {one.both:>5}  {f1:<10} {alpha}")
    voice = f"{result.voice_same / result.voice_n:.2f}" if result.voice_n >= FEWEST else "-"
    lines.append(f"same voice where both gave the narrative: {voice} (n {result.voice_n})")
    return "\n".join(lines) + "\n"


def _narrative(
    units: Sequence[Sequence[tuple[dict[str, str], dict[str, str]]]], name: str
) -> NarrativeAgreement:
    def given(codes: dict[str, str]) -> bool:
        return bool(codes) if name == "all" else name in codes

    values = [[(given(first), given(other)) for first, other in text] for text in units]
    first = sum(one for text in values for one, _ in text)
    second = sum(other for text in values for _, other in text)
    both = sum(one and other for text in values for one, other in text)
    if first + second - both < FEWEST:
        return NarrativeAgreement(name, first, second, both, None, None, None, None)
    found = measure(values, absent=False)
    return NarrativeAgreement(
        name, first, second, both, 2 * both / (first + second), found.alpha, found.low, found.high
    )


def _voices(codes: Sequence[Code]) -> dict[str, str]:
    return {code.narrative: code.voice for code in codes}


def _read(path: Path) -> dict[tuple[str, int], dict[str, str]]:
    if not path.is_file():
        raise NarrativesError(f"No second coding at {path}.")
    found: dict[tuple[str, int], dict[str, str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                one = SecondCoding.model_validate(json.loads(line))
            except (ValidationError, json.JSONDecodeError) as error:
                raise NarrativesError(f"{path}:{number} is not a second coding: {error}") from error
            found[one.id, one.sentence or 0] = _voices(one.codes)
    return found
