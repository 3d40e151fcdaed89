"""The rhythm that an address teaches, and what a failure costs it: the rules alone, without a crawl."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError

from crawlers.failures import outcome_of
from crawlers.rhythm import interval_minutes, learned, spread
from crawlers.schedule import GIVEN_UP_AT, after_poll, asks_fully, failure_grade, is_due
from db.clock import parse_timestamp, timestamp
from db.crawl_records import FeedState

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)
FEED = FeedState("s", "https://s.example/feed")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def days_before(*days: float) -> list[str]:
    return [timestamp(NOW - each * DAY) for each in days]


def publishing(per_day: float, *, listed: int = 20, weeks: int = 8, every: float = 0.25) -> FeedState:
    """Return what is learned of a steady feed after some weeks of visits."""
    state, now, owed = replace(FEED, items_last_poll=listed), NOW, 0.0
    for _ in range(round(weeks * 7 / every)):
        now += every * DAY
        owed += per_day * every
        state = learned(state, fresh=int(owed), dates=[], now=now)
        owed -= int(owed)
    return state


@pytest.mark.parametrize(
    ("per_day", "shortest", "longest"),
    [(48, 60, 60), (8, 150, 210), (4, 300, 400), (2, 620, 800), (1, 1_200, 1_440), (0.2, 1_440, 1_440)],
)
def test_the_interval_is_the_pace_of_the_feed_between_an_hour_and_a_day(
    per_day: float, shortest: int, longest: int
) -> None:
    state = publishing(per_day, listed=200)
    assert state.last_new_at is not None
    assert shortest <= interval_minutes(state, parse_timestamp(state.last_new_at)) <= longest


def test_a_short_listing_is_read_before_it_turns_over() -> None:
    quiet = replace(FEED, items_per_day=0.5, busiest_per_day=16.0, last_new_at=timestamp(NOW))
    assert interval_minutes(replace(quiet, items_last_poll=200), NOW) == 1_440
    # Ten places at sixteen a day: a quarter of them is new after 225 minutes.
    assert interval_minutes(replace(quiet, items_last_poll=10), NOW) == 225


def test_a_pause_makes_the_interval_longer_and_the_next_item_shortens_it() -> None:
    state = replace(
        FEED, items_per_day=12.0, busiest_per_day=12.0, items_last_poll=50, last_new_at=timestamp(NOW)
    )
    waits = [interval_minutes(state, NOW + days * DAY) for days in (0, 1, 2, 10)]
    assert waits == [120, 360, 720, 1_440]
    again = learned(state, fresh=3, dates=[], now=NOW + 2 * DAY)
    assert interval_minutes(again, NOW + 2 * DAY) < 180


def test_a_first_visit_learns_from_the_dates_of_the_listing() -> None:
    dates = days_before(0.1, 0.2, 0.3, 1, 3, 5, 7, 9, 10, 40)
    state = learned(FEED, fresh=10, dates=dates, now=NOW)
    assert (state.items_per_day, state.busiest_per_day) == (round(9 / 28, 4), 2.0)
    week = learned(FEED, fresh=7, dates=days_before(1, 2, 3, 4, 5, 6, 7), now=NOW)
    assert week.items_per_day == 1.0


def test_without_dates_the_first_visit_teaches_nothing_and_the_second_arrival_does() -> None:
    first = learned(FEED, fresh=10, dates=[], now=NOW)
    assert (first.items_per_day, interval_minutes(first, NOW)) == (None, 360)
    second = learned(first, fresh=3, dates=[], now=NOW + 12 * HOUR)
    assert second.items_per_day == 6.0


def test_what_arrives_after_an_outage_is_no_rhythm() -> None:
    state = replace(FEED, items_per_day=4.0, busiest_per_day=8.0, last_new_at=timestamp(NOW), failed_polls=9)
    back = learned(state, fresh=20, dates=[], now=NOW + 60 * DAY)
    assert (back.items_per_day, back.busiest_per_day) == (4.0, 8.0)
    assert back.last_new_at == timestamp(NOW + 60 * DAY)


@given(
    st.integers(0, 2_000), st.floats(0, 1e6), st.floats(0, 1e6), st.integers(0, 5_000), st.integers(0, 10**8)
)
def test_the_interval_never_leaves_its_bounds(
    fresh: int, pace: float, busiest: float, listed: int, seconds: int
) -> None:
    state = replace(
        FEED, items_per_day=pace, busiest_per_day=busiest, items_last_poll=listed, last_new_at=timestamp(NOW)
    )
    later = NOW + timedelta(seconds=seconds)
    assert 60 <= interval_minutes(learned(state, fresh=fresh, dates=[], now=later), later) <= 1_440


def test_waits_are_spread_by_address_and_day_and_never_reach_the_interval() -> None:
    waits = {
        spread(replace(FEED, url=f"https://s{n}.example/"), NOW + day * DAY)
        for n in range(40)
        for day in range(5)
    }
    assert len(waits) == 200
    assert 0.80 <= min(waits) < 0.82
    assert 0.93 < max(waits) < 0.95
    assert spread(FEED, NOW) == spread(FEED, NOW + 3 * HOUR)


@pytest.mark.parametrize(
    ("outcome", "status", "detail", "grade"),
    [
        ("http_error", 404, None, 0.5), ("http_error", 429, None, 0.5), ("http_error", 503, None, 0.5),
        ("http_error", 410, None, 1.0), ("http_error", 403, None, 1.0), ("parse_suspect", 200, None, 1.0),
        ("walled", 200, None, 1.0), ("timeout", None, None, 0.25), ("refused_robots", None, None, 0.5),
        ("net_error", None, "the connection broke", 0.25), ("net_error", None, "connection refused", 0.25),
        ("stored", 200, None, 0.0), ("not_modified", 304, None, 0.0), ("duplicate", 200, None, 0.0),
    ],
)  # fmt: skip
def test_failures_are_graded(outcome: str, status: int | None, detail: str | None, grade: float) -> None:
    assert failure_grade(outcome, status, detail) == grade


def test_unknown_names_and_broken_certificates_are_soft_failures() -> None:
    from OpenSSL import SSL
    from twisted.python.failure import Failure

    unknown = outcome_of(CannotResolveHostError("x"), Request("https://a.example/"), 5)
    broken = DownloadFailedError("x")
    broken.__cause__ = Exception()
    broken.__cause__.reasons = [Failure(SSL.Error([("SSL routines", "", "certificate verify failed")]))]  # type: ignore[attr-defined]
    certificate = outcome_of(broken, Request("https://a.example/"), 5)
    for outcome, detail in (unknown, certificate):
        assert outcome == "net_error"
        assert failure_grade(outcome, None, detail) == 0.5, detail


def fail(state: FeedState, now: datetime, times: int, **answer: object) -> tuple[FeedState, list[timedelta]]:
    gaps = []
    for _ in range(times):
        state = after_poll(state, now=now, **answer)  # type: ignore[arg-type]
        due = parse_timestamp(state.next_due_at or "")
        assert not is_due(state, due - timedelta(seconds=1))
        assert is_due(state, due)
        gaps.append(due - now)
        now = due
    return state, gaps


def test_the_back_off_is_linear_up_to_a_day_and_monthly_in_the_end() -> None:
    state, gaps = fail(FEED, NOW, 60, outcome="http_error", status=404)
    hours = [gap / HOUR for gap in gaps]
    # Half a failure each: two visits per step of six hours, spread over 80 to 95 % of each step.
    assert all(low <= hour <= high for hour, low, high in zip(
        hours[:8], (4.8, 9.6, 9.6, 14.4, 14.4, 19.2, 19.2, 19.2), (5.7, 11.4, 11.4, 17.1, 17.1, 22.8, 22.8, 22.8),  # noqa: E501
        strict=True,
    ))  # fmt: skip
    assert all(19.2 <= hour <= 22.8 for hour in hours[7:59])
    assert gaps[59] == timedelta(days=30)
    assert (state.failures, state.failed_polls, state.failing_since) == (GIVEN_UP_AT, 60, timestamp(NOW))
    revived = after_poll(state, outcome="stored", status=200, now=NOW + 90 * DAY)
    assert (revived.failures, revived.failed_polls, revived.failing_since) == (0, 0, None)
    assert parse_timestamp(revived.next_due_at or "") <= NOW + 90 * DAY + 6 * HOUR


@pytest.mark.parametrize(
    ("answer", "polls"),
    [({"outcome": "http_error", "status": 410}, 30), ({"outcome": "http_error", "status": 500}, 60),
     ({"outcome": "timeout"}, 120)],
)  # fmt: skip
def test_an_address_is_given_up_after_thirty_whole_failures(answer: dict[str, object], polls: int) -> None:
    assert fail(FEED, NOW, polls - 1, **answer)[0].failures < GIVEN_UP_AT
    assert fail(FEED, NOW, polls, **answer)[0].failures == GIVEN_UP_AT


def test_a_wish_to_be_left_alone_outlasts_the_interval() -> None:
    until = NOW + DAY
    state = after_poll(FEED, outcome="http_error", status=429, rests_until=until, now=NOW)
    assert state.next_due_at == timestamp(until)
    soon = after_poll(FEED, outcome="stored", status=200, rests_until=NOW + HOUR, now=NOW)
    assert parse_timestamp(soon.next_due_at or "") > NOW + HOUR


@pytest.mark.parametrize(
    ("values", "last_full", "full"),
    [
        ({}, None, True),
        ({}, NOW - 2 * DAY, False),
        ({}, NOW - 7 * DAY - HOUR, True),
        ({"interval_minutes": 1_440}, NOW - 6.1 * DAY, True),
        ({"validators_lied_at": timestamp(NOW - 90 * DAY)}, NOW - HOUR, True),
        ({"items_per_day": 4.0, "last_new_at": timestamp(NOW - DAY)}, NOW - DAY, True),
        ({"items_per_day": 4.0, "last_new_at": timestamp(NOW - DAY)}, NOW - 12 * HOUR, False),
        ({"items_per_day": 0.5, "last_new_at": timestamp(NOW - DAY)}, NOW - DAY, False),
    ],
)
def test_when_a_poll_is_unconditional(
    values: dict[str, object], last_full: datetime | None, full: bool
) -> None:
    state = replace(FEED, **values)  # type: ignore[arg-type]
    assert asks_fully(state, timestamp(last_full) if last_full else None, NOW) is full
