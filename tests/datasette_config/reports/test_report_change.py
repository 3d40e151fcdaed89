"""What counts as a change: the statistics behind "no change beyond noise"."""

import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from datasette_config.beta import beta_quantile, regularised_beta, student_two_sided
from datasette_config.reporting_change import (
    COMPARED_WEEKS,
    FEWEST_WEEKS,
    Change,
    WeekCount,
    change,
    changes,
    proportion_interval,
)

positive = st.floats(0.05, 500)


def steady(count: int, weeks: int = COMPARED_WEEKS, collected: int = 200) -> list[WeekCount]:
    return [WeekCount(count, collected)] * weeks


@given(st.floats(0, 1), positive, positive)
def test_the_incomplete_beta_function_agrees_with_scipy(x: float, a: float, b: float) -> None:
    assert regularised_beta(x, a, b) == pytest.approx(special.betainc(a, b, x), abs=1e-10)


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.5, 200), st.floats(0.5, 200))
@settings(max_examples=50)
def test_the_quantile_undoes_the_function(probability: float, a: float, b: float) -> None:
    assert regularised_beta(beta_quantile(probability, a, b), a, b) == pytest.approx(probability, abs=1e-6)


def test_student_agrees_with_scipy() -> None:
    for t, degrees in ((0.0, 3), (1.0, 7), (2.365, 7), (8.0, 3)):
        assert student_two_sided(t, degrees) == pytest.approx(2 * stats.t.sf(t, degrees), abs=1e-12)


def test_the_interval_of_a_share_is_the_exact_one() -> None:
    expected = stats.binomtest(7, 20).proportion_ci(0.95, method="exact")
    assert proportion_interval(7, 13, 0.95) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_planted_rise_and_fall_are_found() -> None:
    assert change(WeekCount(30, 200), steady(8)).verdict == "up"
    assert change(WeekCount(0, 200), steady(12)).verdict == "down"


def test_the_same_pace_is_noise_and_its_interval_holds_1() -> None:
    found = change(WeekCount(6, 200), steady(6))
    assert found.verdict == "noise"
    assert found.ratio == pytest.approx(1)
    assert found.low is not None and found.high is not None and found.low < 1 < found.high


def test_twice_the_collection_with_twice_the_texts_is_no_rise() -> None:
    found = change(WeekCount(60, 400), steady(30))
    assert found.verdict == "noise"
    assert found.expected == pytest.approx(60)


def test_two_texts_are_no_rise_however_little_was_collected() -> None:
    assert change(WeekCount(2, 2), steady(0)).verdict == "noise"
    assert change(WeekCount(3, 3), steady(0)).verdict == "up"


def test_a_restless_past_asks_for_a_larger_change() -> None:
    calm = change(WeekCount(20, 200), steady(8))
    restless = change(WeekCount(20, 200), [WeekCount(count, 200) for count in (0, 20, 1, 18, 2, 15, 0, 8)])
    assert calm.verdict == "up"
    assert restless.verdict == "noise"
    assert restless.dispersion is not None and restless.dispersion > 3


def test_too_few_weeks_and_an_empty_week_are_said_so() -> None:
    assert change(WeekCount(9, 200), steady(1, weeks=FEWEST_WEEKS - 1)).verdict == "too_few_weeks"
    assert change(WeekCount(0, 0), steady(5)).verdict == "nothing_collected"
    gaps = [WeekCount(0, 0)] * 20 + steady(5, weeks=FEWEST_WEEKS)
    assert change(WeekCount(5, 200), gaps).weeks == FEWEST_WEEKS


def test_a_narrative_without_past_has_no_ratio_but_a_lower_bound() -> None:
    found = change(WeekCount(12, 200), steady(0))
    assert (found.ratio, found.high) == (None, None)
    assert found.low is not None and found.low > 1
    assert found.verdict == "up"


week = st.builds(WeekCount, st.integers(0, 60), st.integers(60, 400))


@given(week, st.lists(week, min_size=FEWEST_WEEKS, max_size=12))
@settings(max_examples=60, deadline=None)
def test_the_interval_holds_the_ratio_and_the_verdict_its_sign(
    now: WeekCount, before: list[WeekCount]
) -> None:
    found = change(now, before)
    assert found.ratio is None or (found.low or 0) <= found.ratio + 1e-9
    assert found.ratio is None or found.high is None or found.ratio <= found.high + 1e-9
    if found.verdict == "up":
        assert found.ratio is None or found.ratio > 1
    if found.verdict == "down":
        assert found.ratio is not None and found.ratio < 1


@given(st.lists(st.tuples(week, st.lists(week, min_size=4, max_size=8)), max_size=12))
@settings(max_examples=20, deadline=None)
def test_judging_many_together_never_adds_an_alarm(cases: list[tuple[WeekCount, list[WeekCount]]]) -> None:
    alone = [change(now, before) for now, before in cases]
    for single, together in zip(alone, changes(alone), strict=True):
        assert together.verdict in (single.verdict, "noise")


