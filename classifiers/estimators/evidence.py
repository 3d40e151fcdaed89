"""What is known about each sentence and narrative before the context is weighed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.document import Document
from classifiers.estimators.sentence_scores import Flags, Floats, SentenceScorer

#: ``(sentence, text before it) -> narrative -> matches``, as ``PatternMatcher.matches`` gives it.
Matcher = Callable[[str, str], Mapping[str, Sequence[tuple[int, int]]]]
#: ``text -> partner -> times named``.
Mentions = Callable[[str], Mapping[str, int]]
#: ``text -> its concepts``, parted by spaces.
Concepts = Callable[[str], str]
#: Log odds that stand for "nothing here" where a neighbour or a title is missing.
SILENCE = -2.0


@dataclass(frozen=True, slots=True)
class Signs:
    """What the codebook finds in one document: no learning in it.

    ``patterns`` and ``partners`` have the shape (sentences, narratives): pattern matches, and whether a
    partner of the narrative is named; ``title_patterns`` and ``title_partners`` (narratives,); ``actors``
    (sentences,) counts all partners named.
    """

    patterns: Floats
    partners: Flags
    actors: Floats
    title_patterns: Floats
    title_partners: Flags
    concepts: tuple[str, ...]
    title_concepts: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signs and first scores of one document; scores are log odds (sentences, narratives)."""

    signs: Signs
    sentence: Floats
    with_previous: Floats
    with_neighbours: Floats
    title: Floats
    lengths: Floats

    def __len__(self) -> int:
        return len(self.sentence)


class SignReader:
    """Reads the signs of documents for a list of narratives.

    ``stances`` says for each narrative which partners it is about, and whether it is for (+1) or against
    (-1) them; ``opponents`` (narratives, narratives) tells which ones take opposite sides on the same
    partner.
    """

    def __init__(
        self,
        narratives: Sequence[str],
        stances: Mapping[str, Mapping[str, int]],
        matcher: Matcher,
        mentions: Mentions,
        concepts: Concepts,
    ) -> None:
        self._column = {narrative: column for column, narrative in enumerate(narratives)}
        self._about: dict[str, list[int]] = {}
        for narrative, partners in stances.items():
            for partner in partners:
                self._about.setdefault(partner, []).append(self._column[narrative])
        self.opponents = _opponents(narratives, stances)
        self._matcher = matcher
        self._mentions = mentions
        self._concepts = concepts

    def read(self, document: Document) -> Signs:
        """Return the signs of a document."""
        shape = (len(document), len(self._column))
        patterns, partners, actors = np.zeros(shape), np.zeros(shape, dtype=bool), np.zeros(shape[0])
        before = document.title
        for row, sentence in enumerate(document.sentences):
            self._count(sentence, before, patterns[row])
            actors[row] = self._name(sentence, partners[row])
            before = sentence if row == 0 else f"{document.sentences[row - 1]} {sentence}"
        title_patterns, title_partners = np.zeros(shape[1]), np.zeros(shape[1], dtype=bool)
        if document.title:
            self._count(document.title, "", title_patterns)
            self._name(document.title, title_partners)
        return Signs(
            patterns,
            partners,
            actors,
            title_patterns,
            title_partners,
            tuple(self._concepts(sentence) for sentence in document.sentences),
            self._concepts(document.title),
        )

    def _count(self, text: str, before: str, row: Floats) -> None:
        for narrative, matches in self._matcher(text, before).items():
            if narrative in self._column:
                row[self._column[narrative]] = len(matches)

    def _name(self, text: str, row: Flags) -> int:
        named = self._mentions(text)
        for partner in named:
            row[self._about.get(partner, [])] = True
        return len(named)


def _opponents(narratives: Sequence[str], stances: Mapping[str, Mapping[str, int]]) -> Flags:
    return np.array(
        [
            [
                any(
                    stance * stances.get(other, {}).get(partner, 0) < 0
                    for partner, stance in stances.get(narrative, {}).items()
                )
                for other in narratives
            ]
            for narrative in narratives
        ]
    )


def gather(documents: Sequence[Document], signs: Sequence[Signs], scorer: SentenceScorer) -> list[Evidence]:
    """Return the evidence of several documents, scored together because that is faster."""
    sentences = [
        pair
        for document, sign in zip(documents, signs, strict=True)
        for pair in zip(document.sentences, sign.concepts, strict=True)
    ]
    ends = np.cumsum([len(document) for document in documents])
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    vectors = scorer.vectors(sentences)
    alone = scorer.score_vectors(vectors)
    with_previous = scorer.score_vectors(scorer.windows(vectors, 1, 0, starts))
    with_neighbours = scorer.score_vectors(scorer.windows(vectors, 1, 1, starts))
    titles = scorer.score_sentences(
        [(document.title, sign.title_concepts) for document, sign in zip(documents, signs, strict=True)]
    )
    lengths = np.array([len(sentence) for sentence, _ in sentences], dtype=float)
    return [
        Evidence(
            signs[index],
            alone[start:end],
            with_previous[start:end],
            with_neighbours[start:end],
            titles[index] if documents[index].title else np.full(alone.shape[1], SILENCE),
            lengths[start:end],
        )
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
