"""Which narratives a passage sounds like, by the patterns of the codebook; linear in the text."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from classifiers.codebook import Codebook, Narrative
from classifiers.lexicon import Lexicon, Words, expand, split_words
from classifiers.partners import named
from classifiers.pattern_syntax import Clause, Element, parse_pattern

#: Texts whose analysis is kept: a passage is the ``before`` of the next one.
_KEPT = 16

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Chain:
    """A clause: the concepts of each of its elements, and how far apart they may stand."""

    elements: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Compiled:
    narrative_id: str
    denies: bool
    chains: tuple[_Chain, ...]
    near: tuple[_Chain, ...]
    without: tuple[_Chain, ...]
    #: What must be there besides the rarest element, the rarer the earlier.
    others: tuple[frozenset[str], ...]


class _Analysis:
    """The words of a text and where concepts stand in it, in words."""

    def __init__(self, words: Words, concepts: Mapping[str, list[Span]]) -> None:
        self.words = words
        self.concepts = concepts
        self._places: dict[frozenset[str], Sequence[Span]] = {}

    def places(self, element: frozenset[str]) -> Sequence[Span]:
        """Return where any of the concepts of an element stands, in the order of the ends."""
        known = self._places.get(element)
        if known is None:
            present = [self.concepts[concept] for concept in element if concept in self.concepts]
            known = present[0] if len(present) == 1 else sorted(chain.from_iterable(present), key=_by_end)
            self._places[element] = known
        return known


class PatternMatcher:
    """The patterns of a codebook, compiled once; building takes a fraction of a second."""

    def __init__(self, codebook: Codebook) -> None:
        self._lexicon: Lexicon[str] = Lexicon()
        self._sizes: dict[str, int] = {}
        self._anchored: dict[str, list[_Compiled]] = {}
        for narrative in codebook.narratives.values():
            for pattern in dict.fromkeys((*narrative.patterns.fr, *narrative.patterns.en)):
                self._add(narrative, pattern, codebook.vocabulary, denies=False)
            for pattern in dict.fromkeys((*narrative.denials.fr, *narrative.denials.en)):
                self._add(narrative, pattern, codebook.vocabulary, denies=True)
        self._analyse = lru_cache(maxsize=_KEPT)(self._analysis)
        self._fire = lru_cache(maxsize=_KEPT)(self._fired)

    def matches(self, text: str, before: str = "") -> dict[str, tuple[Span, ...]]:
        """Return the spans that sound like a narrative, by narrative id.

        One span for every pattern that fires, in reading order; offsets are code points of ``text``.
        ``before`` is the text just before it: an actor may be named there that the passage only points at.
        """
        found: dict[str, list[Span]] = {}
        for pattern, span in self._fire(text, before):
            found.setdefault(pattern.narrative_id, []).append(span)
        return {narrative_id: tuple(sorted(found[narrative_id])) for narrative_id in sorted(found)}

    def denied(self, text: str, before: str = "") -> frozenset[str]:
        """Return the narratives that a pattern of their ``denials`` finds in a text."""
        return frozenset(pattern.narrative_id for pattern, _ in self._fire(text, before) if pattern.denies)

    def _fired(self, text: str, before: str) -> tuple[tuple[_Compiled, Span], ...]:
        """Return the patterns that fire, each with its span in code points."""
        here = self._analyse(text)
        candidates = {
            id(pattern): pattern
            for concept in here.concepts
            if concept in self._anchored
            for pattern in self._anchored[concept]
        }
        spans = ((pattern, self._span(pattern, here, before)) for pattern in candidates.values())
        return tuple(
            (pattern, (here.words.starts[span[0]], here.words.ends[span[1] - 1]))
            for pattern, span in spans
            if span is not None
        )

    def _span(self, pattern: _Compiled, here: _Analysis, before: str) -> Span | None:
        """Return the words that a pattern takes in, or None when it does not fire."""
        present = here.concepts.keys()
        if any(element.isdisjoint(present) for element in pattern.others):
            return None
        spans = []
        for clause in pattern.chains:
            span = _first(clause, here)
            if span is None:
                return None
            spans.append(span)
        if any(_first(clause, here) for clause in pattern.without):
            return None
        for clause in pattern.near:
            if _first(clause, here) is None and _first(clause, self._analyse(before)) is None:
                return None
        return min(first for first, _ in spans), max(after for _, after in spans)

    def _add(
        self, narrative: Narrative, written: str, vocabulary: Mapping[str, tuple[str, ...]], *, denies: bool
    ) -> None:
        pattern = parse_pattern(written)
        groups = {**vocabulary, **narrative.words}

        def chains(clauses: Iterable[Clause]) -> tuple[_Chain, ...]:
            return tuple(
                _Chain(tuple(self._element(part, narrative, groups) for part in clause.elements), clause.gaps)
                for clause in clauses
            )

        compiled = chains(pattern.clauses)
        rarest, *others = sorted(
            {element for clause in compiled for element in clause.elements}, key=self._commonness
        )
        near, without = chains(pattern.near), chains(pattern.without)
        ready = _Compiled(narrative.id, denies, compiled, near, without, tuple(others))
        for concept in rarest:
            self._anchored.setdefault(concept, []).append(ready)

    def _element(
        self, element: Element, narrative: Narrative, groups: Mapping[str, tuple[str, ...]]
    ) -> frozenset[str]:
        concepts: set[str] = set()
        if element.term is not None:
            concepts.add(self._concept(element.term, (element.term,)))
        for name in element.groups:
            if name.startswith("@"):
                concepts.add(name)
            else:
                self._collect(name, narrative, groups, concepts)
        return frozenset(concepts)

    def _collect(
        self, name: str, narrative: Narrative, groups: Mapping[str, tuple[str, ...]], concepts: set[str]
    ) -> None:
        """Add the concepts of a group and of the groups that it takes in."""
        terms = []
        for item in groups[name]:
            if item.startswith("{@"):
                concepts.add(item[1:-1])
            elif item.startswith("{"):
                self._collect(item[1:-1], narrative, groups, concepts)
            else:
                terms.append(item)
        if terms:
            local = f"{narrative.id}/{name}" if name in narrative.words else name
            concepts.add(self._concept(f"{{{local}}}", terms))

    def _concept(self, concept: str, terms: Sequence[str]) -> str:
        if concept not in self._sizes:
            self._sizes[concept] = sum(len(expand(term)) for term in terms)
            for term in terms:
                self._lexicon.add(term, concept)
        return concept

    def _commonness(self, element: frozenset[str]) -> int:
        """Rank elements by how often they turn up, so that a pattern waits for its rarest one."""
        return sum(10_000 if concept.startswith("@") else self._sizes[concept] for concept in element)

    def _analysis(self, text: str) -> _Analysis:
        words = split_words(text)
        concepts = self._lexicon.places(words.words)
        for found in named(words):
            concepts.setdefault(f"@{found.partner_id}", []).append((found.first, found.after))
        return _Analysis(words, concepts)


def _by_end(span: Span) -> Span:
    return span[1], span[0]


def _first(clause: _Chain, here: _Analysis) -> Span | None:
    """Return the first place where the elements of a clause follow one another closely enough.

    Every element's places are walked once: a place is reached when the nearest reached place of the element
    before it ends at most ``gap`` words earlier, so no choice is ever taken back.
    """
    reached = here.places(clause.elements[0])
    for element, gap in zip(clause.elements[1:], clause.gaps, strict=True):
        if not reached:
            return None
        ends = [after for _, after in reached]
        following: list[Span] = []
        for first, after in here.places(element):
            nearest = bisect_right(ends, first) - 1
            if nearest >= 0 and first - ends[nearest] <= gap:
                following.append((reached[nearest][0], after))
        reached = following
    return reached[0] if reached else None
