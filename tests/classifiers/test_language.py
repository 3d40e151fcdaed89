"""Language identification: French, English, Bambara, other, and None for too little."""

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.language import identify
from classifiers.segment import passages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le gouvernement a reçu la délégation hier à Bamako.", "fr"),
        ("The government received the delegation yesterday in Bamako.", "en"),
        ("Jamana ɲɛmɔgɔw ye lajɛ kɛ bi Bamakɔ.", "bm"),
        ("Jamana nyemogow ye laje ke bi Bamako.", "bm"),
        ("Die Bundesregierung hat gestern über den Einsatz beraten.", "other"),
        ("Les FAMa ont neutralisé plusieurs terroristes", "fr"),
        ("مالي دولة ذات سيادة كاملة", "other"),
        ("Россия и Мали подписали договор", "other"),
        ("ߒߞߏ ߞߊ߲ ߓߍ߫ ߞߊ߲ ߠߎ߬ ߕߍ߫", "other"),
        ("Njaatigi on wiyi ko ɓe ngaraay hannde", "other"),
        ("MINUSMA", None),
        ("12/03/2022", None),
        ("", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert identify(text) == language


def test_invisible_characters_do_not_hide_a_language() -> None:
    assert identify("\u200b".join("Le gouvernement a reçu la délégation")) == "fr"


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert identify(text) in {"fr", "en", "bm", "other", None}


def five_words(lines: list[str]) -> list[str]:
    return [" ".join(line.split()[:5]) for line in lines if len(line.split()) >= 5]


@pytest.mark.parametrize("language", ["bm", "fr", "en"])
def test_five_words_are_enough_on_real_texts(language: str) -> None:
    given_folder = os.environ.get("NARRATIVES_REAL_TEXTS")
    if not given_folder:
        pytest.skip("NARRATIVES_REAL_TEXTS is unset: the real texts are not here")
    folder = Path(given_folder)
    if language == "en":
        documents = map(json.loads, (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines())
        lines = [
            one["text"][start:end]
            for one in documents
            if one["language"] == "en"
            for start, end in passages(one["text"])
        ]
    else:
        name = {"bm": "dev.bam", "fr": "dev.fr"}[language]
        lines = (folder / "language" / name).read_text(encoding="utf-8").splitlines()
    found = [identify(line) for line in five_words(lines)]
    share = found.count(language) / len(found)
    sys.stdout.write(f"{language}: {share:.4f} of {len(found)} five-word beginnings" + "\n")
    assert share >= 0.97
