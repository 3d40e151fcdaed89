"""How every source is doing: last success, learned rhythm, items lately, failures, one state in words."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from db.clock import parse_timestamp, timestamp

#: In the order in which a source is given one: the first that fits. ``new`` was never visited with success.
State = Literal["disabled", "new", "given_up", "not_a_feed", "failing", "no_items", "quiet", "moved", "ok"]
#: States that somebody should look at; the others are as they should be.
ALARMING: frozenset[State] = frozenset({"given_up", "not_a_feed", "failing", "no_items", "quiet", "moved"})

#: A source is quiet when this many items would have been expected since its last one: were they to
#: come at random, so long a pause would happen by chance once in e^10, about twenty thousand times.
QUIET_AFTER_ITEMS = 10.0
#: And never before this: newsrooms rest at the weekend.
QUIET_AFTER = timedelta(days=3)
#: A single failed visit is a hiccup; this many in a row are a failing source.
FAILING_AFTER_POLLS = 2

_SOURCES = """
select s.source_id, s.title, s.platform, s.url, s.enabled, s.disabled_reason, f.url as polled_url, f.status,
  f.last_polled_at, f.last_success_at, f.last_item_at, f.last_new_at, f.next_due_at, f.interval_minutes,
  f.items_per_day, f.items_last_poll, f.failures, f.failed_polls, f.failing_since, f.answering_since,
  f.trouble, f.moved_to,
  (select count(*) from documents d where d.source_id = s.source_id and d.first_seen_at > :week)
    as items_7_days,
  (select count(*) from documents d where d.source_id = s.source_id and d.first_seen_at > :month)
    as items_30_days
from sources s left join feeds f on f.feed_id = (
  select feed_id from feeds where source_id = s.source_id order by last_polled_at desc, feed_id desc limit 1)
where s.platform not in ('import', 'page')
order by s.source_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One source. Times are UTC ISO 8601, intervals minutes; what was never observed is None.

    ``items_per_week`` is the learned rhythm (None: not known yet); ``items_7_days`` and
    ``items_30_days`` count documents by when they were first seen here. ``failures`` are graded
    (hard 1, soft 0.5, temporary 0.25), ``failed_polls`` are failed visits in a row. ``since`` says
    when the present state began, as far as that is known; ``trouble`` says in words what is wrong.
    """

    source_id: str
    title: str
    platform: str
    url: str | None
    enabled: bool
    disabled_reason: str | None
    state: State
    since: str | None
    trouble: str | None
    last_polled_at: str | None
    last_success_at: str | None
    last_item_at: str | None
    last_new_at: str | None
    next_due_at: str | None
    interval_minutes: int | None
    items_per_week: float | None
    items_last_poll: int | None
    items_7_days: int
    items_30_days: int
    failures: float
    failed_polls: int
    moved_to: str | None

    @property
    def alarming(self) -> bool:
        """Whether somebody should look at the source."""
        return self.state in ALARMING

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values, for JSON and for tables."""
        return asdict(self)


def source_health(db: Database, now: datetime) -> list[SourceHealth]:
    """Return the health of every source that is or could be polled, in id order. Does not write.

    Sources of platform ``import`` and single pages have no health: nothing polls them. Where the
    address of a source has changed, the address polled last stands for it.
    """
    rows = db.query(
        _SOURCES,
        {"week": timestamp(now - timedelta(days=7)), "month": timestamp(now - timedelta(days=30))},
    )
    return [_health(row, now) for row in rows]


def alarms(health: Sequence[SourceHealth]) -> list[SourceHealth]:
    """Return the sources that somebody should look at."""
    return [source for source in health if source.alarming]


def is_quiet(
    items_per_day: float | None, last_new_at: str | None, answering_since: str | None, now: datetime
) -> bool:
    """Whether a source that answers has been silent for longer than its own rhythm explains.

    Silence is counted from its last new item, or from when it began to answer again if that was later.
    """
    if items_per_day is None or last_new_at is None:
        return False
    silence = now - parse_timestamp(max(last_new_at, answering_since or ""))
    return silence >= QUIET_AFTER and items_per_day * (silence / timedelta(days=1)) >= QUIET_AFTER_ITEMS


def _health(row: dict[str, Any], now: datetime) -> SourceHealth:
    state = _state(row, now)
    per_day = row["items_per_day"]
    return SourceHealth(
        source_id=row["source_id"],
        title=row["title"],
        platform=row["platform"],
        url=row["url"],
        enabled=bool(row["enabled"]),
        disabled_reason=row["disabled_reason"],
        state=state,
        since=_since(state, row),
        trouble=_trouble(state, row, now),
        last_polled_at=row["last_polled_at"],
        last_success_at=row["last_success_at"],
        last_item_at=row["last_item_at"],
        last_new_at=row["last_new_at"],
        next_due_at=row["next_due_at"] if row["enabled"] else None,
        interval_minutes=row["interval_minutes"],
        items_per_week=None if per_day is None else round(7 * per_day, 1),
        items_last_poll=row["items_last_poll"],
        items_7_days=row["items_7_days"],
        items_30_days=row["items_30_days"],
        failures=row["failures"] or 0.0,
        failed_polls=row["failed_polls"] or 0,
        moved_to=row["moved_to"],
    )


def _state(row: dict[str, Any], now: datetime) -> State:
    if not row["enabled"]:
        return "disabled"
    if row["last_polled_at"] is None:
        return "new"
    status = row["status"]
    if status in ("given_up", "not_a_feed"):
        return "given_up" if status == "given_up" else "not_a_feed"
    # A hard failure says at the first visit what a passing one says at the second.
    if row["failed_polls"] >= FAILING_AFTER_POLLS or row["failures"] >= 1:
        return "failing"
    if row["last_success_at"] is None:
        return "new"
    if status == "no_items":
        return "no_items"
    if is_quiet(row["items_per_day"], row["last_new_at"], row["answering_since"], now):
        return "quiet"
    return "moved" if row["moved_to"] else "ok"


def _since(state: State, row: dict[str, Any]) -> str | None:
    if state in ("given_up", "not_a_feed", "failing"):
        since: str | None = row["failing_since"]
        return since
    return row["last_new_at"] if state in ("quiet", "no_items") else None


def _trouble(state: State, row: dict[str, Any], now: datetime) -> str | None:
    if state == "quiet":
        days = math.floor((now - parse_timestamp(row["last_new_at"])) / timedelta(days=1))
        return f"nothing new for {days} days, {7 * row['items_per_day']:.1f} items a week are usual"
    if state == "moved":
        return f"redirects for good to {row['moved_to']}: correct `url` in its YAML file"
    if state == "disabled":
        return None
    trouble: str | None = row["trouble"]
    return trouble
