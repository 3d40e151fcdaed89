"""The account of simulated weeks: what was asked, missed, stored twice, and when trouble was reported."""

import sqlite3
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from tests.crawlers.weeks_outlets import DOWN, Outlet

#: Spells after which an outlet is to be reported, with the states that say so rightly.
_REPORTED = {
    "404": {"failing", "given_up"}, "410": {"failing", "given_up"}, "503": {"failing", "given_up"},
    "cut": {"failing", "given_up"}, "page": {"not_a_feed", "failing"}, "drained": {"no_items"},
    "rests": {"quiet"}, "moved": {"moved"}, "resettled": {"moved"},
}  # fmt: skip
#: The promise: what stands in an answering listing for the longest interval, a day, is collected.
_ON_SHOW = 1.0


def account_of(
    connection: sqlite3.Connection,
    outlets: Sequence[Outlet],
    alarmed: Mapping[str, Sequence[tuple[float, str]]],
    end: float,
) -> dict[str, Any]:
    """Return the figures of a simulation from its database, its outlets and the alarms after each run."""
    purposes = dict(connection.execute("select purpose, count(*) from fetches group by purpose"))
    paths = Counter(
        (row[0], int(row[1].rpartition("/")[2]))
        for row in connection.execute("select source_id, url from documents")
    )
    published = {(outlet.name, n) for outlet in outlets for n in _offered(outlet, end)}
    given_up = {(outlet.name, n) for outlet in outlets for n in _unoffered(outlet, end)}
    missed = sorted(published - set(paths))
    delays = [delay for outlet in outlets for delay in _delays(outlet, alarmed.get(outlet.name, ()), end)]
    return {
        "outlets": len(outlets),
        "requests": {key: value for key, value in purposes.items() if key != "item"},
        "published": len(published),
        "stored": len(paths),
        "missed": missed,
        "gone_before_any_visit": sorted(given_up - set(paths)),
        "twice": sorted(key for key, times in paths.items() if times > 1),
        "versions": connection.execute("select count(*) from document_versions").fetchone()[0],
        "outcomes": dict(connection.execute("select outcome, count(*) from fetches group by outcome")),
        "reported": delays,
        "unreported": [delay for delay in delays if delay["hours"] is None],
        "false_alarms": _false_alarms(outlets, alarmed),
        "unchanged": _unchanged(connection, outlets, end),
        "evidence_missing": connection.execute(
            "select count(*) from documents where capture_id is null"
        ).fetchone()[0],
        "lying_servers_known": connection.execute(
            "select count(*) from feeds where validators_lied_at is not null"
        ).fetchone()[0],
    }  # fmt: skip


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


def _delays(outlet: Outlet, seen: Sequence[tuple[float, str]], end: float) -> list[dict[str, Any]]:
    """Return how long each reportable spell went unreported, in hours; None: never reported."""
    found = []
    for spell in outlet.spells:
        if spell.what not in _REPORTED or spell.since > end - 3:
            continue
        first = next(
            (day for day, state in seen if spell.covers(day) and state in _REPORTED[spell.what]), None
        )
        found.append(
            {"outlet": outlet.name, "what": spell.what,
             "hours": None if first is None else round(24 * (first - spell.since), 1)}
        )  # fmt: skip
    return found


def _false_alarms(
    outlets: Sequence[Outlet], alarmed: Mapping[str, Sequence[tuple[float, str]]]
) -> list[tuple[str, str, float]]:
    """Return the alarms without a reason as (outlet, state, days), one for each unbroken stretch."""
    found = []
    for outlet in outlets:
        days = [day for day, state in alarmed.get(outlet.name, ()) if not _due_alarm(outlet, state, day)]
        states = dict(alarmed.get(outlet.name, ()))
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
    polls = [
        row[0] for name in still
        for row in connection.execute(
            "select count(*) from fetches where source_id = ? and purpose = 'feed'", [name])
    ]  # fmt: skip
    every, changed = connection.execute(
        "select count(*), sum(outcome = 'stored') from fetches where purpose in ('feed', 'sitemap')"
    ).fetchone()
    return {
        "feeds": len(still),
        "a_day": round(statistics.mean(polls) / end, 2) if polls else 0.0,
        "polls_of_all": every,
        "polls_that_brought_a_change": changed,
    }
