"""Shares with their intervals, and two shares compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from datasette_config.beta import beta_quantile, regularised_beta

CONFIDENCE = 0.95
FALSE_DISCOVERY_RATE = 0.05
#: Below this many cases their number is shown and no share.
FEWEST_CASES = 10
_NORMAL_QUANTILE = 1.959963984540054

Reading = Literal["more", "less", "same", "few"]


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``n``; ``value`` with ``low`` and ``high`` (0-1), None below FEWEST_CASES cases."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A share against another: their ratio with its interval, and what it says among several comparisons.

    ``ratio`` is None where the other share is 0, ``high`` where the interval has no bound.
    """

    here: Share
    elsewhere: Share
    ratio: float | None
    low: float | None
    high: float | None
    p_value: float
    reading: Reading


def share_of(count: int, n: int) -> Share:
    """Return a share with its score interval at 95 % (Wilson 1927, https://doi.org/10.2307/2276774)."""
    if n < FEWEST_CASES:
        return Share(count, n, None, None, None)
    z = _NORMAL_QUANTILE
    value = count / n
    middle = (value + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(value * (1 - value) / n + z * z / (4 * n * n))
    return Share(count, n, value, max(0.0, middle - half), min(1.0, middle + half))


def compared(pairs: Sequence[tuple[int, int, int, int]]) -> list[Comparison]:
    """Compare shares, each as (count here, of n here, count elsewhere, of n elsewhere), judged together.

    The interval of the ratio is exact given both counts (Przyborowski and Wilenski 1940, Biometrika 31);
    a difference is called one only where it holds against the number of comparisons (Benjamini and
    Hochberg 1995).
    """
    values = [_p_value(*pair) for pair in pairs]
    told = sorted(value for pair, value in zip(pairs, values, strict=True) if _enough(pair))
    passing = [
        value for rank, value in enumerate(told, start=1) if value <= FALSE_DISCOVERY_RATE * rank / len(told)
    ]
    limit = max(passing, default=-1.0)
    return [_comparison(pair, value, limit) for pair, value in zip(pairs, values, strict=True)]


def _comparison(pair: tuple[int, int, int, int], p_value: float, limit: float) -> Comparison:
    count, n, other, other_n = pair
    here, elsewhere = share_of(count, n), share_of(other, other_n)
    if not _enough(pair):
        return Comparison(here, elsewhere, None, None, None, p_value, "few")
    tail, exposure = (1 - CONFIDENCE) / 2, n / other_n
    low = 0.0 if count == 0 else beta_quantile(tail, count, other + 1)
    high = 1.0 if other == 0 else beta_quantile(1 - tail, count + 1, other)
    ratio = count / (other * exposure) if other else None
    reading: Reading = "same"
    if p_value <= limit:
        reading = "more" if count * other_n > other * n else "less"
    return Comparison(
        here, elsewhere, ratio, low / (1 - low) / exposure if low < 1 else None,
        high / (1 - high) / exposure if high < 1 else None, p_value, reading,
    )  # fmt: skip


def _enough(pair: tuple[int, int, int, int]) -> bool:
    count, n, other, other_n = pair
    return n >= FEWEST_CASES and other_n >= FEWEST_CASES and count + other > 0


def _p_value(count: int, n: int, other: int, other_n: int) -> float:
    if count + other == 0 or not n or not other_n:
        return 1.0
    expected = n / (n + other_n)
    as_high = 1.0 if count == 0 else regularised_beta(expected, count, other + 1)
    as_low = 1.0 if other == 0 else 1 - regularised_beta(expected, count + 1, other)
    return min(1.0, 2 * min(as_high, as_low))
