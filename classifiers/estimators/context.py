"""Second stage, input: a sentence among its neighbours, for each narrative."""

import numpy as np

from classifiers.estimators.evidence import SILENCE, Evidence
from classifiers.estimators.sentence_scores import Floats

#: How far the smoothed neighbourhood reaches, in sentences (standard deviation of a Gaussian).
_REACH = 3.0
#: Scores are cut here: beyond it they only say how long a text is.
_LOWEST, _HIGHEST = -4.0, 3.0

FEATURES = (
    "words of the sentence",
    "words with the sentence before",
    "words with both neighbours",
    "words one before",
    "words one after",
    "words nearby",
    "words, mean of the text",
    "words, best other sentence",
    "words, best other narrative",
    "words of the title",
    "length of the sentence",
    "patterns",
    "several patterns",
    "patterns one before",
    "patterns one after",
    "patterns nearby",
    "patterns, share of the text",
    "patterns elsewhere in the text",
    "patterns of other narratives",
    "patterns in the title",
    "pattern and words",
    "partner in the sentence",
    "partner nearby",
    "partner, share of the text",
    "partner in the title",
    "actors named, share of the text",
    "partner nearby and words",
)


def context_features(evidence: Evidence) -> Floats:
    """Return an array of shape (sentences, narratives, len(FEATURES))."""
    words = np.clip(evidence.sentence, _LOWEST, _HIGHEST)
    count = len(words)
    hits = (evidence.signs.patterns > 0).astype(float)
    partner = evidence.signs.partners.astype(float)
    likely = 1 / (1 + np.exp(-words))
    partner_nearby = _nearby(partner)
    others = max(1, count - 1)

    def wide(row: Floats) -> Floats:
        return np.broadcast_to(row, words.shape)

    def tall(column: Floats) -> Floats:
        return np.broadcast_to(column[:, None], words.shape)

    columns = (
        words,
        np.clip(evidence.with_previous, _LOWEST, _HIGHEST),
        np.clip(evidence.with_neighbours, _LOWEST, _HIGHEST),
        _shifted(words, 1, SILENCE),
        _shifted(words, -1, SILENCE),
        _nearby(likely),
        (words.sum(axis=0) - words) / others if count > 1 else np.full_like(words, SILENCE),
        _best_other(words, axis=0),
        _best_other(words, axis=1),
        wide(np.clip(evidence.title, _LOWEST, _HIGHEST)),
        tall(np.log(np.clip(evidence.lengths, 10, 400))),
        hits,
        (evidence.signs.patterns > 1).astype(float),
        _shifted(hits, 1, 0.0),
        _shifted(hits, -1, 0.0),
        _nearby(hits),
        wide(np.minimum(hits.mean(axis=0), 0.5)),
        np.minimum(hits.sum(axis=0) - hits, 3.0),
        np.minimum(hits.sum(axis=1, keepdims=True) - hits, 2.0),
        wide(np.minimum(evidence.signs.title_patterns, 1.0)),
        hits * (words - SILENCE),
        partner,
        partner_nearby,
        wide(partner.mean(axis=0)),
        wide(evidence.signs.title_partners.astype(float)),
        wide(np.full(words.shape[1], np.minimum(evidence.signs.actors, 1.0).mean())),
        np.maximum(partner, partner_nearby) * (words - SILENCE),
    )
    return np.stack(columns, axis=2)


def _shifted(values: Floats, by: int, missing: float) -> Floats:
    moved = np.full_like(values, missing)
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


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


def _best_other(values: Floats, axis: int) -> Floats:
    """Return for each entry the greatest of the other entries along an axis."""
    if values.shape[axis] < 2:
        return np.full_like(values, SILENCE)
    ordered = np.sort(values, axis=axis)
    first = np.take(ordered, [-1], axis=axis)
    second = np.take(ordered, [-2], axis=axis)
    return np.where(values >= first, second, first)
