"""Second stage: weigh a sentence's own words against its neighbours, patterns and partners."""

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from classifiers.estimators.context import FEATURES, context_features
from classifiers.estimators.evidence import Evidence
from classifiers.estimators.sentence_scores import Flags, Floats

#: Pairs of features that mean more together than apart.
_PAIRS = (
    ("words with both neighbours", "partner nearby"),
    ("patterns", "partner nearby"),
)


class ContextScorer(BaseEstimator):
    """One logistic regression over the context features, shared by all narratives, plus a shift for each.

    Weights are shared because "the sentence before says it too" means the same for every storyline, and
    because a single narrative has too few examples to learn it from. The shift of a narrative is learned
    last, and drawn towards zero by ``shrinkage`` examples' worth of doubt.

    Parameters
    ----------
    regularisation : float
        ``C`` of the logistic regression on standardised features.
    shrinkage : float

    Attributes
    ----------
    weights_, mean_, scale_ : ndarray
    intercept_ : float
    shifts_ : ndarray of shape (narratives,)
    """

    def __init__(self, *, regularisation: float = 0.05, shrinkage: float = 20.0) -> None:
        self.regularisation = regularisation
        self.shrinkage = shrinkage

    def fit(
        self, evidence: Sequence[Evidence], labels: Sequence[Flags], weights: Sequence[float] | None = None
    ) -> "ContextScorer":
        """Learn from documents; ``labels`` (sentences, narratives) and ``weights`` have one entry each."""
        features = np.concatenate([_expanded(context_features(item)) for item in evidence])
        target = np.concatenate(labels)
        each = np.ones(len(evidence)) if weights is None else np.asarray(weights, dtype=float)
        sentence_weights = np.repeat(each, [len(item) for item in evidence])
        rows = features.reshape(-1, features.shape[2])
        self.mean_ = rows.mean(axis=0)
        self.scale_ = rows.std(axis=0) + 1e-9
        regression = LogisticRegression(C=self.regularisation, max_iter=500)
        row_weights = np.repeat(sentence_weights, target.shape[1])
        regression.fit((rows - self.mean_) / self.scale_, target.reshape(-1), row_weights)
        self.weights_ = regression.coef_[0]
        self.intercept_ = float(regression.intercept_[0])
        self.shifts_ = np.zeros(target.shape[1])
        expected = 1 / (1 + np.exp(-self._decide(features)))
        found = (target * sentence_weights[:, None]).sum(axis=0)
        hoped = (expected * sentence_weights[:, None]).sum(axis=0)
        self.shifts_ = np.log((found + self.shrinkage) / (hoped + self.shrinkage))
        return self

    def decision_function(self, evidence: Evidence) -> Floats:
        """Return log odds of shape (sentences, narratives) for one document."""
        check_is_fitted(self)
        return self._decide(_expanded(context_features(evidence)))

    def named_weights(self) -> dict[str, float]:
        """Return the weight of each feature, per standard deviation, for people to look at."""
        names = list(FEATURES) + [f"{first} x {second}" for first, second in _PAIRS]
        return dict(zip(names, self.weights_.tolist(), strict=True))

    def _decide(self, features: Floats) -> Floats:
        return np.asarray(
            ((features - self.mean_) / self.scale_) @ self.weights_ + self.intercept_ + self.shifts_
        )


def _expanded(features: Floats) -> Floats:
    index = {name: position for position, name in enumerate(FEATURES)}
    products = [features[:, :, index[a]] * features[:, :, index[b]] for a, b in _PAIRS]
    return np.concatenate([features, np.stack(products, axis=2)], axis=2)
