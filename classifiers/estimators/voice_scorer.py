"""Third stage: whose words a narrative is in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from classifiers.estimators.sentence_scores import Flags, Floats
from classifiers.voice import SIGNS, are_not_the_authors, are_refuted, voice_signs

VOICES = ("own", "attributed", "rejected")
OWN, _, REJECTED = range(3)
_CERTAIN = 4.0


@dataclass(frozen=True, slots=True)
class VoicedText:
    """A text to learn from: the ``signs`` of its sentences, the coded ``rows`` and their ``voices``."""

    signs: Floats
    rows: Sequence[int]
    voices: Sequence[str]
    weight: float = 1.0


def voice_features(sentences: Sequence[str]) -> Floats:
    """Return the signs of each sentence of a text, shape (sentences, len(SIGNS) + 1).

    The last column says that the text is one sentence.
    """
    signs = voice_signs(sentences)
    return np.hstack([signs, np.full((len(signs), 1), float(len(signs) == 1))])


class VoiceScorer(BaseEstimator):
    """Multinomial logistic regression over the voice signs of sentences, twice.

    The first reads each sentence alone. The second also knows how the other sentences of the text read to the
    first: a report that quotes throughout goes on quoting where one sentence shows no sign of it.

    Parameters
    ----------
    regularisation : float

    Attributes
    ----------
    first_coefficients_, first_intercepts_ : ndarray of shape (3, signs) and (3,)
    coefficients_, intercepts_ : ndarray of shape (3, signs + 2) and (3,)
    """

    def __init__(self, *, regularisation: float = 0.005) -> None:
        self.regularisation = regularisation

    def fit(self, texts: Sequence[VoicedText]) -> "VoiceScorer":
        """Learn from the coded sentences of texts."""
        coded = [text for text in texts if len(text.rows)]
        target = np.array([VOICES.index(voice) for text in coded for voice in text.voices])
        weights = np.concatenate([np.full(len(text.rows), text.weight) for text in coded])
        alone = np.concatenate([text.signs[list(text.rows)] for text in coded])
        self.first_coefficients_, self.first_intercepts_ = self._regression(alone, target, weights)
        within = np.concatenate([self._features(text.signs)[list(text.rows)] for text in coded])
        self.coefficients_, self.intercepts_ = self._regression(within, target, weights)
        return self

    def _regression(self, features: Floats, target: Floats, weights: Floats) -> tuple[Floats, Floats]:
        """Return coefficients and intercepts for plain features; the penalty is on standardised ones."""
        mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
        regression = LogisticRegression(C=self.regularisation, max_iter=1000)
        regression.fit((features - mean) / scale, target, weights)
        coefficients = np.zeros((len(VOICES), features.shape[1]))
        intercepts = np.full(len(VOICES), -20.0)
        if len(regression.classes_) == 2:
            coefficients[regression.classes_[1]] = regression.coef_[0]
            intercepts[regression.classes_] = 0.0, regression.intercept_[0]
        else:
            coefficients[regression.classes_] = regression.coef_
            intercepts[regression.classes_] = regression.intercept_
        coefficients = coefficients / scale
        return coefficients, intercepts - coefficients @ mean

    def _features(self, signs: Floats) -> Floats:
        """Return the signs of a text's sentences and how much its other sentences lean away from "own"."""
        first = signs @ self.first_coefficients_.T + self.first_intercepts_
        leaning = np.clip(first[:, 1:] - first[:, [OWN]], -_CERTAIN, _CERTAIN)
        others = (leaning.sum(axis=0) - leaning) / max(1, len(leaning) - 1)
        return np.hstack([signs, others])

    def decision_function(self, signs: Floats) -> Floats:
        """Return a score for each sentence of one text and each voice, shape (sentences, 3)."""
        check_is_fitted(self)
        return np.asarray(self._features(signs) @ self.coefficients_.T + self.intercepts_)

    def predict(self, signs: Floats, rows: Sequence[int], denied: Flags) -> list[str]:
        """Return the voices in which sentences ``rows`` of one text speak; patterns say which ones deny.

        Words in the form of a quotation are never the author's; what a pattern denies, or a sentence calls
        false, is rejected.
        """
        scores = self.decision_function(signs)
        reported = [are_not_the_authors(row) for row in signs[:, : len(SIGNS)]]
        scores[reported, OWN] = -np.inf
        scores[[are_refuted(row) for row in signs[:, : len(SIGNS)]], REJECTED] = np.inf
        chosen = scores[list(rows)]
        chosen[denied, REJECTED] = np.inf
        return [VOICES[best] for best in np.argmax(chosen, axis=1)]

    def named_weights(self, voice: str) -> dict[str, float]:
        """Return the weights that speak for one voice, by sign."""
        names = [*SIGNS, "one sentence only", "others lean to attributed", "others lean to rejected"]
        return dict(zip(names, self.coefficients_[VOICES.index(voice)].tolist(), strict=True))
