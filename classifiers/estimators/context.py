"""Second stage, input: a sentence among its neighbours, for each narrative."""

import numpy as np

from classifiers.estimators.evidence import SILENCE, Evidence
from classifiers.estimators.sentence_scores import Floats

#: How far the smoothed neighbourhood reaches, in sentences (standard deviation of a Gaussian).
_REACH = 3.0
#: Scores are cut here: beyond it they only say how long a text is.
_LOWEST, _HIGHEST = -4.0, 3.0

#: Left out on purpose: the rest of the text (its mean, its best sentence, its title). It helps on texts like
#: the training texts and smears one storyline over every sentence of a real article (see the ablation).
FEATURES = (
    "words of the sentence",
    "words with the sentence before",
    "words with both neighbours",
    "words, best other narrative",
    "length of the sentence",
    "patterns",
    "several patterns",
    "patterns of other narratives",
    "pattern and words",
    "partner in the sentence",
    "partner nearby",
    "partner nearby and words",
)


def context_features(evidence: Evidence) -> Floats:
    """Return an array of shape (sentences, narratives, len(FEATURES))."""
    words = np.clip(evidence.sentence, _LOWEST, _HIGHEST)
    hits = (evidence.signs.patterns > 0).astype(float)
    partner = evidence.signs.partners.astype(float)
    partner_nearby = _nearby(partner)
    columns = (
        words,
        np.clip(evidence.with_previous, _LOWEST, _HIGHEST),
        np.clip(evidence.with_neighbours, _LOWEST, _HIGHEST),
        _best_other_narrative(words),
        np.broadcast_to(np.log(np.clip(evidence.lengths, 10, 400))[:, None], words.shape),
        hits,
        (evidence.signs.patterns > 1).astype(float),
        np.minimum(hits.sum(axis=1, keepdims=True) - hits, 2.0),
        hits * (words - SILENCE),
        partner,
        partner_nearby,
        np.maximum(partner, partner_nearby) * (words - SILENCE),
    )
    return np.stack(columns, axis=2)


def _nearby(values: Floats) -> Floats:
    """Return the mean of the sentences around each one, without itself, near ones weighing more."""
    total, weights = np.zeros_like(values), np.zeros((len(values), 1))
    for distance in range(1, int(3 * _REACH) + 1):
        weight = np.exp(-(distance**2) / (2 * _REACH**2))
        total[distance:] += weight * values[:-distance]
        weights[distance:] += weight
        total[:-distance] += weight * values[distance:]
        weights[:-distance] += weight
    return np.asarray(total / np.maximum(weights, 1e-9))


def _best_other_narrative(values: Floats) -> Floats:
    """Return for each entry the greatest of the other entries of its row."""
    if values.shape[1] < 2:
        return np.full_like(values, SILENCE)
    second, first = np.sort(values, axis=1)[:, -2:].T
    return np.asarray(np.where(values >= first[:, None], second[:, None], first[:, None]))
