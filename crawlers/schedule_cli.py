"""Commands of the schedule: unit files to install, and whether the schedule is still alive."""

import shutil
import sys
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import click

from crawlers.schedule_units import HOURS, Job, cron_lines, github_workflow, systemd_units
from db.clock import utc_now
from db.errors import NarrativesError
from db.heartbeat import heartbeat
from db.lease import lease
from db.status_file import read_status

_job_options = (
    click.option(
        "--database",
        "path",
        metavar="DB",
        default="mali.db",
        show_default=True,
        type=click.Path(dir_okay=False, path_type=Path),
        help="The database that the job works on.",
    ),
    click.option(
        "--every",
        default="3",
        show_default=True,
        type=click.Choice([str(hours) for hours in HOURS]),
        help="Hours between two runs.",
    ),
)


@click.group()
def schedule() -> None:
    """Let a scheduler start `narratives run`, and ask whether it still does.

    \b
    Example:
      narratives schedule cron --database /srv/narratives/mali.db
    """


def _with_job(command: click.Command) -> click.Command:
    for option in _job_options:
        option(command)
    return command


@schedule.command(short_help="Print crontab lines.")
def cron(path: Path, every: str) -> None:
    """Print crontab lines: the job, and a check that speaks only when something is wrong.

    \b
    Example:
      (crontab -l; narratives schedule cron) | crontab -
    """
    click.echo(cron_lines(_job(path, every)), nl=False)


@schedule.command(short_help="Print systemd units, or write them.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files into this folder instead of printing them.",
)
def systemd(path: Path, every: str, output: Path | None) -> None:
    """Print systemd units: a service and its timer, a daily check and its timer.

    \b
    Example:
      narratives schedule systemd -o ~/.config/systemd/user
      systemctl --user enable --now narratives.timer narratives-check.timer
    """
    units = systemd_units(_job(path, every))
    if output is None:
        click.echo("\n".join(f"# {name}\n{content}" for name, content in units.items()), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, content in units.items():
        (output / name).write_text(content, encoding="utf-8")
        click.echo(output / name)


@schedule.command(short_help="Print a GitHub Actions workflow.")
def github(path: Path, every: str) -> None:
    """Print a GitHub Actions workflow, with what to know about the private database first.

    \b
    Example:
      narratives schedule github > .github/workflows/narratives.yml
    """
    click.echo(github_workflow(_job(path, every), version("mali-narratives")), nl=False)


for _command in (cron, systemd, github):
    _with_job(_command)


@schedule.command(short_help="Say whether the schedule is alive.")
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--within", type=click.FloatRange(min=0.1), help="Hours; default: two of its usual gaps.")
def check(database: Path, within: float | None) -> None:
    """Say whether the schedule is alive, and which sources somebody should look at.

    Reads the status file beside DB and nothing else. Exits with 1 when no run has begun in time, when
    the last one failed or was cut off, or when one hangs; ailing sources are listed, and are no failure.

    \b
    Example:
      narratives schedule check mali.db
    """
    status = read_status(database)
    with lease(database, "run") as free:
        # Held for no longer than the question: a run that begins now must get it.
        pass
    patience = timedelta(hours=within) if within else None
    beat = heartbeat(status, utc_now(), at_work=not free, patience=patience)
    for alarm in (status or {}).get("alarms", []):
        since = f" since {alarm['since']}" if alarm.get("since") else ""
        click.echo(f"{alarm['source']}: {alarm['state']}{since}: {alarm.get('trouble') or ''}".rstrip(": "))
    if not beat.alive:
        raise NarrativesError(f"{database}: {beat.said}.")
    click.echo(f"{database}: {beat.said}.")


def _job(path: Path, every: str) -> Job:
    """Return the job with absolute paths; a scheduler knows no working folder."""
    beside = Path(sys.executable).with_name("narratives")
    found = beside if beside.is_file() else Path(shutil.which("narratives") or sys.argv[0])
    return Job(program=found.absolute(), database=path.resolve(), every=int(every))
