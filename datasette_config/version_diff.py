"""What changed between two texts of a document, word by word, as pieces that a template can write."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: Unchanged words shown on either side of a change; what lies between is left out.
WORDS_AROUND = 12
#: Beyond this many words in both texts only changed paragraphs are compared: the rest costs quadratic time.
_MANY_WORDS = 6_000

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: kept, removed, added, or ``gap`` for unchanged words that are left out."""

    kind: Literal["kept", "removed", "added", "gap"]
    text: str


def changes_between(before: str, after: str) -> list[Piece]:
    """Return the later text against the earlier one: changes in place with some words around them.

    Joining what is kept and added, gaps filled in, gives the later text; empty for two equal texts.
    """
    if before == after:
        return []
    old, new = _pieces(before, after)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            found += _shortened(new[start:end], opens=start == 0, closes=end == len(new))
            continue
        if first < last:
            found.append(Piece("removed", "".join(old[first:last])))
        if start < end:
            found.append(Piece("added", "".join(new[start:end])))
    return found


def _pieces(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) <= _MANY_WORDS:
        return old, new
    return before.splitlines(keepends=True), after.splitlines(keepends=True)


def _shortened(words: Sequence[str], *, opens: bool, closes: bool) -> list[Piece]:
    """Keep the words next to a change."""
    around = 2 * WORDS_AROUND  # a word and the space after it
    head = 0 if opens else around
    tail = 0 if closes else around
    if len(words) <= head + tail + around:
        return [Piece("kept", "".join(words))]
    kept = [Piece("kept", "".join(words[:head]))] if head else []
    kept.append(Piece("gap", "".join(words[head : len(words) - tail])))
    if tail:
        kept.append(Piece("kept", "".join(words[len(words) - tail :])))
    return kept
