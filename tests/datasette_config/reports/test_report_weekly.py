"""The weekly brief through the command: what an editor reads about a press of which everything is known."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.connection import working_database
from db.views import finish, materialise, seal
from narratives import cli

NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == 1
    return result.stderr


def section(page: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL)
    assert found, name
    return found[0]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace(NO_BREAK, " ").replace(NARROW, " "))


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
    assert words(section(page, "changes")).count("pas de changement au-delà du hasard") == 1


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
    assert "1 documents reçus sans date sûre, non placés" in words(section(page, "collected"))
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
    assert "Semaine" + NO_BREAK + "13 (24–30" in page
    assert "Week" + NO_BREAK + "13 (24–30" in english
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
    assert run("report", press).splitlines()[-1] == "weekly\tPoint hebdomadaire"
