"""`narratives codebook` and the rows that the codebook leaves in the database."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers.codebook import Codebook, load_codebook
from db.codebook import sync_codebook
from db.connection import transaction, working_database
from db.reference import sync_reference
from narratives import cli


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder whose narratives.toml names a codebook folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NARRATIVES_CONFIG", raising=False)
    (tmp_path / "narratives.toml").write_text('codebook = ["codebook"]\n', encoding="utf-8")
    (tmp_path / "codebook").mkdir()
    return tmp_path


def test_new_writes_a_file_that_check_accepts(deployment: Path) -> None:
    runner = CliRunner()
    made = runner.invoke(cli, ["codebook", "new", "fishing-rights"])
    assert made.exit_code == 0, made.output
    assert made.output.strip() == str(Path("codebook/fishing-rights.yml"))
    checked = runner.invoke(cli, ["codebook", "check"])
    assert checked.exit_code == 0, checked.output
    assert "28 narratives" in checked.output
    assert "no problems" in checked.output


@pytest.mark.parametrize(
    ("narrative_id", "said"),
    [
        ("west-in-decline", "exists already"),
        ("Fishing Rights", "cannot be an id"),
        ("../up", "cannot be an id"),
    ],
)
def test_new_refuses_what_cannot_be_a_new_id(deployment: Path, narrative_id: str, said: str) -> None:
    result = CliRunner().invoke(cli, ["codebook", "new", narrative_id])
    assert result.exit_code == 1
    assert said in result.output
    assert list((deployment / "codebook").iterdir()) == []


def test_check_lists_every_problem_at_once(deployment: Path) -> None:
    runner = CliRunner()
    for name in ("one", "two"):
        runner.invoke(cli, ["codebook", "new", name])
    one, two = deployment / "codebook" / "one.yml", deployment / "codebook" / "two.yml"
    one.write_text(one.read_text("utf-8").replace("anti-french", "anti-martian"), encoding="utf-8")
    two.write_text(two.read_text("utf-8").replace("{failed}", "{fail"), encoding="utf-8")
    result = runner.invoke(cli, ["codebook", "check"])
    assert result.exit_code == 1
    assert "one.yml: unknown family 'anti-martian'" in result.output
    assert "two.yml: pattern: cannot read" in result.output
    assert "Problems in the codebook: 2" in result.output


def test_list_as_json_is_data_alone(deployment: Path) -> None:
    result = CliRunner().invoke(cli, ["codebook", "list", "--json"])
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert len(rows) == 27
    assert {"id", "title", "definition", "family", "kind", "partners", "status"} <= rows[0].keys()


def test_the_codebook_becomes_rows_and_a_change_is_noted(tmp_path: Path) -> None:
    book = load_codebook()
    with working_database(tmp_path / "t.db", "create") as db:
        with transaction(db):
            sync_reference(db)
            assert sync_codebook(db, book) is True
            assert sync_codebook(db, book) is False
        assert db.table("narratives").count == 27
        links = db.execute(
            "select partner_id, stance from narrative_partners "
            "where narrative_id = 'foreign-actors-spy' order by 1"
        ).fetchall()
        assert links == [("eu", -1), ("ngo", -1), ("un", -1)]
        (row,) = db.query("select * from narratives where narrative_id = 'isolation-costs'")
        assert row["falsifiable"] == 0
        assert {one["where"] for one in json.loads(row["exclude"])} == {
            "ecowas-instrument", "west-indispensable", None
        }  # fmt: skip
        assert db.table("instrument_changes").count == 0

        fewer = {name: one for name, one in book.narratives.items() if name != "france-scapegoat"}
        changed: Codebook = replace(book, narratives=fewer)
        with transaction(db):
            assert sync_codebook(db, changed) is True
        assert db.table("narratives").count == 27, "labels may point at a narrative that left"
        (note,) = db.query("select kind, subject from instrument_changes")
        assert note == {"kind": "codebook", "subject": changed.version}
        with transaction(db):
            assert sync_codebook(db, changed) is False, "nothing changed the second time"
