"""What the partner matrix, coverage and quality say first, with n and intervals, or that it is not known."""

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from datasette_config.export import html
from datasette_config.export.findings import findings
from datasette_config.report_model import load_reports
from datasette_config.reporting import BuiltReport, build_report, report_connection
from tests.datasette_config.reports.conftest import FIRST_MONDAY, LAST_FINISHED, SOURCES


def built(database: Path, report_id: str, language: str, **period: str) -> BuiltReport:
    with report_connection(database) as connection:
        return build_report(
            connection, load_reports()[report_id], language=language, **{"since": "2025-03-24", **period}
        )


def told(database: Path, report_id: str, language: str, **period: str) -> list[str]:
    """Return the sentences, every kind of space written as a plain one."""
    return [
        unicodedata.normalize("NFKC", said)
        for said in findings(built(database, report_id, language, **period))
    ]


def test_the_matrix_says_who_is_spoken_of_how_and_what_moved(press: Path) -> None:
    taken, named, moved, against, together, measured = told(press, "partner-matrix", "en")
    # Nine texts against France, one of them for Russia as well, and one text in three copies.
    assert taken == (
        "10 distinct texts take a stance on a partner in the author's own voice, of 12 dated in the period "
        "(83%, 95% interval [55% – 95%]): 10 unfavourable, 1 favourable, 1 both at once."
    )
    assert named == "Most unfavourable texts: France (10). Most favourable texts: Russia (1)."
    assert moved.startswith(
        "Beyond noise in week 13 (24–30 March 2025): 1 of 2 stances, from 12 distinct texts"
    )
    assert against.startswith("France, unfavourable: up by more than chance, 10 distinct texts against ")
    assert together == (
        "Stances together: of 10 texts with “France, unfavourable”, 1 also has “Russia, favourable” "
        "through another "
        "storyline (10%, 95% interval [2% – 40%]); this says nothing of a cause."
    )
    assert measured == (
        "Precision is measured for only one of the 4 storylines behind this table (0.71); the others "
        "have fewer than ten judged flags."
    )


def test_the_matrix_says_when_nothing_moved(press: Path) -> None:
    _, _, moved, *_ = told(press, "partner-matrix", "fr", since="2025-03-17", until="2025-03-23")
    assert moved.startswith(
        "Aucun changement au-delà du hasard en semaine 12 (17–23 mars 2025) : 2 postures comparées aux "
        "8 semaines"
    )


def two_stances(world: Any) -> None:
    """Twelve texts against France, five of which also praise Russia through another storyline."""
    for number in range(12):
        text = world.document("le-fleuve", LAST_FINISHED + timedelta(days=number % 7), f"Texte {number}.")
        world.flag(text, "neocolonial-france")
        if number < 5:
            world.flag(text, "russia-reliable-partner")


def test_stances_that_go_together_stand_with_their_interval(make_world: Callable[..., Path]) -> None:
    said = told(make_world(two_stances), "partner-matrix", "fr")
    assert said[0].endswith(": 12 défavorables, 5 favorables, 5 à la fois l’un et l’autre.")
    assert (
        "Postures conjointes : sur 12 textes « France, défavorable », 5 ont aussi « Russie, favorable » "
        "par un autre "
        "récit (42 %, intervalle à 95 % [19 % – 68 %]) ; cela ne dit rien d’une cause." in said
    )


def two_partners_of_one_storyline(world: Any) -> None:
    world.db.table("narrative_partners").insert(
        {"narrative_id": "neocolonial-france", "partner_id": "west", "stance": -1}
    )
    two_stances(world)


def test_two_partners_of_one_storyline_are_no_finding(make_world: Callable[..., Path]) -> None:
    pairs = built(make_world(two_partners_of_one_storyline), "partner-matrix", "en").section("together")
    assert pairs is not None
    assert {(row["first_id"], row["second_partner"]) for row in pairs.rows} == {
        ("france-", "Russia"), ("west-", "Russia"),
    }  # fmt: skip


def test_coverage_says_what_came_who_was_silent_and_what_failed(press: Path) -> None:
    received, volume, silent, requests, instrument = told(press, "coverage", "fr")
    assert received.startswith(
        "15 documents reçus de 4 sources sur la période ; 14 documents y sont datés (12 textes"
    )
    assert received.endswith("1 document reçu n’a pas de date sûre (7 %, intervalle à 95 % [1 % – 30 %]).")
    assert volume.startswith("Volume de la semaine 13 (24–30 mars 2025) : 14 documents contre 10,")
    assert "pas de changement au-delà du hasard (×1," in volume
    assert silent == "1 source sur 5 collectées sans aucun document reçu sur la période : Le Muet."
    assert requests == (
        "2 requêtes, dont 1 a abouti à un document stocké, inchangé ou déjà connu (part non mesurée "
        "sous dix cas). "
        "Échec le plus fréquent : erreur HTTP (1 fois)."
    )
    assert instrument == (
        "L’instrument a changé 1 fois dans les semaines dessinées, prudence en comparant : changement "
        "de modèle "
        "(m-2025-03, 15 janvier 2025)."
    )


def halved(world: Any) -> None:
    """Twelve pieces a week from three outlets, three in the last week: volume falls by more than chance."""
    for week in range(30):
        monday = FIRST_MONDAY + timedelta(weeks=week)
        for number in range(3 if monday == LAST_FINISHED else 12):
            world.document(
                list(SOURCES)[number % 3], monday + timedelta(days=number % 7), f"Texte {week}, {number}."
            )


