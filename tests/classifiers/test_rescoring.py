"""A new model in place of an old one: resumed after a kill, compared flag by flag, switched at once."""

import json
import random
import signal
import subprocess
import sys
import time
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from classifiers import run
from classifiers.comparison import table
from classifiers.model_files import write
from classifiers.training import TrainedModel
from db.connection import transaction, working_database
from db.integrity import integrity_faults
from db.labels import count_unscored, current_model
from db.model_comparison import Overlap, compare_models
from db.store import NewDocument, store_document
from narratives import cli
from tests.classifiers.small_model import small_model

ROOT = Path(__file__).parents[2]
OLD, NEW = "m000000000001", "m000000000002"
TEXTS = (
    "La CEDEAO est un instrument de Paris contre le Mali. Ses sanctions sont inhumaines. Il fait chaud.",
    "Soixante ans après, la France pille l'or du Mali et impose le franc CFA. Ce paternalisme nous humilie.",
    "Il a plu à Gao pendant deux jours. Le fleuve monte.",
)


def shifted(name: str, by: float) -> TrainedModel:
    """Return the small model under another name, all its log odds moved."""
    trained = small_model()
    context = copy(trained.model.context)
    context.intercept_ += by
    return replace(
        trained,
        model=replace(trained.model, context=context),
        card=replace(trained.card, model_id=name),
    )


def fill(path: Path, times: int) -> None:
    with working_database(path, "create") as db, transaction(db):
        listed = {"platform": "feed", "first_listed_at": "2024-01-01T00:00:00Z"}
        db.table("sources").insert({"source_id": "paper", "title": "Paper", **listed})
        for number in range(times):
            store_document(
                db,
                NewDocument(
                    identity=f"https://paper.example/{number}",
                    source_id="paper",
                    text=TEXTS[number % len(TEXTS)],
                    kind="article",
                    first_seen_at="2024-05-01T00:00:00Z",
                ),
            )


def classify(path: Path, trained: TrainedModel, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(run, "ensure_model", lambda folder, book, say: trained)
    result = CliRunner().invoke(cli, ["classify", str(path)])
    assert result.exit_code == 0, result.output
    return result.stderr


def flagged(db: Database, model_id: str, unit: str) -> set[tuple[int, str]]:
    sql = f"select {unit}, narrative_id from predictions where model_id = ? and band = 'flagged'"
    return set(db.execute(sql, [model_id]).fetchall())


def test_what_a_new_model_changed_is_counted_kept_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mali.db"
    fill(path, 9)
    assert "The new model" not in classify(path, shifted(OLD, 6.0), monkeypatch)
    said = classify(path, shifted(NEW, 2.0), monkeypatch)
    assert "The new model against the one before, on 9 documents and 21 passages" in said
    with working_database(path, "read") as db:
        stored = {row["narrative_id"]: row for row in db.query("select * from model_comparisons")}
        for unit, name in (("passage_id", "passages"), ("document_id", "documents")):
            before, after = flagged(db, OLD, unit), flagged(db, NEW, unit)
            assert before > after, "a stricter model flags fewer, and nothing new"
            for narrative in {narrative for _, narrative in before}:
                row = stored[narrative]
                counts = [
                    sum(label == narrative for _, label in flags) for flags in (before, after, before & after)
                ]
                assert [row[f"{name}_from"], row[f"{name}_to"], row[f"{name}_kept"]] == counts
            anything = [len({one for one, _ in flags}) for flags in (before, after)]
            assert [stored["all"][f"{name}_from"], stored["all"][f"{name}_to"]] == anything
        assert {row["model_from"] for row in stored.values()} == {OLD}
        (change,) = db.query("select * from instrument_changes where kind = 'model'")
        assert json.loads(change["detail"])["to"] == NEW
        assert table(compare_models(db, OLD, NEW)) in said
    assert "The new model" not in classify(path, shifted(NEW, 2.0), monkeypatch)


def test_the_measures_of_an_overlap() -> None:
    one = Overlap(of=100, before=20, after=15, kept=10)
    assert (one.lost, one.gained) == (10, 5)
    # 85 of 100 alike, 71 by chance: (0.85 - 0.71) / (1 - 0.71).
    assert one.kappa() == pytest.approx(0.14 / 0.29)
    assert Overlap(of=100, before=0, after=0, kept=0).kappa() is None
    assert Overlap(of=0, before=0, after=0, kept=0).kappa() is None


def test_the_card_and_the_figures_by_kind_stand_in_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mali.db"
    fill(path, 1)
    classify(path, small_model(), monkeypatch)
    with working_database(path, "read") as db:
        (model,) = db.query("select card_fr, card_en from models")
        assert model["card_fr"].startswith(f"# Fiche du modèle {small_model().card.model_id}")
        assert model["card_en"].startswith(f"# Model card of {small_model().card.model_id}")
        kinds = {
            row["value"]: row for row in db.query("select * from evaluation_slices where level = 'sentence'")
        }
        whole = small_model().evaluation.figure("sentence")
        assert sum(row["n"] for row in kinds.values() if row["dimension"] == "kind") == whole.n


WORKER = """
import sys
from pathlib import Path
from classifiers import run
from classifiers.codebook import load_codebook
from classifiers.model_files import load
from db.connection import working_database
run.BATCH = 5
book = load_codebook()
trained = load(Path(sys.argv[2]), book)
run.ensure_model = lambda folder, book, say: trained
store = run.store_scorings
def saying(*arguments):
    print("storing", flush=True)
    store(*arguments)
run.store_scorings = saying
with working_database(Path(sys.argv[1]), "write") as db:
    run.classify(db, book, Path("models"), say=print)
"""


def test_a_killed_rescoring_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, times = tmp_path / "mali.db", 300
    fill(path, times)
    classify(path, shifted(OLD, 0.0), monkeypatch)
    new = shifted(NEW, 1.0)
    file = write(new, tmp_path)
    chance = random.Random(5)
    for batches in (2, 5):
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(path), str(file)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        for _ in range(batches):
            assert process.stdout.readline() == "storing\n"
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with working_database(path, "read") as db:
            left, row = count_unscored(db, NEW), current_model(db)
            assert 0 < left < times, "the kill did not fall into the rescoring"
            assert row is not None and row["model_id"] == OLD
            assert db.execute("select count(*) from model_comparisons").fetchone()[0] == 0
    classify(path, new, monkeypatch)
    with working_database(path, "read") as db:
        row = current_model(db)
        assert row is not None and row["model_id"] == NEW and count_unscored(db, NEW) == 0
        counts = "select count(*), count(distinct document_id) from scorings where model_id = ?"
        assert db.execute(counts, [NEW]).fetchone() == (times, times)
        each = "select count(*) from predictions where model_id = ? group by (document_id - 1) % 3"
        alike = times // len(TEXTS)
        assert all(count % alike == 0 for (count,) in db.execute(each, [NEW]).fetchall())
        assert db.execute("select count(*) from instrument_changes where kind = 'model'").fetchone()[0] == 1
        compared = db.execute("select documents from model_comparisons where narrative_id = 'all'")
        assert compared.fetchone() == (times,)
        assert integrity_faults(db.conn) == []
