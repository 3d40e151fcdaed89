"""Shares and their intervals against values worked out elsewhere."""

import pytest

from datasette_config.shares import compared, share_of


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score without continuity correction).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_score_interval_is_that_of_the_literature(count: int, n: int, low: float, high: float) -> None:
    found = share_of(count, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_few_cases_have_a_number_and_no_share() -> None:
    assert share_of(3, 9).value is None
    assert share_of(0, 0).n == 0


def test_a_difference_must_hold_against_all_that_were_compared() -> None:
    alone = compared([(9, 100, 2, 100)])
    among = compared([(9, 100, 2, 100), *[(5, 100, 5, 100)] * 19])
    assert alone[0].p_value == pytest.approx(0.0654, abs=5e-4)  # binomial test of 9 in 11 at one half
    assert [found.reading for found in compared([(30, 100, 2, 100), (5, 100, 5, 100)])] == ["more", "same"]
    assert [found.reading for found in compared([(2, 100, 30, 100)])] == ["less"]
    assert among[0].reading == "same"
    assert compared([(12, 100, 2, 100)])[0].reading == "more"
    assert compared([(12, 100, 2, 100), *[(5, 100, 5, 100)] * 19])[0].reading == "same"
    assert compared([(3, 9, 5, 100)])[0].reading == "few"


def test_a_share_of_nothing_elsewhere_has_no_ratio_and_no_bound() -> None:
    found = compared([(5, 50, 0, 500)])[0]
    assert (found.ratio, found.high) == (None, None)
    assert found.low is not None
    assert found.low > 1
