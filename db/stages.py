"""The stages of the scheduled job in turn: each is named with its outcome, none fails silently."""

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from db.clock import utc_now
from db.errors import NarrativesError, ToldToStopError
from db.log_lines import during, event
from db.machine_errors import in_words
from db.status_file import note_run_end, note_run_start


@dataclass(frozen=True, slots=True)
class Stage:
    """A piece of the job. After a failure of one that is ``needed`` the later ones do not begin.

    A crawl that fails leaves everything else sound, so it is not needed; labels that are missing would
    be published as a fall in every chart, so they are.
    """

    name: str
    work: Callable[[], object]
    needed: bool = True


def run_stages(database: Path, stages: Sequence[Stage]) -> None:
    """Carry out the stages and keep the account in the status file.

    Raises ToldToStopError when a signal ended one, and NarrativesError that names what failed otherwise.
    """
    note_run_start(database, utc_now())
    event("run_started", stages=[stage.name for stage in stages])
    done: list[dict[str, Any]] = []
    outcome = "ok"
    for stage in stages:
        if outcome == "stopped" or any(each["outcome"] == "failed" and each["needed"] for each in done):
            done.append({"name": stage.name, "outcome": "skipped", "needed": stage.needed})
            event("stage_ended", **done[-1])
            continue
        done.append(_carry_out(stage, database))
        outcome = done[-1]["outcome"] if done[-1]["outcome"] != "ok" else outcome
    note_run_end(database, outcome, done, utc_now())
    event("run_ended", outcome=outcome)
    if outcome == "stopped":
        raise ToldToStopError("The run was told to stop. Start it again: it goes on where it was.")
    if failed := [each for each in done if each["outcome"] == "failed"]:
        skipped = [each["name"] for each in done if each["outcome"] == "skipped"]
        left = f"\nNot begun: {', '.join(skipped)}." if skipped else ""
        names = ", ".join(each["name"] for each in failed)
        said = "".join(f"\n{each['name']}: {each['said']}" for each in failed)
        raise NarrativesError(f"The run failed in {names}.{said}{left}")


def _carry_out(stage: Stage, database: Path) -> dict[str, Any]:
    """Run one stage and return its account: name, outcome, seconds and, when it failed, its words."""
    account: dict[str, Any] = {"name": stage.name, "outcome": "ok", "needed": stage.needed}
    began = time.monotonic()
    with during(stage=stage.name):
        event("stage_started")
        try:
            stage.work()
        except ToldToStopError as error:
            account |= {"outcome": "stopped", "said": str(error)}
        except (NarrativesError, click.ClickException) as error:
            account |= {"outcome": "failed", "said": str(error)}
        except KeyboardInterrupt:
            account |= {"outcome": "stopped", "said": "interrupted from the keyboard"}
        except Exception as error:
            said = in_words(error, database)
            if said is None:
                # A defect: whoever repairs it needs the traceback, and the schedule its account.
                traceback.print_exc()
            account |= {"outcome": "failed", "said": said or f"defect: {type(error).__name__}: {error}"}
        account["seconds"] = round(time.monotonic() - began, 1)
        event("stage_ended", **account)
    return account
