"""The sentences at the head of a report: what moved, how sure that is, in words that fit."""

import unicodedata
from pathlib import Path

import pytest

from datasette_config import typography as set_as
from datasette_config.export import cells
from datasette_config.export.findings import findings
from datasette_config.report_model import load_reports
from datasette_config.reporting import build_report, report_connection
from datasette_config.reporting_change import Change

REPORTS = load_reports()


def told(database: Path, report_id: str, language: str, **parameters: str) -> list[str]:
    """Return the sentences, every kind of space written as a plain one."""
    with report_connection(database) as connection:
        built = build_report(
            connection, REPORTS[report_id], language=language, since="2025-03-24", parameters=parameters
        )
    return [unicodedata.normalize("NFKC", sentence) for sentence in findings(built)]


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        (0, "fr", "0 texte"), (1, "fr", "1 texte"), (1.9, "fr", "1,9 texte"), (2, "fr", "2 textes"),
        (0, "en", "0 texts"), (1, "en", "1 text"), (1.5, "en", "1.5 texts"), (1_200, "en", "1,200 texts"),
    ],
)  # fmt: skip
def test_words_agree_with_their_number(value: float, language: str, written: str) -> None:
    number = set_as.counted(value, language, 0 if value == int(value) else 1)
    said = f"{number:texte|textes}" if language == "fr" else f"{number:text|texts}"
    assert unicodedata.normalize("NFKC", said) == written
    assert f"{number}" == said.split("\N{NO-BREAK SPACE}")[0]


def test_a_storyline_in_depth_says_first_whether_it_moved(press: Path) -> None:
    (moved,) = told(press, "narrative", "en", narrative="neocolonial-france")
    assert moved.startswith(
        "Neocolonial France: up by more than chance, 9 distinct texts against 2.4 expected"
    )
    assert "(×3.80, 95% interval [1.48 – 9.12])" in moved
    (stayed,) = told(press, "narrative", "fr", narrative="russia-reliable-partner")
    assert stayed.startswith(
        "Pas de changement au-delà du hasard en semaine 13 (24–30 mars 2025) : 1 texte distinct contre"
    )


def test_a_profile_names_what_is_carried_most_and_of_how_many(press: Path) -> None:
    (said,) = told(press, "source-profile", "en", source="le-fleuve")
    assert said == (
        "5 documents dated in the period; in its own voice mostly: Neocolonial France (3 of 5), "
        "France abandoned Mali (1 of 5)."
    )


def test_a_ratio_without_a_base_gives_its_lower_bound() -> None:
    new = Change("up", 8, 4, expected=0.0, ratio=None, low=3.34, p_value=0.001)
    assert cells.change_text(new, "en") == "at least ×3.34"
    assert cells.change_text(Change("noise", 8, 0, expected=0.0, low=0.0), "fr") == "sans base"


def test_precision_counts_the_flags_and_recall_the_cases() -> None:
    row = {
        "n": 17, "predicted": 1, "precision": 1.0, "precision_low": 0.21, "precision_high": 1.0,
        "recall": 0.06, "recall_low": 0.0, "recall_high": 0.29,
    }  # fmt: skip
    assert unicodedata.normalize("NFKC", cells.measured(row, "precision", "en")) == "n = 1, too few"
    assert cells.measured(row, "recall", "en").endswith("\N{NO-BREAK SPACE}17")
