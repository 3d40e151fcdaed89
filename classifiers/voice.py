"""Whose words: signs in a sentence that it reports, asks, doubts, denies or mocks.

The signs are rules; how much each one weighs is learned by ``estimators.voice_scorer``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import re2
from numpy.typing import NDArray

from classifiers.normalise import plain
from classifiers.voice_cues import CUES, NOT_CONDITIONAL

Floats = NDArray[np.float64]

_QUOTED = (
    "inside quotation marks",
    "quotation opens",
    "quotation closes",
    "a few words quoted",
    "stands in an open quotation",
)
_REACH = ("words announced before", "reported before", "reported after")
SIGNS = (*CUES, *_QUOTED, *_REACH)
_COMPILED = {name: re2.compile(pattern) for name, pattern in CUES.items()}
_NOT_CONDITIONAL = re2.compile(NOT_CONDITIONAL)
_CONDITIONAL = SIGNS.index("conditional")
_FALSE = SIGNS.index("said to be false")
_REPORTED = [SIGNS.index(name) for name in ("according to", "reporting verb with that", "says he")]
_ANNOUNCED = SIGNS.index("announces words")
_MARK = re.compile(r"[«»“”\"]|''")
#: The target and title of a link in Markdown: its quotation marks quote nobody.
_LINK = re.compile(r"\]\([^()]*\)")
_CLOSING = {"«": "»", "“": "”", '"': '"', "''": "''"}
#: Sentences that a quotation may run over. Whether a straight mark opens shows only by the spaces around it.
_LONGEST = {"«": 15, "“": 15, '"': 10, "''": 10}
#: A quotation of at most this many code points is a few words, often held at arm's length.
_FEW_WORDS = 30
_MOST = 0.5
#: The quoted share of a sentence at whose end a quotation closes that nobody saw open.
_ENDS_WITH_IT = 0.6
_ENDS = " .!?…"
#: How fast an announcement or a report fades, per sentence.
_FADING = 0.8


def voice_signs(sentences: Sequence[str]) -> Floats:
    """Return the signs of each sentence of a text, shape (sentences, len(SIGNS)), values 0-1."""
    sentences = [_LINK.sub("]", sentence) for sentence in sentences]
    rows = np.zeros((len(sentences), len(SIGNS)))
    first, last = len(CUES), len(CUES) + len(_QUOTED)
    for index, sentence in enumerate(sentences):
        flat = plain(sentence)
        for column, pattern in enumerate(_COMPILED.values()):
            rows[index, column] = float(pattern.search(flat) is not None)
        if rows[index, _CONDITIONAL]:
            unconfirmed = _COMPILED["conditional"].search(_NOT_CONDITIONAL.sub("", flat))
            rows[index, _CONDITIONAL] = float(unconfirmed is not None)
    _add_quotations(sentences, rows[:, first:last])
    for index, sentence in enumerate(sentences):
        # A line set as a quotation is one from end to end.
        if sentence.lstrip().startswith(">"):
            rows[index, [first, SIGNS.index("stands in an open quotation")]] = 1.0
    reported = rows[:, _REPORTED].max(axis=1) if len(rows) else np.zeros(0)
    rows[:, last] = _faded(rows[:, _ANNOUNCED])
    rows[:, last + 1] = _faded(reported)
    rows[:, last + 2] = _faded(reported[::-1])[::-1]
    return rows


def _faded(sign: Floats) -> Floats:
    """Return how strongly a sign in earlier sentences still holds: 1 just after it, then less and less."""
    result = np.zeros(len(sign))
    strength = 0.0
    for index, value in enumerate(sign):
        result[index] = strength
        strength = max(float(value), strength * _FADING)
    return result


@dataclass(frozen=True, slots=True)
class _Mark:
    """A quotation mark: where it stands, and whether it may open or close a quotation."""

    sentence: int
    start: int
    end: int
    sign: str
    opens: bool
    closes: bool


def _marks(sentences: Sequence[str]) -> list[_Mark]:
    found = []
    for index, sentence in enumerate(sentences):
        for mark in _MARK.finditer(sentence):
            sign = mark.group()
            before = sentence[mark.start() - 1 : mark.start()]
            after = sentence[mark.end() : mark.end() + 1]
            directed = sign not in ('"', "''")
            opens = (
                sign in _CLOSING if directed else _is_edge(before, "([«—–-:>*_") and not _is_edge(after, "")
            )
            closes = (
                sign in "»”" if directed else not _is_edge(before, "") and _is_edge(after, ",.;:!?)]»…-—–*_")
            )
            found.append(_Mark(index, mark.start(), mark.end(), sign, opens, closes))
    return found


def _is_edge(character: str, also: str) -> bool:
    """Tell whether a neighbour of a mark is no part of a word: nothing, a space, or one of ``also``."""
    return not character or character.isspace() or character in also


def _add_quotations(sentences: Sequence[str], rows: Floats) -> None:
    """Fill in the columns of ``_QUOTED``; a mark without a partner quotes at most one sentence."""
    share, opens, closes, few, stands = range(5)
    marks = _marks(sentences)
    position = 0
    while position < len(marks):
        first = marks[position]
        partner = _partner(marks, position)
        position += 1
        if partner is None:
            if first.closes and not first.opens and not sentences[first.sentence][first.end :].strip(_ENDS):
                # Whatever became of its beginning, a quotation ends with this sentence.
                rows[first.sentence, closes] = 1.0
                rows[first.sentence, share] = max(rows[first.sentence, share], _ENDS_WITH_IT)
            continue
        last = marks[partner]
        position = partner + 1
        begin, end = first.sentence, last.sentence
        rows[begin, opens] = rows[end, closes] = 1.0
        short = begin == end and last.start - first.end <= _FEW_WORDS
        rows[begin, few] = max(rows[begin, few], float(short))
        for index in range(begin, end + 1):
            low = first.end if index == begin else 0
            high = last.start if index == end else len(sentences[index])
            rows[index, share] += max(0, high - low) / max(1, len(sentences[index]))
            rows[index, stands] = max(rows[index, stands], float(index > begin))


def _partner(marks: Sequence[_Mark], position: int) -> int | None:
    """Return the place of the mark that closes the one at ``position``, or None."""
    first = marks[position]
    if not first.opens:
        return None
    for other in range(position + 1, len(marks)):
        mark = marks[other]
        if mark.sentence - first.sentence > _LONGEST[first.sign]:
            return None
        if mark.sign == _CLOSING[first.sign]:
            if mark.closes:
                return other
            if mark.opens:
                return None
    return None


def are_not_the_authors(signs: Floats) -> bool:
    """Tell whether the form of a sentence leaves no doubt that its words are somebody else's.

    Long quotations are rare in the training texts, so that their weight cannot be learned from them.
    """
    sign = dict(zip(SIGNS, signs.tolist(), strict=True))
    return bool(
        sign["inside quotation marks"] > _MOST
        or sign["words announced before"] > _MOST
        or sign["stands in an open quotation"]
        or sign["inverted report"]
        or sign["begins with according to"]
        or sign["says he"]
    )


def are_refuted(signs: Floats) -> bool:
    """Tell whether a sentence says in so many words that the claim in it is false."""
    return bool(signs[_FALSE])


def rule_voice(signs: Floats) -> str:
    """Return the voice that the signs of one sentence suggest, without anything learned."""
    sign = dict(zip(SIGNS, signs.tolist(), strict=True))
    if sign["denial"] or sign["mockery"] or sign["said to be false"]:
        return "rejected"
    told = sign["according to"] or sign["reporting verb with that"] or sign["says he"] or sign["conditional"]
    quoted = sign["inside quotation marks"] > 0.3
    return "attributed" if told or quoted or sign["question"] else "own"
