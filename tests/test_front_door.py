"""The front door: every command is there, explains itself at once, and fails in words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from db.errors import NarrativesError
from narratives import COMMANDS, cli

ROOT = Path(__file__).parents[1]
#: What ``--help`` must never load.
HEAVY = {"scrapy", "twisted", "sklearn", "scipy", "datasketch", "trafilatura", "lxml", "vl_convert"}

_HELP = """
import json, sys
from narratives import cli
try:
    cli(sys.argv[1:])
except SystemExit as end:
    print(json.dumps([end.code, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def leaves() -> list[tuple[str, ...]]:
    """Return the path of every command, those of groups included."""
    found: list[tuple[str, ...]] = []
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, part) for part in command.list_commands(context)]
    return found


@pytest.mark.parametrize("path", [()] + [(name,) for name in COMMANDS], ids="-".join)
def test_help_loads_nothing_heavy(path: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HELP, *path, "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    code, modules = json.loads(done.stderr)
    assert code == 0
    assert "Usage:" in done.stdout
    assert not HEAVY & set(modules), (
        f"narratives {' '.join(path)} --help imports {sorted(HEAVY & set(modules))}"
    )


def test_help_is_quick() -> None:
    def cpu_seconds() -> float:
        """Time the processor, not the wall: other work on the machine does not count."""
        before = os.times()
        subprocess.run([sys.executable, "-c", _HELP, "--help"], capture_output=True, cwd=ROOT, check=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert min(cpu_seconds() for _ in range(3)) < 0.3


def test_every_command_has_help_with_an_example() -> None:
    runner = CliRunner()
    for path in leaves():
        result = runner.invoke(cli, [*path, "--help"])
        assert result.exit_code == 0, path
        assert "Example" in result.output, f"narratives {' '.join(path)} --help shows no example"


def test_no_line_of_a_list_of_commands_is_cut_off() -> None:
    for path in [(), *((name,) for name in COMMANDS)]:
        output = CliRunner(env={"COLUMNS": "80"}).invoke(cli, [*path, "--help"], terminal_width=80).output
        listed = output.partition("\nCommands:\n")[2]
        assert "..." not in listed, f"narratives {' '.join(path)} --help:\n{listed}"


def test_the_database_is_a_required_argument_wherever_it_appears() -> None:
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts = (
            [command.get_command(context, part) for part in command.list_commands(context)]
            if isinstance(command, click.Group)
            else [command]
        )
        for part in parts:
            assert part is not None
            for parameter in part.params:
                if isinstance(parameter, click.Argument) and parameter.name == "database":
                    assert parameter.required and parameter.metavar in ("DB", "PUBLIC_DB"), (name, part.name)


def test_the_list_of_commands_is_that_of_the_front_door() -> None:
    output = CliRunner().invoke(cli, ["--help"]).output
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in output
        assert line.split(":")[0][:30] in output


def test_an_error_for_people_is_printed_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "narratives", "trends", tmp_path / "no.db"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    result = CliRunner().invoke(cli, ["trends", str(tmp_path / "no.db")])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "No database at" in result.stderr and "narratives import" in result.stderr
    assert (done.returncode, done.stdout) == (1, "")
    assert "No database at" in done.stderr and "Traceback" not in done.stderr


def test_other_exceptions_are_defects_and_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("db.cli.recompute", fail)
    from db.connection import working_database

    with working_database(tmp_path / "a.db", "create"):
        pass
    assert isinstance(
        CliRunner().invoke(cli, ["trends", str(tmp_path / "a.db")]).exception, ZeroDivisionError
    )


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(cli, ["nothing"])
    assert result.exit_code == 2
    assert "No such command" in result.stderr


def test_the_version_is_printed() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("narratives, version ")


def test_a_second_run_on_the_same_database_ends_at_once(tmp_path: Path) -> None:
    from db.lease import lease

    database = tmp_path / "a.db"
    with lease(database, "run") as held:
        assert held
        result = CliRunner().invoke(cli, ["run", str(database)])
    assert result.exit_code == 0
    assert "Another run is at work" in result.stderr


def test_the_settings_named_on_the_command_line_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARRATIVES_CONFIG", "")
    settings = tmp_path / "mine.toml"
    settings.write_text('evidence = "kept"\n')
    from db.connection import working_database

    with working_database(tmp_path / "a.db", "create"):
        pass
    result = CliRunner().invoke(cli, ["--config", str(settings), "db", "check", str(tmp_path / "a.db")])
    assert result.exit_code == 0
    assert f"no folder {tmp_path / 'kept'}" in result.stdout


def test_errors_for_people_are_one_class() -> None:
    assert issubclass(NarrativesError, Exception)
    assert not issubclass(NarrativesError, click.ClickException), (
        "the hub must not depend on the command line"
    )
