"""The small language of codebook patterns: words, groups of words, and how near they stand to each other."""

import re
from dataclasses import dataclass
from functools import lru_cache

from classifiers.lexicon import TermError, expand

#: Words that may stand between two parts joined by ``..`` without a number.
USUAL_GAP = 10
#: The largest number that may follow ``..``.
WIDEST_GAP = 30

_PIECE = re.compile(
    r"\s*(?:(?P<gap>\.\.(?P<width>\d{0,2})(?!\S))|\{(?P<names>[^{}]*)\}(?=\s|$)|(?P<open>\()|(?P<term>[^\s{}().]+(?=\s|$)))"
)
_NAME = re.compile(r"@?[a-z][a-z0-9-]*")


class PatternError(ValueError):
    """A pattern that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place in a pattern: any of some named groups, or a term written out."""

    groups: tuple[str, ...] = ()
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Elements in order; ``gaps[i]`` words at most stand between element i and the next."""

    elements: tuple[Element, ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Clauses that all stand in the passage, in any order.

    ``near`` clauses stand in the passage or in the text just before it, ``without`` clauses nowhere in it.
    """

    clauses: tuple[Clause, ...]
    near: tuple[Clause, ...]
    without: tuple[Clause, ...]

    def groups(self) -> set[str]:
        """Return the names of the groups that the pattern speaks of."""
        return {
            name
            for clause in (*self.clauses, *self.near, *self.without)
            for element in clause.elements
            for name in element.groups
        }


@lru_cache(maxsize=8192)
def parse_pattern(text: str) -> Pattern:
    """Read a pattern.

    ``a b`` words side by side; ``a .. b`` at most ten words between them, ``a ..3 b`` at most three;
    ``{group}`` a group of the vocabulary, ``{@france}`` the names of a partner, ``{@france|@west|colonial}``
    any of them;
    ``A & B`` both in the passage, ``A & near B`` with B in the passage or just before it, ``A & not B``.
    Words as in :func:`classifiers.lexicon.expand`. Raises PatternError.
    """
    clauses: list[Clause] = []
    near: list[Clause] = []
    without: list[Clause] = []
    for part in text.split("&"):
        kind, _, rest = part.strip().partition(" ")
        if kind == "near":
            near.append(_clause(rest, text))
        elif kind == "not":
            without.append(_clause(rest, text))
        else:
            clauses.append(_clause(part, text))
    if not clauses:
        raise PatternError(f"{text!r} has no part that must stand in the passage")
    return Pattern(tuple(clauses), tuple(near), tuple(without))


def _clause(text: str, whole: str) -> Clause:
    elements: list[Element] = []
    gaps: list[int] = []
    words: list[str] = []
    gap: int | None = None
    position = 0
    text = text.strip()

    def place(element: Element) -> None:
        nonlocal gap
        if elements:
            gaps.append(gap or 0)
        elif gap is not None:
            raise PatternError(f"{whole!r} begins with a gap")
        elements.append(element)
        gap = None

    def place_words() -> None:
        if words:
            term = " ".join(words)
            try:
                expand(term)
            except TermError as error:
                raise PatternError(str(error)) from error
            place(Element(term=term))
            words.clear()

    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise PatternError(f"cannot read {text[position:]!r} in {whole!r}")
        position = piece.end()
        if piece["open"]:
            end = _closing(text, position, whole)
            words.append(text[position - 1 : end])
            position = end
            continue
        if piece["term"] is not None:
            words.append(piece["term"])
            continue
        place_words()
        if piece["names"] is not None:
            place(Element(groups=_names(piece["names"], whole)))
        elif gap is not None:
            raise PatternError(f"two gaps in a row in {whole!r}")
        else:
            gap = _width(piece["width"], whole)
    place_words()
    if not elements or gap is not None:
        raise PatternError(f"{whole!r} has an empty part or ends with a gap")
    return Clause(tuple(elements), tuple(gaps))


def _closing(text: str, position: int, whole: str) -> int:
    """Return where the bracketed term that was opened before ``position`` ends, a ``?`` included."""
    depth = 1
    while position < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
    if depth:
        raise PatternError(f"a bracket is not closed in {whole!r}")
    if text[position : position + 1] == "?":
        position += 1
    if text[position : position + 1].strip():
        raise PatternError(f"a space is missing before {text[position:]!r} in {whole!r}")
    return position


def _names(written: str, whole: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in written.split("|"))
    for name in names:
        if not _NAME.fullmatch(name):
            raise PatternError(f"{name!r} is no group name in {whole!r}")
    return tuple(dict.fromkeys(names))


def _width(written: str, whole: str) -> int:
    width = int(written) if written else USUAL_GAP
    if width > WIDEST_GAP:
        raise PatternError(f"a gap of {width} words in {whole!r}; at most {WIDEST_GAP} are allowed")
    return width
