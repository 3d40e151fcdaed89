"""The source catalogue: sound, symmetric, and without an invented citation."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from sqlite_utils import Database

from crawlers.catalog import BUNDLED_FOLDER, load_catalogue
from crawlers.source_hosts import source_of_host
from db.catalogue import listed_sources, sync_sources
from db.connection import transaction, working_database
from db.errors import NarrativesError
from narratives import cli

SOUND = (
    "title: Écho\nplatform: feed\nurl: https://echo.example/feed\n"
    "language: fr\nkind: private\nenabled: true\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "narratives.toml").write_text('sources = ["sources"]\nbundled_sources = false\n')
    monkeypatch.setenv("NARRATIVES_CONFIG", str(tmp_path / "narratives.toml"))
    return tmp_path / "sources"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["sources", *arguments])


def test_the_bundled_catalogue_is_sound() -> None:
    result = CliRunner().invoke(cli, ["sources", "check"])
    assert result.exit_code == 0, result.output


def test_what_waits_for_a_legal_check_is_disabled_and_everything_disabled_says_why() -> None:
    catalogue = load_catalogue((), bundled=True)
    for source_id in (
        "rt-francais",
        "lemonde-afrique",
        "lemonde-mali",
        "al-jazeera",
        "sputnik-afrique",
        "african-initiative",
    ):
        assert not catalogue[source_id].enabled
        assert "legal check" in (catalogue[source_id].disabled_reason or "")
    assert all(source.disabled_reason for source in catalogue.values() if not source.enabled)
    assert not any(source.republish or source.fictional for source in catalogue.values())
    assert all(source.asserts.min_items >= 1 for source in catalogue.values() if source.enabled)


def test_every_source_of_every_side_has_a_statement_and_uncited_ones_carry_no_address() -> None:
    catalogue = load_catalogue((), bundled=True)
    for source in catalogue.values():
        assert source.statements, source.id
        for statement in source.statements:
            assert (statement.url is None) == (statement.status == "uncited"), source.id
    sides = ("rfi-afrique", "sputnik-afrique", "lessor", "aib", "al-jazeera", "anadolu-afrique")
    for source_id in sides:
        assert {"owner", "alignment"} <= {statement.property for statement in catalogue[source_id].statements}


def test_the_yaml_of_a_source_never_names_its_id_and_ends_with_a_newline() -> None:
    for path in sorted(BUNDLED_FOLDER.glob("*.yml")):
        content = path.read_text(encoding="utf-8")
        assert content.endswith("\n") and "id" not in yaml.safe_load(content), path.name


def test_list_shows_the_catalogue_as_table_and_json(folder: Path) -> None:
    (folder / "echo.yml").write_text(SOUND)
    (folder / "delta.yml").write_text(
        SOUND.replace("Écho", "Delta").replace("true", "false\ndisabled_reason: attend")
    )
    table = run("list")
    assert table.exit_code == 0
    assert [line.split()[:2] for line in table.stdout.splitlines()[1:]] == [
        ["delta", "disabled"],
        ["echo", "enabled"],
    ]
    shown = json.loads(run("list", "--json", "--enabled").stdout)
    assert [source["id"] for source in shown] == ["echo"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (SOUND.replace("feed\n", "rss\n", 1), "platform"),
        (SOUND + "colour: blue\n", "colour"),
        (SOUND + "timezone: Mali/Bamako\n", "Africa/Bamako"),
        (SOUND.replace("true", "false"), "disabled_reason"),
        (SOUND.replace("https://echo.example/feed", "file:///etc/hostname"), "url"),
        (SOUND + "id: echo\n", "the file name is the id"),
        (SOUND + "statements: [{property: owner, value: x, stated_by: y, status: cited}]\n", "uncited"),
        (
            SOUND + "statements: [{property: owner, value: x, stated_by: y, status: disputed,"
            " url: 'https://z.example'}]\n",
            "who disputes",
        ),
        ("- a list\n", "expected a mapping"),
        ("title: [\n", "not readable as YAML"),
    ],
)
def test_check_names_file_and_fault(folder: Path, content: str, problem: str) -> None:
    (folder / "echo.yml").write_text(content)
    result = run("check")
    assert result.exit_code == 1
    assert "echo.yml" in result.stdout and problem in result.stdout


def test_check_lists_every_problem_at_once(folder: Path) -> None:
    (folder / "Bad_Name.yml").write_text(SOUND)
    (folder / "echo.yml").write_text(SOUND + "colour: blue\nshape: round\n")
    (folder / "one.yml").write_text(SOUND)
    (folder / "two.yml").write_text(SOUND)
    result = run("check")
    assert len(result.stdout.splitlines()) == 4
    assert "name 'echo' also belongs to one" in result.stdout
    with pytest.raises(NarrativesError, match=r"4 problem\(s\)"):
        load_catalogue([folder], bundled=False)


def test_an_unknown_source_is_an_error_with_the_remedy(folder: Path) -> None:
    assert "sources list" in run("check", "nobody").stderr


def test_the_most_exact_host_wins(folder: Path) -> None:
    (folder / "world.yml").write_text(SOUND.replace("Écho", "World").replace("echo.example", "news.example"))
    (folder / "fr.yml").write_text(SOUND.replace("Écho", "FR").replace("echo.example", "fr.news.example"))
    catalogue = load_catalogue([folder], bundled=False)
    found = {
        url: source.id if (source := source_of_host(catalogue, url)) else None
        for url in ("https://fr.news.example/a", "https://www.news.example/a", "https://badnews.example/a")
    }
    assert list(found.values()) == ["fr", "world", None]


def _sync(db: Database, folder: Path) -> None:
    with transaction(db):
        catalogue = load_catalogue([folder], bundled=False).values()
        sync_sources(
            db, [row.model_dump() | {"source_id": row.id} for row in catalogue], "2026-06-15T06:00:00Z"
        )


def test_syncing_twice_writes_nothing_and_a_source_that_left_is_disabled(
    folder: Path, tmp_path: Path
) -> None:
    statement = "statements: [{property: owner, value: x, stated_by: y, status: uncited}]\n"
    (folder / "echo.yml").write_text(SOUND + statement)
    (folder / "delta.yml").write_text(SOUND.replace("Écho", "Delta"))
    with working_database(tmp_path / "work.db", "create") as db:
        _sync(db, folder)
        before = db.conn.total_changes
        _sync(db, folder)
        assert db.conn.total_changes == before
        (folder / "delta.yml").unlink()
        (folder / "echo.yml").write_text(
            SOUND.replace("kind: private", "kind: state") + statement.replace("x", "z")
        )
        _sync(db, folder)
        found = {
            row["source_id"]: (row["enabled"], row["kind"], row["documents"]) for row in listed_sources(db)
        }
        assert found == {"delta": (0, "private", 0), "echo": (1, "state", 0)}
        assert [row["value"] for row in db.query("select value from source_statements")] == ["z"]
