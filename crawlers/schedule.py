"""When an address is asked again: due polls, second looks, graded failures. Pure rules."""

from dataclasses import replace
from datetime import datetime, timedelta

from crawlers.failures import TLS_FAILED, UNKNOWN_HOST
from crawlers.rhythm import START_INTERVAL, interval_minutes, spread
from db.clock import parse_timestamp, timestamp
from db.crawl_records import FeedState, Outcome, Seen

#: A second look comes a little before its age, or a cron line of the same length would miss it.
EARLY = 0.95
#: Lying validators are caught by an unconditional look this often.
FULL_LOOK_EVERY = timedelta(days=7)
#: And after a day already where so many items were to be expected and none came.
DOUBTFUL_AFTER_ITEMS = 3.0
DOUBT_EVERY = timedelta(days=1)
#: An article is looked at again at these ages, while it is young.
SECOND_LOOKS = (timedelta(hours=6), timedelta(hours=48))
YOUNG = timedelta(hours=72)
#: And once more when it is this old: many pages vanish only after a controversy. Later than a week after
#: that, nobody looks any more.
LATE_LOOK = timedelta(days=30)
LATE_UNTIL = timedelta(days=37)
#: However often a feed says "changed", an article is not fetched more often than this.
MAX_LOOKS = 10

#: Graded failures in the manner of Media Cloud's feed fetcher: https://github.com/mediacloud/rss-fetcher
#: At this sum an address is given up: it is asked once a month, for a surprising number come back.
GIVEN_UP_AT = 30.0
REVIVED_EVERY = timedelta(days=30)
#: Back-off is linear up to this wait: a source that comes back after weeks is met within a day.
LONGEST_BACK_OFF = timedelta(days=1)
HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
_ATTEMPTS: dict[str, int] = {"timeout": 5, "net_error": 5, "refused_robots": 5, "walled": 3}
_BUSY = frozenset({408, 425, 429})


def is_due(state: FeedState, now: datetime) -> bool:
    """Whether a polled address wants a visit.

    No wait is longer than a month: a visit planned for later was planned by a clock that stood wrong.
    """
    if state.next_due_at is None:
        return True
    due = parse_timestamp(state.next_due_at)
    return due <= now or due > now + REVIVED_EVERY + LONGEST_BACK_OFF


def wants_fetch(seen: Seen | None, updated_at: str | None, now: datetime, *, forced: bool) -> bool:
    """Whether a listed or young address is to be fetched now.

    New ones always; failed ones a few times; known ones when the listing says they changed, and at
    the ages of :data:`SECOND_LOOKS` and :data:`LATE_LOOK`. ``forced`` (a person named the source) looks at
    every young one.
    """
    if seen is None:
        return True
    if seen.taken_down is not None:
        # Refused by name, not passed over; but posts whose time was over are no news at every visit.
        return not seen.gone
    if seen.document_id is None or seen.first_seen_at is None:
        return will_try_again(seen.last_outcome, seen.last_status, seen.failures)
    if seen.gone or seen.looks >= MAX_LOOKS:
        return False
    if updated_at is not None and seen.last_at < updated_at <= timestamp(now):
        return True
    first_seen = parse_timestamp(seen.first_seen_at)
    age = now - first_seen
    if age > YOUNG:
        late = first_seen + LATE_LOOK * EARLY
        return late <= now <= first_seen + LATE_UNTIL and seen.last_at < timestamp(late)
    return forced or seen.looks < 1 + sum(age >= look * EARLY for look in SECOND_LOOKS)


def will_try_again(outcome: Outcome | str, status: int | None, attempts: int) -> bool:
    """Whether an address that gave no document is worth another request at the next visit."""
    if outcome == "http_error":
        if status in (404, 410):
            return attempts < 2
        return attempts < (5 if status is None or status >= 500 or status in _BUSY else 3)
    if outcome == "parse_failed":
        # A page may have taken too long because the machine was busy; a post without text stays without.
        return status is not None and attempts < 2
    return attempts < _ATTEMPTS.get(outcome, 0)


def asks_fully(state: FeedState, last_full_at: str | None, now: datetime) -> bool:
    """Whether a poll must not be conditional: some servers say "not modified" whatever has changed.

    True for a server caught lying, once a week for everybody, and once a day while an address is
    silent although several items were to be expected.
    """
    if state.validators_lied_at is not None or last_full_at is None:
        return True
    since = now - parse_timestamp(last_full_at)
    # The next visit may be a whole interval away, and the week must not pass in between.
    if since + timedelta(minutes=state.interval_minutes or 0) > FULL_LOOK_EVERY:
        return True
    if state.items_per_day is None or state.last_new_at is None or since < DOUBT_EVERY * EARLY:
        return False
    silence = now - parse_timestamp(state.last_new_at)
    return state.items_per_day * (silence / timedelta(days=1)) >= DOUBTFUL_AFTER_ITEMS


def failure_grade(outcome: Outcome | str, status: int | None, detail: str | None = None) -> float:
    """Return how much one failed poll weighs: hard 1, soft 0.5, temporary 0.25, none 0.

    Soft are 404, 429, 5xx, unknown host names, broken TLS and an unreadable robots.txt; timeouts and
    broken connections are temporary; what no patience heals (other statuses, no feed) is hard.
    """
    if outcome == "timeout":
        return TEMPORARY
    if outcome == "net_error":
        return SOFT if (detail or "").startswith((UNKNOWN_HOST, TLS_FAILED)) else TEMPORARY
    if outcome == "http_error":
        return SOFT if status is None or status in (404, 429) or status >= 500 else HARD
    if outcome in ("parse_suspect", "parse_failed", "too_big", "walled", "refused_policy", "trap"):
        return HARD
    return SOFT if outcome == "refused_robots" else 0.0


def after_poll(
    state: FeedState,
    *,
    outcome: Outcome | str,
    status: int | None = None,
    detail: str | None = None,
    rests_until: datetime | None = None,
    now: datetime,
) -> FeedState:
    """Return the state after one poll: failures, interval and when the next one is due.

    The back-off is linear and bounded: each whole failure adds one interval, but not more than six
    hours, up to a day in all. Given up means once a month, and one success makes everything good.
    ``rests_until`` is what a server asked for with Retry-After.
    """
    grade = failure_grade(outcome, status, detail)
    interval = interval_minutes(state, now)
    wait = timedelta(minutes=interval)
    failures = state.failures + grade if grade else 0.0
    if grade:
        # A slow source is asked again sooner than it is due: is it gone, or was it a hiccup?
        step = timedelta(minutes=min(interval, START_INTERVAL))
        wait = min(step * (1 + int(failures)), LONGEST_BACK_OFF)
    due = now + wait * spread(state, now)
    if failures >= GIVEN_UP_AT:
        due = now + REVIVED_EVERY
    if rests_until is not None:
        due = max(due, rests_until)
    return replace(
        state,
        failures=failures,
        failed_polls=state.failed_polls + 1 if grade else 0,
        failing_since=(state.failing_since or timestamp(now)) if grade else None,
        answering_since=None if grade else (state.answering_since or timestamp(now)),
        interval_minutes=interval,
        last_polled_at=timestamp(now),
        next_due_at=timestamp(due),
        last_success_at=timestamp(now) if not grade else state.last_success_at,
    )
