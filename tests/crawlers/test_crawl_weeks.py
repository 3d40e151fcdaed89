"""A schedule left alone: weeks on a fake clock against outlets that die, move, change, lie and come back."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def live(folder: Path, weeks: int, outlets: int) -> dict[str, Any]:
    """Let the weeks pass in a process of their own, which forks the crawls."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.weeks_run", str(folder / "deployment"),
         "--weeks", str(weeks), "--outlets", str(outlets)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
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


@pytest.mark.soak
def test_twenty_six_weeks_left_alone(tmp_path: Path) -> None:
    account = live(tmp_path, 26, 60)
    table(account)
    assert_nothing_lost(account)
    dead = [delay["hours"] for delay in account["reported"] if delay["what"] not in ("rests", "moved")]
    # Two of the longest intervals, a day each.
    assert max(dead) <= 48
    assert account["lying_servers_known"] == 6
    assert account["unchanged"]["a_day"] <= 1.05


def table(account: dict[str, Any]) -> None:
    """Print what a note may quote."""
    say = sys.stdout.write
    requests, unchanged = account["requests"], account["unchanged"]
    say(
        f"\n{account['weeks']} weeks, {account['runs']} runs, {account['outlets']} sources, "
        f"{account['seconds']} s of real time\n"
        f"requests                      {sum(requests.values())} {requests}\n"
        f"items on show for a day       {account['published']}\n"
        f"items missed                  {len(account['missed'])}\n"
        f"items stored twice            {len(account['twice'])}\n"
        f"shorter on show, not stored   {len(account['gone_before_any_visit'])}\n"
        f"corrections kept as versions  {account['versions']}\n"
        f"requests per unchanged feed   {unchanged['a_day']} a day ({unchanged['feeds']} feeds)\n"
        f"polls                         {unchanged['polls_of_all']}, "
        f"{unchanged['polls_that_brought_a_change']} brought a change\n"
        f"servers caught lying          {account['lying_servers_known']}\n"
        f"outcomes                      {account['outcomes']}\n"
    )
    kinds = sorted({delay["what"] for delay in account["reported"]})
    for kind in kinds:
        hours = [delay["hours"] for delay in account["reported"] if delay["what"] == kind]
        told = [each for each in hours if each is not None]
        say(
            f"hours until reported, {kind:<10} n {len(hours)}, median {statistics.median(told)}, "
            f"longest {max(told)}\n"
        )
    false = account["false_alarms"]
    say(f"false alarms                  {len(false)} {[tuple(each) for each in false]}\n")
