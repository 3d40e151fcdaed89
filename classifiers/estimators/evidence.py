"""What is known about each sentence and narrative before the context is weighed."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.document import Document
from classifiers.estimators.relevance import Relevance, relevance
from classifiers.estimators.sentence_scores import Flags, Floats, SentenceScorer

#: ``(sentence, text before it) -> narrative -> matches``, as ``PatternMatcher.matches`` gives it.
Matcher = Callable[[str, str], Mapping[str, Sequence[tuple[int, int]]]]
#: ``(sentence, text before it) -> narratives that are denied``, as ``PatternMatcher.denied`` gives it.
Denied = Callable[[str, str], Collection[str]]
#: ``text -> partner -> times named``.
Mentions = Callable[[str], Mapping[str, int]]
#: ``text -> its concepts``, parted by spaces.
Concepts = Callable[[str], str]
#: Log odds that stand for "nothing here" where a neighbour is missing.
SILENCE = -2.0


@dataclass(frozen=True, slots=True)
class Signs:
    """What the codebook finds in one document: no learning in it.

    Arrays have the shape (sentences, narratives): pattern matches, whether one that denies the narrative is
    among them, and whether a partner of the narrative is named.
    """

    patterns: Floats
    denials: Flags
    partners: Flags
    relevance: Relevance
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signs and first scores of one document; scores are log odds (sentences, narratives)."""

    signs: Signs
    sentence: Floats
    with_previous: Floats
    with_neighbours: Floats
    lengths: Floats

    def __len__(self) -> int:
        return len(self.sentence)


class SignReader:
    """Reads the signs of documents for a list of narratives.

    ``places`` says which partners are ``home``, in the ``region`` or a ``neighbour``. ``stances`` says for
    each narrative which partners it is about, and whether it is for (+1) or against (-1) them.
    """

    def __init__(
        self,
        narratives: Sequence[str],
        stances: Mapping[str, Mapping[str, int]],
        matcher: Matcher,
        denied: Denied,
        mentions: Mentions,
        places: Mapping[str, str],
        concepts: Concepts,
    ) -> None:
        self._column = {narrative: column for column, narrative in enumerate(narratives)}
        self._about: dict[str, list[int]] = {}
        for narrative, partners in stances.items():
            for partner in partners:
                self._about.setdefault(partner, []).append(self._column[narrative])
        self._matcher = matcher
        self._denied = denied
        self._mentions = mentions
        self._places = places
        self._concepts = concepts

    def read(self, document: Document) -> Signs:
        """Return the signs of a document."""
        shape = (len(document), len(self._column))
        patterns = np.zeros(shape)
        denials, partners = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        named = Counter(self._mentions(document.title))
        before = document.title
        for row, sentence in enumerate(document.sentences):
            for narrative, matches in self._matcher(sentence, before).items():
                patterns[row, self._column[narrative]] = len(matches)
            denials[row, [self._column[narrative] for narrative in self._denied(sentence, before)]] = True
            here = self._mentions(sentence)
            named.update(here)
            for partner in here:
                partners[row, self._about.get(partner, [])] = True
            before = sentence if row == 0 else f"{document.sentences[row - 1]} {sentence}"
        concepts = tuple(self._concepts(sentence) for sentence in document.sentences)
        topic = relevance(named, self._places, sum(map(len, document.sentences)))
        return Signs(patterns, denials, partners, topic, concepts)


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
    lengths = np.array([len(sentence) for sentence, _ in sentences], dtype=float)
    return [
        Evidence(
            signs[index],
            alone[start:end],
            with_previous[start:end],
            with_neighbours[start:end],
            lengths[start:end],
        )
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
