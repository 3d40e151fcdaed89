"""What a newcomer reads first: the last finished week, on the home page and on that of a narrative."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.datasette_config.publication.followed_counts import counts_lead_to_their_documents


def words_of(html: str, section: str) -> str:
    """Return a section as words."""
    inside = html.split(f'aria-labelledby="{section}"', 1)[1].split("</section>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", inside))


def week_of(html: str) -> str:
    """Return what the home page says of the last finished week, as words."""
    return words_of(html, "moved")


def test_the_week_is_told_with_its_counts_and_intervals(reader: Any) -> None:
    words = week_of(reader.get("/en/").text)
    assert "week 13" in words
    assert "No narrative moved beyond chance (4 compared)." in words
    assert "1 0.2 ×5.25 [0.01 – 290.92] 7 coded cases, too few" in words
    assert "of 2 collected in that week" in words
    assert "the 8 collected weeks before" in words


def test_home_and_the_weekly_brief_compare_the_same(reader: Any) -> None:
    words = week_of(reader.get("/fr/").text)
    compared = re.search(r"\((\d+) comparés\)", words)
    weeks = re.search(r"(\d+) semaines collectées", words)
    brief = reader.get("/fr/reports/weekly").text.replace("\N{NO-BREAK SPACE}", " ")
    assert compared
    assert weeks
    assert f"{compared[1]} récits comparés aux {weeks[1]} semaines" in brief


def test_a_count_of_the_week_leads_to_its_documents(reader: Any) -> None:
    html = reader.get("/en/").text
    section = html.split('aria-labelledby="moved"', 1)[1].split("</section>", 1)[0]
    counts_lead_to_their_documents(reader, section, r'<a href="(/en/documents\?[^"]+)">(\d+)</a>')


def test_a_missing_precision_says_what_there_were_too_few_of(reader: Any) -> None:
    assert "7 coded cases, too few" in reader.get("/en/").text


def test_a_narrative_says_what_the_last_week_brought_as_the_home_page_does(reader: Any) -> None:
    words = words_of(reader.get("/en/narratives/intervention-failed").text, "by-week")
    assert "Week 13 (24–30 March 2025): 1 distinct text in own voice, 0.2 expected" in words.replace(
        "\u2060", ""
    )
    assert "ratio ×5.25 [0.01 – 290.92]" in words
    assert "no change beyond noise" in words


def test_what_a_source_did_not_carry_is_folded(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any
) -> None:
    def silence(invented: Any) -> None:
        invented.db.execute(
            "delete from predictions where narrative_id = 'ecowas-instrument' and document_id in "
            "(select document_id from documents where source_id = 'le-fleuve')"
        )

    public = publish_rows(make_press(tmp_path / "w.db", silence), tmp_path / "public.db")
    html = open_publication(public).get("/en/sources/le-fleuve").text
    section = html.split('aria-labelledby="against"', 1)[1].split("</section>", 1)[0]
    shown, folded = section.split("<details>")
    assert "/en/narratives/neocolonial-france" in shown
    assert "/en/narratives/ecowas-instrument" not in shown
    assert "1 narrative that this source did not carry" in folded
    assert re.findall(r'href="/en/narratives/([^"]+)"', folded) == ["ecowas-instrument"]


def test_an_event_without_collection_shows_no_table_of_zeros(reader: Any) -> None:
    words = words_of(reader.get("/en/events/moura").text, "around")
    assert "Nothing was collected in these weeks" in words
    assert "too few weeks" not in words


def test_an_event_whose_weeks_are_not_over_is_not_compared_yet(reader: Any) -> None:
    unfinished = words_of(reader.get("/en/events/aes-levy").text, "around")
    assert "8 of 8 before, 0 of 8 after. The weeks after are not over: nothing is compared yet." in unfinished
    assert "Reading" not in unfinished
    over = words_of(reader.get("/en/events/ecowas-exit-effective").text, "around")
    assert "8 of 8 before, 8 of 8 after." in over
    assert "0.38 (0.01 to 7.32) no change beyond noise" in over


def test_the_precision_of_a_voice_is_said_once(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any
) -> None:
    def own_voice(invented: Any) -> None:
        invented.db.execute("update evaluations set voice = 'own' where narrative_id = 'neocolonial-france'")

    public = publish_rows(make_press(tmp_path / "w.db", own_voice), tmp_path / "public.db")
    html = open_publication(public).get("/fr/narratives/neocolonial-france").text
    assert html.count("44 signalés") == 1
    assert "validation croisée" in html


def test_a_page_that_is_not_there_leads_on(reader: Any) -> None:
    answer = reader.get("/fr/documents/0000")
    assert answer.status_code == 404
    assert 'href="/fr/documents">Chercher dans les documents' in answer.text
