"""How sure a rate is: intervals from resampling whole texts, and Wilson's where resampling says nothing."""

import math

import numpy as np
from numpy.typing import NDArray

#: Samples drawn for one bootstrap interval.
RESAMPLES = 500
_Z = 1.959964

Counts = NDArray[np.int64]
Rates = NDArray[np.float64]
Interval = tuple[float, float]


def resamples(units: int, seed: int, count: int = RESAMPLES) -> Counts:
    """Return how often each unit is drawn in each bootstrap sample, shape (count, units)."""
    generator = np.random.default_rng(seed)
    if not units:
        return np.zeros((0, 0), dtype=np.int64)
    return generator.multinomial(units, np.full(units, 1 / units), size=count)


def wilson(hits: float, trials: float, z: float = _Z) -> Interval:
    """Return Wilson's score interval (1927) of a share, by default of 95 %; (0, 1) without a trial.

    ``trials`` may be an effective number of independent trials.
    """
    if trials <= 0:
        return 0.0, 1.0
    square = z**2
    middle = (hits + square / 2) / (trials + square)
    half = z / (trials + square) * math.sqrt(max(0.0, hits * (trials - hits) / trials) + square / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def share_interval(hits: Counts, trials: Counts, seed: int = 1) -> Interval:
    """Return a 95 % interval of ``sum(hits) / sum(trials)``, resampling units that belong together.

    ``hits`` and ``trials`` have one entry for each unit (a text, a set of variants). Wilson's interval where
    every sample gives the same share.
    """
    drawn = resamples(len(hits), seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = (drawn @ hits) / (drawn @ trials)
    shares = shares[~np.isnan(shares)]
    if not len(shares) or shares.min() == shares.max():
        return wilson(int(hits.sum()), int(trials.sum()))
    low, high = np.percentile(shares, [2.5, 97.5])
    return float(low), float(high)


def f1_rates(counts: NDArray[np.int64]) -> Rates:
    """Return precision, recall and F1 for rows of (hits, false flags, misses); NaN where undefined."""
    hits, false, missed = counts[:, 0], counts[:, 1], counts[:, 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.column_stack(
            [hits / (hits + false), hits / (hits + missed), 2 * hits / (2 * hits + false + missed)]
        )


def rate_intervals(rows: Counts, samples: Counts) -> dict[str, tuple[float, float, float]]:
    """Return (rate, low, high) of precision, recall and F1 for texts' (hits, false flags, misses).

    ``rows`` has the shape (texts, 3), ``samples`` comes from :func:`resamples`. A rate that is undefined is
    left out. F1 without spread gets the image of Wilson's interval of hits among all coded or flagged.
    """
    hits, false, missed = (int(number) for number in rows.sum(axis=0))
    drawn = f1_rates(samples @ rows)
    point = f1_rates(rows.sum(axis=0, keepdims=True))[0]
    trials = (hits + false, hits + missed, hits + false + missed)
    found: dict[str, tuple[float, float, float]] = {}
    for column, name in enumerate(("precision", "recall", "f1")):
        defined = drawn[~np.isnan(drawn[:, column]), column]
        if np.isnan(point[column]) or not len(defined):
            continue
        low, high = (float(bound) for bound in np.percentile(defined, [2.5, 97.5]))
        if low == high:
            low, high = wilson(hits, trials[column])
            if name == "f1":
                low, high = 2 * low / (1 + low), 2 * high / (1 + high)
        found[name] = float(point[column]), low, high
    return found
