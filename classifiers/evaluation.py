"""Precision, recall and F1 with intervals, at sentence, document and family level."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.intervals import rate_intervals, resamples
from classifiers.judged import LEVELS, JudgedText, Level, outcomes

#: Fewer coded items than this give no figure, only their number.
FEWEST = 10
_VOICES = ("own", "attributed", "rejected")
#: What texts are told apart by, beside language: name of the dimension -> how a text answers.
_DIMENSIONS: Mapping[str, Callable[[JudgedText], str]] = {
    "kind": lambda text: text.kind,
    "outlet": lambda text: text.outlet,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of an evaluation: ``n`` coded items, ``predicted`` flags; rates are None where ``n`` < 10.

    Intervals are 95 % percentile intervals from a bootstrap over documents; Wilson's where that has no width.
    """

    level: Level
    narrative_id: str
    language: str
    voice: str
    n: int
    predicted: int
    precision: float | None = None
    precision_low: float | None = None
    precision_high: float | None = None
    recall: float | None = None
    recall_low: float | None = None
    recall_high: float | None = None
    f1: float | None = None
    f1_low: float | None = None
    f1_high: float | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """The figures over all narratives for the texts of one kind or one outlet (``dimension``, ``value``)."""

    dimension: str
    value: str
    documents: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one comparison, and the share of matched codes whose voice is right."""

    split: str
    made_by: str
    documents: int
    figures: tuple[Figure, ...]
    voice_hits: int
    voice_n: int
    uncoded_documents: int
    uncoded_flagged: int
    uncoded_worst: int
    #: Uncoded texts that were flagged all the same, for each narrative flagged at least once.
    uncoded_by_narrative: Mapping[str, int] = field(default_factory=dict)
    slices: tuple[Slice, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON, rates rounded to three digits."""
        slices = [
            {**asdict(one), "figures": [_rounded(figure) for figure in one.figures]} for one in self.slices
        ]
        return {
            **asdict(self),
            "figures": [_rounded(figure) for figure in self.figures],
            "slices": slices,
            "voice_accuracy": self.voice_accuracy(),
        }

    def voice_accuracy(self) -> float | None:
        """Return the share of matched codes with the right voice, or None where there are too few."""
        return round(self.voice_hits / self.voice_n, 3) if self.voice_n >= FEWEST else None

    def figure(
        self, level: Level, narrative_id: str = "all", language: str = "all", voice: str = "any"
    ) -> Figure:
        """Return one line. Raises KeyError when there is none."""
        for one in self.figures:
            if (one.level, one.narrative_id, one.language, one.voice) == (
                level,
                narrative_id,
                language,
                voice,
            ):
                return one
        raise KeyError((level, narrative_id, language, voice))


@dataclass(slots=True)
class _Counts:
    """Hits, false flags and misses of one line, document by document."""

    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))


def evaluate(
    texts: Sequence[JudgedText],
    families: Mapping[str, str],
    *,
    split: str,
    made_by: str,
    seed: int = 1,
) -> Evaluation:
    """Compare; ``families`` maps every narrative that is scored to its family, others are left out."""
    tallies: dict[tuple[Level, str, str, str], _Counts] = {}
    voice_hits = voice_n = 0
    for index, text in enumerate(texts):
        for voice in ("any", *_VOICES):
            for level, label, outcome in outcomes(text, families, voice):
                for narrative_id in ("all", label):
                    for language in ("all", text.language):
                        key = (level, narrative_id, language, voice)
                        counts = tallies.setdefault(key, _Counts(np.zeros((len(texts), 3), dtype=np.int64)))
                        counts.rows[index, outcome] += 1
        for pair, voice in text.agreed.items():
            if voice != "disputed" and pair in text.said:
                voice_n += 1
                voice_hits += text.said[pair] == voice
    samples = resamples(len(texts), seed)
    for level in LEVELS:
        tallies.setdefault((level, "all", "all", "any"), _Counts(np.zeros((len(texts), 3), dtype=np.int64)))
    figures = [_figure(key, counts.rows, samples) for key, counts in sorted(tallies.items(), key=_order)]
    uncoded = [text.flagged & families.keys() for text in texts if text.uncoded]
    each = {one: count for one in families if (count := sum(one in flagged for flagged in uncoded))}
    return Evaluation(
        split=split,
        made_by=made_by,
        documents=len(texts),
        figures=tuple(figures),
        voice_hits=voice_hits,
        voice_n=voice_n,
        uncoded_documents=len(uncoded),
        uncoded_flagged=sum(bool(flagged) for flagged in uncoded),
        uncoded_worst=max(each.values(), default=0),
        uncoded_by_narrative=each,
        slices=_slices(texts, families, seed),
    )


def _slices(texts: Sequence[JudgedText], families: Mapping[str, str], seed: int) -> tuple[Slice, ...]:
    found = []
    for dimension, value_of in _DIMENSIONS.items():
        for value in sorted({value_of(text) for text in texts}):
            chosen = [text for text in texts if value_of(text) == value]
            samples = resamples(len(chosen), seed)
            counts = {level: np.zeros((len(chosen), 3), dtype=np.int64) for level in LEVELS}
            for index, text in enumerate(chosen):
                for level, _, outcome in outcomes(text, families, "any"):
                    counts[level][index, outcome] += 1
            figures = tuple(_figure((level, "all", "all", "any"), counts[level], samples) for level in LEVELS)
            found.append(Slice(dimension, value, len(chosen), figures))
    return tuple(found)


def _order(item: tuple[tuple[Level, str, str, str], _Counts]) -> tuple[int, bool, str, bool, str, bool, str]:
    level, narrative_id, language, voice = item[0]
    return (
        LEVELS.index(level),
        narrative_id != "all",
        narrative_id,
        language != "all",
        language,
        voice != "any",
        voice,
    )


def _figure(key: tuple[Level, str, str, str], rows: NDArray[np.int64], samples: NDArray[np.int64]) -> Figure:
    hits, false, missed = (int(number) for number in rows.sum(axis=0))
    n = hits + missed
    figure = Figure(*key, n=n, predicted=hits + false)
    if n < FEWEST:
        return figure
    values: dict[str, Any] = {}
    for name, (rate, low, high) in rate_intervals(rows, samples).items():
        values |= {name: rate, f"{name}_low": low, f"{name}_high": high}
    return replace(figure, **values)


def _rounded(figure: Figure) -> dict[str, object]:
    return {
        key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(figure).items()
    }
