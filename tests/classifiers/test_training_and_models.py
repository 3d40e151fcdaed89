"""Training and model files: the same inputs give the same model, and only a model file is loaded."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from skops import io

from classifiers.codebook import Codebook, load_codebook
from classifiers.document import read_document
from classifiers.model_files import current_path, ensure_model, load
from classifiers.quality import baseline_of, quality
from classifiers.training import train
from classifiers.training_data import load_training, training_sha256
from db.errors import NarrativesError
from tests.classifiers.small_model import (
    measured_small_model,
    models_folder,
    small_model,
    small_texts,
)

TEXT = (
    "La France nous a humiliés pendant soixante ans. Elle pille notre or et nous impose le franc CFA. "
    "Selon un élu, Moscou livre ses hélicoptères sans condition. Il a plu à Gao."
)


def test_training_twice_gives_the_same_model() -> None:
    first, second = small_model(), train(load_codebook(), small_texts())
    assert second.card.model_id == first.card.model_id
    document, _ = read_document(TEXT)
    ours, theirs = first.model.assess([document])[0], second.model.assess([document])[0]
    assert np.array_equal(ours.scores, theirs.scores)
    assert ours.voices == theirs.voices
    assert second.evaluation == first.evaluation


def test_a_model_read_back_says_the_same(tmp_path: Path) -> None:
    folder = models_folder(tmp_path)
    path = current_path(folder)
    assert path is not None and path.name == f"{small_model().card.model_id}.skops"
    back = load(path, load_codebook())
    document, _ = read_document(TEXT, title="L'or du Mali")
    assert np.array_equal(
        back.model.assess([document])[0].scores, small_model().model.assess([document])[0].scores
    )
    assert back.card == small_model().card
    assert back.evaluation.figure("sentence").n == small_model().evaluation.figure("sentence").n


def test_a_model_file_needs_no_trusted_type(tmp_path: Path) -> None:
    path = current_path(models_folder(tmp_path))
    assert path is not None
    assert io.get_untrusted_types(file=path) == []


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("evil-ran"),))  # type: ignore[return-value]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", pickle.dumps(_Evil())])
def test_a_foreign_file_is_refused_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m.skops"
    path.write_bytes(content)
    with pytest.raises(NarrativesError, match="narratives train"):
        load(path, load_codebook())
    assert not Path("evil-ran").exists()


def test_a_skops_file_of_other_types_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    path.write_bytes(io.dumps({"about": json.dumps({"format": 1}), "words": Codebook}))
    with pytest.raises(NarrativesError, match="cannot be used as a model"):
        load(path, load_codebook())


def test_a_model_for_another_codebook_is_not_used(tmp_path: Path) -> None:
    path = current_path(models_folder(tmp_path))
    assert path is not None
    book = load_codebook()
    narratives = dict(book.narratives)
    first = next(iter(narratives))
    other = narratives[first].model_copy(update={"falsifiable": not narratives[first].falsifiable})
    with pytest.raises(NarrativesError, match="was trained with codebook"):
        load(path, Codebook({**narratives, first: other}, book.vocabulary))


def test_a_fitting_model_is_used_without_a_word(tmp_path: Path) -> None:
    said: list[str] = []
    found = ensure_model(models_folder(tmp_path), load_codebook(), said.append)
    assert found.card == small_model().card
    assert said == []


def test_the_bundled_texts_can_be_read_and_fit_the_codebook() -> None:
    texts = load_training()
    known = set(load_codebook().narratives)
    assert {code.narrative for text in texts for one in text.sentences for code in one.codes} <= known
    assert training_sha256(texts) == training_sha256(load_training())
    assert training_sha256(texts) != training_sha256(texts[1:])


@pytest.mark.parametrize(
    "line", ["{}", "not json", '{"id": "x", "text": "t", "language": "fr", "codes": [{"narrative": "n"}]}']
)
def test_a_bad_training_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "passages.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(NarrativesError, match=r"passages\.jsonl:2"):
        load_training(tmp_path)


def test_every_passages_file_is_read_and_changes_the_digest(tmp_path: Path) -> None:
    def passage(text_id: str) -> str:
        codes = [{"narrative": "neocolonial-france", "voice": "own"}]
        line = {"id": text_id, "text": "Une phrase.", "language": "fr", "codes": codes, "register": "news"}
        return f"{json.dumps(line)}\n"

    (tmp_path / "passages.jsonl").write_text(passage("one"), encoding="utf-8")
    before = training_sha256(load_training(tmp_path))
    (tmp_path / "passages-02.jsonl").write_text(passage("two"), encoding="utf-8")
    texts = load_training(tmp_path)
    assert [text.text_id for text in texts] == ["two", "one"]
    assert training_sha256(texts) != before
    (tmp_path / "passages-03.jsonl").write_text(passage("one"), encoding="utf-8")
    with pytest.raises(NarrativesError, match="the training text id one occurs twice"):
        load_training(tmp_path)


def test_an_unknown_narrative_stops_training() -> None:
    book = load_codebook()
    fewer = dict(list(book.narratives.items())[1:])
    with pytest.raises(NarrativesError, match="which the codebook does not have"):
        train(Codebook(fewer, book.vocabulary), small_texts())


def test_train_writes_a_model_and_makes_it_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from classifiers import model_files
    from narratives import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(model_files, "load_training", small_texts)
    monkeypatch.setattr(model_files, "read_baseline", lambda: baseline_of(quality(measured_small_model())))
    # So few texts lie under the floor that is pinned for the bundled ones.
    result = CliRunner().invoke(cli, ["train", "--force"])
    assert result.exit_code == 0, result.output
    name = small_model().card.model_id
    assert (tmp_path / "models" / "current").read_text(encoding="utf-8").strip() == name
    assert result.stdout.strip() == str(tmp_path / "models" / f"{name}.skops")
    assert "cross-validation: sentence F1" in result.stderr
