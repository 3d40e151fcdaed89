"""New phrasing: word sequences that storylines use in the period and hardly used before.

A phrase is counted by distinct texts that hold it, never by occurrences or by copies; a text seen before
the period does not count as new. The test is Fisher's exact one, one-sided, on texts with and without the
phrase in and before the period; over all phrases looked at, false alarms among those told are held at 5 %
(Benjamini and Hochberg 1995). Only published words are read: titles and flagged passages.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from datasette_config.reporting_change import FALSE_DISCOVERY_RATE

#: Words of a phrase, distinct texts and outlets that it takes, phrases told at most.
LENGTHS = range(2, 7)
FEWEST_TEXTS = 3
FEWEST_OUTLETS = 2
MOST_PHRASES = 12
#: Two phrases are one when this share of their texts is common; the longer is told.
SAME_TEXTS = 0.7

_BREAK = re.compile(r"[.!?;:,()\[\]«»“”\"…\n]|\s[-–—]\s")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*['’]?")
#: Words that neither begin nor end a phrase: function words, days and months.
_WORDS = Path(__file__).parent / "wording" / "function_words.txt"
_FUNCTION_WORDS = frozenset(
    word
    for line in _WORDS.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)


@dataclass(slots=True)
class _Found:
    """One phrase: the texts of the period and those before that hold it, its outlets, and where it stands."""

    now: set[int] = field(default_factory=set)
    before: set[int] = field(default_factory=set)
    outlets: set[str] = field(default_factory=set)
    rows: list[dict[str, Any]] = field(default_factory=list)


def phrases(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the new phrases, the most telling first, with counts, ``outlets`` and ``p_value``.

    Input columns: ``side`` (``now`` or ``before``), ``cluster_id, source_id, language, passage`` and what a
    reader needs to see one of its places (kept from the first row that holds the phrase, in the order
    given).
    """
    found: list[dict[str, Any]] = []
    tested = []
    for language in sorted({row["language"] or "" for row in rows}):
        spoken = [row for row in rows if (row["language"] or "") == language]
        before = {row["cluster_id"] for row in spoken if row["side"] == "before"}
        now = {row["cluster_id"] for row in spoken if row["side"] == "now"} - before
        if not (now and before):
            continue
        for phrase, seen in _one_of_each(_counted(spoken, now, before)):
            p_value = _fisher(len(seen.now), len(now), len(seen.before), len(before))
            tested.append((p_value, language, phrase, seen, len(now), len(before)))
    tested.sort(key=lambda case: (case[0], -len(case[3].now), case[2]))
    passing = [
        rank
        for rank, case in enumerate(tested, start=1)
        if case[0] <= FALSE_DISCOVERY_RATE * rank / len(tested)
    ]
    for p_value, language, phrase, seen, texts, texts_before in tested[: max(passing, default=0)][
        :MOST_PHRASES
    ]:
        place = seen.rows[0]
        found.append(
            {
                **place,
                "language": language or None,
                "phrase": _as_written(phrase, (row["passage"] for row in seen.rows)),
                "now": len(seen.now),
                "texts": texts,
                "before": len(seen.before),
                "texts_before": texts_before,
                "outlets": len(seen.outlets),
                "p_value": p_value,
            }
        )
    return found


def _counted(
    rows: Iterable[dict[str, Any]], now: set[int], before: set[int]
) -> dict[tuple[str, ...], _Found]:
    """Count first in the period, then look before it only for what the period holds often enough."""
    rows = list(rows)
    counted: dict[tuple[str, ...], _Found] = defaultdict(_Found)
    for row in rows:
        if row["cluster_id"] in now:
            for phrase in set(_sequences(row["passage"])):
                seen = counted[phrase]
                seen.now.add(row["cluster_id"])
                seen.outlets.add(row["source_id"])
                seen.rows.append(row)
    kept = {
        phrase: seen
        for phrase, seen in counted.items()
        if len(seen.now) >= FEWEST_TEXTS and len(seen.outlets) >= FEWEST_OUTLETS
    }
    for row in rows:
        if row["cluster_id"] in before and kept:
            for phrase in _sequences(row["passage"]):
                if phrase in kept:
                    kept[phrase].before.add(row["cluster_id"])
    return kept


def _one_of_each(counted: dict[tuple[str, ...], _Found]) -> Iterator[tuple[tuple[str, ...], _Found]]:
    """Yield phrases without those that are part of a longer one in mostly the same texts, or hold one."""
    told: list[tuple[tuple[str, ...], _Found]] = []
    for phrase, seen in sorted(counted.items(), key=lambda case: (-len(case[0]), case[0])):
        within = (
            other
            for longer, other in told
            if _holds(longer, phrase) and len(seen.now & other.now) >= SAME_TEXTS * len(seen.now | other.now)
        )
        if next(within, None) is None:
            told.append((phrase, seen))
            yield phrase, seen


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    size = len(shorter)
    return any(longer[place : place + size] == shorter for place in range(len(longer) - size + 1))


def _sequences(text: str) -> Iterator[tuple[str, ...]]:
    for piece in _BREAK.split(text):
        words = [word.replace("’", "'").lower() for word in _WORD.findall(piece)]
        may_end = [word not in _FUNCTION_WORDS and not word.isdigit() and len(word) > 1 for word in words]
        for start, begins in enumerate(may_end):
            if begins:
                for length in LENGTHS:
                    end = start + length
                    if end <= len(words) and may_end[end - 1]:
                        yield tuple(words[start:end])


def _as_written(phrase: tuple[str, ...], passages: Iterable[str]) -> str:
    """Return the phrase as its first place writes it."""
    for passage in passages:
        words = list(_WORD.finditer(passage))
        plain = [word[0].replace("’", "'").lower() for word in words]
        for place in range(len(plain) - len(phrase) + 1):
            if tuple(plain[place : place + len(phrase)]) == phrase:
                return " ".join(passage[words[place].start() : words[place + len(phrase) - 1].end()].split())
    return " ".join(phrase)


def _fisher(now: int, texts: int, before: int, texts_before: int) -> float:
    """Return the chance of as many texts of the period or more, were the phrase as common in both."""
    holding, total = now + before, texts + texts_before
    most = min(holding, texts)
    return math.fsum(
        math.exp(_choose(texts, found) + _choose(texts_before, holding - found) - _choose(total, holding))
        for found in range(now, most + 1)
        if holding - found <= texts_before
    )


def _choose(n: int, k: int) -> float:
    return _log_factorial(n) - _log_factorial(k) - _log_factorial(n - k)


@cache
def _log_factorial(n: int) -> float:
    return math.lgamma(n + 1)
