"""The share of texts that carry a narrative, with an honest interval where people audited a random sample.

The estimate is prediction-powered: the machine's flags of all texts, corrected by what the audit found on the
sampled ones (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic, 2023), with the weight of the flags tuned so
that poor flags cannot widen the interval (PPI++: Angelopoulos, Duchi and Zrnic, 2023). Its variance comes
from resampling whole texts, copies counting as one, and from resampling whole outlets; the greater of the
two counts. The interval is Wilson's at the effective number of texts that this variance stands for, as survey
statisticians do for shares near zero (Korn and Graubard, 1998), because a plain bootstrap interval is too
short there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.intervals import resamples, wilson

#: Fewer audited texts than this correct nothing.
FEWEST_AUDITED = 10
_RESAMPLES = 300
#: The interval is never that of more than so many times the audited texts.
_GREATEST_GAIN = 4.0

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Week:
    """The distinct texts of one week.

    ``flags`` has the shape (texts, narratives); ``outlets`` (texts,) numbers who published each text first;
    ``audited`` are the rows that people read, ``found`` (audited, narratives) what they found there, and
    ``chances`` (audited,) how likely each was to be drawn.
    """

    flags: Flags
    outlets: NDArray[np.int64]
    audited: NDArray[np.int64]
    found: Flags
    chances: Floats


@dataclass(frozen=True, slots=True)
class Prevalence:
    """A share (0-1) with its 95 % interval, or the uncorrected count's share without one.

    ``tuning`` is the weight of the machine's flags, 0 (not used) to 1.
    """

    share: float
    low: float | None = None
    high: float | None = None
    tuning: float | None = None

    @property
    def method(self) -> str:
        return "uncorrected count" if self.low is None else "prediction-powered"


def prevalence(week: Week, seed: int = 1) -> Sequence[Prevalence]:
    """Return one estimate for each narrative: the share in what these outlets publish."""
    texts = len(week.flags)
    counted = week.flags.mean(axis=0) if texts else np.zeros(week.flags.shape[1])
    if len(week.audited) < FEWEST_AUDITED:
        return [Prevalence(float(share)) for share in counted]
    draws = [resamples(texts, seed, _RESAMPLES).astype(np.float64)]
    _, outlet = np.unique(week.outlets, return_inverse=True)
    if outlet.max() > 0:
        by_outlet = resamples(int(outlet.max()) + 1, seed + 1, _RESAMPLES)
        draws.append(by_outlet[:, outlet].astype(np.float64))
    weights = 1 / week.chances
    return [
        _estimate(
            week.flags[:, column].astype(float), week.found[:, column].astype(float), week, weights, draws
        )
        for column in range(week.flags.shape[1])
    ]


def _estimate(
    flags: Floats, found: Floats, week: Week, weights: Floats, draws: Sequence[Floats]
) -> Prevalence:
    read = flags[week.audited]
    tuning = _tuning(read, found, weights)
    rest = weights * (found - tuning * read)
    share = float(tuning * flags.mean() + rest.sum() / weights.sum())
    variance = 0.0
    for drawn in draws:
        audited = drawn[:, week.audited]
        with np.errstate(invalid="ignore", divide="ignore"):
            values = tuning * (drawn @ flags) / drawn.sum(axis=1) + (audited @ rest) / (audited @ weights)
        variance = max(variance, float(np.nanvar(values, ddof=1)))
    number = len(found)
    share = min(1.0, max(0.0, share))
    # A share of 0 or 1 in the sample does not mean that nothing varies: one case of each is assumed.
    spread = (share * number + 1) / (number + 2)
    most = _GREATEST_GAIN * number
    effective = min(spread * (1 - spread) / variance, most) if variance > 0 else float(number)
    low, high = wilson(share * effective, effective)
    return Prevalence(share, low, high, tuning)


def _tuning(read: Floats, found: Floats, weights: Floats) -> float:
    """Return the weight of the flags that makes the variance smallest: cov(found, flag) / var(flag)."""
    total = weights.sum()
    middle = (weights * read).sum() / total
    spread = (weights * (read - middle) ** 2).sum() / total
    if spread <= 0:
        return 0.0
    shared = (weights * (found - (weights * found).sum() / total) * (read - middle)).sum() / total
    return float(np.clip(shared / spread, 0.0, 1.0))
