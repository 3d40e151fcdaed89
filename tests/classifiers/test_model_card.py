"""The model card: in both languages, with its figures, what it does badly and what it is not for."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import model_files
from classifiers.codebook import load_codebook
from classifiers.model_card import model_card
from narratives import cli
from tests.classifiers.small_model import measured_small_model, small_model


@pytest.mark.parametrize(
    ("language", "needed"),
    [
        (
            "fr",
            ("Ce qu’il fait mal", "verdict ni sur la vérité", "des personnes", "Apache-2.0", "bambara"),
        ),
        ("en", ("What it does badly", "verdict neither on truth", "persons", "Apache-2.0", "Bambara")),
    ],
)
def test_the_card_says_what_the_model_is_not_for(language: str, needed: tuple[str, ...]) -> None:
    card = model_card(measured_small_model(), load_codebook(), language)  # type: ignore[arg-type]
    for words in needed:
        assert words in card
    assert "{" not in card and "None" not in card


def test_the_card_quotes_the_figures_of_its_model() -> None:
    trained = measured_small_model()
    whole = trained.evaluation.figure("sentence")
    french = model_card(trained, load_codebook(), "fr")
    english = model_card(trained, load_codebook(), "en")
    assert f"| sentence, all | {whole.n} | {whole.precision:.2f} [" in english
    assert f"| phrase, ensemble | {whole.n} | {whole.precision:.2f} [".replace(".", ",") in french
    assert trained.card.training_sha256 in english
    assert trained.challenge is not None
    for one in trained.challenge.cues:
        assert f"| {one.n} | {one.accuracy:.2f}" in english
    for name, narrative in load_codebook().narratives.items():
        measured = [
            figure
            for figure in trained.evaluation.figures
            if (figure.level, figure.narrative_id, figure.language, figure.voice)
            == ("sentence", name, "all", "any")
        ]
        row = f"\n| {narrative.title.en} | "
        assert (row in english) == any(figure.n >= 10 for figure in measured)


def test_a_model_that_was_not_asked_the_challenge_set_says_so() -> None:
    assert "challenge set was not measured" in model_card(small_model(), load_codebook(), "en")


def test_the_command_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(model_files, "ensure_model", lambda folder, book, say: small_model())
    result = CliRunner().invoke(cli, ["evaluate", "--card", "fr"])
    assert result.exit_code == 0, result.output
    assert result.stdout == model_card(small_model(), load_codebook(), "fr")
