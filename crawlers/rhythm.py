"""What an address really publishes, learned visit by visit, and how long to wait between two visits. Pure.

The rule, for an address that brings ``pace`` new items a day, brought ``busiest`` at its liveliest,
lists ``n`` items at once and has been silent for ``s`` days::

    usual    = max(1 / pace, s / 4)        one new item is to be expected; a pause makes it longer
    safe     = n / (4 * busiest)           at its liveliest, a quarter of the listing would be new
    interval = min(usual, safe), between one hour and one day

The pace is an exponential average over arrivals that forgets within two weeks; of the busiest pace half
is forgotten in four weeks. Before anything is learned the interval is six hours.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.clock import parse_timestamp, timestamp
from db.crawl_records import FeedState

#: Minutes between visits: before a rhythm is known, at least, at most.
START_INTERVAL = 360
SHORTEST_INTERVAL = 60
LONGEST_INTERVAL = 1_440

#: Days after which the learned pace has forgotten two thirds of what was before.
MEMORY_DAYS = 14.0
PEAK_HALF_LIFE_DAYS = 28.0
#: A first visit learns from the dates in the listing, as far back as this.
FIRST_LOOK_BACK = timedelta(days=28)
#: Arrivals are never taken for a livelier pace than this part of a day can show.
SHORTEST_SPAN_DAYS = 0.25
#: A visit may come this much before its interval ends, or a cron line of the same length would miss it.
EARLIEST, LATEST = 0.80, 0.95

_DAY_MINUTES = 1_440.0
_DAY = timedelta(days=1)


def learned(state: FeedState, *, fresh: int, dates: Sequence[str], now: datetime) -> FeedState:
    """Return the state with the rhythm that one successful visit teaches.

    ``fresh`` counts listed items not known before, ``dates`` are the listing's own. A first visit
    learns from the dates, later ones from arrivals. The first success after failures teaches nothing:
    its items have come together while nobody looked.
    """
    if fresh == 0:
        return state
    before, at = state.last_new_at, timestamp(now)
    if before is None:
        pace, busiest = _first_impression(dates, now)
        return replace(state, items_per_day=pace, busiest_per_day=busiest, last_new_at=at)
    if state.failed_polls:
        return replace(state, last_new_at=at)
    days = max((now - parse_timestamp(before)) / _DAY, SHORTEST_SPAN_DAYS)
    weight = 1 - math.exp(-days / MEMORY_DAYS)
    seen = fresh / days
    pace = seen if state.items_per_day is None else state.items_per_day * (1 - weight) + seen * weight
    faded = (state.busiest_per_day or 0.0) * 0.5 ** (days / PEAK_HALF_LIFE_DAYS)
    return replace(
        state, items_per_day=round(pace, 4), busiest_per_day=round(max(faded, seen), 4), last_new_at=at
    )


def interval_minutes(state: FeedState, now: datetime) -> int:
    """Return the wait between two visits in minutes, by the rule at the head of this module."""
    pace = state.items_per_day
    if pace is None or state.last_new_at is None:
        return START_INTERVAL
    silence = max((now - parse_timestamp(state.last_new_at)) / _DAY, 0.0)
    usual = _DAY_MINUTES * max(1 / pace, silence / 4) if pace > 0 else LONGEST_INTERVAL
    safe = math.inf
    if state.busiest_per_day and state.items_last_poll:
        safe = _DAY_MINUTES * state.items_last_poll / (4 * state.busiest_per_day)
    return round(min(max(min(usual, safe), SHORTEST_INTERVAL), LONGEST_INTERVAL))


def spread(state: FeedState, now: datetime) -> float:
    """Return the part of its interval that an address waits: 0.80 to 0.95, the same all day.

    It differs by address and day, so that sources visited together do not stay together, and follows
    from both alone, so that a run can be repeated.
    """
    digest = hashlib.sha256(f"{state.source_id}\n{state.url}\n{now.date()}".encode()).digest()
    return EARLIEST + (LATEST - EARLIEST) * int.from_bytes(digest[:4], "big") / 2**32


def _first_impression(dates: Sequence[str], now: datetime) -> tuple[float | None, float | None]:
    """Return pace and busiest pace as a listing's own dates show them; unknown without dates."""
    moments = [moment for moment in map(parse_timestamp, dates) if moment <= now]
    if not moments:
        return None, None
    recent = [moment for moment in moments if moment >= now - FIRST_LOOK_BACK]
    span = min(now - min(moments), FIRST_LOOK_BACK)
    pace = len(recent) / max(span / _DAY, 1.0)
    busiest = max(Counter(moment.date() for moment in recent).values(), default=0)
    return round(pace, 4), float(busiest) or None
