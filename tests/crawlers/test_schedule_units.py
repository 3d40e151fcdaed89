"""The unit files are taken by the schedulers they are for, and the check speaks when it should."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from narratives import cli

#: minute, hour, day of month, month, day of week, command; after ``man 5 crontab``.
CRON_LINE = re.compile(
    r"^(?P<minute>[0-5]?\d) (?P<hour>\*|\*/\d+|\d+) \* \* "
    r"(?P<weekday>\*|[0-7](?:[,-][0-7])*)  (?P<command>\S.*)$"
)


def ask(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["schedule", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("every", ["1", "3", "6", "24"])
@pytest.mark.parametrize("folder", ["plain", "with space", "per%cent", "it's"])
def test_cron_lines_are_well_formed_and_their_command_arrives_whole(
    tmp_path: Path, every: str, folder: str
) -> None:
    database = tmp_path / folder / "mali.db"
    output = ask("cron", "--database", str(database), "--every", every).stdout
    lines = [line for line in output.splitlines() if not line.startswith("#")]
    matches = [CRON_LINE.match(line) for line in lines]
    assert all(matches) and len(lines) == 3
    assert {match["hour"] for match in matches if match} == {
        {"1": "*", "24": "4"}.get(every, f"*/{every}"),
        "7",
    }
    command = matches[0]["command"] if matches[0] else ""
    # cron ends a command at a bare percent sign and hands on an escaped one.
    assert "%" not in command.replace(r"\%", "")
    database.parent.mkdir()
    folder_part = command.replace(r"\%", "%").partition(" && ")[0]
    done = subprocess.run(
        ["/bin/sh", "-c", f"{folder_part} && pwd"], capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()) == database.parent


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("folder", ["plain", "with space", "per%cent"])
def test_systemd_takes_the_units_as_they_are(tmp_path: Path, folder: str) -> None:
    units = tmp_path / "units"
    (tmp_path / folder).mkdir()
    written = ask("systemd", "--database", str(tmp_path / folder / "mali.db"), "-o", str(units)).stdout.split(
        "\n"
    )
    assert [Path(line).name for line in written if line] == [
        "narratives.service", "narratives.timer", "narratives-check.service", "narratives-check.timer",
    ]  # fmt: skip
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(units.iterdir()))],
        capture_output=True,
        text=True,
    )
    said = [line for line in done.stderr.splitlines() if "narratives" in line]
    assert (done.returncode, said) == (0, []), done.stderr


def test_printed_units_are_those_written(tmp_path: Path) -> None:
    printed = ask("systemd", "--database", str(tmp_path / "mali.db")).stdout
    ask("systemd", "--database", str(tmp_path / "mali.db"), "-o", str(tmp_path))
    for path in tmp_path.iterdir():
        assert f"# {path.name}\n{path.read_text()}" in printed


def test_the_workflow_is_yaml_and_never_runs_twice_at_once(tmp_path: Path) -> None:
    text = ask("github", "--database", str(tmp_path / "mali.db"), "--every", "6").stdout
    assert "PRIVATE repository" in text
    # YAML 1.1 reads the key `on` as a truth value.
    workflow: dict[Any, Any] = yaml.safe_load(text)
    assert CRON_LINE.match(workflow[True]["schedule"][0]["cron"] + "  x")
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"] == {"group": "narratives", "cancel-in-progress": False}
    steps = workflow["jobs"]["run"]["steps"]
    restored, saved = (
        next(step for step in steps if step.get("uses", "").startswith(f"actions/cache/{verb}@"))
        for verb in ("restore", "save")
    )
    assert restored["with"]["path"] == saved["with"]["path"]
    assert "mali.db*" in saved["with"]["path"]
    assert restored["with"]["key"] == saved["with"]["key"]
    assert saved["if"] == "always()"
    assert any(step.get("run") == "narratives run mali.db --log json" for step in steps)


def status(folder: Path, **run: object) -> Path:
    began = "2026-06-15T06:00:00Z"
    content = {
        "format": 1, "starts": [began], "run": {"started_at": began, "outcome": "ok", "stages": [], **run},
        "alarms": [
            {"source": "alpha", "state": "quiet", "since": "2026-06-01T06:00:00Z", "trouble": "nothing new"}
        ],
    }  # fmt: skip
    (folder / "mali.db.status.json").write_text(json.dumps(content))
    return folder / "mali.db"


def test_the_check_is_content_with_a_schedule_that_is_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARRATIVES_NOW", "2026-06-15T09:00:00Z")
    result = ask("check", str(status(tmp_path)))
    assert result.exit_code == 0
    assert "alpha: quiet since 2026-06-01T06:00:00Z: nothing new" in result.stdout
    assert "the last run began 3 h ago" in result.stdout


@pytest.mark.parametrize(
    ("now", "outcome", "options", "said"),
    [
        ("2026-06-18T06:00:00Z", "ok", [], "the schedule has stopped: the last run began 3 days ago"),
        ("2026-06-15T10:00:00Z", "ok", ["--within", "3"], "the schedule has stopped"),
        ("2026-06-15T07:00:00Z", "running", [], "was cut off"),
        ("2026-06-15T07:00:00Z", "failed", [], "failed in"),
    ],
)
def test_the_check_fails_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: str, outcome: str, options: list[str], said: str
) -> None:
    monkeypatch.setenv("NARRATIVES_NOW", now)
    result = ask("check", str(status(tmp_path, outcome=outcome)), *options)
    assert result.exit_code == 1
    assert said in result.stderr


def test_without_any_run_the_check_fails(tmp_path: Path) -> None:
    result = ask("check", str(tmp_path / "mali.db"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no run has ever begun" in result.stderr
