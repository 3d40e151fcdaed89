"""First stage: what the words of a sentence, and of a window around it, say about each narrative."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted

from classifiers.normalise import plain

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: A sentence as the scorer takes it: normalised text, and its concepts parted by spaces.
Read = tuple[str, str]

_WORD = r"(?u)\b\w[\w-]*\b"
_CONCEPT = r"\S+"

#: Log odds of a narrative that the training data hardly shows.
_UNSEEN = -5.0
_FEWEST_EXAMPLES = 3
#: LIBLINEAR's own for this solver: a hundredth of it moves no score by more than 0.05, in twice the time.
_TOLERANCE = 0.1


class SentenceScorer(BaseEstimator):
    """Score sentences for each narrative with word 1-2-grams, character 3-5-grams and codebook concepts.

    One logistic regression per narrative on TF-IDF vectors. Windows are scored without reading their text
    again: the vector of a window is the sum of the vectors of its sentences, brought to length one.

    Parameters
    ----------
    regularisation : float
        ``C`` of the logistic regressions.
    concept_weight : float
        Length of the concept part of a vector; the other parts have length one.
    min_df : tuple of int
        Sentences that a word, a character group and a concept must occur in.

    Attributes
    ----------
    words_, characters_, concepts_ : TfidfVectorizer
    coefficients_ : ndarray of shape (features, narratives)
    intercepts_ : ndarray of shape (narratives,)

    Examples
    --------
    >>> scorer = SentenceScorer(min_df=(1, 1, 1))
    >>> sentences = [("la dignité retrouvée", "dignity"), ("le convoi est parti", "convoy")] * 3
    >>> labels = np.array([[True], [False]] * 3)
    >>> scorer.fit(sentences, labels).score_sentences([("dignité", "dignity")]).shape
    (1, 1)
    """

    def __init__(
        self,
        *,
        regularisation: float = 3.0,
        concept_weight: float = 1.0,
        min_df: tuple[int, int, int] = (2, 3, 2),
    ) -> None:
        self.regularisation = regularisation
        self.concept_weight = concept_weight
        self.min_df = min_df

    def fit(
        self, sentences: Sequence[Read], labels: Flags, weights: Floats | None = None
    ) -> "SentenceScorer":
        """Learn from (normalised text, concepts) pairs and labels of shape (sentences, narratives)."""
        self.words_, self.characters_, self.concepts_ = self._vectorisers()
        texts = [plain(text) for text, _ in sentences]
        matrix = hstack(
            [
                self.words_.fit_transform(texts),
                self.characters_.fit_transform(texts),
                self.concepts_.fit_transform([named for _, named in sentences]) * self.concept_weight,
            ]
        ).tocsr()
        coefficients = np.zeros((matrix.shape[1], labels.shape[1]))
        self.intercepts_ = np.full(labels.shape[1], _UNSEEN)
        for column in range(labels.shape[1]):
            wanted = labels[:, column]
            if _FEWEST_EXAMPLES <= wanted.sum() < len(wanted):
                regression = LogisticRegression(
                    solver="liblinear",
                    dual=True,
                    tol=_TOLERANCE,
                    C=self.regularisation,
                    class_weight="balanced",
                    random_state=0,
                ).fit(matrix, wanted, weights)
                coefficients[:, column] = regression.coef_[0]
                self.intercepts_[column] = regression.intercept_[0]
        self.coefficients_ = coefficients.astype(np.float32)
        return self

    def state(self) -> dict[str, Any]:
        """Return what was learned as arrays and text: dictionaries of 100,000 terms are slow to load."""
        return {
            "terms": ["\n".join(one.get_feature_names_out()) for one in self._fitted()],
            "idf": [one.idf_ for one in self._fitted()],
            "coefficients": self.coefficients_,
            "intercepts": self.intercepts_,
        }

    def restore(self, state: Mapping[str, Any]) -> "SentenceScorer":
        """Take over what ``state`` returned."""
        self.words_, self.characters_, self.concepts_ = self._vectorisers()
        for vectoriser, terms, idf in zip(self._fitted(), state["terms"], state["idf"], strict=True):
            vectoriser.vocabulary = terms.split("\n")
            vectoriser.idf_ = idf
        self.coefficients_, self.intercepts_ = state["coefficients"], state["intercepts"]
        return self

    def vectors(self, sentences: Sequence[Read]) -> csr_matrix:
        """Return one row per sentence: three TF-IDF vectors side by side."""
        check_is_fitted(self)
        if not sentences:
            return csr_matrix((0, self.coefficients_.shape[0]))
        return self._matrix(sentences)

    def score_sentences(self, sentences: Sequence[Read]) -> Floats:
        """Return log odds of shape (sentences, narratives)."""
        return self.score_vectors(self.vectors(sentences))

    def score_vectors(self, vectors: csr_matrix) -> Floats:
        """Return log odds for the rows of a sparse matrix."""
        return np.asarray(vectors @ self.coefficients_ + self.intercepts_, dtype=np.float64)

    def windows(self, vectors: csr_matrix, before: int, after: int, starts: NDArray[np.int64]) -> csr_matrix:
        """Return for each row the sum of the rows around it, each part brought to its usual length.

        ``starts`` holds the first row of each document; windows never reach into another document.
        """
        if not vectors.shape[0]:
            return vectors
        total = _sums(vectors, before, after, starts)
        first = len(self.words_.vocabulary_)
        second = first + len(self.characters_.vocabulary_)
        parts = normalize(total[:, :first]), normalize(total[:, first:second]), normalize(total[:, second:])
        return hstack([parts[0], parts[1], parts[2] * self.concept_weight]).tocsr()

    def _vectorisers(self) -> list[TfidfVectorizer]:
        words, characters, concepts = self.min_df
        return [
            TfidfVectorizer(
                lowercase=False, ngram_range=(1, 2), sublinear_tf=True, min_df=words, token_pattern=_WORD
            ),
            TfidfVectorizer(
                lowercase=False, analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=characters
            ),
            TfidfVectorizer(lowercase=False, token_pattern=_CONCEPT, min_df=concepts),
        ]

    def _fitted(self) -> tuple[TfidfVectorizer, TfidfVectorizer, TfidfVectorizer]:
        return self.words_, self.characters_, self.concepts_

    def _matrix(self, sentences: Sequence[Read]) -> csr_matrix:
        texts = [plain(text) for text, _ in sentences]
        concepts = self.concepts_.transform([concepts for _, concepts in sentences])
        return hstack(
            [self.words_.transform(texts), self.characters_.transform(texts), concepts * self.concept_weight]
        ).tocsr()


def _sums(vectors: csr_matrix, before: int, after: int, starts: NDArray[np.int64]) -> csr_matrix:
    count = vectors.shape[0]
    document = np.searchsorted(starts, np.arange(count), side="right")
    total = csr_matrix(vectors.shape)
    for offset in range(-before, after + 1):
        size = count - abs(offset)
        if size > 0:
            here, there = max(0, -offset), max(0, offset)
            inside = document[here : here + size] == document[there : there + size]
            total = total + diags([inside.astype(float)], [offset], shape=(count, count)) @ vectors
    return total.tocsr()
