"""New phrasing: what is new, in several outlets and by distinct texts; nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from datasette_config.export.findings import findings
from datasette_config.report_model import load_reports
from datasette_config.reporting import BuiltReport, build_report, report_connection
from datasette_config.reporting_phrases import phrases
from tests.datasette_config.reports.conftest import LAST_FINISHED, SOURCES

OLD = "Ils veulent dicter leur loi au pays"
NEW = "Ils ont signé le pacte des trois rives"


def row(side: str, cluster: int, source: str, passage: str, language: str = "fr") -> dict[str, Any]:
    return {
        "side": side, "cluster_id": cluster, "source_id": source, "passage": passage, "language": language,
        "document_key": f"{cluster:016x}", "title": f"Titre {cluster}", "narrative": None,
    }  # fmt: skip


def press(now: int, of: int, before: int = 0) -> list[dict[str, Any]]:
    """The new phrase in ``now`` of ``of`` texts of the period and in ``before`` of eighty before it."""
    rows = [row("before", 1_000 + n, f"s{n % 4}", f"{NEW if n < before else OLD}, {n}.") for n in range(80)]
    return rows + [row("now", n, f"s{n % 4}", f"{NEW if n < now else OLD}, {n}.") for n in range(of)]


def test_a_planted_phrase_is_told_once_with_its_counts() -> None:
    (found,) = phrases(press(6, 20))
    assert found["phrase"] == "signé le pacte des trois rives"
    assert (found["now"], found["texts"], found["before"], found["texts_before"], found["outlets"]) == (
        6,
        20,
        0,
        80,
        4,
    )
    assert found["p_value"] < 0.001


def test_a_phrase_that_was_there_before_or_is_rare_is_not_told() -> None:
    assert phrases(press(6, 20, before=24)) == []
    assert phrases(press(2, 20)) == []


def test_copies_of_one_text_count_once() -> None:
    rows = press(0, 20) + [row("now", 500, f"s{n % 4}", f"{NEW}.") for n in range(12)]
    assert phrases(rows) == []


def test_one_outlet_alone_makes_no_phrase() -> None:
    rows = press(0, 20) + [row("now", 600 + n, "s1", f"{NEW}, {n}.") for n in range(8)]
    assert phrases(rows) == []


def test_a_text_known_before_is_not_new_and_languages_stand_apart() -> None:
    known = [row("before", 700 + n, "s1", f"{NEW}.") for n in range(6)]
    again = [row("now", 700 + n, f"s{n}", f"{NEW}.") for n in range(6)]
    assert phrases(press(0, 20) + known + again) == []
    assert phrases([row("now", n, f"s{n % 3}", NEW, "en") for n in range(9)] + press(0, 20)) == []


def test_without_a_past_nothing_is_new() -> None:
    assert phrases([found for found in press(6, 20) if found["side"] == "now"]) == []
    assert phrases([]) == []


def told(world: Any) -> None:
    for week in range(9):
        monday = LAST_FINISHED - timedelta(weeks=8 - week)
        for number in range(12):
            phrase = NEW if week == 8 and number < 7 else OLD
            source = list(SOURCES)[number % 4]
            document_id = world.document(source, monday, f"{phrase} ({week}-{number}).")
            world.flag(document_id, "neocolonial-france")
    private = [
        world.document("le-muet", date(2025, 3, 25), f"Rumeur du quartier nord {n}.", kind="comment")
        for n in range(9)
    ]
    for document_id in private:
        world.flag(document_id, "neocolonial-france")


def weekly(path: Path, language: str) -> BuiltReport:
    with report_connection(path) as connection:
        return build_report(connection, load_reports()["weekly"], language=language)


def test_the_brief_names_new_phrases_and_never_those_of_private_persons(
    make_world: Callable[..., Path],
) -> None:
    path = make_world(told)
    built = weekly(path, "fr")
    section = built.section("phrases")
    assert section is not None
    (found,) = section.rows
    assert (found["phrase"], found["now"], found["before"]) == ("signé le pacte des trois rives", 7, 0)
    assert found["narrative_id"] == "neocolonial-france" and len(found["document_key"]) == 16
    sentence = next(text for text in findings(built) if "Formules" in text)
    assert (
        "signé le pacte des trois rives" in sentence
        and "(7\N{NO-BREAK SPACE}textes distincts sur 12, 0 sur 96 avant)" in sentence
    )
    assert any(
        "(7\N{NO-BREAK SPACE}distinct texts of 12, 0 of 96 before)" in text
        for text in findings(weekly(path, "en"))
    )
