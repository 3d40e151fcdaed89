"""Normalisation: invisible and look-alike characters go, offsets stay true, other scripts stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.normalise import normalise, plain

SENTENCE = "La France arme les groupes du nord, dit-on à Gao."


def _bold(char: str) -> str:
    if "A" <= char <= "Z":
        return chr(0x1D400 + ord(char) - ord("A"))
    return chr(0x1D41A + ord(char) - ord("a")) if "a" <= char <= "z" else char


ATTACKS = {
    "zero-width space": lambda word: "\u200b".join(word),
    "soft hyphen": lambda word: "\u00ad".join(word),
    "word joiner": lambda word: "\u2060".join(word),
    "byte order mark": lambda word: f"\ufeff{word}",
    "bidirectional mark": lambda word: f"\u202a{word}\u202c",
    "full width": lambda word: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word),
    "mathematical bold": lambda word: "".join(_bold(char) for char in word),
    "Cyrillic look-alikes": lambda word: word.translate(str.maketrans("aceopxyKMTHABEP", "асеорхуКМТНАВЕР")),
    "Greek look-alikes": lambda word: word.translate(str.maketrans("oAEIKMNTXZ", "οΑΕΙΚΜΝΤΧΖ")),
    "decomposed accents": lambda word: word.replace("à", "a\u0300"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attacked_sentence_reads_like_the_clean_one(attack: str) -> None:
    attacked = " ".join(ATTACKS[attack](word) for word in SENTENCE.split())
    assert normalise(attacked).text == SENTENCE


@pytest.mark.parametrize("between", [" ", ".", "-", "*", "·"])
def test_letters_set_apart_are_joined(between: str) -> None:
    assert normalise(f"Les {between.join('Russes')} arrivent").text == "Les Russes arrivent"


def test_initials_and_numbers_are_not_joined() -> None:
    for text in ("A. B. Diallo", "1 2 3 4 5 6", "les U.S.A et la C.I.A", "y a-t-il à l'est"):
        assert normalise(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Kɛlɛcɛw ye duguw minɛ, ɲɛmɔgɔw ko ŋana tɛ.",
        "Ɓe ngari e ɗii ƴeewirɗe, ŋalɗi.",
        "ⴰⵎⴰⵣⵉⵖ ⵉⵎⵓⵀⴰⵖ",
        "مالي دولة ذات سيادة",
        "ߒߞߏ ߞߊ߲",
        "Россия и Мали подписали договор.",
        "Η Ελλάδα και το Μάλι",
        "L’armée malienne, « libre », œuvre.".replace("’", "'"),
    ],
)
def test_no_letter_of_a_real_language_is_damaged(text: str) -> None:
    assert normalise(text).text == text


def test_the_share_of_tampering_is_told() -> None:
    assert normalise(SENTENCE).tampered == 0
    assert normalise("\u200b".join("Barkhane")).tampered > 0.4


@given(st.text())
def test_offsets_point_into_the_original(text: str) -> None:
    result = normalise(text)
    origins = [result.origin(index) for index in range(len(result.text) + 1)]
    assert origins == sorted(origins)
    assert all(0 <= origin <= len(text) for origin in origins)
    assert origins[-1] == len(text)
    for index, char in enumerate(result.text):
        if char.isalnum() and char.isascii() and text[origins[index]].isascii():
            assert text[origins[index]] == char


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(st.text())
def test_plain_text_keeps_its_length(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_plain_text_has_neither_capitals_nor_accents() -> None:
    assert plain("CÉDÉAO À L'ÉLYSÉE") == "cedeao a l'elysee"
