"""One YAML file is a query, a page and an export: every bundled one, and what a wrong one is told."""

import re
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from datasette_config.export import csv, html, json
from datasette_config.export.cells import cell_text
from datasette_config.report_model import (
    GIVEN_PARAMETERS,
    Bilingual,
    Column,
    ColumnKind,
    load_reports,
    query_parameters,
)
from datasette_config.reporting import build_report, report_connection
from db.errors import NarrativesError

REPORTS = load_reports()
WORDING = Path(html.__file__).parents[1] / "wording" / "reports.yml"
CHOSEN = {"narrative": "neocolonial-france", "source": "le-fleuve", "event": "aes-levy"}

MINIMAL: dict[str, Any] = {
    "title": {"fr": "Titre", "en": "Title"},
    "description": {"fr": "Description", "en": "Description"},
    "sections": [
        {"id": "rows", "title": {"fr": "Lignes", "en": "Rows"}, "layout": "tidy",
         "sql": "select source_id, title from sources order by 1"}
    ],
}  # fmt: skip


def parameters(report_id: str) -> dict[str, str | None]:
    return {name: CHOSEN[name] for name in REPORTS[report_id].parameters}


def test_the_seven_reports_are_there() -> None:
    assert set(REPORTS) == {
        "weekly",
        "narrative",
        "partner-matrix",
        "source-profile",
        "event",
        "coverage",
        "quality",
    }


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("report_id", sorted(REPORTS))
def test_every_report_tells_something_in_every_format(report_id: str, language: str, press: Path) -> None:
    with report_connection(press) as connection:
        built = build_report(
            connection, REPORTS[report_id], language=language, parameters=parameters(report_id)
        )
    for found in built.sections:
        missing = set(found.section.columns) - set(found.rows[0]) if found.rows else set()
        computed = {
            name
            for name in missing
            if found.section.columns[name].kind in ("quality", "recall", "proportion")
        }
        assert missing == computed, (
            f"{report_id}.{found.section.id} shows columns that its query does not give"
        )
    page = html.render(built).decode("utf-8")
    assert "None" not in re.sub(r"<(pre|style|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert csv.render(built).count(b"\r\n") == len(built.with_layout("tidy")[0].rows) + 1 > 1
    assert json.render(built)


@pytest.mark.parametrize("report_id", sorted(REPORTS))
def test_every_report_stands_on_a_database_without_labels(
    report_id: str, make_world: Callable[..., Path]
) -> None:
    def fill(world: Any) -> None:
        for table in ("evaluations", "models", "narrative_partners", "narratives"):
            world.db.execute(f"delete from {table}")
        world.document("le-fleuve", date(2025, 3, 25), "Une nouvelle ordinaire.", hour=None)

    with report_connection(make_world(fill)) as connection:
        built = build_report(connection, REPORTS[report_id], language="fr", parameters=parameters(report_id))
    page = html.render(built).decode("utf-8")
    assert "aucun : rien" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert csv.render(built)


@pytest.mark.parametrize("report_id", sorted(REPORTS))
def test_every_query_stands_alone_with_declared_parameters(report_id: str, press: Path) -> None:
    report = REPORTS[report_id]
    with report_connection(press) as connection:
        for section in report.sections:
            sql = report.query(section)
            asked = query_parameters(sql)
            assert asked <= GIVEN_PARAMETERS | set(report.parameters)
            connection.execute(sql, dict.fromkeys(asked, "2025-03-24")).fetchall()
            assert not re.search(r"\b(insert|update|delete|attach|pragma|create)\b", sql, re.IGNORECASE)


def test_no_query_reads_a_private_table_past_the_published_relations(press: Path) -> None:
    read: list[tuple[str, str]] = []

    def watch(action: int, table: str | None, column: str | None, where: str | None, by: str | None) -> int:
        # Without a column it is the optimiser joining a view's table, of which nothing is read.
        if action == sqlite3.SQLITE_READ and where == "main" and by is None and column:
            read.append((table or "", column))
        return sqlite3.SQLITE_OK

    with report_connection(press) as connection:
        connection.set_authorizer(watch)
        connection.execute("select text from main.documents")
        assert read == [("documents", "text")]
        read.clear()
        for report in REPORTS.values():
            for section in report.sections:
                sql = report.query(section)
                connection.execute(sql, dict.fromkeys(query_parameters(sql), "x"))
        assert not read


def test_every_parameter_and_kind_is_known_to_the_tests() -> None:
    assert {name for report in REPORTS.values() for name in report.parameters} == set(CHOSEN)
    used = {
        column.kind
        for report in REPORTS.values()
        for section in report.sections
        for column in section.columns.values()
    }
    assert used <= set(get_args(ColumnKind))


def test_every_wording_speaks_both_languages() -> None:
    for key, text in yaml.safe_load(WORDING.read_text(encoding="utf-8")).items():
        assert set(text) == {"fr", "en"}, key
        named = {language: set(re.findall(r"\{(\w+)", text[language])) for language in ("fr", "en")}
        assert named["fr"] == named["en"], key
        for one_or_many in re.findall(r"\{\w+:([^}]*)\}", text["fr"] + text["en"]):
            assert one_or_many.count("|") == 1, key


def test_outcomes_have_words_for_people() -> None:
    known = yaml.safe_load(WORDING.read_text(encoding="utf-8"))
    schema = (Path(__file__).parents[3] / "db" / "steps" / "001_catalogue_and_crawl.sql").read_text(
        encoding="utf-8"
    )
    outcomes = re.findall(r"'(\w+)'", schema[schema.index("outcome in (") : schema.index("http_status")])
    assert len(outcomes) == 14
    assert not [outcome for outcome in outcomes if f"outcome_{outcome}" not in known]


def test_a_date_is_written_as_well_as_it_is_known() -> None:
    column = Column(label=Bilingual(fr="le", en="on"), kind="day")
    told = [cell_text({"day": day}, "day", column, "fr") for day in ("2018", "2018-05", "2018-05-14", None)]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in told] == [
        "2018",
        "mai 2018",
        "14 mai 2018",
        "–",
    ]


