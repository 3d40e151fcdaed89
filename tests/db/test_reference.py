"""Reference data: the YAML is sound, and the tables follow it."""

import os
from pathlib import Path

import pytest
from sqlite_utils import Database

from db import clock
from db.connection import transaction
from db.deployment import load_deployment
from db.errors import NarrativesError
from db.reference import events, families, partners, sync_reference


def test_the_reference_files_are_valid_and_in_both_languages() -> None:
    for catalogue in (partners(), families(), events()):
        assert catalogue
        for name, entry in catalogue.items():
            assert entry.fr.strip() and entry.en.strip(), name


def test_a_cited_event_has_a_page_and_no_other_has_one() -> None:
    for name, event in events().items():
        assert (event.certainty == "cited") == (event.url is not None), name


def test_the_tables_follow_the_files(db: Database) -> None:
    with transaction(db):
        sync_reference(db)
    before = {
        name: db.execute(f"select * from {name} order by 1, 2").fetchall() for name in ("events", "partners")
    }
    assert [row[0] for row in db.execute("select partner_id from partners order by position")] == list(
        partners()
    )
    first = next(iter(events()))
    with transaction(db):
        db.execute("update events set title_fr = 'ancien' where event_id = ?", [first])
        db.execute(
            "insert into events values ('old', '2020-01-01', 'day', 'x', 'x', 'x', 'unverified', null, null)"
        )
        db.execute("insert into event_partners select 'old', partner_id from partners limit 1")
        sync_reference(db)
    assert {
        name: db.execute(f"select * from {name} order by 1, 2").fetchall() for name in ("events", "partners")
    } == before
    assert db.execute("select count(*) from event_partners where event_id = 'old'").fetchone() == (0,)


def test_a_month_is_the_first_of_it_and_says_so(db: Database) -> None:
    with transaction(db):
        sync_reference(db)
    for starts_on, precision in db.execute("select starts_on, precision from events"):
        assert len(starts_on) == 10
        assert precision == "day" or starts_on.endswith("-01")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-06-01", "2024-06-01T00:00:00Z"),
        ("2024-06-01T10:00:00+02:00", "2024-06-01T08:00:00Z"),
        ("2024-06-01T10:00:00", "2024-06-01T10:00:00Z"),
    ],
)
def test_the_clock_can_be_held(text: str, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.CLOCK_VARIABLE, text)
    assert clock.timestamp() == moment
    assert clock.timestamp(clock.parse_timestamp(moment)) == moment


def test_settings_stand_beside_the_database_and_their_paths_count_from_there(tmp_path: Path) -> None:
    (tmp_path / "narratives.toml").write_text('contact = "https://project.example"\nsources = ["mine"]\n')
    settings = load_deployment(tmp_path / "a.db")
    assert settings.contact == "https://project.example"
    assert settings.sources == (tmp_path / "mine",)
    assert settings.evidence == tmp_path / "evidence"
    other = tmp_path / "other.toml"
    other.write_text("")
    assert load_deployment(tmp_path / "a.db", other).contact is None


def test_a_setting_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "narratives.toml").write_text('contct = "x"')
    with pytest.raises(NarrativesError, match="contct"):
        load_deployment(tmp_path / "a.db")
    with pytest.raises(NarrativesError, match="not found"):
        load_deployment(tmp_path / "a.db", tmp_path / "no.toml")
    assert os.environ.get("NARRATIVES_CONFIG") is None
