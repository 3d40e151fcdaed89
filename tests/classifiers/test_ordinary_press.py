"""False flags on the ordinary press: which texts count, and what is said of them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from narratives import cli
from tests.classifiers.small_model import models_folder

LOUD = "C'est du néocolonialisme : la France pille les richesses du Mali, la France vole l'or du Mali."
QUIET = "Le Mali et la France ont parlé mardi du calendrier des vols entre Bamako et Paris."
TEXTS = (
    {"id": "loud", "text": LOUD, "about_mali_partnerships": False, "label_confidence": "clear"},
    {"id": "quiet", "text": QUIET, "about_mali_partnerships": False, "label_confidence": "clear"},
    {"id": "unsure", "text": LOUD, "about_mali_partnerships": False, "label_confidence": "borderline"},
    {"id": "on-topic", "text": LOUD, "about_mali_partnerships": True, "label_confidence": "clear"},
)
GOLD = {
    "id": "loud",
    "text": LOUD,
    "sentences": [[0, len(LOUD)]],
    "codes": [{"start": 0, "end": len(LOUD), "narrative": "neocolonial-france", "voice": "own", "coders": 2}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ordinary")
    models = models_folder(folder)
    (folder / "narratives.toml").write_text(f'models = "{models}"\n', "utf-8")
    (folder / "texts.jsonl").write_text("".join(json.dumps(text) + "\n" for text in TEXTS), "utf-8")
    (folder / "gold.jsonl").write_text(json.dumps(GOLD) + "\n", "utf-8")
    return folder


def evaluate(folder: Path, *options: str) -> Result:
    config = str(folder / "narratives.toml")
    return CliRunner().invoke(cli, ["--config", config, "evaluate", "--ordinary", *options])


def test_only_clear_texts_without_the_topic_count(folder: Path) -> None:
    done = evaluate(folder, str(folder / "texts.jsonl"))
    assert done.exit_code == 0, done.output
    assert "texts of texts.jsonl without a narrative: 2\n" in done.stdout
    assert "neocolonial-france" in done.stdout
    assert "50.0 %" in done.stdout


def test_a_text_coded_in_gold_is_not_ordinary(folder: Path) -> None:
    done = evaluate(folder, str(folder / "texts.jsonl"), "--gold", str(folder / "gold.jsonl"))
    assert done.exit_code == 0, done.output
    ordinary = done.stdout[done.stdout.index("ordinary press") :]
    assert "without a narrative: 1 (coded in gold and left out: 1)\n" in ordinary
    assert "any narrative                          0 flagged" in ordinary


def test_a_file_of_coded_texts_only_is_refused(folder: Path) -> None:
    (folder / "loud.jsonl").write_text(json.dumps(TEXTS[0]) + "\n", "utf-8")
    done = evaluate(folder, str(folder / "loud.jsonl"), "--gold", str(folder / "gold.jsonl"))
    assert done.exit_code == 1
    assert "holds no ordinary texts" in done.output
