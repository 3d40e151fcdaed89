"""Precision, recall and F1 with intervals, at sentence, document and family level."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["sentence", "document", "family"]
LEVELS: tuple[Level, ...] = ("sentence", "document", "family")
#: Fewer coded items than this give no figure, only their number.
FEWEST = 10
_RESAMPLES = 500
_VOICES = ("own", "attributed", "rejected")


@dataclass(frozen=True, slots=True)
class JudgedText:
    """One text with what coders and model say of it.

    ``agreed`` and ``said`` map (sentence, narrative) to a voice; ``agreed`` may say ``disputed``. ``unsure``
    holds pairs that one coder of two gave: meeting one is neither rewarded nor punished. ``flagged`` are the
    narratives of the whole text, which may stand on passages that meet no coded sentence.
    """

    language: str
    agreed: Mapping[tuple[int, str], str]
    said: Mapping[tuple[int, str], str]
    flagged: frozenset[str]
    unsure: frozenset[tuple[int, str]] = frozenset()


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

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON, rates rounded to three digits."""
        rows = [
            {
                key: round(value, 3) if isinstance(value, float) else value
                for key, value in asdict(one).items()
            }
            for one in self.figures
        ]
        return {**asdict(self), "figures": rows, "voice_accuracy": self.voice_accuracy()}

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
            for level, label, outcome in _outcomes(text, families, voice):
                for narrative_id in ("all", label):
                    for language in ("all", text.language):
                        key = (level, narrative_id, language, voice)
                        counts = tallies.setdefault(key, _Counts(np.zeros((len(texts), 3), dtype=np.int64)))
                        counts.rows[index, outcome] += 1
        for pair, voice in text.agreed.items():
            if voice != "disputed" and pair in text.said:
                voice_n += 1
                voice_hits += text.said[pair] == voice
    samples = _resamples(len(texts), seed)
    for level in LEVELS:
        tallies.setdefault((level, "all", "all", "any"), _Counts(np.zeros((len(texts), 3), dtype=np.int64)))
    figures = [_figure(key, counts.rows, samples) for key, counts in sorted(tallies.items(), key=_order)]
    uncoded = [text.flagged & families.keys() for text in texts if not text.agreed and not text.unsure]
    each = [sum(narrative in flagged for flagged in uncoded) for narrative in families]
    return Evaluation(
        split=split,
        made_by=made_by,
        documents=len(texts),
        figures=tuple(figures),
        voice_hits=voice_hits,
        voice_n=voice_n,
        uncoded_documents=len(uncoded),
        uncoded_flagged=sum(bool(flagged) for flagged in uncoded),
        uncoded_worst=max(each, default=0),
    )


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


def _outcomes(text: JudgedText, families: Mapping[str, str], voice: str) -> list[tuple[Level, str, int]]:
    """Return (level, label, 0 hit | 1 false flag | 2 miss) for one text, in one voice or in any."""
    wanted = {pair for pair, said in text.agreed.items() if voice in ("any", said) and pair[1] in families}
    found = {pair for pair, said in text.said.items() if voice in ("any", said) and pair[1] in families}
    left_out = (text.unsure - text.agreed.keys()) | {
        pair for pair, said in text.agreed.items() if voice != "any" and said == "disputed"
    }
    outcomes: list[tuple[Level, str, int]] = [
        ("sentence", narrative, _outcome((sentence, narrative), wanted, found))
        for sentence, narrative in sorted((wanted | found) - left_out)
    ]
    flagged = text.flagged & families.keys() if voice == "any" else {narrative for _, narrative in found}
    names: tuple[tuple[Level, Callable[[str], str]], ...] = (
        ("document", str),
        ("family", families.__getitem__),
    )
    for level, name in names:
        labels = {name(narrative) for _, narrative in wanted}
        predicted = {name(narrative) for narrative in flagged}
        open_labels = {name(narrative) for _, narrative in left_out if narrative in families} - labels
        outcomes.extend(
            (level, label, _outcome(label, labels, predicted))
            for label in sorted((labels | predicted) - open_labels)
        )
    return outcomes


def _outcome(item: object, wanted: Collection[object], found: Collection[object]) -> int:
    if item in wanted:
        return 0 if item in found else 2
    return 1


def _resamples(documents: int, seed: int) -> NDArray[np.int64]:
    """Return how often each document is drawn in each bootstrap sample, shape (samples, documents)."""
    generator = np.random.default_rng(seed)
    if not documents:
        return np.zeros((0, 0), dtype=np.int64)
    return generator.multinomial(documents, np.full(documents, 1 / documents), size=_RESAMPLES)


def _figure(key: tuple[Level, str, str, str], rows: NDArray[np.int64], samples: NDArray[np.int64]) -> Figure:
    hits, false, missed = (int(number) for number in rows.sum(axis=0))
    n = hits + missed
    figure = Figure(*key, n=n, predicted=hits + false)
    if n < FEWEST:
        return figure
    drawn = _rates(samples @ rows)
    point = _rates(rows.sum(axis=0, keepdims=True))[0]
    values: dict[str, Any] = {}
    for column, name in enumerate(("precision", "recall", "f1")):
        defined = drawn[~np.isnan(drawn[:, column]), column]
        if np.isnan(point[column]) or not len(defined):
            continue
        low, high = np.percentile(defined, [2.5, 97.5])
        if low == high:
            low, high = _beyond_resampling(name, hits, false, missed)
        values |= {name: float(point[column]), f"{name}_low": float(low), f"{name}_high": float(high)}
    return replace(figure, **values)


def _beyond_resampling(name: str, hits: int, false: int, missed: int) -> tuple[float, float]:
    """Return an interval where every resample gives the same rate (0 or 1), which says nothing of its spread.

    Wilson's score interval; F1 as the image of the share of hits among all that was coded or flagged.
    """
    trials = {"precision": hits + false, "recall": hits + missed}.get(name, hits + false + missed)
    square = 1.96**2
    middle = (hits + square / 2) / (trials + square)
    half = 1.96 / (trials + square) * math.sqrt(hits * (trials - hits) / trials + square / 4)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (2 * low / (1 + low), 2 * high / (1 + high)) if name == "f1" else (low, high)


def _rates(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return precision, recall and F1 for rows of (hits, false flags, misses); NaN where undefined."""
    hits, false, missed = counts[:, 0], counts[:, 1], counts[:, 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.column_stack(
            [hits / (hits + false), hits / (hits + missed), 2 * hits / (2 * hits + false + missed)]
        )