def test_a_fall_of_volume_is_said_before_anything_is_compared(make_world: Callable[..., Path]) -> None:
    database = make_world(halved)
    _, volume, *_ = told(database, "coverage", "en")
    assert volume.startswith(
        "Volume of week 13 (24–30 March 2025) down by more than chance: 3 documents against 12.0 "
        "expected at the pace "
        "of the 8 weeks before it (×0.25 ["
    )
    _, none, *_ = told(database, "coverage", "en", since="2024-09-02", until="2024-09-08")
    assert none.startswith(
        "Volume of week 36 (2–8 September 2024): 12 documents. No comparison: 0 weeks of coll"
    )


def listed_at_first(world: Any) -> None:
    """Crawling begins on a Tuesday: feeds still list one piece of each week before."""
    for week in range(8):
        world.document("le-fleuve", LAST_FINISHED - timedelta(weeks=8 - week), f"Ancien {week}.")
    for number in range(20):
        world.document("le-fleuve", LAST_FINISHED + timedelta(days=number % 7), f"Neuf {number}.")
    world.db.execute("update documents set first_seen_at = max(first_seen_at, '2025-03-25T06:00:00Z')")


@pytest.mark.parametrize(
    ("week", "documents", "reason"),
    [
        ("2025-03-24", "20 documents", "la collecte venait de commencer (25 mars 2025)"),
        ("2025-03-17", "1 document", "la collecte n’a commencé que plus tard (25 mars 2025)"),
    ],
)
def test_the_first_week_of_collection_is_no_rise(
    make_world: Callable[..., Path], week: str, documents: str, reason: str
) -> None:
    last = (date.fromisoformat(week) + timedelta(days=6)).isoformat()
    _, volume, *_ = told(make_world(listed_at_first), "coverage", "fr", since=week, until=last)
    assert f": {documents}. Pas de comparaison : {reason}" in volume
    assert "×" not in volume and "hasard" not in volume


def test_after_four_whole_weeks_of_collection_volume_is_compared_with_them_alone(
    make_world: Callable[..., Path],
) -> None:
    def begun_in_february(world: Any) -> None:
        for week in range(12):
            for number in range(1 if week < 7 else 12):
                day = LAST_FINISHED - timedelta(weeks=11 - week) + timedelta(days=number % 7)
                world.document("le-fleuve", day, f"Texte {week}, {number}.")
        world.db.execute("update documents set first_seen_at = max(first_seen_at, '2025-02-20T06:00:00Z')")

    _, volume, *_ = told(make_world(begun_in_february), "coverage", "en")
    assert "12 documents against 12.0 expected at the pace of the 4 weeks before it, no change" in volume


def families(world: Any, less: float) -> None:
    """Two families measured on a hundred judged flags each; one of them as often wrong as ``less`` says."""
    for family, precision in (("anti-french", 0.8), ("pro-russian", less)):
        world.evaluation(
            family, n=100, predicted=100, precision=precision, low=precision - 0.1, high=precision + 0.1
        )
    world.db.execute("update evaluations set level = 'family', recall = 0.6 where n = 100")
    world.db.execute(
        "update evaluations set made_by = 'language-model texts and labels, not reviewed by a person'"
    )


@pytest.mark.parametrize(
    ("less", "said"),
    [
        (0.78, "Symmetry, precision: each family against all the others, no difference beyond noise "
               "(2 families, 200 judged flags)."),
        (0.35, "Symmetry, precision: beyond noise, against all the other families, "
               "higher for Critical of France (0.80 [0.70 – 0.90], n = 100), "
               "lower for Favourable to Russia (0.35 [0.25 – 0.45], n = 100) "
               "(2 families compared, 200 judged flags)."),
    ],
)  # fmt: skip
def test_quality_says_what_is_measured_and_whether_families_differ(
    make_world: Callable[..., Path], less: float, said: str
) -> None:
    precision, recall, without, symmetry, recalled, labels = told(
        make_world(lambda world: families(world, less)), "quality", "en"
    )
    assert precision == (
        "Precision is measured for only one of the 4 storylines of the codebook: 0.71 [0.53 – 0.85], n = 31 "
        "(Neocolonial France)."
    )
    assert recall.startswith(
        "Recall is measured for only one of the 4 storylines: 0.60 [0.40 – 0.80], n = 40"
    )
    assert without.startswith("Neither precision nor recall for 3 storylines: Russia, a reliable partner, ")
    assert symmetry == said
    assert recalled.startswith(
        "Symmetry, recall: each family against all the others, no difference beyond noise"
    )
    assert labels == "Reference labels: language-model texts and labels, not reviewed by a person."


def test_without_any_measurement_quality_says_only_that(make_world: Callable[..., Path]) -> None:
    database = make_world(lambda world: world.db.execute("delete from evaluations"))
    assert told(database, "quality", "fr") == [
        "Aucune mesure ne suffit à juger le modèle : ni précision ni rappel pour aucun des 4 récits de "
        "la grille, "
        "et la symétrie n’est pas mesurée."
    ]


@pytest.mark.parametrize("report_id", ["partner-matrix", "coverage", "quality"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_head_stands_on_the_page(press: Path, report_id: str, language: str) -> None:
    report = built(press, report_id, language)
    page = html.render(report).decode()
    said = findings(report)
    assert 2 <= len(said) <= 6
    assert page.count("<li>", page.index('class="findings"'), page.index("</ul>")) == len(said)
