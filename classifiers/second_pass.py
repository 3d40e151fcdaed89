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

#: The codes of one sentence, narrative to voice, by the first and by the second pass.
Pair = tuple[dict[str, str], dict[str, str]]


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
class PartAgreement:
    """Agreement on one kind of text, ``passages`` or ``connected``.

    ``first``, ``second``, ``both`` and ``f1`` count codes, all narratives together; ``narratives`` counts
    sentences, first those with any narrative (``all``), then by narrative. ``voice_same`` of the ``voice_n``
    codes that both gave carry the same voice.
    """

    part: str
    texts: int
    sentences: int
    first: int
    second: int
    both: int
    f1: float | None
    narratives: tuple[NarrativeAgreement, ...]
    voice_same: int
    voice_n: int


@dataclass(frozen=True, slots=True)
class PassAgreement:
    """Agreement on passages and on connected texts, apart: passages are much easier to agree on.

    ``share`` is the part of all training sentences that was coded twice.
    """

    texts: int
    sentences: int
    share: float
    parts: tuple[PartAgreement, ...]

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {"made_by": MADE_BY, **asdict(self)}


def agreement(folder: Path = BUNDLED) -> PassAgreement:
    """Compare ``second-pass.jsonl`` of a training folder with the codes of its texts.

    A part without a sentence coded twice is left out. Raises NarrativesError when a line does not fit, comes
    twice, or names a sentence that no training text has.
    """
    texts = load_training(folder)
    path = folder / "second-pass.jsonl"
    second = _read(path)
    known = {text.text_id: text for text in texts}
    if unknown := {text_id for text_id, _ in second} - known.keys():
        named = ", ".join(sorted(unknown)[:3])
        raise NarrativesError(f"{path} codes texts that are not there: {named}.")
    pairs: dict[bool, dict[str, list[Pair]]] = {False: {}, True: {}}
    for (text_id, row), codes in second.items():
        text = known[text_id]
        if row >= len(text.sentences):
            raise NarrativesError(f"{path}: {text_id} has {len(text.sentences)} sentences, none is {row}.")
        pair = (_voices(text.sentences[row].codes), codes)
        pairs[text.connected].setdefault(text_id, []).append(pair)
    parts = (
        _part(name, list(pairs[connected].values()))
        for name, connected in (("passages", False), ("connected", True))
        if pairs[connected]
    )
    return PassAgreement(
        sum(len(of) for of in pairs.values()),
        len(second),
        len(second) / sum(len(text.sentences) for text in texts),
        tuple(parts),
    )


def table(result: PassAgreement) -> str:
    """Return the agreement as lines for a terminal."""
    lines = [
        f"second coding: {result.sentences} sentences of {result.texts} training texts "
        f"({100 * result.share:.0f} % of all sentences)",
        f"made by {MADE_BY}",
    ]
    for part in result.parts:
        lines += ["", *_part_lines(part)]
    return "\n".join(lines) + "\n"


def _part_lines(part: PartAgreement) -> list[str]:
    named = {"passages": "single passages", "connected": "sentences of connected texts"}[part.part]
    lines = [
        f"{f'{named} (n {part.sentences})':40} {'first':>6} {'second':>6} {'both':>5}  agreement  "
        "Krippendorff's alpha",
        f"{'all codes':40} {part.first:>6} {part.second:>6} {part.both:>5}  {_rate(part.f1)}",
    ]
    for one in part.narratives:
        alpha = _rate(one.alpha)
        if one.alpha is not None and one.low is not None:
            alpha += f" [{one.low:.2f}, {one.high:.2f}]"
        name = "any narrative" if one.narrative_id == "all" else one.narrative_id
        lines.append(f"{name:40} {one.first:>6} {one.second:>6} {one.both:>5}  {_rate(one.f1):<10} {alpha}")
    voice = _rate(part.voice_same / part.voice_n if part.voice_n >= FEWEST else None)
    lines.append(f"same voice where both gave the narrative: {voice} (n {part.voice_n})")
    return lines


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _part(name: str, units: Sequence[Sequence[Pair]]) -> PartAgreement:
    pairs = [pair for text in units for pair in text]
    coded = sorted({narrative for first, other in pairs for narrative in (*first, *other)})
    voices = [
        (first[narrative], other[narrative])
        for first, other in pairs
        for narrative in first.keys() & other.keys()
    ]
    given_first, given_second = sum(len(first) for first, _ in pairs), sum(len(other) for _, other in pairs)
    return PartAgreement(
        name,
        len(units),
        len(pairs),
        given_first,
        given_second,
        len(voices),
        _f1(given_first, given_second, len(voices)),
        tuple(_narrative(units, narrative) for narrative in ("all", *coded)),
        sum(first == other for first, other in voices),
        len(voices),
    )


def _f1(first: int, second: int, both: int) -> float | None:
    return 2 * both / (first + second) if first + second - both >= FEWEST else None


def _narrative(units: Sequence[Sequence[Pair]], name: str) -> NarrativeAgreement:
    def given(codes: dict[str, str]) -> bool:
        return bool(codes) if name == "all" else name in codes

    values = [[(given(first), given(other)) for first, other in text] for text in units]
    first = sum(one for text in values for one, _ in text)
    second = sum(other for text in values for _, other in text)
    both = sum(one and other for text in values for one, other in text)
    f1 = _f1(first, second, both)
    if f1 is None:
        return NarrativeAgreement(name, first, second, both, None, None, None, None)
    found = measure(values, absent=False)
    return NarrativeAgreement(name, first, second, both, f1, found.alpha, found.low, found.high)


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
            place = (one.id, one.sentence or 0)
            if place in found:
                raise NarrativesError(
                    f"{path}:{number} codes sentence {place[1]} of {one.id} a second time. Keep one line."
                )
            found[place] = _voices(one.codes)
    return found