def test_a_report_of_a_deployment_is_added_and_may_replace_one(tmp_path: Path, press: Path) -> None:
    (tmp_path / "mine.yml").write_text(yaml.safe_dump(MINIMAL), encoding="utf-8")
    (tmp_path / "weekly.yml").write_text(yaml.safe_dump(MINIMAL), encoding="utf-8")
    found = load_reports([tmp_path])
    assert set(found) == {*REPORTS, "mine"}
    assert found["weekly"].title.en == "Title"
    with report_connection(press) as connection:
        built = build_report(connection, found["mine"], language="en")
    assert len(csv.render(built).splitlines()) == 6


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sections": []}, "exactly one section has the layout `tidy`"),
        ({"colour": "red"}, "colour"),
        ({"title": {"fr": "Titre"}}, "title.en"),
        ({"parts": ["flaged"]}, None),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(
    change: dict[str, Any], told: str | None, tmp_path: Path
) -> None:
    (tmp_path / "mine.yml").write_text(yaml.safe_dump({**MINIMAL, **change}), encoding="utf-8")
    with pytest.raises(NarrativesError, match=rf"mine\.yml.*{told or 'there is no part'}"):
        load_reports([tmp_path])


@pytest.mark.parametrize(
    ("sql", "told"),
    [("select :colour", "undeclared parameters"), ("select * from nowhere", "no such table")],
)
def test_a_wrong_query_is_named_with_its_section(sql: str, told: str, tmp_path: Path, press: Path) -> None:
    section = {**MINIMAL["sections"][0], "sql": sql}
    (tmp_path / "mine.yml").write_text(yaml.safe_dump({**MINIMAL, "sections": [section]}), encoding="utf-8")
    with pytest.raises(NarrativesError, match=rf"rows.*{told}"), report_connection(press) as connection:
        build_report(connection, load_reports([tmp_path])["mine"], language="fr")


def test_text_that_is_no_yaml_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("title: [", encoding="utf-8")
    with pytest.raises(NarrativesError, match=r"mine\.yml is not YAML"):
        load_reports([tmp_path])
    with pytest.raises(NarrativesError, match="Reports folder not found"):
        load_reports([tmp_path / "none"])


def test_parameters_are_found_outside_literals_and_comments() -> None:
    sql = "select ':no', a::text, :since -- :neither\nfrom b where c = :until and d = 'it''s :not'"
    assert query_parameters(sql) == {"since", "until"}
