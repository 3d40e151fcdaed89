"""Krippendorff's alpha for nominal values, with an interval: pure arithmetic, no database.

Klaus Krippendorff, *Content Analysis* (4th ed., 2019), chapter 12; the worked examples of his
"Computing Krippendorff's Alpha-Reliability" (2011) stand in the tests.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Resamples of the bootstrap; the ends of a 95 % interval are its 2.5th and 97.5th percentiles.
RESAMPLES = 1_000
#: Below this many texts an interval would only pretend.
MIN_TEXTS = 5

#: Ordered pairs of values given to the same unit by different coders, each unit weighing as its values.
Coincidences = Mapping[tuple[Hashable, Hashable], float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha (1: perfect, 0: as by chance) with its 95 % interval over texts.

    ``alpha`` is None when nothing varies: agreement beyond chance cannot be seen then. ``units`` were
    coded by two or more, ``texts`` is the number of texts they stand in, ``found`` the number of units
    to which at least one coder gave a value other than the absent one.
    """

    alpha: float | None
    low: float | None
    high: float | None
    units: int
    texts: int
    found: int


def coincidences(units: Iterable[Sequence[Hashable]]) -> dict[tuple[Hashable, Hashable], float]:
    """Return the coincidence matrix; each unit is the values its coders gave, without missing ones.

    A unit with fewer than two values says nothing about agreement and is left out.
    """
    found: defaultdict[tuple[Hashable, Hashable], float] = defaultdict(float)
    for values in units:
        if len(values) < 2:
            continue
        counts = Counter(values)
        weight = 1 / (len(values) - 1)
        for one, times in counts.items():
            for other, more in counts.items():
                pairs = times * (more - (one == other))
                if pairs:
                    found[one, other] += pairs * weight
    return dict(found)


def alpha(matrix: Coincidences) -> float | None:
    """Return Krippendorff's alpha of a coincidence matrix, or None when all values are the same."""
    totals: defaultdict[Hashable, float] = defaultdict(float)
    for (one, _), weight in matrix.items():
        totals[one] += weight
    n = sum(totals.values())
    expected = n * n - sum(total * total for total in totals.values())
    if expected <= 1e-12:
        return None
    differing = sum(weight for (one, other), weight in matrix.items() if one != other)
    return 1 - (n - 1) * differing / expected


def measure(
    texts: Sequence[Sequence[Sequence[Hashable]]],
    *,
    absent: Hashable = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Agreement:
    """Return the agreement over ``texts``: text -> unit -> values given by its coders.

    The interval resamples whole texts (sentences of one text are not independent). Texts in which nobody
    found anything differ only in their number of units, so they are grouped: the cost follows what was found.
    """
    matrices = [coincidences(units) for units in texts]
    used = [matrix for matrix in matrices if matrix]
    value = alpha(_together((matrix.items(), 1) for matrix in used))
    units = [values for units in texts for values in units if len(values) > 1]
    found = sum(any(given != absent for given in values) for values in units)
    low = high = None
    if value is not None and len(used) >= MIN_TEXTS:
        low, high = _interval(used, resamples, random.Random(seed))  # noqa: S311 - statistics, no secret
    return Agreement(value, low, high, len(units), len(used), found)


def _interval(
    matrices: Sequence[Coincidences], resamples: int, chance: random.Random
) -> tuple[float | None, float | None]:
    """Return the 2.5th and 97.5th percentile of alpha over resampled texts."""
    kinds = Counter(tuple(sorted(matrix.items(), key=repr)) for matrix in matrices)
    distinct, weights = list(kinds), list(kinds.values())
    values = []
    for _ in range(resamples):
        drawn = Counter(chance.choices(range(len(distinct)), weights, k=len(matrices)))
        together = _together((distinct[index], times) for index, times in drawn.items())
        if (resampled := alpha(together)) is not None:
            values.append(resampled)
    if not values:
        return None, None
    values.sort()
    return values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))]


def _together(
    matrices: Iterable[tuple[Iterable[tuple[tuple[Hashable, Hashable], float]], int]],
) -> dict[tuple[Hashable, Hashable], float]:
    """Add up coincidence matrices, each so many times."""
    total: defaultdict[tuple[Hashable, Hashable], float] = defaultdict(float)
    for pairs, times in matrices:
        for pair, weight in pairs:
            total[pair] += weight * times
    return total
