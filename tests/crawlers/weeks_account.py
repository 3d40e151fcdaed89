"""The account of simulated weeks: what was asked, missed, stored twice, and when trouble was reported."""

import math
import sqlite3
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from crawlers.rhythm import LATEST
from db.clock import parse_timestamp, timestamp
from tests.crawlers.weeks_diary import Entry
from tests.crawlers.weeks_outlets import DOWN, Outlet, moment_of

#: Spells after which an outlet is to be reported, with the states that say so rightly.
_REPORTED = {
    "404": {"failing", "given_up"}, "410": {"failing", "given_up"}, "503": {"failing", "given_up"},
    "cut": {"failing", "given_up"}, "page": {"not_a_feed", "failing"}, "drained": {"no_items"},
    "rests": {"quiet"}, "moved": {"moved"}, "resettled": {"moved"},
}  # fmt: skip
#: The promise: what stands in an answering listing for the longest interval, a day, is collected.
_ON_SHOW = 1.0


def account_of(
    connection: sqlite3.Connection, outlets: Sequence[Outlet], diary: Sequence[Entry]
) -> dict[str, Any]:
    """Return the figures of a simulation from its database, its outlets and the diary of its runs."""
    end = diary[-1].day
    purposes = dict(connection.execute("select purpose, count(*) from fetches group by purpose"))
    paths = Counter(
        (row[0], int(row[1].rpartition("/")[2]))
        for row in connection.execute("select source_id, url from documents")
    )
    published = {(outlet.name, n) for outlet in outlets for n in _offered(outlet, end)}
    brief = {(outlet.name, n) for outlet in outlets for n in _unoffered(outlet, end)}
    delays = [delay for outlet in outlets for delay in _delays(outlet, diary)]
    return {
        "outlets": len(outlets),
        "requests": {key: value for key, value in purposes.items() if key != "item"},
        "requests_served": sum(entry.asked for entry in diary),
        "seconds": round(sum(entry.seconds for entry in diary)),
        "processor_seconds": round(sum(entry.processor_seconds for entry in diary)),
        "published": len(published),
        "stored": len(paths),
        "missed": sorted(published - set(paths)),
        "gone_before_any_visit": sorted(brief - set(paths)),
        "twice": sorted(key for key, times in paths.items() if times > 1),
        "versions": connection.execute("select count(*) from document_versions").fetchone()[0],
        "outcomes": dict(connection.execute("select outcome, count(*) from fetches group by outcome")),
        "reported": delays,
        "unreported": [delay for delay in delays if delay["hours"] is None],
        "recovered": [delay for outlet in outlets for delay in _recoveries(connection, outlet, end)],
        "false_alarms": _false_alarms(outlets, diary),
        "unchanged": _unchanged(connection, outlets, end),
        "payload_bytes": connection.execute("select sum(payload_bytes) from captures").fetchone()[0],
        "evidence_missing": connection.execute(
            "select count(*) from documents where capture_id is null"
        ).fetchone()[0],
        "lying_servers_known": connection.execute(
            "select count(*) from feeds where validators_lied_at is not null"
        ).fetchone()[0],
    }


def _offered(outlet: Outlet, end: float) -> list[int]:
    """Return the items that stood for a day in the listing of a server that answered."""
    return [n for n in range(len(outlet.published)) if _shown(outlet, n, end) >= _ON_SHOW]


def _unoffered(outlet: Outlet, end: float) -> list[int]:
    """Return the items of the simulated time that no listing has shown for a day, those of its end aside."""
    return [
        n for n, day in enumerate(outlet.published)
        if 0 <= day < end - _ON_SHOW and _shown(outlet, n, end) < _ON_SHOW
    ]  # fmt: skip


def _shown(outlet: Outlet, number: int, end: float) -> float:
    """Return the longest stretch of days for which an item stood in an answering listing."""
    begins = max(outlet.published[number], 0.0)
    pushed_out = number + outlet.listed
    leaves = outlet.published[pushed_out] if pushed_out < len(outlet.published) else end
    if outlet.platform == "wordpress":
        leaves = end
    edges = [begins, max(begins, leaves)]
    edges += [
        edge for spell in outlet.spells for edge in (spell.since, spell.until) if begins < edge < leaves
    ]
    longest = 0.0
    for since, until in pairwise(sorted(edges)):
        spell = outlet.spell((since + until) / 2)
        if spell not in DOWN:
            longest = max(longest, until - since)
    return longest


