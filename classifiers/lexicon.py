"""Finding many word sequences in one walk over a text: a trie over words, never a backtracking search."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from classifiers.normalise import normalise, plain

#: A word: letters and digits; apostrophes, hyphens and dots part words (``l'armée`` is two of them).
_WORD = re.compile(r"[^\W_]+")
#: Any one word.
ANY = "_"
#: More expansions of one term than this are a slip of the pen.
MOST_EXPANSIONS = 8000
#: Distinct words whose classes are remembered at a time.
_REMEMBERED_WORDS = 50_000

_ITEM = re.compile(r"\s*(?:(?P<open>\()|(?P<bar>\|)|(?P<word>[^\s()|?]+))")

Concept = TypeVar("Concept")


class TermError(ValueError):
    """A term that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text and where they stand: ``starts`` and ``ends`` are code points of the original."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    shouted: bool


def split_words(text: str) -> Words:
    """Split a text into words; ``shouted`` is True when all of its letters are capitals."""
    normalised = normalise(text)
    found = list(_WORD.finditer(normalised.text))
    starts: Iterable[int] = (match.start() for match in found)
    ends: Iterable[int] = (match.end() for match in found)
    if normalised.origins is not None:
        starts, ends = map(normalised.origin, starts), map(normalised.origin, ends)
    words = tuple(match.group() for match in found)
    return Words(words, tuple(starts), tuple(ends), normalised.text.isupper())


def expand(term: str) -> list[tuple[str, ...]]:
    """Return the word sequences that a term stands for.

    A term is words with ``(this|that one)`` alternatives and ``?`` after what may be left out; a word may
    end in ``*`` (any ending), and ``_`` is any one word. Raises TermError for anything else.
    """
    sequences, position = _alternatives(term, 0)
    if position < len(term):
        raise TermError(f"cannot read {term[position:]!r} in {term!r}")
    if any(all(word == ANY for word in sequence) for sequence in sequences):
        raise TermError(f"{term!r} matches without any word of its own")
    return sequences


def _alternatives(term: str, position: int) -> tuple[list[tuple[str, ...]], int]:
    """Read alternatives up to the end or a closing bracket; return what they stand for and their end."""
    found: list[tuple[str, ...]] = []
    run: list[tuple[str, ...]] = [()]
    while True:
        item = _ITEM.match(term, position)
        if item is None:
            break
        position = item.end()
        if item["open"]:
            parts, position = _alternatives(term, position)
            if term[position : position + 1] != ")":
                raise TermError(f"a bracket is not closed in {term!r}")
            position += 1
        elif item["bar"]:
            found.extend(run)
            run = [()]
            continue
        else:
            parts = [_words_of(item["word"], term)]
        if term[position : position + 1] == "?":
            parts = [*parts, ()]
            position += 1
        if len(found) + len(run) * len(parts) > MOST_EXPANSIONS:
            raise TermError(f"{term!r} stands for more than {MOST_EXPANSIONS} word sequences")
        run = [(*before, *part) for before in run for part in parts]
    found.extend(run)
    if () in found:
        raise TermError(f"an empty alternative in {term!r}")
    return found, position + len(term[position:]) - len(term[position:].lstrip())


def _words_of(written: str, term: str) -> tuple[str, ...]:
    if written == ANY:
        return (ANY,)
    if written.startswith(".."):
        raise TermError(f"a gap cannot stand within brackets: {written!r} in {term!r}")
    start = written.removesuffix("*")
    words = _WORD.findall(normalise(start).text)
    glob = written != start
    if not words or "*" in start or (glob and (len(words[-1]) < 3 or not start.endswith(words[-1]))):
        raise TermError(f"cannot read {written!r} in {term!r} (`*` ends a word of three letters or more)")
    return (*words[:-1], f"{words[-1]}*") if glob else tuple(words)


@dataclass(slots=True)
class _Node(Generic[Concept]):
    branches: dict[str, "_Node[Concept]"] = field(default_factory=dict)
    concepts: list[Concept] = field(default_factory=list)


class Lexicon(Generic[Concept]):
    """Terms and what they stand for. Words are compared in lower case without accents.

    A term added with ``exact`` is compared as it is written, capitals included.
    """

    def __init__(self) -> None:
        self._root: _Node[Concept] = _Node()
        self._exact: set[str] = set()
        self._plain: set[str] = set()
        self._starts: dict[int, set[str]] = {}
        self._known: dict[str, tuple[str, ...]] = {}

    def add(self, term: str, concept: Concept, *, exact: bool = False) -> None:
        """Add every word sequence that a term stands for."""
        for sequence in expand(term):
            node = self._root
            for word in sequence:
                node = node.branches.setdefault(self._branch(word, exact=exact), _Node())
            if concept not in node.concepts:
                node.concepts.append(concept)
        self._known.clear()

    def find(self, words: Sequence[str]) -> Iterator[tuple[Concept, int, int]]:
        """Yield ``(concept, first word, word after the last)``, concept by concept."""
        for concept, places in self.places(words).items():
            for first, after in places:
                yield concept, first, after

    def places(self, words: Sequence[str]) -> dict[Concept, list[tuple[int, int]]]:
        """Return where each concept stands: ``(first word, word after the last)``, ordered by the end."""
        found: dict[Concept, list[tuple[int, int]]] = {}
        active: list[tuple[_Node[Concept], int]] = []
        known = self._known
        root = self._root.branches
        for index, word in enumerate(words):
            classes = known.get(word)
            if classes is None:
                classes = self._classes(word)
            if not classes and not active:
                continue
            after: list[tuple[_Node[Concept], int]] = []
            for node, first in active:
                branches = node.branches
                for name in classes:
                    if name in branches:
                        after.append((branches[name], first))
                if ANY in branches:
                    after.append((branches[ANY], first))
            for name in classes:
                if name in root:
                    after.append((root[name], index))
            active = []
            for reached in after:
                node, first = reached
                for concept in node.concepts:
                    found.setdefault(concept, []).append((first, index + 1))
                if node.branches:
                    active.append(reached)
        return found

    def _branch(self, word: str, *, exact: bool) -> str:
        if word == ANY:
            return ANY
        if exact:
            self._exact.add(word)
            return f"={word}"
        folded = _folded(word)
        if word.endswith("*"):
            start = folded.rstrip("*")
            self._starts.setdefault(len(start), set()).add(start)
            return f"{start}*"
        self._plain.add(folded)
        return folded

    def _classes(self, word: str) -> tuple[str, ...]:
        if len(self._known) >= _REMEMBERED_WORDS:
            self._known.clear()
        self._known[word] = classes = tuple(self._branches_for(word))
        return classes

    def _branches_for(self, word: str) -> Iterable[str]:
        if word in self._exact:
            yield f"={word}"
        folded = _folded(word)
        if folded in self._plain:
            yield folded
        for length, starts in self._starts.items():
            if folded[:length] in starts and len(folded) >= length:
                yield f"{folded[:length]}*"


def _folded(word: str) -> str:
    return plain(word).replace("œ", "oe").replace("æ", "ae")
