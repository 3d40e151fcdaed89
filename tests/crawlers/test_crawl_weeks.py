"""A schedule left alone: weeks on a fake clock against outlets that die, move, change, lie and come back."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.crawlers.weeks_table import table

ROOT = Path(__file__).parents[2]


def live(folder: Path, weeks: float, outlets: int, *more: str) -> dict[str, Any]:
    """Let the weeks pass in a process of their own, which forks the crawls; empty while weeks are left."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.weeks_run", str(folder / "deployment"),
         "--weeks", str(weeks), "--outlets", str(outlets), *more],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "the same command goes on" in done.stderr:
        return {}
    assert done.returncode == 0, done.stderr[-3000:]
    account: dict[str, Any] = json.loads(done.stdout)
    return account


def assert_nothing_lost(account: dict[str, Any]) -> None:
    assert account["missed"] == []
    assert account["twice"] == []
    assert account["unreported"] == []
    assert account["evidence_missing"] == 0
    assert account["requests_served"] >= sum(account["requests"].values())


def test_two_weeks_left_alone(tmp_path: Path) -> None:
    account = live(tmp_path, 2, 6)
    assert_nothing_lost(account)
    assert account["published"] > 100
    assert {delay["what"] for delay in account["reported"]} == {"404", "503", "moved"}
    assert max(delay["hours"] for delay in account["reported"]) <= 48
    assert account["lying_servers_known"] == 1
    assert account["outcomes"]["not_modified"] > 20
    assert account["false_alarms"] == []


def test_weeks_lived_in_stages_are_the_same_weeks(tmp_path: Path) -> None:
    whole = live(tmp_path / "whole", 0.5, 4)
    # Six hundredths of a minute: a few of the fourteen runs.
    parts, stages = live(tmp_path / "parts", 0.5, 4, "--minutes", "0.01"), 1
    diary = tmp_path / "parts" / "deployment" / "diary.jsonl"
    assert not parts and diary.read_text().count("\n") > 0
    with diary.open("a") as handle:
        handle.write('{"day": 3')  # cut off in the middle of a line
    while not (parts := live(tmp_path / "parts", 0.5, 4, "--minutes", "0.2")):
        stages += 1
    for account in (whole, parts):
        # How long it took, and how the bytes of the same answers were packed.
        for figure in ("seconds", "processor_seconds", "evidence_bytes", "database_bytes"):
            del account[figure]
    assert parts == whole


@pytest.mark.soak
def test_twenty_six_weeks_left_alone(tmp_path: Path) -> None:
    account = live(tmp_path, 26, 60)
    sys.stdout.write("\n" + table(account))
    assert_nothing_lost(account)
    dead = [delay for delay in account["reported"] if delay["what"] not in ("rests", "moved", "resettled")]
    assert max(delay["intervals"] for delay in dead) <= 2
    assert max(delay["hours"] for delay in dead) <= 48
    assert account["lying_servers_known"] == 6
    assert account["unchanged"]["a_day"] <= 1.05
    back = account["recovered"]
    assert sum(each["dead_days"] >= 60 for each in back) >= 9
    # A source that was given up is asked once a month, any other at least once a day.
    assert max(each["hours"] for each in back) <= 31 * 24
