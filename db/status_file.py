"""One JSON file beside the database that says how the schedule and every source are doing.

``<database>.status.json``, replaced whole and at once, so that a reader never sees half of it::

    format      1
    run         the last `narratives run`: started_at, finished_at, outcome (running, ok, failed,
                stopped), stages with their outcome, seconds and, when one failed, its words
    collection  the last crawl: started_at, finished_at, status, visited, requests, outcomes, problems
    sources     per source: state, since, trouble, last_success_at, last_new_at, next_due_at, rhythm,
                items in 7 and 30 days, failures
    alarms      the sources that somebody should look at
    starts      when the last runs began, newest last: the rhythm of the schedule itself
"""

import json
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from db.clock import timestamp
from db.errors import NarrativesError
from db.feed_health import SourceHealth
from db.lease import alone_in

FORMAT = 1
#: Beginnings of runs that are remembered, for the rhythm of the schedule.
KEPT_STARTS = 12

Status = dict[str, Any]


def status_path(database: Path) -> Path:
    """Return where the status of a database is kept."""
    return database.with_name(f"{database.name}.status.json")


def read_status(database: Path) -> Status | None:
    """Return the status beside a database, or None when there is none yet."""
    path = status_path(database)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise NarrativesError(
            f"The status file {path} cannot be read ({error}). Remove it: the next run writes it anew."
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise NarrativesError(f"{path} is no status file of this release. Remove it: the next run writes it.")
    return content


def note_run_start(database: Path, now: datetime) -> None:
    """Note that a run has begun."""

    def change(status: Status) -> None:
        status["run"] = {
            "started_at": timestamp(now),
            "finished_at": None,
            "outcome": "running",
            "stages": [],
        }
        status["starts"] = [*status.get("starts", []), timestamp(now)][-KEPT_STARTS:]

    _update(database, change)


def note_run_end(database: Path, outcome: str, stages: Sequence[Status], now: datetime) -> None:
    """Note how the run that began last has ended."""

    def change(status: Status) -> None:
        run = status.get("run") or {"started_at": timestamp(now)}
        status["run"] = run | {"finished_at": timestamp(now), "outcome": outcome, "stages": list(stages)}

    _update(database, change)


def note_collection(database: Path, collection: Status, health: Sequence[SourceHealth]) -> None:
    """Note the last crawl and how it leaves every source."""

    def change(status: Status) -> None:
        status["collection"] = collection
        status["sources"] = {source.source_id: _entry(source) for source in health}
        status["alarms"] = [
            {"source": source.source_id, **_entry(source)} for source in health if source.alarming
        ]

    _update(database, change)


def _entry(source: SourceHealth) -> Status:
    left_out = ("source_id", "title", "platform", "url", "enabled", "last_item_at", "items_last_poll")
    return {
        name: value
        for name, value in source.as_dict().items()
        if name not in left_out and (value is not None or name in ("last_success_at", "next_due_at"))
    }


def _update(database: Path, change: Callable[[Status], None]) -> None:
    path = status_path(database)
    with alone_in(path.parent.resolve()):
        try:
            status = read_status(database) or {}
        except NarrativesError:
            # What cannot be read is of no use to anybody; a run must not fail over it.
            status = {}
        status = {"format": FORMAT, "database": database.name, **status}
        change(status)
        partial = path.with_name(f"{path.name}.partial")
        with partial.open("w", encoding="utf-8") as handle:
            json.dump(status, handle, ensure_ascii=False, indent=1)
            handle.write("\n")
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
