"""The report command: the same bytes again, hostile texts, errors that name a remedy, tidy exports."""

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from db.connection import working_database
from db.views import finish, materialise, seal
from narratives import cli
from tests.datasette_config.reports.commands import refused, run


def test_the_same_data_give_the_same_bytes(press: Path, tmp_path: Path) -> None:
    for format_name in ("html", "csv", "json"):
        for attempt in ("one", "two"):
            run("report", press, "weekly", "--format", format_name, "-o", tmp_path / attempt)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_publication_gives_the_same_report_as_its_working_database(press: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.db"
    with working_database(press, "read") as db:
        materialise(db.conn, public)
    with closing(sqlite3.connect(public)) as publication:
        finish(publication)
        seal(publication)
    for report in ("weekly", "coverage", "quality", "partner-matrix"):
        for format_name in ("json", "html"):
            private, published = (
                run("report", db, report, "--format", format_name) for db in (press, public)
            )
            assert private == published


def test_tidy_csv_holds_the_counts_of_the_database(press: Path, tmp_path: Path) -> None:
    target = tmp_path / "march.csv"
    run(
        "report",
        press,
        "weekly",
        "--since",
        "2025-03-04",
        "--until",
        "2025-03-31",
        "--format",
        "csv",
        "-o",
        target,
    )
    content = target.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    grain = [(row["period_start"], row["narrative_id"], row["source_id"], row["voice"]) for row in rows]
    assert len(grain) == len(set(grain))
    found = {
        (row["narrative_id"], row["source_id"], row["voice"]): (
            int(row["documents"]),
            int(row["distinct_texts"]),
        )
        for row in rows
        if row["period_start"] == "2025-03-24"
    }
    with working_database(press, "read") as db:
        counted = db.execute(
            "select p.narrative_id, coalesce(t.source_id, 'all'), p.voice, count(distinct p.document_id), "
            "count(distinct coalesce(c.cluster_id, p.document_id)) from predictions p "
            "join documents d using (document_id) left join copies c using (document_id) "
            "join (select source_id from sources union all select null) t on t.source_id is null "
            "or t.source_id = d.source_id "
            "where d.placed_on between '2025-03-24' and '2025-03-30' group by 1, 2, 3"
        ).fetchall()
    assert found == {(row[0], row[1], row[2]): (row[3], row[4]) for row in counted}
    assert {row["period_start"] for row in rows} == {"2025-03-04", "2025-03-10", "2025-03-17",
                                                     "2025-03-24", "2025-03-31"}  # fmt: skip
    assert {row["period_start"]: row["finished"] for row in rows}["2025-03-31"] == "0"
    russia = next(row for row in rows if row["narrative_id"] == "russia-reliable-partner")
    assert (russia["measured_cases"], russia["precision"]) == ("7", "")
    assert all(row["model_id"] == "m-2025-03" and len(row["data_sha256"]) == 64 for row in rows)


def test_json_carries_rows_and_their_queries(press: Path) -> None:
    found = json.loads(run("report", press, "weekly", "--format", "json"))
    assert found["since"] == "2025-03-24"
    changes = next(part for part in found["sections"] if part["id"] == "changes")
    assert "select" in changes["sql"]
    assert {row["narrative_id"]: row["verdict"] for row in changes["rows"]} == {
        "neocolonial-france": "up", "russia-reliable-partner": "noise",
    }  # fmt: skip


def test_hostile_texts_stay_texts(make_world: Callable[..., Path], tmp_path: Path) -> None:
    payload = '=HYPERLINK("https://evil.example")<script>alert(1)</script>"\'><img src=x onerror=alert(1)>'

    def fill(world: Any) -> None:
        world.db.execute("update sources set title = ?", [payload])
        world.db.execute("update narratives set title_fr = ?, definition_fr = ?", [payload, payload])
        for number in range(2):
            document_id = world.document(
                "le-fleuve",
                date(2025, 3, 25),
                payload,
                title=payload,
                url=f'https://a.example/{number}?"><script>',
            )
            world.flag(document_id, "neocolonial-france")
        script = world.document("sahel-monitor", date(2025, 3, 25), payload, url="javascript:alert(1)")
        world.flag(script, "neocolonial-france")

    path = make_world(fill)
    for report in ("weekly", "coverage", "partner-matrix", "quality"):
        page = run("report", path, report)
        assert (
            "<script" not in page
            and "<img" not in page
            and "javascript:" not in re.sub(r"<code>.*?</code>", "", page)
        )
        assert all(address.startswith("https://") for address in re.findall(r'href="([^"]+)"', page))
    rows = list(csv.reader(io.StringIO(run("report", path, "weekly", "--format", "csv"), newline="")))
    assert rows[1:]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_private_persons_are_neither_quoted_nor_counted(make_world: Callable[..., Path]) -> None:
    def fill(world: Any) -> None:
        for number in range(6):
            document_id = world.document(
                "la-tribune-du-sud",
                date(2025, 3, 25),
                f"Mot privé {number}",
                title=f"Titre privé {number}",
                kind="comment",
            )
            world.flag(document_id, "neocolonial-france")

    path = make_world(fill)
    for format_name in ("html", "csv", "json"):
        output = run("report", path, "weekly", "--format", format_name)
        assert "privé" not in re.sub(r"personnes privées", "", output)
        assert "neocolonial-france," not in output


def test_errors_name_the_value_and_the_remedy(press: Path, tmp_path: Path) -> None:
    assert "There are: coverage, event, narrative" in refused("report", press, "monthly")
    assert "narratives import" in refused("report", tmp_path / "none.db", "weekly")
    assert "--set narrative=VALUE" in refused("report", press, "narrative")
    assert "no parameter 'colour'" in refused("report", press, "weekly", "--set", "colour=red")
    assert "NAME=VALUE" in refused("report", press, "weekly", "--set", "colour")
    assert "is no day" in refused("report", press, "weekly", "--since", "Monday")
    assert "-o DIR" in refused("report", press, "--all")
    assert "cannot be written" in refused("report", press, "weekly", "-o", press / "below.html")
    assert not list(tmp_path.iterdir())


def test_an_output_never_replaces_a_database(press: Path, tmp_path: Path) -> None:
    working = tmp_path / "press.db"
    shutil.copy(press, working)
    before = working.read_bytes()
    for output in ("press.html", "press.pdf", "press.csv"):
        (tmp_path / output).symlink_to(working)
        arguments = ("report", working, "weekly", "--format", output.rpartition(".")[2], "-o")
        assert "is a database and would be lost" in refused(*arguments, tmp_path / output)
    assert "would be lost" in refused("report", working, "weekly", "-o", working)
    pack = ("evidence", "export", working, "--report", "weekly", "-o", working)
    assert "would be lost" in refused(*pack)
    assert working.read_bytes() == before


def test_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    with working_database(path, "create"):
        pass
    assert "narratives crawl DB" in refused("report", path, "weekly")


def test_a_report_leaves_the_database_as_it_was(press: Path) -> None:
    with working_database(press, "read") as db:
        before = list(db.conn.iterdump())
    run("report", press, "weekly")
    with working_database(press, "read") as db:
        assert list(db.conn.iterdump()) == before


def test_without_a_name_the_reports_are_listed(press: Path) -> None:
    lines = run("report", press).splitlines()
    assert lines[-1] == "weekly\tPoint hebdomadaire"
    assert "narrative\tUn récit en détail\t--set narrative=VALUE" in lines


def test_what_a_report_may_be_about_is_listed_and_nothing_else_is_taken(press: Path, tmp_path: Path) -> None:
    assert "neocolonial-france\tNeocolonial France" in run(
        "report", press, "narrative", "--values", "--language", "en"
    )
    assert re.search(r"^[a-z0-9-]+\t.+\t\d{4}", run("report", press, "event", "--values"), re.MULTILINE)
    assert "needs no --set" in refused("report", press, "weekly", "--values")
    said = refused("report", press, "narrative", "--set", "narrative=neocolonial-frence")
    assert "No narrative 'neocolonial-frence'" in said and "Such as neocolonial-france" in said
    assert "`narratives report DB event --values`" in refused("report", press, "event", "--set", "event=x")
    pack = ("evidence", "export", press, "--report", "source-profile", "-o", tmp_path / "a.zip")
    assert "No source 'x'" in refused(*pack, "--set", "source=x")


def test_a_period_without_documents_is_said_with_the_days_there_are(press: Path, tmp_path: Path) -> None:
    days = ("--since", "2019-01-07", "--until", "2019-01-13")
    done = CliRunner().invoke(cli, ["report", str(press), "weekly", *days, "-o", str(tmp_path / "a.html")])
    assert done.exit_code == 0
    assert "No document is dated from 2019-01-07 to 2019-01-13" in done.stderr
    assert re.search(r"reach from 2024-09-\d\d to 2025-0\d-\d\d: choose days", done.stderr)
    there = CliRunner().invoke(cli, ["report", str(press), "weekly", "-o", str(tmp_path / "b.html")])
    assert "No document" not in there.stderr


def test_a_terminal_is_not_filled_with_bytes(press: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "narratives", "report", str(press), "weekly", "--format", "pdf"]
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 1
    assert "A terminal cannot show pdf. Name a file with -o, or redirect." in done.stderr