def test_one_weak_alarm_among_many_comparisons_is_dropped() -> None:
    weak = change(WeekCount(17, 200), steady(8))
    assert weak.verdict == "up"
    many = [weak] + [change(WeekCount(8, 200), steady(8))] * 25
    assert {found.verdict for found in changes(many)} == {"noise"}


def noisy(rng: random.Random, mean: float, dispersion: float) -> int:
    """Draw a count with the given mean and variance = mean x dispersion (gamma-Poisson)."""
    rate = mean if dispersion == 1 else rng.gammavariate(mean / (dispersion - 1), dispersion - 1)
    return int(stats.poisson.ppf(rng.random(), rate)) if rate > 0 else 0


def false_alarm_rate(mean: float, dispersion: float, runs: int, seed: int) -> float:
    rng = random.Random(seed)
    alarms = 0
    for _ in range(runs):
        *before, now = (noisy(rng, mean, dispersion) for _ in range(COMPARED_WEEKS + 1))
        alarms += change(WeekCount(now, 300), [WeekCount(count, 300) for count in before]).verdict != "noise"
    return alarms / runs


def test_false_alarms_stay_under_the_stated_rate() -> None:
    # 5 % stated; 8 % leaves three standard errors of 300 runs.
    for mean, dispersion in ((5.0, 1.0), (20.0, 2.0)):
        assert false_alarm_rate(mean, dispersion, 300, seed=7) <= 0.08


@pytest.mark.soak
@pytest.mark.parametrize("mean", [2.0, 5.0, 20.0, 80.0])
def test_false_alarms_and_detection_over_many_runs(mean: float) -> None:
    sys.stdout.write("\nmean  dispersion  false alarms  found x2  x3  x5\n")
    for dispersion in (1.0, 1.5, 2.0, 4.0):
        rate = false_alarm_rate(mean, dispersion, 3_000, seed=1)
        rng = random.Random(2)
        power = []
        for factor in (2, 3, 5):
            hits = 0
            for _ in range(500):
                before = [WeekCount(noisy(rng, mean, dispersion), 300) for _ in range(COMPARED_WEEKS)]
                now = WeekCount(noisy(rng, mean * factor, dispersion), 300)
                hits += change(now, before).verdict == "up"
            power.append(hits / 500)
        found = "  ".join(f"{share:.2f}" for share in power)
        sys.stdout.write(f"{mean:4.0f}  {dispersion:10.1f}  {rate:12.3f}  {found}\n")
        assert rate <= 0.06


MEANS = (0.3, 0.5, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40)


@pytest.mark.soak
@pytest.mark.parametrize("factor", [1, 2, 3, 5])
def test_a_year_of_briefs_with_one_planted_rise_a_week(factor: int) -> None:
    """Eighteen storylines judged together; from x2 on, one of them is told that much more in its week."""
    rng, years = random.Random(3), 10
    false = told = 0
    share = 0.0
    planted: dict[str, list[bool]] = {"under 3": [], "3 to 10": [], "over 10": []}
    for _ in range(years):
        series = [[noisy(rng, mean, 1.5) for _ in range(52 + COMPARED_WEEKS)] for mean in MEANS]
        for at in range(COMPARED_WEEKS, 52 + COMPARED_WEEKS):
            chosen = rng.randrange(len(MEANS)) if factor > 1 else None
            now = [counts[at] for counts in series]
            if chosen is not None:
                now[chosen] = noisy(rng, MEANS[chosen] * factor, 1.5)
            found: list[Change] = changes(
                [
                    change(WeekCount(count, 300), [WeekCount(earlier, 300) for earlier in counts[:at]])
                    for count, counts in zip(now, series, strict=True)
                ]
            )
            alarms = {place for place, one in enumerate(found) if one.verdict in ("up", "down")}
            told += len(alarms)
            false += len(alarms - {chosen})
            share += len(alarms - {chosen}) / max(1, len(alarms)) / (52 * years)
            if chosen is not None:
                size = MEANS[chosen]
                level = "under 3" if size < 3 else "3 to 10" if size <= 10 else "over 10"
                planted[level].append(chosen in alarms)
    rates = ", ".join(
        f"{level} a week {sum(hits) / len(hits):.2f} (n = {len(hits)})"
        for level, hits in planted.items()
        if hits
    )
    sys.stdout.write(
        f"\nplanted x{factor}: {false / years:.1f} false alarms a year ({len(MEANS)} storylines x 52 weeks), "
        f"{false} of {told} alarms, {100 * share:.1f} % of those of a week on average; "
        f"found: {rates or 'nothing planted'}\n"
    )
    assert share <= 0.06
    assert factor > 1 or false / years <= 52 * 0.05
