"""Which days a report covers, from what the data say about themselves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_config.reporting_period import DRAWN_WEEKS, MOST_DRAWN_WEEKS, resolve_period
from db.errors import NarrativesError

AS_OF = "2025-04-02T06:00:00Z"  # a Wednesday
days = st.dates(date(2006, 1, 1), date(2035, 12, 31))


def test_the_last_finished_week_is_the_default() -> None:
    for since, until in ((None, None), ("last", None), (None, "last"), ("last", "last")):
        period = resolve_period(since, until, AS_OF)
        assert (period.since, period.until) == (date(2025, 3, 24), date(2025, 3, 30))
        assert period.is_one_week and period.is_finished


def test_a_week_counts_as_finished_from_monday_midnight_on() -> None:
    assert resolve_period(None, None, "2025-03-30T23:59:59Z").since == date(2025, 3, 17)
    assert resolve_period(None, None, "2025-03-31T00:00:00Z").since == date(2025, 3, 24)


def test_one_bound_alone_covers_its_week() -> None:
    period = resolve_period("2025-03-19", None, AS_OF)
    assert (period.since, period.until) == (date(2025, 3, 19), date(2025, 3, 23))
    period = resolve_period(None, "2025-03-19", AS_OF)
    assert (period.since, period.until) == (date(2025, 3, 17), date(2025, 3, 19))


def test_an_unfinished_week_is_never_compared() -> None:
    period = resolve_period("2025-03-03", "2025-04-06", AS_OF)
    assert period.week == date(2025, 3, 24)
    assert not period.is_finished


def test_a_week_that_the_period_cuts_is_not_compared_either() -> None:
    assert resolve_period("2024-01-01", "2024-12-31", AS_OF).week == date(2024, 12, 23)
    assert resolve_period("2024-01-01", "2024-12-29", AS_OF).week == date(2024, 12, 23)


def test_years_and_months_are_known_as_such() -> None:
    assert resolve_period("2024-02-01", "2024-02-29", AS_OF).is_one_month
    assert not resolve_period("2025-02-01", "2025-03-01", AS_OF).is_one_month
    assert resolve_period("2024-01-01", "2024-12-31", AS_OF).is_one_year


@pytest.mark.parametrize("since", ["yesterday", "2025-13-01", "17/03/2025", ""])
def test_a_day_that_is_none_is_named_with_the_remedy(since: str) -> None:
    with pytest.raises(NarrativesError, match=r"--since .* is no day.*2025-03-17"):
        resolve_period(since, None, AS_OF)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(NarrativesError, match="2025-03-10"):
        resolve_period("2025-03-17", "2025-03-10", AS_OF)


@given(days, st.integers(0, 2_000), days)
def test_compared_week_and_drawn_weeks_hold_together(since: date, length: int, as_of: date) -> None:
    period = resolve_period(
        since.isoformat(), (since + timedelta(days=length)).isoformat(), as_of.isoformat()
    )
    assert period.week.isoweekday() == period.drawn_from.isoweekday() == 1
    assert period.week + timedelta(days=7) <= as_of
    assert period.week + timedelta(days=6) <= period.until
    assert period.known_until <= f"{period.until + timedelta(days=1)}T00:00:00Z"
    weeks = (period.until - period.drawn_from).days // 7 + 1
    assert DRAWN_WEEKS <= weeks <= MOST_DRAWN_WEEKS
