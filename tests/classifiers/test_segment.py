"""Segmentation: sentences with their offsets, on French and English press."""

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.segment import LONGEST, passages


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in passages(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Le général est parti.", "Il reviendra."],
        ["M. Traoré a reçu Mme Diarra et le Dr. Keïta à Bamako.", "L'audience a duré une heure."],
        ["L'art. 12 et l'al. 3 restent en vigueur.", "Voir aussi p. 45 du rapport."],
        ["Selon A. B. Cissé, rien n'a changé.", "J.-P. Dembélé le confirme."],
        ["« Nous sommes libres. »", "Le ministre n'en a pas dit plus."],
        ["Est-ce la fin ?", "Personne ne le sait !", "On verra… Ou pas."],
        ["Le prix a monté de 3.5 % en 2023.", "C'est peu."],
        ["Mr. Smith met Gen. Konaté at 10 a.m. on Monday.", "They talked."],
        ["L'UE, la CEDEAO, etc. ont réagi.", "Le 12 janv. 2022, tout a changé."],
        ["Le décret n° 2021-0361 est signé.", "Son art. 2 est bref."],
        ["Voir www.Exemple.example pour la suite.", "Ou écrire à m.Keita@Journal.example demain."],
    ],
)
def test_sentences_are_found(expected: list[str]) -> None:
    found = sentences(" ".join(expected))
    if "On verra… Ou pas." in expected:
        expected = [*expected[:-1], "On verra…", "Ou pas."]
    assert found == expected


def test_a_missing_space_does_not_glue_sentences() -> None:
    assert sentences("Il aime son pays.Le reste suit.") == ["Il aime son pays.", "Le reste suit."]


def test_a_line_break_ends_a_passage_and_bullets_stand_alone() -> None:
    text = "Trois principes :\n- la souveraineté ;\n- le libre choix ;\n\n***\n\n- l'intérêt du peuple."
    assert sentences(text) == [
        "Trois principes :", "- la souveraineté ;", "- le libre choix ;", "- l'intérêt du peuple.",
    ]  # fmt: skip


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    text = 'Il a dit : "Nous resterons." Puis il est parti.'
    assert sentences(text) == ['Il a dit : "Nous resterons."', "Puis il est parti."]


def test_decomposed_accents_do_not_look_like_abbreviations() -> None:
    text = "Sur les zones contigue\u0308s. Il s'agit d'autre chose."
    assert len(sentences(text)) == 2


def test_an_endless_sentence_is_cut() -> None:
    found = passages("et la guerre continue, " * 500)
    assert len(found) > 5
    assert all(end - start <= LONGEST for start, end in found)


@given(st.text(alphabet=st.sampled_from('aB. !?\n«»"…é1-'), max_size=200))
def test_passages_are_ordered_trimmed_and_lose_no_letter(text: str) -> None:
    found = passages(text)
    last = 0
    for start, end in found:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end
    kept = "".join(text[start:end] for start, end in found)
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]


@given(st.text())
def test_any_text_can_be_segmented(text: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end in passages(text))


def test_sentences_of_real_texts_are_met() -> None:
    folder = os.environ.get("NARRATIVES_REAL_TEXTS")
    if not folder:
        pytest.skip("NARRATIVES_REAL_TEXTS is unset: the real texts are not here")
    met = total = 0
    for line in (Path(folder) / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)
        gold = {tuple(span) for span in text["sentences"]}
        total += len(gold)
        met += len(gold & set(passages(text["text"])))
    sys.stdout.write(f"gold sentences met exactly: {met} of {total} ({met / total:.3f})" + "\n")
    assert met / total >= 0.95
