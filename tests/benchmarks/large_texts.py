"""Invented words for a large database: texts of a few sentences whose words are as unequal as real ones."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_OPENINGS = (
    "Le ministre a reçu",
    "Une délégation visite",
    "La radio annonce",
    "Le marché rouvre à",
    "On attend à",
)
_PLACES = ("Kalanfa", "Sirabougou", "Donkoro", "Tiénfala", "Wassou", "Baramandi")
_SYLLABLES = (
    "ba", "bou", "da", "di", "fa", "fo", "ga", "gué", "ka", "ko", "lé", "lo", "ma", "mi", "na", "no", "nya",
    "ré", "sa", "si", "ta", "té", "wa", "yo",
)  # fmt: skip
#: A phrase that nobody used before the last week.
PHRASE = "pacte des trois rives"
#: Words in all; the word of rank r is drawn in proportion to 1 / r (Zipf).
VOCABULARY = 20_000
SENTENCES = 4
_WORDS_A_SENTENCE = 7
#: Flagged and doubtful labels of a text; two on average.
_LABELS = ((0, 1, 2, 3, 4, 6), (28, 20, 16, 14, 12, 10))
_VOICES = (("own", "attributed", "rejected"), (50, 40, 10))


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the place of its sentence, the place of its storyline in the list, voice and band."""

    sentence: int
    narrative: int
    voice: str
    band: str
    score: float


@dataclass(frozen=True, slots=True)
class Text:
    """One invented text: its sentences, joined by blanks, and its labels."""

    sentences: tuple[str, ...]
    labels: tuple[Label, ...]


class Writer:
    """Writes invented texts, the same for the same seed."""

    def __init__(self, rng: random.Random, narratives: int) -> None:
        self._rng = rng
        self._narratives = narratives
        self._words = [
            "".join(rng.choice(_SYLLABLES) for _ in range(rng.randrange(2, 5))) for _ in range(VOCABULARY)
        ]
        self._weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))

    def text(self, number: int, *, quiet: bool, last_week: bool) -> Text:
        """Return a text; in ``quiet`` weeks the first storyline is told half as often as later."""
        rng = self._rng
        words = rng.choices(self._words, cum_weights=self._weights, k=SENTENCES * _WORDS_A_SENTENCE)
        sentences = [
            f"{rng.choice(_OPENINGS)} {rng.choice(_PLACES)}, dossier {number % 9973}, "
            f"{' '.join(words[start : start + _WORDS_A_SENTENCE])}."
            for start in range(0, len(words), _WORDS_A_SENTENCE)
        ]
        if last_week and rng.random() < 0.05:
            sentences[0] = f"Chacun parle du {PHRASE} à {rng.choice(_PLACES)}, dossier {number % 9973}."
        labels = {}
        for _ in range(rng.choices(*_LABELS)[0]):
            label = self._label(quiet=quiet)
            labels[label.sentence, label.narrative] = label
        return Text(tuple(sentences), tuple(labels[key] for key in sorted(labels)))

    def _label(self, *, quiet: bool) -> Label:
        rng = self._rng
        narrative = rng.randrange(self._narratives)
        if narrative == 0 and quiet and rng.random() < 0.5:
            narrative = 5
        score = round(0.3 + 0.7 * rng.random(), 3)
        band = "flagged" if score > 0.5 else "review"
        return Label(rng.randrange(SENTENCES), narrative, rng.choices(*_VOICES)[0], band, score)


def places(sentences: Sequence[str]) -> list[tuple[int, int]]:
    """Return start and end of each sentence in the joined text, half-open, in code points."""
    found, at = [], 0
    for sentence in sentences:
        found.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return found
