"""Reports as pages: kept ones at once, any other period and subject on demand, within the time of a page."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from datasette_config import kept_reports
from datasette_config.build import publish
from datasette_config.report_model import load_reports
from datasette_config.reporting import build_report
from datasette_config.serving import application
from db.errors import NarrativesError

OWN_REPORT = """
title: {fr: Les nôtres, en: Our own}
description: {fr: Un rapport de plus, en: One more report}
sections:
  - id: rows
    title: {fr: Sources, en: Sources}
    layout: tidy
    sql: select source_id, title from sources order by 1
  - id: seen
    title: {fr: Vues, en: Seen}
    columns: {title: {label: {fr: Nom, en: Name}}}
    sql: select title from sources order by 1
"""


@pytest.fixture(scope="module")
def pages(press: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("own")
    (folder / "ours.yml").write_text(OWN_REPORT, encoding="utf-8")
    public = publish(press, folder / "public.db", lambda text: None, [folder]).path
    datasette = application(public, report_folders=[folder])

    def get(path: str) -> Any:
        return asyncio.run(datasette.client.get(path))

    return get


def test_the_list_names_every_report_the_deployments_too(pages: Any) -> None:
    page = pages("/en/reports").text
    for name in ("Weekly brief", "A storyline in depth", "Profile of a source", "Before and after an event",
                 "Our own"):  # fmt: skip
        assert name in page
    assert "Le Fleuve" in pages("/en/reports/ours").text


def test_a_report_about_one_thing_asks_which_and_then_shows_it(pages: Any) -> None:
    chooser = pages("/fr/reports/narrative").text
    assert "?narrative=neocolonial-france" in chooser and "La France néocoloniale" in chooser
    shown = pages("/en/reports/narrative?narrative=neocolonial-france")
    assert shown.status_code == 200
    assert "Neocolonial France" in shown.text and "<svg" in shown.text and ' style="' not in shown.text
    assert pages("/fr/reports/source-profile?source=le-fleuve").status_code == 200
    assert pages("/fr/reports/event?event=aes-levy").status_code == 200
    assert pages("/fr/reports/narrative?narrative=none-such").status_code == 404
    assert pages("/fr/reports/none-such").status_code == 404


def test_the_permanent_link_of_another_week_shows_that_week(pages: Any) -> None:
    kept = pages("/en/reports/weekly").text
    assert "up by more than chance" in kept
    other = pages("/en/reports/weekly?since=2025-03-17&until=2025-03-23")
    assert other.status_code == 200 and "No change beyond noise" in other.text
    assert pages("/en/reports/weekly?since=2025-03-17&until=2025-03-23").text == other.text


def test_a_period_that_is_none_is_named(pages: Any) -> None:
    answer = pages("/fr/reports/weekly?since=%3Cscript%3E&until=2025-03-23")
    assert answer.status_code == 400
    assert "is no day" in answer.text and "<script" not in answer.text
    assert pages("/fr/reports/weekly?since=2025-03-23&until=2025-03-17").status_code == 400


def test_what_takes_too_long_names_the_command(pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datasette_config.pages import site

    monkeypatch.setattr(site, "PAGE_TIME_LIMIT_MS", 1)
    answer = pages("/en/reports/weekly?since=2024-09-02&until=2025-01-05")
    assert answer.status_code == 400
    assert "narratives report DB weekly --since 2024-09-02 --until 2025-01-05" in answer.text


def test_where_there_is_much_the_pages_of_every_subject_are_kept(
    press: Path, pages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [
        "/fr/reports/narrative?narrative=neocolonial-france",
        "/en/reports/narrative?narrative=neocolonial-france",
        "/fr/reports/source-profile?source=le-fleuve",
        "/en/reports/event?event=aes-levy",
    ]
    computed = {address: pages(address).text for address in addresses}
    monkeypatch.setattr(kept_reports, "SUBJECTS_KEPT_FROM", 1)
    datasette = application(publish(press, tmp_path / "public.db", lambda text: None).path)
    monkeypatch.setattr("datasette_config.pages.reports.build_report", None)  # nothing is computed any more
    for address, text in computed.items():
        assert asyncio.run(datasette.client.get(address)).text == text
    with closing(sqlite3.connect(tmp_path / "public.db")) as connection:
        kept = connection.execute(
            "select report_id, count(distinct subject), count(*) from report_pages "
            "where subject <> '' group by 1"
        ).fetchall()
        facts = dict(connection.execute("select key, value from about"))
        (events,) = connection.execute(
            "select count(*) from events where starts_on between ? and ?",
            [facts["period_from"], "2025-03-30"],
        ).fetchone()
        (narratives,) = connection.execute("select count(*) from narratives").fetchone()
        (sources,) = connection.execute("select count(*) from sources").fetchone()
    assert {report_id: (subjects, rows) for report_id, subjects, rows in kept} == {
        report_id: (count, 2 * count)
        for report_id, count in (("event", events), ("narrative", narratives), ("source-profile", sources))
    }
    assert events > 1 and narratives > 1 and sources > 1


def test_a_question_cut_off_leaves_nothing_standing(press: Path, tmp_path: Path) -> None:
    public = publish(press, tmp_path / "public.db", lambda text: None).path
    report = load_reports()["weekly"]
    with closing(sqlite3.connect(f"file:{public}?mode=ro", uri=True)) as connection:
        for steps in (200, 2_000, 20_000):
            left = iter(range(steps // 100))
            connection.set_progress_handler(lambda left=left: next(left, None) is None, 100)
            with pytest.raises(NarrativesError, match="interrupted"):
                build_report(connection, report, language="fr", facts={"as_of": "2025-03-31T06:00:00Z"})
            assert not connection.execute("select name from temp.sqlite_master").fetchall()
        assert build_report(connection, report, language="fr").sections
        assert not connection.execute("select name from temp.sqlite_master").fetchall()
