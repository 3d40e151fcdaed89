"""What is done to texts so that a model does not see them, and what it costs (hazards M-01 to M-04)."""

import random
import re
from collections.abc import Callable
from functools import cache

import pytest

from classifiers.challenge_items import DILUTION, neutral_text
from classifiers.codebook import load_codebook
from classifiers.language import identify
from classifiers.normalise import normalise
from classifiers.partners import mentions
from classifiers.predicting import InputText, predict
from tests.classifiers.small_model import small_model

Attack = Callable[[str], str]


def _bold(char: str) -> str:
    if "A" <= char <= "Z":
        return chr(0x1D400 + ord(char) - ord("A"))
    return chr(0x1D41A + ord(char) - ord("a")) if "a" <= char <= "z" else char


def _between_letters(sign: str) -> Attack:
    return lambda text: re.sub(r"(?<=\w)(?=\w)", sign, text)


def _each(change: Callable[[str], str]) -> Attack:
    return lambda text: "".join(change(char) for char in text)


def _some_look_alikes(text: str) -> str:
    chance = random.Random(len(text))
    table = dict(zip("aceopxyKMTHABEP", "асеорхуКМТНАВЕР", strict=True))
    return "".join(table.get(char, char) if chance.random() < 0.3 else char for char in text)


UNICODE: dict[str, Attack] = {
    "zero-width space": _between_letters("\u200b"),
    "soft hyphen": _between_letters("\u00ad"),
    "word joiner": _between_letters("\u2060"),
    "zero-width joiner": _between_letters("\u200d"),
    "bidirectional marks": lambda text: " ".join(f"\u202a{word}\u202c" for word in text.split(" ")),
    "tag characters": _between_letters("\U000e0061"),
    "full width": _each(lambda char: chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char),
    "mathematical bold": _each(_bold),
    "Cyrillic letters, all": lambda text: text.translate(str.maketrans("aceopxyKMTHABEP", "асеорхуКМТНАВЕР")),
    "Cyrillic letters, three in ten": _some_look_alikes,
    "Greek letters": lambda text: text.translate(str.maketrans("oAEIKMNTXZ", "οΑΕΙΚΜΝΤΧΖ")),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
}


def _split(sign: str) -> Attack:
    """Set every fourth word of five letters or more apart, letter by letter."""

    def change(text: str) -> str:
        words = text.split(" ")
        for place in range(0, len(words), 4):
            bare = words[place].strip(".,;:!?«»")
            if len(bare) > 4 and bare.isalpha():
                words[place] = words[place].replace(bare, sign.join(bare))
        return " ".join(words)

    return change


def _diluted(text: str) -> str:
    around = neutral_text("fr", DILUTION * len(text), len(text))
    middle = len(around) // 2
    return " ".join([*around[:middle], text, *around[middle:]])


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Return (narrative, text) of the codebook's own examples, which no model learns from."""
    book = load_codebook()
    return tuple((one.id, example.text) for one in book.narratives.values() for example in one.examples)


@cache
def found(attack: Attack, naming: bool = False) -> float:
    """Return the share of examples whose narrative is flagged after an attack; ``naming``: a partner."""
    chosen = [one for one in examples() if not naming or mentions(one[1]).keys() - {"mali"}]
    outputs = predict(
        small_model().model,
        [InputText(id=number, text=attack(text)) for number, (_, text) in enumerate(chosen)],
    )
    hits = sum(
        any(
            label["id"] == narrative and label["flagged"]
            for passage in output["passages"]
            for label in passage["narratives"]
        )
        for (narrative, _), output in zip(chosen, outputs, strict=True)
    )
    return hits / len(chosen)


def test_the_clean_texts_are_found_often_enough_for_a_loss_to_show() -> None:
    assert len(examples()) > 100
    assert found(str) > 0.4


@pytest.mark.parametrize("attack", UNICODE)
def test_unicode_attacks_cost_at_most_two_points_of_recall(attack: str) -> None:
    assert sum(UNICODE[attack](text) != text for _, text in examples()) > 0.9 * len(examples())
    assert found(str) - found(UNICODE[attack]) <= 0.02


@pytest.mark.parametrize("sign", [".", " ", "-"])
def test_split_words_cost_at_most_ten_points(sign: str) -> None:
    assert found(str) - found(_split(sign)) <= 0.10


def test_dilution_costs_at_most_five_points_where_the_text_names_a_partner() -> None:
    """A text that names no foreign partner anywhere is not about one: the first gate leaves it silent."""
    assert found(str, naming=True) - found(_diluted, naming=True) <= 0.05


def test_neutral_text_is_flagged_for_nothing() -> None:
    outputs = predict(
        small_model().model,
        [
            InputText(id=start, text=" ".join(neutral_text(language, 2_000, start)))
            for language in ("fr", "en")
            for start in range(24)
        ],
    )
    flagged = [
        label
        for output in outputs
        for passage in output["passages"]
        for label in passage["narratives"]
        if label["flagged"]
    ]
    assert flagged == []


#: Written for this test: ordinary sentences in the languages of the region, with their own letters.
SAMPLES = {
    "fr": "Où l’élève naïf a-t-il reçu ce cœur ? Ça, là-bas, à Noël, près du maïs, où l’aîné pleurait.",
    "bm": "Ɲɛmɔgɔw ye lajɛba kɛ Bamakɔ. Denmisɛnw tɛ kalan kɛ bi, ŋɔmi ka di, sɔrɔ ka gɛlɛn, ɔnhɔn.",
    "ar": "اجتمع أهل القرية تحت الشجرة، وقالوا إنَّ المطر سيأتي غدًا إن شاء الله.",
    "nqo": "ߓߊ߯ߙߊ ߞߍ ߢߊ ߢߌߡߊ߫ ߦߋ߫ ߞߎߣߎ߲߫. ߒ ߓߘߊ߫ ߣߊ߫.",
    "ff": "Ɓiɓɓe ɗee ɗon njaha ekkol. Ƴiiwoonde ndee ɗon wara, ŋgaari e ɲaamdu.",
    "tmh": "Aɣaɣ n ăddunya, ǝhan-tăn ǝddunăt. ⵜⴰⵎⴰⵌⴰⵆ ⴷ ⵜⵉⴼⵉⵏⴰⵖ.",
}


@pytest.mark.parametrize("language", SAMPLES)
def test_no_letter_of_the_region_is_damaged(language: str) -> None:
    text = SAMPLES[language]
    read = normalise(text)
    expected = [char for char in text.replace("’", "'") if char.isalpha()]
    assert [char for char in read.text if char.isalpha()] == expected
    assert read.tampered == 0


def test_the_samples_are_told_apart_where_the_project_says_so() -> None:
    told = {language: identify(normalise(text).text) for language, text in SAMPLES.items()}
    assert told["fr"] == "fr" and told["bm"] == "bm"
    assert {told[language] for language in ("ar", "nqo", "tmh")} == {"other"}
