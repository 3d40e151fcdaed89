"""Krippendorff's alpha against the figures that Krippendorff published, and its interval against truth."""

import random

import pytest

from db.agreement import alpha, coincidences, measure

#: "Computing Krippendorff's Alpha-Reliability" (2011), examples A and B (C stands below).
BINARY = list(zip("0100000010", "1110010000", strict=True))
NOMINAL = list(zip("aabbdcccedda", "babbbccceddd", strict=True))


def test_the_published_examples() -> None:
    assert alpha(coincidences(BINARY)) == pytest.approx(0.095, abs=0.0005)
    assert alpha(coincidences(NOMINAL)) == pytest.approx(0.692, abs=0.0005)


def test_the_published_example_with_missing_values() -> None:
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[value for value in unit if value is not None] for unit in zip(*rows, strict=True)]
    assert alpha(coincidences(units)) == pytest.approx(0.743, abs=0.0005)


def test_a_unit_with_one_value_says_nothing() -> None:
    assert alpha(coincidences([*BINARY, ("1",), ()])) == alpha(coincidences(BINARY))


def test_the_ends_of_the_scale() -> None:
    assert alpha(coincidences([(True, True), (False, False)])) == 1
    assert alpha(coincidences([(True, False), (False, True)])) == pytest.approx(-0.5)
    assert alpha(coincidences([(False, False)] * 9)) is None, "without variation nothing can be seen"


def test_no_interval_from_a_handful_of_texts() -> None:
    few = measure([[(True, True), (True, False), (False, False)]] * 4, absent=False)
    assert few.alpha is not None and (few.low, few.high) == (None, None)
    assert (few.units, few.texts, few.found) == (12, 4, 8)


def test_the_interval_is_the_same_every_time_and_holds_the_value() -> None:
    texts = [[(True, True), (False, False), (True, index % 3 == 0)] for index in range(30)]
    one, other = measure(texts, absent=False), measure(texts, absent=False)
    assert one == other
    assert one.low is not None and one.alpha is not None and one.high is not None
    assert one.low < one.alpha < one.high


def covered(texts: int, rounds: int) -> int:
    """Count how often the interval holds the true alpha of coders who are right nine times of ten."""
    chance = random.Random(7)

    def drawn(number: int) -> list[list[tuple[bool, bool]]]:
        units = [[chance.random() < 0.3 for _ in range(8)] for _ in range(number)]
        return [
            [(truth ^ (chance.random() < 0.1), truth ^ (chance.random() < 0.1)) for truth in unit]
            for unit in units
        ]

    true = measure(drawn(40_000), resamples=1).alpha
    assert true is not None
    found = (measure(drawn(texts), absent=False, resamples=300) for _ in range(rounds))
    return sum(one.low is not None and one.high is not None and one.low <= true <= one.high for one in found)


def test_the_interval_covers_the_truth() -> None:
    assert covered(texts=40, rounds=60) >= 51, "of 60 intervals at 95 %, fewer than 51 is out of the question"


@pytest.mark.soak
def test_coverage_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    rounds = 600
    held = covered(texts=60, rounds=rounds)
    with capsys.disabled():
        print(f"\nalpha's 95 % interval held the truth in {held} of {rounds} draws of 60 texts")  # noqa: T201
    assert 0.92 * rounds <= held <= 0.985 * rounds
