"""The language of a passage: French, English, Bambara, or another one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from numpy.typing import NDArray

from classifiers.letter_counts import LONGEST_GROUP, letter_groups, words
from classifiers.normalise import normalise

Floats = NDArray[np.float64]
Language = Literal["fr", "en", "bm", "other"]

_FOLDER = Path(__file__).parent / "languages"
_NAMED = ("fr", "en", "bm")
#: Log odds that a passage of this collection is in a named language and not in one of the others.
_PRIOR = 2.0
#: What a function word adds to the log likelihood of its language.
_FUNCTION_WORD = 2.0
#: The share of the letter groups that the function words are counted as.
_FUNCTION_WORD_SHARE = 0.3
_SMOOTHING = 5.0
#: Bambara is also written without its four letters, or with the French spelling of them.
_RESPELLED = str.maketrans({"ɛ": "e", "ɔ": "o", "ɲ": "ny", "ŋ": "ng"})
_RESPELLED_SHARE = 0.5
_OTHER_SCRIPT = re.compile(r"[^\W\d_\u0041-\u024F\u0250-\u02AF\u1E00-\u1EFF]")
#: Fewer letters than this say too little.
_FEWEST_LETTERS = 8


def identify(text: str) -> Language | None:
    """Return the language of a short text, or None when it is too short to say.

    Method: for every language a Markov chain over letters, of order 3, with Witten-Bell smoothing
    (Witten and Bell 1991), from the counts in ``languages/letters.tsv``, plus a bonus for the function
    words of ``languages/words.yml``. Dyula and Maninka are so close to Bambara that they come out as ``bm``.
    """
    found = words(normalise(text).text)
    letters = sum(len(word) for word in found)
    if letters < _FEWEST_LETTERS or len(found) < 3:
        return None
    if sum(len(_OTHER_SCRIPT.findall(word)) for word in found) > letters / 2:
        return "other"
    chains = _chains()
    scores = chains.prior + sum(_score(word) for word in found)
    best = chains.languages[int(np.argmax(scores))]
    return best if best in _NAMED else "other"  # type: ignore[return-value]


@dataclass(frozen=True)
class _Chains:
    """One chain for each language, side by side: every array has one entry for each language."""

    languages: tuple[str, ...]
    counts: Mapping[str, Floats]
    total: Floats
    function_words: Mapping[str, Floats]
    prior: Floats

    def log_probability(self, word: str) -> Floats:
        """Return the log likelihood of a word in each language."""
        padded = f" {word} "
        scores = self.function_words.get(word, 0.0) + np.zeros(len(self.languages))
        for end in range(2, len(padded) + 1):
            scores += np.log(self._conditional(padded[max(0, end - LONGEST_GROUP) : end]))
        return scores

    def _conditional(self, group: str) -> Floats:
        """Return the probability of the last letter of ``group`` after the ones before it."""
        probability = np.full(len(self.languages), 1 / 60)
        for size in range(1, len(group) + 1):
            tail = group[-size:]
            context = tail[:-1]
            if not context:
                seen: Floats | None = self.total
            elif context == " ":
                seen = self.total * 0.2
            else:
                seen = self.counts.get(context)
            if seen is None:
                break
            probability = (np.minimum(self.counts.get(tail, 0.0), seen) + _SMOOTHING * probability) / (
                seen + _SMOOTHING
            )
        return np.asarray(np.maximum(probability, 1e-6))


@lru_cache(maxsize=100_000)
def _score(word: str) -> Floats:
    return _chains().log_probability(word)


@cache
def _chains() -> _Chains:
    counts: dict[str, dict[str, float]] = {}
    for line in (_FOLDER / "letters.tsv").read_text(encoding="utf-8").splitlines():
        language, group, number = line.split("\t")
        counts.setdefault(language, {})[group.replace("_", " ")] = float(number)
    content = yaml.safe_load((_FOLDER / "words.yml").read_text(encoding="utf-8"))
    function_words = {language: set(listed.split()) for language, listed in content.items()}
    function_words["bm"] |= {word.translate(_RESPELLED) for word in function_words["bm"]}
    _add_respelled(counts["bm"])
    for language, listed in function_words.items():
        _add_function_words(counts[language], listed)
    languages = tuple(sorted(counts))
    return _Chains(
        languages=languages,
        counts=_side_by_side(counts, languages),
        total=np.array(
            [sum(n for group, n in counts[name].items() if len(group) == 1) for name in languages]
        ),
        function_words=_side_by_side(
            {name: dict.fromkeys(listed, _FUNCTION_WORD) for name, listed in function_words.items()},
            languages,
        ),
        prior=np.array([_PRIOR if name in _NAMED else 0.0 for name in languages]),
    )


def _side_by_side(values: Mapping[str, Mapping[str, float]], languages: tuple[str, ...]) -> dict[str, Floats]:
    table: dict[str, Floats] = {}
    for language, numbers in values.items():
        column = languages.index(language)
        for key, number in numbers.items():
            table.setdefault(key, np.zeros(len(languages)))[column] = number
    return table


def _add_respelled(counts: dict[str, float]) -> None:
    for group, number in list(counts.items()):
        other = group.translate(_RESPELLED)[-LONGEST_GROUP:]
        counts[other] = counts.get(other, 0.0) + number * _RESPELLED_SHARE


def _add_function_words(counts: dict[str, float], listed: set[str]) -> None:
    groups = [group for word in sorted(listed) for group in letter_groups(word)]
    weight = _FUNCTION_WORD_SHARE * sum(counts.values()) / len(groups)
    for group in groups:
        counts[group] = counts.get(group, 0.0) + weight
