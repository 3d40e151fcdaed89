"""Lasting changes of level: when a storyline's weekly rate turned, and by how much.

Method. Weekly counts of distinct texts (copies count once) are Poisson around a rate times what was
collected. The likelihood ratio of "one rate" against "one rate before a week, another from it on" is taken
at every week that leaves four weeks on each side; its largest value finds the turn (Worsley 1986,
Biometrika 73). It is divided by how much more a mean varies when neighbouring weeks resemble each other
(Bayley and Hammersley 1946, JRSS Supplement 8; the bias of the estimate: Marriott and Pope 1954, Biometrika
41), and its p-value is the share of series with shuffled weeks, each with what was collected in it, whose
own largest value is as large (stopping early on ordinary series: Besag and Clifford 1991, Biometrika 78).
Each side is then searched again (binary segmentation: Scott and Knott 1974, Biometrics 30). Over
narratives, false alarms among alarms are held at 5 % (Benjamini and Hochberg 1995). The ratio of the two
levels has the interval of :mod:`reporting_change`, the dispersion taken from within the two levels; a turn
whose interval holds 1 is not told.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from datasette_config.reporting_change import (
    CONFIDENCE,
    FALSE_DISCOVERY_RATE,
    WeekCount,
    proportion_interval,
    student_level,
)

#: Fewest weeks of a level, weeks of a series, and distinct texts in it.
FEWEST_WEEKS_OF_A_LEVEL = 4
FEWEST_WEEKS = 12
FEWEST_TEXTS = 6
#: Added to the autocorrelation of neighbouring weeks, over the number of weeks; and the most it is taken for.
BIAS = 5.0
MOST_RESEMBLING = 0.8
#: Reshuffled series, and the number of larger values after which no more are made.
SHUFFLES = 1_999
ENOUGH_LARGER = 20
#: Further turns within a side are kept at this p-value.
FURTHER = 0.01


@dataclass(frozen=True, slots=True)
class Turn:
    """A lasting change. ``week`` is the position of the first week of the new level.

    ``before`` and ``after`` are distinct texts per 100 collected; ``ratio`` is None where the level before
    was 0, ``high`` where it has no bound.
    """

    week: int
    before: float
    after: float
    ratio: float | None
    low: float
    high: float | None
    p_value: float

    @property
    def direction(self) -> str:
        """Return ``up`` or ``down``."""
        return "up" if self.after > self.before else "down"

    @property
    def exceeds_noise(self) -> bool:
        """Return whether the interval of the ratio leaves out 1."""
        return self.low > 1 or (self.high is not None and self.high < 1)


def turns_of_many(series: Sequence[Sequence[WeekCount]], *, seed: int = 0) -> list[list[Turn]]:
    """Return the turns of each series, in order of time; false alarms are held over all of them together."""
    first = [_first_turn(weeks, random.Random(seed)) for weeks in series]  # noqa: S311 - no secret
    values = sorted(found.p_value if found else 1.0 for found in first)
    passing = [
        value
        for rank, value in enumerate(values, start=1)
        if value <= FALSE_DISCOVERY_RATE * rank / len(values)
    ]
    limit = max(passing, default=-1.0)
    return [
        _with_further(weeks, found, random.Random(seed))  # noqa: S311 - no secret
        if found and found.p_value <= limit
        else []
        for weeks, found in zip(series, first, strict=True)
    ]


def between(weeks: Sequence[WeekCount], at: int) -> Turn | None:
    """Compare the level from a week on with the level before it; None where nothing is known."""
    before, after = weeks[:at], weeks[at:]
    then, now = sum(week.count for week in before), sum(week.count for week in after)
    seen_then, seen_now = sum(week.collected for week in before), sum(week.collected for week in after)
    if not (seen_then and seen_now and then + now):
        return None
    exposure = seen_now / seen_then
    degrees = len(weeks) - 2
    dispersion = max(1.0, (_pearson(before) + _pearson(after)) / degrees) if degrees > 0 else 1.0
    level = student_level(degrees) if dispersion > 1 else CONFIDENCE
    low, high = proportion_interval(now / dispersion, then / dispersion, level)
    return Turn(
        week=at,
        before=100 * then / seen_then,
        after=100 * now / seen_now,
        ratio=now / (then * exposure) if then else None,
        low=low / (1 - low) / exposure if low < 1 else math.inf,
        high=high / (1 - high) / exposure if high < 1 else None,
        p_value=1.0,
    )


def _with_further(weeks: Sequence[WeekCount], found: Turn, rng: random.Random) -> list[Turn]:
    """Search both sides of a turn again, and compare every level with the one before it."""
    at = [found.week]
    waiting = [(0, found.week), (found.week, len(weeks))]
    values = {found.week: found.p_value}
    while waiting:
        start, end = waiting.pop()
        further = _first_turn(weeks[start:end], rng)
        if further and further.p_value <= FURTHER:
            place = start + further.week
            at.append(place)
            values[place] = further.p_value
            waiting += [(start, place), (place, end)]
    bounds = [0, *sorted(at), len(weeks)]
    turns = []
    for start, place, end in zip(bounds, bounds[1:], bounds[2:], strict=False):
        compared = between(weeks[start:end], place - start)
        if compared and compared.exceeds_noise:
            turns.append(replace(compared, week=place, p_value=values[place]))
    return turns


def _first_turn(weeks: Sequence[WeekCount], rng: random.Random) -> Turn | None:
    if len(weeks) < FEWEST_WEEKS or sum(week.count for week in weeks) < FEWEST_TEXTS:
        return None
    logs = _Logarithms(sum(week.count for week in weeks), sum(week.collected for week in weeks))
    largest, at = _largest(weeks, logs)
    larger = made = 0
    largest /= _inflation(weeks, at)
    shuffled = list(weeks)
    while made < SHUFFLES and larger < ENOUGH_LARGER:
        made += 1
        rng.shuffle(shuffled)
        larger += _largest(shuffled, logs)[0] >= largest - 1e-9
    # Stopped early, larger / made is unbiased; otherwise the observed series counts as one of them.
    p_value = larger / made if larger == ENOUGH_LARGER else (larger + 1) / (made + 1)
    compared = between(weeks, at)
    # A series steadier than chance can be extreme among its reshufflings and still be within its interval.
    return replace(compared, p_value=p_value) if compared and compared.exceeds_noise else None


def _inflation(weeks: Sequence[WeekCount], at: int) -> float:
    """Return how much more a mean varies when weeks resemble their neighbours, as these do.

    (1 + r) / (1 - r) for a first-order autocorrelation r of what is left around the levels, never below 1.
    Each side is cut once more where it differs most, so that a second turn does not pass for likeness.
    """
    residuals = [
        residual
        for side in (weeks[:at], weeks[at:])
        for level in _halves(side)
        for residual in _residuals(level)
    ]
    whole = sum(value * value for value in residuals)
    if whole == 0:
        return 1.0
    neighbours = sum(first * second for first, second in pairwise(residuals))
    # The levels were fitted to the same weeks, which makes the estimate too low by about this much.
    found = min(max(neighbours / whole + BIAS / len(weeks), 0.0), MOST_RESEMBLING)
    return (1 + found) / (1 - found)


def _halves(weeks: Sequence[WeekCount]) -> list[Sequence[WeekCount]]:
    counts = sum(week.count for week in weeks)
    if len(weeks) < 2 * FEWEST_WEEKS_OF_A_LEVEL or counts == 0:
        return [weeks]
    _, at = _largest(weeks, _Logarithms(counts, sum(week.collected for week in weeks)))
    return [weeks[:at], weeks[at:]]


def _residuals(weeks: Sequence[WeekCount]) -> list[float]:
    rate = sum(week.count for week in weeks) / sum(week.collected for week in weeks)
    if rate == 0:
        return [0.0] * len(weeks)
    return [(week.count - week.collected * rate) / math.sqrt(week.collected * rate) for week in weeks]


class _Logarithms:
    """n log n and log n of whole numbers, worked out once for all reshuffled series."""

    def __init__(self, counts: int, collected: int) -> None:
        self.of_itself = [0.0, *(number * math.log(number) for number in range(1, counts + 1))]
        self.total, self.seen = counts, collected
        self.none = self.of_itself[counts] - counts * math.log(collected)


def _largest(weeks: Sequence[WeekCount], logs: _Logarithms) -> tuple[float, int]:
    """Return the largest likelihood ratio over the weeks that may begin a level, and that week."""
    best, at = -1.0, FEWEST_WEEKS_OF_A_LEVEL
    count = collected = 0
    log, of_itself = math.log, logs.of_itself
    total, seen, none = logs.total, logs.seen, logs.none
    last = len(weeks) - FEWEST_WEEKS_OF_A_LEVEL
    for position in range(last):
        week = weeks[position]
        count += week.count
        collected += week.collected
        begins = position + 1
        if begins < FEWEST_WEEKS_OF_A_LEVEL:
            continue
        rest, unseen = total - count, seen - collected
        value = of_itself[count] - count * log(collected) + of_itself[rest] - rest * log(unseen)
        if value - none > best:
            best, at = value - none, begins
    return best, at


def _pearson(weeks: Sequence[WeekCount]) -> float:
    return sum(value * value for value in _residuals(weeks))
