"""When an address is asked again: due polls, second looks, graded failures. Pure rules."""

from dataclasses import replace
from datetime import datetime, timedelta

from crawlers.politeness import retry_after_seconds
from db.clock import parse_timestamp, timestamp
from db.crawl_records import FeedState, Outcome, Seen

#: Minutes between polls of a source whose rhythm is not known yet.
START_INTERVAL = 360
#: A source is due a little before its interval ends, or a cron line of the same length would miss it.
EARLY = 0.95
#: Lying validators are caught by an unconditional look this often.
FULL_LOOK_EVERY = timedelta(days=7)
#: An article is looked at again at these ages, while it is young.
SECOND_LOOKS = (timedelta(hours=6), timedelta(hours=48))
YOUNG = timedelta(hours=72)
#: However often a feed says "changed", an article is not fetched more often than this.
MAX_LOOKS = 10

#: Graded failures in the manner of Media Cloud's feed fetcher: https://github.com/mediacloud/rss-fetcher
GIVEN_UP_AT = 10.0
REVIVED_EVERY = timedelta(days=30)
_ATTEMPTS: dict[str, int] = {"timeout": 5, "net_error": 5, "refused_robots": 5, "walled": 3}
_BUSY = frozenset({408, 425, 429})


def is_due(state: FeedState, now: datetime) -> bool:
    """Whether a polled address wants a visit."""
    return state.next_due_at is None or parse_timestamp(state.next_due_at) <= now


def wants_fetch(seen: Seen | None, updated_at: str | None, now: datetime, *, forced: bool) -> bool:
    """Whether a listed or young address is to be fetched now.

    New ones always; failed ones a few times; known ones when the listing says they changed, and at
    the ages of :data:`SECOND_LOOKS`. ``forced`` (a person named the source) looks at every young one.
    """
    if seen is None:
        return True
    if seen.document_id is None or seen.first_seen_at is None:
        return will_try_again(seen.last_outcome, seen.last_status, seen.failures)
    if seen.gone or seen.looks >= MAX_LOOKS:
        return False
    if updated_at is not None and seen.last_at < updated_at <= timestamp(now):
        return True
    age = now - parse_timestamp(seen.first_seen_at)
    if age > YOUNG:
        return False
    return forced or seen.looks < 1 + sum(age >= look * EARLY for look in SECOND_LOOKS)


def will_try_again(outcome: Outcome | str, status: int | None, attempts: int) -> bool:
    """Whether an address that gave no document is worth another request at the next visit."""
    if outcome == "http_error":
        if status in (404, 410):
            return attempts < 2
        return attempts < (5 if status is None or status >= 500 or status in _BUSY else 3)
    return attempts < _ATTEMPTS.get(outcome, 0)


def failure_grade(outcome: Outcome | str, status: int | None) -> float:
    """Return how much one failed poll weighs: hard 1, soft 0.5, temporary 0.25, none 0."""
    if outcome in ("timeout", "net_error"):
        return 0.25
    if outcome == "http_error":
        return 0.5 if status is None or status in (404, 429) or status >= 500 else 1.0
    if outcome in ("parse_suspect", "parse_failed", "too_big", "walled", "refused_policy", "trap"):
        return 1.0
    return 0.5 if outcome == "refused_robots" else 0.0


def after_poll(
    state: FeedState, *, outcome: Outcome | str, status: int | None, retry_after: str | None, now: datetime
) -> FeedState:
    """Return the state after one poll: failures, interval and when the next one is due.

    The back-off is linear: each whole failure adds one interval. Given up means once a month.
    """
    grade = failure_grade(outcome, status)
    failures = state.failures + grade if grade else 0.0
    interval = state.interval_minutes or START_INTERVAL
    wait = timedelta(minutes=interval * EARLY * (1 + failures))
    if failures >= GIVEN_UP_AT:
        wait = REVIVED_EVERY
    asked = retry_after_seconds(retry_after) if status in (429, 503) else None
    if asked is not None:
        wait = max(wait, timedelta(seconds=asked))
    return replace(
        state,
        failures=failures,
        interval_minutes=interval,
        last_polled_at=timestamp(now),
        next_due_at=timestamp(now + wait),
        last_success_at=timestamp(now) if not grade else state.last_success_at,
    )
