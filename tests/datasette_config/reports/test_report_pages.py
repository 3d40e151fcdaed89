"""Reports as pages: kept ones at once, any other period and subject on demand, within the time of a page."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from datasette_config.build import publish
from datasette_config.serving import application

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
