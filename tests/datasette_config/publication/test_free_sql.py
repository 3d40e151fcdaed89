"""Free SQL is closed unless the operator opens it; open, it reads, briefly, and never writes."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from datasette_config.serving import application
from narratives import cli


@pytest.fixture(scope="module")
def asked(public: Path, reader: Any) -> Callable[..., Any]:
    """Return a way to ask the publication, opened for SQL."""
    opened = type(reader)(application(public, allow_sql=True))
    return lambda sql, name="sql": opened.get(f"/en/{name}", params={"sql": sql})


def test_sql_is_closed_by_default(reader: Any) -> None:
    for path in ("/en/sql?sql=select+1", "/en/sql.csv?sql=select+1", "/fr/sql"):
        assert reader.get(path).status_code == 403, path
    assert "/sql" not in reader.get("/public").text


def test_a_select_is_a_page_and_a_csv(asked: Callable[..., Any]) -> None:
    sql = "select source_id, count(*) as n from documents where source_id = 'le-fleuve' group by 1"
    page = asked(sql)
    assert page.status_code == 200
    assert "<td>le-fleuve</td>" in page.text
    rows = list(csv.reader(io.StringIO(asked(sql, "sql.csv").text)))
    assert rows[0] == ["source_id", "n"]
    assert f"<td>{rows[1][1]}</td>" in page.text
    assert "script-src" not in page.headers["content-security-policy"]


def test_only_the_first_rows_are_shown_and_that_is_said(asked: Callable[..., Any]) -> None:
    page = asked(
        "with recursive n(x) as (select 1 union all select x + 1 from n where x < 1500) select x from n"
    )
    assert page.text.count("<tr>") == 1_001
    assert "The first 1,000 rows" in page.text


@pytest.mark.parametrize(
    "sql",
    [
        "delete from documents",
        "attach database 'x.db' as x",
        "pragma table_list",
        "select 1; drop table documents",
        "select load_extension('x')",
        "select readfile('/etc/hostname')",
        "select hex(zeroblob(100000000))",
        "select replace(hex(zeroblob(200000)), '0', 'xxxxxxxxxx')",
        "select nothing from nowhere",
    ],
)
def test_what_does_not_read_or_takes_too_much_is_refused(asked: Callable[..., Any], sql: str) -> None:
    for name in ("sql", "sql.csv"):
        answer = asked(sql, name)
        assert answer.status_code == 400, (name, answer.text[:300])
        assert "/home" not in answer.text


def test_a_large_value_does_not_fill_the_memory(asked: Callable[..., Any]) -> None:
    answer = asked("select printf('%.*c', 100000000, 'x') as wide", "sql.csv")
    assert len(answer.content) < 1_100_000


def test_a_long_question_is_cut_off(asked: Callable[..., Any]) -> None:
    answer = asked("with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n")
    assert answer.status_code == 400
    assert "takes too long" in answer.text


def test_cells_that_a_spreadsheet_would_run_are_marked(asked: Callable[..., Any]) -> None:
    assert "'=1+1" in asked("select '=1+1' as cell", "sql.csv").text


def test_serve_has_the_switch() -> None:
    said = " ".join(CliRunner().invoke(cli, ["serve", "--help"]).output.split())
    assert "--allow-sql Answer any SELECT of any reader: for trusted networks only." in said
