"""Third stage: whose words a narrative is in."""

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from classifiers.estimators.sentence_scores import Flags, Floats
from classifiers.voice import SIGNS, are_not_the_authors, voice_signs

VOICES = ("own", "attributed", "rejected")
#: What is said of one narrative in one sentence, beside the signs that the sentence bears for all of them.
PAIR_FEATURES = (
    "its own score",
    "best opposing score",
    "opposing minus own",
    "opposing, mean of the text",
    "a pattern denies it",
)
_NO_OPPONENT = -5.0


def voice_features(sentences: Sequence[str]) -> Floats:
    """Return the signs of each sentence of a text, shape (sentences, len(SIGNS) + 1).

    The last column says that the text is one sentence.
    """
    signs = voice_signs(sentences)
    return np.hstack([signs, np.full((len(signs), 1), float(len(signs) == 1))])


def pair_features(
    signs: Floats,
    decisions: Floats,
    denials: Flags,
    opponents: Flags,
    pairs: Sequence[tuple[int, int]],
) -> Floats:
    """Return the features of (sentence, narrative) pairs of one text.

    ``signs`` come from :func:`voice_features`, ``decisions`` (sentences, narratives) from the context stage,
    ``denials`` of the same shape from the codebook.
    A text that speaks for the other side usually rejects a storyline when it mentions it.
    """
    rows = np.zeros((len(pairs), signs.shape[1] + len(PAIR_FEATURES)))
    cut = np.clip(decisions, _NO_OPPONENT, 3.0)
    for index, (sentence, narrative) in enumerate(pairs):
        against = cut[:, opponents[narrative]]
        if against.shape[1]:
            opposing, mean = against[sentence].max(), against.mean(axis=0).max()
        else:
            opposing, mean = _NO_OPPONENT, _NO_OPPONENT
        own = cut[sentence, narrative]
        rows[index] = [*signs[sentence], own, opposing, opposing - own, mean, denials[sentence, narrative]]
    return rows


class VoiceScorer(BaseEstimator):
    """Multinomial logistic regression over the voice signs of coded sentences and their neighbours.

    Parameters
    ----------
    regularisation : float

    Attributes
    ----------
    coefficients_ : ndarray of shape (3, features)
    intercepts_, mean_, scale_ : ndarray
    """

    def __init__(self, *, regularisation: float = 0.01) -> None:
        self.regularisation = regularisation

    def fit(self, features: Floats, voices: Sequence[str], weights: Floats | None = None) -> "VoiceScorer":
        """Learn from the features of coded sentences and the voice of each."""
        self.mean_ = features.mean(axis=0)
        self.scale_ = features.std(axis=0) + 1e-9
        target = np.array([VOICES.index(voice) for voice in voices])
        regression = LogisticRegression(C=self.regularisation, max_iter=1000)
        regression.fit((features - self.mean_) / self.scale_, target, weights)
        self.coefficients_ = np.full((len(VOICES), features.shape[1]), 0.0)
        self.intercepts_ = np.full(len(VOICES), -20.0)
        if len(regression.classes_) == 2:
            self.coefficients_[regression.classes_[1]] = regression.coef_[0]
            self.intercepts_[regression.classes_] = 0.0, regression.intercept_[0]
        else:
            self.coefficients_[regression.classes_] = regression.coef_
            self.intercepts_[regression.classes_] = regression.intercept_
        return self

    def decision_function(self, features: Floats) -> Floats:
        """Return a score for each sentence and voice, shape (sentences, 3)."""
        check_is_fitted(self)
        return np.asarray((features - self.mean_) / self.scale_ @ self.coefficients_.T + self.intercepts_)

    def predict(self, features: Floats) -> list[str]:
        """Return the voice of each pair.

        Words in the form of a quotation are never the author's; what a pattern denies is rejected.
        """
        scores = self.decision_function(features)
        reported = [are_not_the_authors(signs) for signs in features[:, : len(SIGNS)]]
        scores[reported, VOICES.index("own")] = -np.inf
        scores[features[:, -1] > 0, VOICES.index("rejected")] = np.inf
        return [VOICES[best] for best in np.argmax(scores, axis=1)]

    def named_weights(self, voice: str) -> dict[str, float]:
        """Return the weights that speak for one voice, per standard deviation."""
        names = [*SIGNS, "one sentence only", *PAIR_FEATURES]
        return dict(zip(names, self.coefficients_[VOICES.index(voice)].tolist(), strict=True))
