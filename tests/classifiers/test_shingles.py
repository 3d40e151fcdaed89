"""Shingles: what counts as the same words, and measures that any two texts can stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.shingles import EXCERPT_WORDS, excerpt_share, jaccard, may_be_same_text, shingles, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’Armée a repris Ménaka !", ["l", "armee", "a", "repris", "menaka"]),
        ("l'arm\u00ade\u0301e", ["l", "armee"]),
        ("ＡＥＳ №5", ["aes", "no5"]),
        ("Kɛlɛ bɛ ban", ["kɛlɛ", "bɛ", "ban"]),
        ("… — «» _ ", []),
    ],
)
def test_words_know_no_case_accent_or_sign(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text(), st.text())
@settings(max_examples=200, deadline=None)
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    first, second = shingles(one), shingles(other)
    assert 0 <= jaccard(first, second) <= 1
    assert jaccard(first, second) == jaccard(second, first)
    assert jaccard(first, shingles(f" {one} !")) == (1 if first.distinct.size else 0)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=5, max_size=300), st.integers(0, 300))
@settings(max_examples=100, deadline=None)
def test_the_similarity_is_that_of_the_sets_of_five_words(letters: list[str], cut: int) -> None:
    part = letters[:cut]
    one, other = ({tuple(one[i : i + 5]) for i in range(len(one) - 4)} for one in (letters, part))
    expected = len(one & other) / len(one | other) if other else 0
    assert jaccard(shingles(" ".join(letters)), shingles(" ".join(part))) == expected


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_shared_passage_is_found_exactly_from_its_length_on(before: int, after: int, length: int) -> None:
    passage = [f"commun{number}" for number in range(length)]
    one = [f"a{number}" for number in range(before)] + passage + [f"b{number}" for number in range(after)]
    other = [f"c{number}" for number in range(after)] + passage + [f"d{number}" for number in range(before)]
    first, second = shingles(" ".join(one)), shingles(" ".join(other))
    if length >= EXCERPT_WORDS:
        assert set(first.passages) & set(second.passages), "a shared passage must make a candidate"
        assert excerpt_share(first, second) == (length - 4) / (len(one) - 4)
    else:
        assert excerpt_share(first, second) is None


def test_signatures_do_not_change_between_releases() -> None:
    made = shingles("Le colonel a dit que la souveraineté du pays ne se négocie pas.")
    assert made.words_sha256.hex() == "c2b9eeea62908169c9244e9185ada301"
    assert made.signature[:8].hex() == "efff7e118a86e923"
    assert made.bands[0].hex() == "7c3fb1bcd265a880"
    assert may_be_same_text(made.signature, made.signature)
