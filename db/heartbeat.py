"""Whether the schedule itself is alive, told from the status file alone: the dead cannot report."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from db.clock import parse_timestamp
from db.status_file import Status

#: Patience before a rhythm of runs is known: a daily job and its length.
FIRST_PATIENCE = timedelta(hours=26)
#: A run may come late by its own length; a rhythm is known from this many beginnings on.
GRACE = timedelta(hours=2)
MIN_STARTS = 4
#: A run at work for longer than this hangs.
LONGEST_RUN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """``alive`` is False when somebody must act; ``said`` says what was seen, in one sentence."""

    alive: bool
    said: str


def heartbeat(
    status: Status | None, now: datetime, *, at_work: bool, patience: timedelta | None = None
) -> Heartbeat:
    """Judge the schedule.

    ``at_work`` says whether a run holds its lease now. Without ``patience`` two usual gaps between runs
    and two hours are allowed, or 26 hours before any rhythm is known.
    """
    run = (status or {}).get("run")
    starts = [parse_timestamp(start) for start in (status or {}).get("starts", [])]
    if not run or not starts:
        return Heartbeat(False, "no run has ever begun. Start one: `narratives run DB`")
    since = now - starts[-1]
    ago = f"the last run began {_hours(since)} ago ({run['started_at']})"
    if at_work:
        if since > LONGEST_RUN:
            return Heartbeat(False, f"{ago} and is still at work. Look at its log, end it and start it anew")
        return Heartbeat(True, f"at work: {ago}")
    usual = _usual_gap(starts)
    allowed = patience or (2 * usual + GRACE if usual else FIRST_PATIENCE)
    if since > allowed:
        rhythm = f"; one every {_hours(usual)} is usual" if usual else ""
        return Heartbeat(
            False, f"the schedule has stopped: {ago}{rhythm}. Look at cron, the timer or the machine's log"
        )
    outcome = run["outcome"]
    if outcome == "running":
        return Heartbeat(
            False, f"{ago} and was cut off. The next one goes on where it was; look why it ended"
        )
    if outcome == "failed":
        failed = "; ".join(
            f"{stage['name']}: {stage.get('said', 'failed').rstrip('.')}"
            for stage in run["stages"]
            if stage["outcome"] == "failed"
        )
        return Heartbeat(False, f"{ago} and failed in {failed}")
    return Heartbeat(True, f"{outcome}: {ago}")


def _usual_gap(starts: Sequence[datetime]) -> timedelta | None:
    if len(starts) < MIN_STARTS:
        return None
    return statistics.median_low(later - earlier for earlier, later in pairwise(starts))


def _hours(span: timedelta | None) -> str:
    if span is not None and span < timedelta(hours=2):
        return f"{span / timedelta(minutes=1):.0f} min"
    hours = (span or timedelta()) / timedelta(hours=1)
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
