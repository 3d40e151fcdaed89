"""The weekly brief through the command: what an editor reads about a press of which everything is known."""

import re
from pathlib import Path

import pytest

from tests.datasette_config.reports.commands import run

NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"


def section(page: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL)
    assert found, name
    return found[0]


def words(html: str) -> str:
    together = re.sub(r'<span class="nb">([^<]*)</span>', r"\1", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", together).replace(NO_BREAK, " ").replace(NARROW, " "))


@pytest.fixture(scope="module")
def page(press: Path) -> str:
    return run("report", press, "weekly")


@pytest.fixture(scope="module")
def english(press: Path) -> str:
    return run("report", press, "weekly", "--language", "en")


def test_the_planted_rise_is_the_headline(page: str) -> None:
    said = words(section(page, "brief"))
    assert "La France néocoloniale : en hausse au-delà du hasard, 9 textes distincts contre" in said
    assert "La Russie, partenaire fiable : en" not in said
    assert words(section(page, "changes")).count("dans le hasard") == 2  # its row, and the key of the drawing


def test_a_quiet_week_says_that_nothing_moved(press: Path) -> None:
    quiet = ("report", press, "weekly", "--since", "2025-03-17", "--until", "2025-03-23")
    assert (
        "Aucun changement au-delà du hasard en semaine 12 (17–23 mars 2025) : 2 récits comparés aux 8"
        in words(run(*quiet))
    )
    assert (
        "No change beyond noise in week 12 (17–23 March 2025): 2 storylines compared with the 8 comparable"
        in words(run(*quiet, "--language", "en"))
    )


def test_the_two_days_of_a_week_stay_on_one_line(page: str) -> None:
    heading = re.search(r"<h1>.*?</h1>", page)
    assert heading and '<span class="nb">24–30</span>' in heading[0]
    assert '<span class="nb">24–30</span>' in section(page, "brief")


def test_a_period_without_a_past_says_that_it_cannot_compare(press: Path) -> None:
    said = words(run("report", press, "weekly", "--since", "2024-09-09", "--until", "2024-09-15"))
    assert "Aucune comparaison possible : 1 semaine comparable avant" in said


def test_voices_documents_and_texts_stand_side_by_side(page: str) -> None:
    rows = re.findall(r"<tr.*?</tr>", section(page, "narratives"), re.DOTALL)
    found = {words(row).split(" doc.")[0].strip() for row in rows}
    assert any(
        row.startswith("La France néocoloniale 9 9 4 0 0 0 0 0,71 [0,53 – 0,85], n = 31") for row in found
    )
    # Three documents, one text: copies are not counted as voices of their own.
    assert any(
        row.startswith("La France a abandonné le Mali expérimental 3 1 3 0 0 0 0 non mesurée")
        for row in found
    )
    # Under ten cases there is no share.
    assert any(row.startswith("La Russie, partenaire fiable 1 1 1 1 1 0 0 n = 5, trop peu") for row in found)
    assert any(row.startswith("La CEDEAO instrumentalisée 0 0 0 0 0 1 1 non mesurée") for row in found)


def test_experimental_storylines_are_shown_but_not_charted(page: str) -> None:
    assert "La France a abandonné le Mali" not in words(section(page, "changes"))
    assert "La France a abandonné le Mali" in words(section(page, "narratives"))


def test_passages_lead_to_their_evidence(page: str) -> None:
    quoted = section(page, "passages")
    references = re.findall(r"<code>([0-9a-f]{16}:\d+-\d+:[a-z-]+)</code>", quoted)
    assert len(references) == len(set(references)) == quoted.count("<blockquote")
    assert 'rel="noreferrer nofollow"' in quoted
    assert "voix propre" in quoted and "rapporté" in quoted and "rejeté" in quoted


def test_with_a_public_address_titles_lead_to_our_pages_and_originals_are_only_written(
    press: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "narratives.toml"
    settings.write_text('base_url = "https://publication.example"\n')
    page = run("--config", settings, "report", press, "weekly")
    targets = re.findall(r'href="([^"]+)"', section(page, "passages"))
    assert targets and all(
        target.startswith("https://publication.example/fr/documents/") for target in targets
    )
    assert "https://le-fleuve[.]example/" in words(section(page, "passages"))
    assert "le-fleuve.example" not in page
    assert "https://publication.example/fr/reports/weekly?since=2025-03-24&amp;until=2025-03-30" in page


def test_copied_texts_events_silence_and_undated_documents_are_told(page: str) -> None:
    copied = words(section(page, "copied"))
    assert "Communiqué repris 3 3 Le Fleuve 24 mars 2025, 8 h 15 TU" in copied
    assert "28 mars 2025 L’AES adopte un prélèvement de 0,5 % sur les importations" in words(
        section(page, "events")
    )
    assert "Le Muet." in words(section(page, "silent"))
    assert "1 document reçu sans date sûre, non placé " in words(section(page, "collected"))
    assert "erreur HTTP 1" in words(section(page, "outcomes"))


def test_where_the_figures_come_from_is_on_the_page(page: str, english: str) -> None:
    said = words(section(page, "provenance"))
    assert (
        "entraîné sur des passages écrits et étiquetés par un modèle de langue et non relus par une personne"
        in said
    )
    assert "m-2025-03" in said and "c0deb00c1234" in said and "since = 2025-03-24" in said
    assert re.search(r"\b[0-9a-f]{64}\b", said)
    assert "that a language model wrote and labelled and that no person has reviewed" in words(english)
    assert "select" in section(page, "provenance")


def test_both_languages_say_the_same_in_their_own_typography(page: str, english: str) -> None:
    assert '<html lang="fr">' in page and '<html lang="en">' in english
    assert f'Semaine{NO_BREAK}13 (<span class="nb">24–30</span>' in page
    assert f'Week{NO_BREAK}13 (<span class="nb">24–30</span>' in english
    for french_only in ("Récits", "textes distincts", "voix propre"):
        assert french_only not in words(english)
    body = words(re.sub(r"<(style|svg|pre|code)\b.*?</\1>", "", page, flags=re.DOTALL))
    shown = re.sub(r"<(style|svg|pre|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    shown = re.sub(r"<[^>]+>", " ", shown)
    assert not re.search(r"(?<=\w) [;!?%]", shown), "an ordinary space before ; ! ? %"
    assert not re.search(r"\w'\w", body), "a straight apostrophe"


def test_the_page_asks_nothing_of_the_network_and_runs_nothing(page: str) -> None:
    assert "<script" not in page and "<link" not in page and "<img" not in page and "@import" not in page
    assert not re.findall(r'\b(?:src|srcset|action|poster|data)="', page)
    assert "url(http" not in page
    assert "default-src 'none'" in page
    assert page.count("<svg") >= 3
