"""Weekly prevalence: the interval covers the truth, and without an audit there is none."""

import sys
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from classifiers.prevalence import FEWEST_AUDITED, Week, prevalence

LOWEST, HIGHEST = 0.05, 0.40


@dataclass
class World:
    """Outlets that differ in size, in leaning and in how well the machine reads them."""

    sizes: NDArray[np.float64]
    leanings: NDArray[np.float64]
    recalls: NDArray[np.float64]
    false_rates: NDArray[np.float64]


def world(chance: np.random.Generator, outlets: int = 15) -> World:
    return World(
        chance.lognormal(2.3, 0.7, outlets),
        chance.normal(0, 0.6, outlets),
        chance.beta(14, 6, outlets),
        chance.beta(2, 40, outlets),
    )


def shares(place: World, wanted: float) -> NDArray[np.float64]:
    """Return each outlet's share, so that all that they publish together has the wanted one."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        share = 1 / (1 + np.exp(-(middle + place.leanings)))
        low, high = (middle, high) if np.average(share, weights=place.sizes) < wanted else (low, middle)
    return share


def week(chance: np.random.Generator, place: World, wanted: float, audit: int) -> tuple[Week, float]:
    """Return one week and the share that its own texts have by chance."""
    outlet = np.repeat(np.arange(len(place.sizes)), chance.poisson(place.sizes))
    truth = chance.random(len(outlet)) < shares(place, wanted)[outlet]
    hit = np.where(truth, place.recalls[outlet], place.false_rates[outlet])
    copies = chance.geometric(0.75, len(outlet))
    chances = 1 - (1 - min(1.0, audit / copies.sum())) ** copies
    audited = np.flatnonzero(chance.random(len(outlet)) < chances)
    flags = chance.random(len(outlet)) < hit
    return (
        Week(flags[:, None], outlet, audited, truth[audited][:, None], chances[audited]),
        float(truth.mean()),
    )


@dataclass
class Coverage:
    weeks: int
    covered: float
    counted: float
    width: float
    error: float
    uncorrected_error: float


def simulate(years: int, audit: int, seed: int) -> Coverage:
    """Let the true share move from 5 to 40 % over a year, in many worlds; see what the interval covers."""
    chance = np.random.default_rng(seed)
    rows = []
    for _ in range(years):
        place = world(chance)
        for number in range(52):
            wanted = LOWEST + (HIGHEST - LOWEST) * number / 51
            one, _ = week(chance, place, wanted, audit)
            (estimate,) = prevalence(one)
            if estimate.low is None or estimate.high is None:
                continue
            counted = float(one.flags.mean())
            rows.append(
                (
                    estimate.low <= wanted <= estimate.high,
                    abs(counted - wanted) < abs(estimate.share - wanted),
                    estimate.high - estimate.low,
                    abs(estimate.share - wanted),
                    abs(counted - wanted),
                )
            )
    return Coverage(len(rows), *(float(column) for column in np.mean(rows, axis=0)))


def test_the_interval_covers_a_moving_share() -> None:
    found = simulate(years=4, audit=50, seed=3)
    assert found.weeks > 200
    assert 0.92 <= found.covered <= 0.98


@pytest.mark.soak
@pytest.mark.parametrize("audit", [30, 50, 100, 200])
def test_the_interval_covers_a_moving_share_over_a_thousand_weeks(audit: int) -> None:
    found = simulate(years=25, audit=audit, seed=audit)
    sys.stdout.write(
        f"\naudit {audit:>3} a week, {found.weeks} weeks, true share 5 -> 40 %: covered {found.covered:.3f}, "
        f"mean width {found.width:.3f}, mean error {found.error:.3f} "
        f"(uncorrected count {found.uncorrected_error:.3f})\n"
    )
    assert found.weeks >= 1_000
    assert 0.92 <= found.covered <= 0.98


def test_without_enough_audited_texts_the_count_stands_uncorrected_and_has_no_interval() -> None:
    chance = np.random.default_rng(1)
    one, _ = week(chance, world(chance), 0.2, 40)
    few = slice(0, FEWEST_AUDITED - 1)
    thin = Week(one.flags, one.outlets, one.audited[few], one.found[few], one.chances[few])
    (estimate,) = prevalence(thin)
    assert estimate.method == "uncorrected count"
    assert estimate.share == one.flags.mean()
    assert (estimate.low, estimate.high, estimate.tuning) == (None, None, None)


def test_a_perfect_machine_is_trusted_and_a_blind_one_is_not() -> None:
    chance = np.random.default_rng(2)
    truth = chance.random((400, 1)) < 0.3
    audited = np.arange(0, 400, 8)
    outlets = np.arange(400) % 10

    def of(flags: NDArray[np.bool_]) -> tuple[float, float]:
        (one,) = prevalence(Week(flags, outlets, audited, truth[audited], np.full(len(audited), 0.125)))
        assert one.tuning is not None and one.low is not None and one.high is not None
        return one.tuning, one.high - one.low

    perfect, blind = of(truth), of(chance.random((400, 1)) < 0.5)
    assert perfect[0] == pytest.approx(1.0)
    assert blind[0] < 0.3
    assert perfect[1] < 0.7 * blind[1]


def test_nobody_found_is_not_certainty() -> None:
    nothing = np.zeros((200, 1), dtype=bool)
    audited = np.arange(50)
    (one,) = prevalence(Week(nothing, np.arange(200) % 8, audited, nothing[audited], np.full(50, 0.25)))
    assert one.share == 0.0
    assert one.low == 0.0 and one.high is not None and 0.05 < one.high < 0.12


def test_a_text_with_many_copies_was_likelier_to_be_drawn_and_weighs_less() -> None:
    found = np.array([[True]] * 10 + [[False]] * 10)
    flags = np.zeros((20, 1), dtype=bool)
    audited = np.arange(20)
    alike = Week(flags, audited, audited, found, np.full(20, 0.5))
    copied = Week(flags, audited, audited, found, np.array([0.9] * 10 + [0.1] * 10))
    assert prevalence(alike)[0].share == pytest.approx(0.5)
    assert prevalence(copied)[0].share == pytest.approx(0.1)
