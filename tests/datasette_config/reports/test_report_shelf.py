"""A folder of reports as cron fills it: one place per week, an index, and a feed of what is new."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from datasette_config.report_cli import FORMATS
from db.connection import transaction, working_database
from narratives import cli

COMMAND = "from narratives import cli; cli()"
ATOM = "{http://www.w3.org/2005/Atom}"
#: When the job ran, and the Monday of the week that was the last finished one.
MONDAYS = {"2025-03-18": "2025-03-10", "2025-03-25": "2025-03-17", "2025-04-02": "2025-03-24"}
WITHOUT_PARAMETERS = {"weekly", "coverage", "quality", "partner-matrix"}


def report(database: Path, folder: Path, *formats: str) -> None:
    named = [option for name in formats for option in ("--format", name)]
    arguments = ["report", str(database), "--all", "--since", "last", *named, "-o", str(folder)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output


def end_runs_on(database: Path, day: str) -> None:
    with working_database(database, "write") as db, transaction(db):
        db.execute("update crawl_runs set finished_at = ?", [f"{day}T06:00:00Z"])


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "latest" not in path.relative_to(folder).parts
    }


@pytest.fixture(scope="module")
def shelf(press: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that three Mondays of the scheduled job leave, with the database beside it."""
    place = tmp_path_factory.mktemp("cron")
    database = Path(shutil.copy(press, place / "mali.db"))
    for day in MONDAYS:
        end_runs_on(database, day)
        report(database, place / "reports", "json", "csv", "html")
    return place / "reports"


def test_every_monday_has_its_folder_and_latest_names_the_newest(shelf: Path) -> None:
    assert {path.name for path in shelf.iterdir()} == {
        *MONDAYS.values(), "latest", "feed.fr.atom", "feed.en.atom"
    }  # fmt: skip
    assert (shelf / "latest").readlink() == Path("2025-03-24")
    for monday in MONDAYS.values():
        names = {path.name for path in (shelf / monday).iterdir()}
        for name in WITHOUT_PARAMETERS:
            for language in ("fr", "en"):
                assert {f"{name}.{language}.{kind}" for kind in ("html", "csv", "json")} <= names
        assert {
            "narrative.neocolonial-france.fr.html",
            "source-profile.le-fleuve.en.csv-metadata.json",
        } <= names
        assert not [name for name in names if name.startswith(".")]
    assert (shelf / "latest" / "event.ecowas-exit-effective.fr.html").is_file()


def test_the_index_names_every_file_with_its_hash_and_says_what_moved(shelf: Path) -> None:
    index = json.loads((shelf / "latest" / "index.json").read_text(encoding="utf-8"))
    for found in index["reports"]:
        for name, sha256 in found["files"].items():
            assert hashlib.sha256((shelf / "latest" / name).read_bytes()).hexdigest() == sha256
    (brief,) = (
        found["summary"]
        for found in index["reports"]
        if (found["report"], found["language"]) == ("weekly", "en")
    )
    assert brief.startswith("Beyond noise in week\N{NO-BREAK SPACE}13")


def test_the_feed_holds_three_weeks_the_newest_first(shelf: Path) -> None:
    for language, word in (("fr", "semaine"), ("en", "week")):
        entries = ElementTree.parse(shelf / f"feed.{language}.atom").getroot().findall(f"{ATOM}entry")
        assert len(entries) == len({entry.findtext(f"{ATOM}id") for entry in entries}) == 12
        titles = [str(entry.findtext(f"{ATOM}title")) for entry in entries]
        weeks = [13] * 4 + [12] * 4 + [11] * 4
        for title, week in zip(titles, weeks, strict=True):
            assert f"{word}\N{NO-BREAK SPACE}{week} " in title
        # Without a public address an entry leads to the file beside the feed.
        places = [str(link.get("href")) for entry in entries for link in entry.findall(f"{ATOM}link")]
        assert len(places) == 12 and all((shelf / place).is_file() for place in places)


def test_the_job_run_again_writes_the_same_bytes(shelf: Path) -> None:
    before = files(shelf)
    report(shelf.parent / "mali.db", shelf, "json", "csv", "html")
    assert files(shelf) == before


@pytest.mark.soak
def test_two_processes_write_the_same_bytes_in_every_format(press: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(press, tmp_path / "mali.db"))
    written = []
    for seed, zone in (("1", "Africa/Bamako"), ("2", "Asia/Tokyo")):
        folder = tmp_path / f"reports-{seed}"
        subprocess.run(
            [sys.executable, "-c", COMMAND, "report", str(database), "--all", "-o", str(folder)],
            check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        )  # fmt: skip
        written.append(files(folder))
    first, second = written
    differing = [name for name in first if first[name] != second.get(name)]
    size = sum(map(len, first.values()))
    sys.stdout.write(
        f"\n{len(first)} files of every report, language and format, {size / 1e6:.1f} MB, written by two "
        f"processes: {len(differing)} differ\n"
    )
    assert first.keys() == second.keys() and not differing
    assert {name.rsplit(".", 1)[1] for name in first} >= set(FORMATS)
