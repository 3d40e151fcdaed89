"""What moved by more than noise: this week's distinct texts against the comparable weeks before it.

Method. A week holds ``count`` distinct texts of a narrative among ``collected`` distinct texts. Given the
total over this week and the comparable weeks before, the count of this week is binomial when nothing but
chance moved; the interval of the rate ratio is the exact conditional one (Clopper and Pearson 1934,
Biometrika 26; Przyborowski and Wilenski 1940, Biometrika 31). Weekly counts vary more than chance alone
allows, so all counts are first divided by the dispersion of the earlier weeks (Pearson's statistic over its
degrees of freedom, never below 1: McCullagh and Nelder 1989, section 6.2), and where it is above 1 the level
allows for having estimated it from few weeks (Student's t). Over narratives, the rate of false alarms among
alarms is held at 5 % (Benjamini and Hochberg 1995).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from datasette_config.beta import beta_quantile, regularised_beta, student_two_sided

#: Weeks before this one that make the comparison, and the fewest of them that allow one.
COMPARED_WEEKS = 8
FEWEST_WEEKS = 4
#: One or two texts make no rise, however few were collected.
FEWEST_TEXTS_OF_A_RISE = 3
#: Confidence of the intervals, and the share of false alarms tolerated among alarms.
CONFIDENCE = 0.95
FALSE_DISCOVERY_RATE = 0.05

Verdict = Literal["up", "down", "noise", "too_few_weeks", "nothing_collected"]


@dataclass(frozen=True, slots=True)
class WeekCount:
    """Distinct texts of one narrative in a week, and all distinct texts collected in that week."""

    count: int
    collected: int


@dataclass(frozen=True, slots=True)
class Change:
    """The rate of a week over the pooled rate of the weeks before. ``high`` is None when unbounded.

    ``ratio`` is None where the weeks before had no text at all; ``expected`` is the count that the rate
    of those weeks gives for what was collected this week; ``p_value`` is two-sided.
    """

    verdict: Verdict
    weeks: int
    count: int
    expected: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    dispersion: float | None = None
    p_value: float | None = None


def change(week: WeekCount, before: Sequence[WeekCount]) -> Change:
    """Compare a week with the weeks before it, the latest last.

    Weeks without collection are left out; of the rest the last :data:`COMPARED_WEEKS` count. The verdict
    is that of a single comparison: :func:`changes` judges many together.
    """
    comparable = [earlier for earlier in before if earlier.collected > 0][-COMPARED_WEEKS:]
    weeks = len(comparable)
    if week.collected == 0:
        return Change("nothing_collected", weeks, week.count)
    if weeks < FEWEST_WEEKS:
        return Change("too_few_weeks", weeks, week.count)
    earlier_count = sum(earlier.count for earlier in comparable)
    earlier_collected = sum(earlier.collected for earlier in comparable)
    exposure = week.collected / earlier_collected
    dispersion = _dispersion(comparable, earlier_count / earlier_collected)
    now, then = week.count / dispersion, earlier_count / dispersion
    level = student_level(weeks - 1) if dispersion > 1 else CONFIDENCE
    low, high = proportion_interval(now, then, level)
    p_value = _two_sided(now, then, exposure / (1 + exposure))
    found = Change(
        verdict="noise",
        weeks=weeks,
        count=week.count,
        expected=earlier_count * exposure,
        ratio=week.count / (earlier_count * exposure) if earlier_count else None,
        low=low / (1 - low) / exposure if low < 1 else None,
        high=high / (1 - high) / exposure if high < 1 else None,
        dispersion=dispersion,
        p_value=_widened(p_value, weeks - 1) if dispersion > 1 else p_value,
    )
    return _judged(found, alarm=(found.p_value or 0) <= 1 - CONFIDENCE)


def changes(compared: Sequence[Change]) -> list[Change]:
    """Judge comparisons together: an alarm must hold against the number of narratives looked at."""
    values = sorted(found.p_value for found in compared if found.p_value is not None)
    passing = [
        value
        for rank, value in enumerate(values, start=1)
        if value <= FALSE_DISCOVERY_RATE * rank / len(values)
    ]
    limit = max(passing, default=-1.0)
    return [
        found if found.p_value is None else _judged(found, alarm=found.p_value <= limit) for found in compared
    ]


def _judged(found: Change, *, alarm: bool) -> Change:
    expected = found.expected or 0.0
    if found.count > expected:
        verdict: Verdict = "up" if alarm and found.count >= FEWEST_TEXTS_OF_A_RISE else "noise"
    else:
        verdict = "down" if alarm else "noise"
    return replace(found, verdict=verdict)


def _dispersion(weeks: Sequence[WeekCount], rate: float) -> float:
    if rate == 0:
        return 1.0
    pearson = sum((week.count - week.collected * rate) ** 2 / (week.collected * rate) for week in weeks)
    return max(1.0, pearson / (len(weeks) - 1))


@cache
def student_level(degrees: int) -> float:
    """Return the normal-theory level that is :data:`CONFIDENCE` once the dispersion is an estimate."""
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if student_two_sided(middle, degrees) > 1 - CONFIDENCE else (low, middle)
    return math.erf(low / math.sqrt(2))


def _widened(p_value: float, degrees: int) -> float:
    """Turn a normal-theory p-value into the one of Student's t with as many degrees of freedom."""
    if p_value >= 1:
        return 1.0
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erfc(middle / math.sqrt(2)) > p_value else (low, middle)
    return student_two_sided(low, degrees)


def proportion_interval(now: float, then: float, level: float) -> tuple[float, float]:
    """Return the exact interval (Clopper and Pearson) of ``now`` of ``now + then``, at ``level``."""
    tail = (1 - level) / 2
    low = 0.0 if now == 0 else beta_quantile(tail, now, then + 1)
    high = 1.0 if then == 0 else beta_quantile(1 - tail, now + 1, then)
    return low, high


def _two_sided(now: float, then: float, share: float) -> float:
    if now + then == 0:
        return 1.0
    as_high = 1.0 if now == 0 else regularised_beta(share, now, then + 1)
    as_low = 1.0 if then == 0 else 1 - regularised_beta(share, now + 1, then)
    return min(1.0, 2 * min(as_high, as_low))
