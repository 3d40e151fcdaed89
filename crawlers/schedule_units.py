"""Unit files for the three usual schedulers, filled in for one deployment. Pure text."""

import hashlib
import shlex
from dataclasses import dataclass
from pathlib import Path

#: Rhythms that divide a day, so that the same hours come back every day.
HOURS = (1, 2, 3, 4, 6, 8, 12, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be started: ``program`` on ``database``, both absolute, every so many hours."""

    program: Path
    database: Path
    every: int

    @property
    def minute(self) -> int:
        """The minute of the hour, from 1 to 58: the same for one database, another for the next."""
        return 1 + int(hashlib.sha256(str(self.database).encode()).hexdigest(), 16) % 58

    @property
    def patience(self) -> int:
        """Hours without a finished run after which the schedule is taken for dead."""
        return 2 * self.every + 2


def cron_lines(job: Job) -> str:
    """Return crontab lines: the job, and a daily check that speaks only when something is wrong."""
    folder, program, name = (
        _cron_quoted(str(part)) for part in (job.database.parent, job.program, job.database.name)
    )
    hours = "*" if job.every == 1 else f"*/{job.every}" if job.every < 24 else "4"
    log = _cron_quoted(f"{job.database.name}.log")
    at = f"cd {folder} && {program}"
    check = f"{at} schedule check {name} --within {job.patience}"
    minute = (job.minute + 30) % 60
    return (
        "# Add these lines with `crontab -e`. cron mails what they print: every day only that the schedule\n"
        "# has stopped, on Mondays also the sources that somebody should look at.\n"
        "#MAILTO=somebody@example.org\n"
        f"{job.minute} {hours} * * *  {at} run {name} --log json >/dev/null 2>>{log}\n"
        f"{minute} 7 * * 0,2-6  {check} >/dev/null\n"
        f"{minute} 7 * * 1  {check}\n"
    )


def systemd_units(job: Job) -> dict[str, str]:
    """Return the unit files by name: the job and its timer, a daily check and its timer.

    A failed check shows in `systemctl --failed`; OnFailure= can tell somebody.
    """
    folder = _systemd_path(job.database.parent)
    common = (
        "[Service]\n"
        "Type=oneshot\n"
        f"WorkingDirectory={_systemd_value(job.database.parent)}\n"
        "Nice=10\n"
        "NoNewPrivileges=yes\n"
        "PrivateTmp=yes\n"
        "ProtectSystem=strict\n"
        f"ReadWritePaths={folder}\n"
    )
    program, database = _systemd_path(job.program), _systemd_path(job.database)
    hours = f"00/{job.every}" if job.every < 24 else "04"
    return {
        "narratives.service": (
            "[Unit]\nDescription=Collect, classify and publish (mali-narratives)\n"
            "Wants=network-online.target\nAfter=network-online.target\n\n"
            f"{common}ExecStart={program} run {database} --log json\n"
            # A crawl waits its turn at every host; a whole day at work means that something hangs.
            "TimeoutStartSec=24h\n"
        ),
        "narratives.timer": (
            "[Unit]\nDescription=Start mali-narratives regularly\n\n"
            f"[Timer]\nOnCalendar=*-*-* {hours}:{job.minute:02d}:00\n"
            # Missed runs are made up for after the machine was off.
            "RandomizedDelaySec=5min\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
        ),
        "narratives-check.service": (
            "[Unit]\nDescription=Say when the mali-narratives schedule has stopped\n\n"
            f"{common}ExecStart={program} schedule check {database} --within {job.patience}\n"
        ),
        "narratives-check.timer": (
            "[Unit]\nDescription=Check the mali-narratives schedule every day\n\n"
            f"[Timer]\nOnCalendar=*-*-* 07:{(job.minute + 30) % 60:02d}:00\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }


def github_workflow(job: Job, release: str) -> str:
    """Return a GitHub Actions workflow for a repository that holds ``narratives.toml`` and this project."""
    hours = "*" if job.every == 1 else f"*/{job.every}" if job.every < 24 else "4"
    name = shlex.quote(job.database.name)
    return _WORKFLOW.format(
        minute=job.minute, hours=hours, database=name, file=job.database.name, release=release
    )


_WORKFLOW = """\
# Save as .github/workflows/narratives.yml in a PRIVATE repository that holds this project (release
# {release} or later) and your narratives.toml in its root.
#
# The working database is private: it holds full texts. It travels from run to run in the cache of
# GitHub Actions, which everybody who may open pull requests in the repository can read, and which
# GitHub deletes after a week without a run or above 10 GB. The artifact of every run is the second
# copy (30 days). That is good for a trial of some weeks; for years use cron or systemd.
name: narratives
on:
  schedule:
    - cron: "{minute} {hours} * * *"
  workflow_dispatch:
permissions:
  contents: read
# Never two at once: the second waits, for it needs the database that the first leaves.
concurrency:
  group: narratives
  cancel-in-progress: false
jobs:
  run:
    runs-on: ubuntu-latest
    timeout-minutes: 340
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
          cache: pip
          cache-dependency-path: requirements.lock
      - name: Install from the lock
        run: |
          python -m pip install --require-hashes -r requirements.lock
          python -m pip install --no-deps --no-build-isolation -e .
      # Keys are never overwritten: each run saves under its own, and the newest one is restored.
      - name: Bring back database and evidence
        uses: actions/cache/restore@v4
        with:
          path: |
            {file}*
            !{file}*.bak
            evidence
            models
            public.db
          key: narratives-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
          restore-keys: narratives-
      - name: Run
        run: narratives run {database} --log json
      # Also after a failure: what was collected before it is kept.
      - name: Keep database and evidence
        if: always()
        uses: actions/cache/save@v4
        with:
          path: |
            {file}*
            !{file}*.bak
            evidence
            models
            public.db
          key: narratives-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
      - name: Keep a second copy
        if: always()
        uses: actions/upload-artifact@v4
        with:
          name: narratives-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
          path: |
            {file}
            {file}-wal
            {file}.status.json
            public.db
          retention-days: 30
          if-no-files-found: warn
"""


def _cron_quoted(text: str) -> str:
    """Quote for the shell that cron starts; a bare percent sign would end the command there."""
    return shlex.quote(text).replace("%", r"\%")


def _systemd_value(path: Path) -> str:
    """Write a path where systemd takes the rest of the line; ``%`` begins a specifier there."""
    return str(path).replace("%", "%%")


def _systemd_path(path: Path) -> str:
    """Write a path where systemd splits at spaces."""
    value = _systemd_value(path).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{value}"' if any(mark in value for mark in ' \t"\\') else value
