"""``narratives classify``: incremental, resumable, and a new model switched in at once."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from classifiers import model_files, run
from classifiers.codebook import load_codebook
from classifiers.training import TrainedModel
from db.connection import transaction, working_database
from db.labels import count_unscored, current_model
from db.model_notes import noted
from db.store import NewDocument, store_document
from narratives import cli
from tests.classifiers.small_model import small_model

TEXTS = (
    "Au Mali, soixante ans après, la France garde la main sur notre monnaie. "
    "Ce paternalisme humilie les Maliens.",
    "Selon un élu, Moscou livre ses hélicoptères sans condition. Le convoi est parti à midi.",
    "Jamana ɲɛmɔgɔw ye lajɛ kɛ bi Bamakɔ. O ye baara ba ye.",
    "Il a plu à Gao pendant deux jours. Le fleuve monte.",
    "",
)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> list[TrainedModel]:
    """The model that `classify` finds; a test may put another one in its place."""
    current = [small_model()]
    monkeypatch.setattr(run, "ensure_model", lambda folder, book, say: current[0])
    return current


@pytest.fixture
def database(tmp_path: Path, model: list[TrainedModel]) -> Path:
    path = tmp_path / "mali.db"
    with working_database(path, "create") as db:
        add(db, *TEXTS)
    return path


def add(db: Database, *texts: str) -> None:
    with transaction(db):
        db.table("sources").insert(
            {
                "source_id": "paper",
                "title": "Paper",
                "platform": "feed",
                "first_listed_at": "2024-01-01T00:00:00Z",
            },
            ignore=True,
        )
        known = db.execute("select count(*) from documents").fetchone()[0]
        for number, text in enumerate(texts, start=known):
            store_document(
                db,
                NewDocument(
                    identity=f"https://paper.example/{number}",
                    source_id="paper",
                    text=text,
                    kind="article",
                    first_seen_at="2024-05-01T00:00:00Z",
                ),
            )


def classify(path: Path) -> None:
    result = CliRunner().invoke(cli, ["classify", str(path)])
    assert result.exit_code == 0, result.output


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    tables = ("passages", "predictions", "mentions", "scorings", "models", "evaluations", "copies")
    with working_database(path, "read") as db:
        return {
            table: sorted(map(tuple, db.execute(f"select * from {table}").fetchall()), key=repr)
            for table in tables
        }


def test_everything_is_segmented_labelled_and_counted(database: Path) -> None:
    classify(database)
    with working_database(database, "read") as db:
        for row in db.query('select text, start, "end" from passages join documents using (document_id)'):
            passage = row["text"][row["start"] : row["end"]]
            assert passage == passage.strip() != ""
        found = {
            (row["document_id"], row["narrative_id"], row["band"])
            for row in db.query("select * from predictions")
        }
        assert (1, "neocolonial-france", "flagged") in found
        assert not {document_id for document_id, _, _ in found} & {3, 5}
        languages = dict(db.execute("select document_id, language from documents").fetchall())
        assert languages == {1: "fr", 2: "fr", 3: "bm", 4: "fr", 5: None}
        mentions = db.execute("select partner_id from mentions where document_id = 2").fetchall()
        assert ("russia",) in mentions
        row = current_model(db)
        assert row is not None and row["model_id"] == small_model().card.model_id
        assert json.loads(row["card"])["made_by"] == small_model().card.made_by
        assert db.execute("select count(*) from evaluations").fetchone()[0] > 10
        assert db.execute("select count(*) from instrument_changes where kind = 'model'").fetchone()[0] == 0


def test_a_second_call_writes_nothing(database: Path) -> None:
    classify(database)
    before = rows(database)
    classify(database)
    assert rows(database) == before


def test_new_documents_are_added_to_what_is_there(database: Path) -> None:
    classify(database)
    with working_database(database, "write") as db:
        add(db, "La CEDEAO est un instrument de Paris. Ses sanctions sont inhumaines.")
    classify(database)
    with working_database(database, "read") as db:
        assert count_unscored(db, small_model().card.model_id) == 0
        assert db.execute("select count(*) from passages where document_id = 6").fetchone()[0] == 2


def test_a_call_stopped_anywhere_ends_with_the_same_rows(
    database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    with working_database(other, "create") as db:
        add(db, *TEXTS)
    classify(other)
    monkeypatch.setattr(run, "BATCH", 1)
    real, calls = run.score_documents, [0]

    def stopping(*arguments: Any) -> Any:
        calls[0] += 1
        if calls[0] % 2 == 0:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(run, "score_documents", stopping)
    for _ in range(4):
        result = CliRunner().invoke(cli, ["classify", str(database)])
        assert result.exit_code != 0
        with working_database(database, "read") as db:
            assert current_model(db) is None
    monkeypatch.setattr(run, "score_documents", real)
    classify(database)
    assert rows(database) == rows(other)


def test_a_new_model_becomes_current_only_when_it_has_read_everything(
    database: Path, monkeypatch: pytest.MonkeyPatch, model: list[TrainedModel]
) -> None:
    classify(database)
    old = small_model()
    model[0] = replace(old, card=replace(old.card, model_id="m0123456789ab"))
    monkeypatch.setattr(run, "BATCH", 2)
    real, calls = run.score_documents, [0]

    def stopping(*arguments: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(run, "score_documents", stopping)
    assert CliRunner().invoke(cli, ["classify", str(database)]).exit_code != 0
    with working_database(database, "read") as db:
        row = current_model(db)
        assert row is not None and row["model_id"] == old.card.model_id
    classify(database)
    with working_database(database, "read") as db:
        row = current_model(db)
        assert row is not None and row["model_id"] == "m0123456789ab"
        (change,) = db.query("select * from instrument_changes where kind = 'model'")
        assert change["subject"] == "m0123456789ab"
        assert json.loads(change["detail"])["from"] == old.card.model_id
        kept = db.execute("select count(distinct model_id) from predictions").fetchone()[0]
        assert kept == 2


def test_offsets_that_labels_point_at_are_never_drawn_anew(database: Path, model: list[TrainedModel]) -> None:
    classify(database)
    before = rows(database)["passages"]
    card = replace(small_model().card, model_id="m0123456789ab")
    model[0] = replace(small_model(), card=card)
    classify(database)
    assert rows(database)["passages"] == before


def test_the_codebook_stands_in_the_database(database: Path) -> None:
    classify(database)
    with working_database(database, "read") as db:
        known = {row["narrative_id"] for row in db.query("select narrative_id from narratives")}
    assert known == set(load_codebook().narratives)


def test_what_was_measured_is_kept_beside_the_model(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept() -> set[str]:
        with working_database(database, "read") as db:
            return noted(db, small_model().card.model_id)

    classify(database)
    assert kept() == {"second_pass"}, "the small model was never asked the challenge set"
    monkeypatch.setattr(model_files, "ensure_model", lambda *_: small_model())
    asked = ["evaluate", "--challenge", "--note", str(database)]
    result = CliRunner().invoke(cli, asked)
    assert result.exit_code == 0, result.output
    assert kept() == {"second_pass", "challenge"}