def _delays(outlet: Outlet, diary: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return how long each reportable spell went unreported, in hours; None: never reported.

    ``intervals`` is the same in the outlet's own intervals as they were when the spell began, each as
    long as a run every six hours can keep it.
    """
    found = []
    for spell in outlet.spells:
        if spell.what not in _REPORTED or spell.since > diary[-1].day - 3:
            continue
        first = next(
            (
                entry.day for entry in diary
                if spell.covers(entry.day) and entry.alarms.get(outlet.name) in _REPORTED[spell.what]
            ),
            None,
        )  # fmt: skip
        learned = next(
            (entry.intervals.get(outlet.name) for entry in reversed(diary) if entry.day < spell.since), None
        )
        kept = 6 * math.ceil((learned or 360) * LATEST / 360)
        hours = None if first is None else round(24 * (first - spell.since), 1)
        found.append(
            {"outlet": outlet.name, "what": spell.what, "hours": hours,
             "intervals": None if hours is None else round(hours / kept, 2)}
        )  # fmt: skip
    return found


def _recoveries(connection: sqlite3.Connection, outlet: Outlet, end: float) -> list[dict[str, Any]]:
    """Return how long after the end of each silence the outlet was first read again, in hours."""
    found = []
    for spell in outlet.spells:
        if spell.what not in DOWN or spell.until > end - 3:
            continue
        (read,) = connection.execute(
            "select min(fetched_at) from fetches where source_id = ? and fetched_at >= ? "
            "and purpose in ('feed', 'sitemap', 'api') "
            "and outcome in ('stored', 'duplicate', 'not_modified')",
            [outlet.name, timestamp(moment_of(spell.until))],
        ).fetchone()
        late = None if read is None else (parse_timestamp(read) - moment_of(spell.until)).total_seconds()
        found.append(
            {"outlet": outlet.name, "what": spell.what, "dead_days": round(spell.until - spell.since),
             "hours": None if late is None else round(late / 3600, 1)}
        )  # fmt: skip
    return found


def _false_alarms(outlets: Sequence[Outlet], diary: Sequence[Entry]) -> list[tuple[str, str, float]]:
    """Return the alarms without a reason as (outlet, state, days), one for each unbroken stretch."""
    found = []
    for outlet in outlets:
        seen = [(entry.day, entry.alarms[outlet.name]) for entry in diary if outlet.name in entry.alarms]
        days = [day for day, state in seen if not _due_alarm(outlet, state, day)]
        states = dict(seen)
        while days:
            length = next((n for n in range(1, len(days)) if days[n] - days[n - 1] > 0.3), len(days))
            found.append((outlet.name, states[days[0]], round(days[length - 1] - days[0] + 0.25, 2)))
            days = days[length:]
    return found


def _due_alarm(outlet: Outlet, state: str, day: float) -> bool:
    """Whether an alarm had a reason: a spell that lasts, or one that ended less than a visit ago."""
    if state == "moved":
        return True
    # A visit may be a day away when a spell ends, a month when the source was given up.
    grace = 31 if state in ("given_up", "not_a_feed") else 1.5
    if state == "quiet":
        grace = 1.5
    return any(spell.since <= day < spell.until + grace for spell in outlet.spells)


def _unchanged(
    connection: sqlite3.Connection, outlets: Sequence[Outlet], end: float
) -> dict[str, float | int]:
    """Return how often a feed that never changes was asked, a day, and how many polls brought nothing."""
    still = [outlet.name for outlet in outlets if outlet.per_day == 0]
    polls, robots = (
        [
            connection.execute(
                "select count(*) from fetches where source_id = ? and purpose = ?", [name, purpose]
            ).fetchone()[0]
            for name in still
        ]
        for purpose in ("feed", "robots")
    )
    every, changed = connection.execute(
        "select count(*), sum(outcome = 'stored') from fetches where purpose in ('feed', 'sitemap')"
    ).fetchone()
    return {
        "feeds": len(still),
        "a_day": round(statistics.mean(polls) / end, 2) if polls else 0.0,
        "robots_a_day": round(statistics.mean(robots) / end, 2) if robots else 0.0,
        "polls_of_all": every,
        "polls_that_brought_a_change": changed,
    }
