"""The pinned floor, and the gate that keeps a model with worse quality out of use (hazards M-05, G12)."""

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import model_files, quality
from classifiers.codebook import load_codebook
from classifiers.quality import Baseline, baseline_of, changed_inputs, falls, read_baseline
from classifiers.training import RECIPE, train
from classifiers.training_data import TrainingText, load_training, training_sha256
from db.errors import NarrativesError
from narratives import cli
from tests.classifiers.small_model import measured_small_model, small_model, small_texts

TARGET = "neocolonial-france"


def flipped(texts: Sequence[TrainingText], narrative: str, share: float) -> list[TrainingText]:
    """Take a narrative away from a share of all sentences, or from all that bear it if these are fewer."""
    bearing = [
        (number, row)
        for number, text in enumerate(texts)
        for row, sentence in enumerate(text.sentences)
        if any(code.narrative == narrative for code in sentence.codes)
    ]
    random.Random(7).shuffle(bearing)
    changed = list(texts)
    for number, row in bearing[: round(share * sum(len(text.sentences) for text in texts))]:
        text = changed[number]
        sentences = list(text.sentences)
        kept = tuple(code for code in sentences[row].codes if code.narrative != narrative)
        sentences[row] = sentences[row].model_copy(update={"codes": kept})
        changed[number] = replace(text, sentences=tuple(sentences))
    return changed


def blocked(texts: Sequence[TrainingText], floor: Baseline, share: float) -> list[str]:
    return falls(quality.quality(train(load_codebook(), flipped(texts, TARGET, share))), floor)


def test_two_percent_of_targeted_flips_are_blocked_and_clean_labels_are_not() -> None:
    floor = baseline_of(quality.quality(measured_small_model()))
    assert falls(quality.quality(measured_small_model()), floor) == []
    under = blocked(small_texts(), floor, 0.02)
    assert any(TARGET in line for line in under)


@pytest.mark.soak
def test_targeted_flips_of_all_bundled_labels() -> None:
    texts = load_training()
    clean = quality.quality(train(load_codebook(), texts))
    floor = baseline_of(clean)
    lines = []
    for share in (0.01, 0.02, 0.05, 0.10):
        under = [line for line in blocked(texts, floor, share) if TARGET in line]
        lines.append(f"{100 * share:.0f} % flips of {TARGET}: " + ("; ".join(under) or "not blocked"))
        assert under or share < 0.02
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


def test_the_floor_stands_on_the_bundled_data_codebook_and_recipe() -> None:
    floor = read_baseline()
    remedy = "measure anew: narratives train --force; narratives evaluate --pin > classifiers/baseline.json"
    assert floor.training_sha256 == training_sha256(load_training()), remedy
    assert floor.codebook_version == load_codebook().version, remedy
    assert floor.recipe == RECIPE, remedy
    assert floor.challenge_sha256 == quality.quality(measured_small_model()).challenge_sha256, remedy
    assert {"sentence F1", "document F1", "family F1", "voice", "challenge, asserted"} <= floor.floors.keys()
    assert all(one.floor < one.measured or one.measured == 0 for one in floor.floors.values())


@pytest.mark.soak
def test_the_bundled_model_keeps_the_pinned_floor() -> None:
    assert falls(quality.quality(train(load_codebook(), load_training())), read_baseline()) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment whose bundled texts are the small ones, with a floor pinned on them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(model_files, "load_training", small_texts)
    path = tmp_path / "baseline.json"
    path.write_text(
        json.dumps(asdict(baseline_of(quality.quality(measured_small_model())))), encoding="utf-8"
    )
    monkeypatch.setattr(model_files, "read_baseline", lambda: read_baseline(path))
    monkeypatch.setattr(quality, "read_baseline", lambda: read_baseline(path))
    return tmp_path


def raise_floor(folder: Path) -> None:
    path = folder / "baseline.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["floors"]["sentence F1"]["floor"] = 0.99
    path.write_text(json.dumps(content), encoding="utf-8")


def test_train_refuses_what_is_under_the_floor_and_force_is_loud(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "train", lambda book, texts: measured_small_model())
    good = CliRunner().invoke(cli, ["train"])
    assert good.exit_code == 0, good.output
    current = folder / "models" / "current"
    current.write_text("m-before\n", encoding="utf-8")
    raise_floor(folder)
    refused = CliRunner().invoke(cli, ["train"])
    assert refused.exit_code == 1
    assert "sentence F1: " in refused.stderr and "floor 0.990" in refused.stderr
    assert "--force" in refused.stderr
    assert current.read_text(encoding="utf-8") == "m-before\n"
    forced = CliRunner().invoke(cli, ["train", "--force"])
    assert forced.exit_code == 0, forced.output
    assert "WARNING" in forced.stderr
    assert current.read_text(encoding="utf-8").strip() == small_model().card.model_id


def test_check_fails_when_quality_drops(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "ensure_model", lambda folder, book, say: measured_small_model())
    good = CliRunner().invoke(cli, ["evaluate", "--check"])
    assert good.exit_code == 0, good.output
    assert "at or above the pinned floor" in good.stderr
    raise_floor(folder)
    bad = CliRunner().invoke(cli, ["evaluate", "--check"])
    assert bad.exit_code == 1
    assert "Quality is under the pinned floor" in bad.stderr


def test_pin_prints_a_floor_that_the_model_keeps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "ensure_model", lambda folder, book, say: measured_small_model())
    result = CliRunner().invoke(cli, ["evaluate", "--pin"])
    assert result.exit_code == 0, result.output
    (folder / "new.json").write_text(result.stdout, encoding="utf-8")
    floor = read_baseline(folder / "new.json")
    assert falls(quality.quality(measured_small_model()), floor) == []
    assert changed_inputs(quality.quality(measured_small_model()), floor) == []


def test_labels_that_disappear_are_noticed_whatever_the_rates_say() -> None:
    clean = quality.quality(measured_small_model())
    floor = baseline_of(clean)
    name = f"ranking of {TARGET}"
    value, n = clean.figures[name]
    fewer = replace(clean, figures={**clean.figures, name: (value, int(0.85 * n))})
    assert any("are left to learn from" in line for line in falls(fewer, floor))
    gone = replace(clean, figures={key: one for key, one in clean.figures.items() if key != name})
    assert any("no longer measured" in line for line in falls(gone, floor))


def test_a_floor_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NarrativesError, match=r"evaluate --pin"):
        read_baseline(tmp_path / "baseline.json")
