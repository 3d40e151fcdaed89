"""``narratives predict`` and ``evaluate``: the contract of their input and output."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from classifiers import model_files
from classifiers.codebook import load_codebook
from narratives import cli
from tests.classifiers.small_model import models_folder, small_model

ARGUED = (
    "Soixante ans après, la France garde la main sur notre monnaie et nos mines. "
    "Ce paternalisme de l'ancienne puissance coloniale humilie les Maliens. "
    "La réunion a commencé à neuf heures."
)


@pytest.fixture(autouse=True)
def model_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(model_files, "ensure_model", lambda folder, book, say: small_model())


def run(*texts: dict[str, Any], arguments: tuple[str, ...] = ("predict",)) -> Result:
    lines = "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts)
    return CliRunner().invoke(cli, list(arguments), input=lines.encode("utf-8"))


def predict(*texts: dict[str, Any]) -> list[dict[str, Any]]:
    result = run(*texts)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_current_model_of_the_deployment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory = predict({"id": "a", "text": ARGUED})
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    models_folder(tmp_path)
    result = run({"id": "a", "text": ARGUED})
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == in_memory[0]
    assert "raining" not in result.stderr


def test_every_text_and_every_passage_comes_back_in_order() -> None:
    outputs = predict(
        {"id": "a", "text": ARGUED}, {"id": 2, "text": "", "title": "Vide"}, {"id": "c", "text": "Il pleut."}
    )
    assert [output["id"] for output in outputs] == ["a", 2, "c"]
    assert [len(output["passages"]) for output in outputs] == [3, 0, 1]
    assert outputs[0]["language"] == "fr"
    assert [ARGUED[one["start"] : one["end"]] for one in outputs[0]["passages"]] == [
        sentence if sentence.endswith(".") else sentence + "." for sentence in ARGUED.split(". ")
    ]


def test_labels_have_the_shape_of_the_contract_and_find_the_unmistakable() -> None:
    (output,) = predict({"id": "a", "text": ARGUED})
    known = set(load_codebook().narratives)
    labels = [label for passage in output["passages"] for label in passage["narratives"]]
    for label in labels:
        assert set(label) == {"id", "score", "flagged", "voice"}
        assert label["id"] in known
        assert 0 <= label["score"] <= 1
        assert isinstance(label["flagged"], bool)
        assert label["voice"] in {"own", "attributed", "rejected"}
    assert any(label["id"] == "neocolonial-france" and label["flagged"] for label in labels)
    assert output["passages"][2]["narratives"] == []


def test_offsets_count_code_points_of_the_text_as_it_came() -> None:
    text = "🇲🇱 L\u200ba France nous pille. \u00a0 Le fleuve monte."
    (output,) = predict({"id": "a", "text": text})
    assert [text[one["start"] : one["end"]] for one in output["passages"]] == [
        "🇲🇱 L\u200ba France nous pille.",
        "Le fleuve monte.",
    ]


def test_bambara_is_left_to_people() -> None:
    text = "Faransi ye an ka jamana nafolo ta, o tɛ hɔrɔnya ye. Jamana ɲɛmɔgɔw ko o bɛ ban."
    (output,) = predict({"id": "a", "text": text})
    assert output["language"] == "bm"
    assert all(passage["narratives"] == [] for passage in output["passages"])


def test_a_given_language_is_kept() -> None:
    assert predict({"id": "a", "text": "Ok.", "language": "en"})[0]["language"] == "en"


def test_a_text_is_labelled_alike_in_any_company() -> None:
    alone = predict({"id": "a", "text": ARGUED})[0]
    others = [{"id": str(number), "text": "Le maire a reçu la presse."} for number in range(70)]
    assert predict(*others, {"id": "a", "text": ARGUED})[-1] == alone


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 5}'])
def test_a_bad_line_is_named_and_nothing_is_guessed(line: str) -> None:
    result = CliRunner().invoke(cli, ["predict"], input='{"id": 1, "text": "Il pleut."}\n' + line)
    assert result.exit_code == 1
    assert "Line 2 of the input" in result.stderr


def test_evaluate_without_gold_says_that_it_is_cross_validation() -> None:
    result = run(arguments=("evaluate",))
    assert result.exit_code == 0, result.output
    assert "split cross-validation" in result.stdout
    assert "not reviewed by a person" in result.stdout


def test_evaluate_on_gold_gives_figures_as_json(tmp_path: Path) -> None:
    sentence = "Au Mali, soixante ans après, la France garde la main sur notre monnaie et les mines du Mali."
    text = {
        "id": "g1",
        "text": sentence,
        "language": "fr",
        "sentences": [[0, len(sentence)]],
        "codes": [
            {"start": 0, "end": len(sentence), "narrative": "neocolonial-france", "voice": "own", "coders": 2}
        ],
    }
    lines = "".join(json.dumps({**text, "id": f"g{number}"}) + "\n" for number in range(12))
    (tmp_path / "gold.jsonl").write_text(lines, encoding="utf-8")
    result = run(arguments=("evaluate", "--gold", "gold.jsonl", "--json"))
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    (figure,) = [
        one
        for one in report["figures"]
        if (one["level"], one["narrative_id"], one["language"], one["voice"])
        == ("sentence", "neocolonial-france", "fr", "any")
    ]
    assert (figure["n"], figure["recall"]) == (12, 1.0)
    assert report["split"] == "gold:gold.jsonl"
