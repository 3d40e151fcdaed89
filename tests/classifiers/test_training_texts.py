"""The single passages: one by one, in many words, and enough of them for every narrative and voice."""

import random
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations

import pytest

from classifiers.codebook import load_codebook
from classifiers.shingles import words
from classifiers.training_data import TrainingText, load_training

#: The share of the shorter passage's three-word runs that a second passage may hold as well.
LIKE = 0.5


@cache
def passages() -> tuple[TrainingText, ...]:
    return tuple(text for text in load_training() if not text.connected)


def runs(text: str) -> frozenset[tuple[str, ...]]:
    found = words(text)
    return frozenset(zip(*(found[start:] for start in range(3)), strict=False))


def alike(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Return the pairs of ids whose texts are one frame with words exchanged."""
    held = {text_id: runs(text) for text_id, text in texts.items()}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for text_id, found in held.items():
        for run in found:
            holders[run].append(text_id)
    shared = Counter(pair for ids in holders.values() for pair in combinations(ids, 2))
    return [
        pair for pair, count in shared.items() if count >= LIKE * min(len(held[text_id]) for text_id in pair)
    ]


def test_a_sentence_with_a_partner_exchanged_is_noticed() -> None:
    frame = (
        "Le ministre a salué une coopération sincère et rapide avec {}, qui livre sans poser de conditions."
    )
    texts = {"one": frame.format("Moscou"), "two": frame.format("Ankara"), "three": "Il a plu toute la nuit."}
    assert alike(texts) == [("one", "two")]


def test_no_two_passages_are_the_same_frame() -> None:
    texts = {text.text_id: text.sentences[0].text for text in passages()}
    assert alike(texts) == []


@pytest.mark.parametrize(("language", "at_least"), [("fr", 2_500), ("en", 2_200)])
def test_the_vocabulary_is_wide(language: str, at_least: int) -> None:
    texts = [text.sentences[0].text for text in passages() if text.language == language]
    random.Random(1).shuffle(texts)
    first = [word for text in texts for word in words(text)][:10_000]
    assert len(set(first)) >= at_least


def test_no_opening_is_worn_out() -> None:
    openings = Counter(tuple(words(text.sentences[0].text)[:3]) for text in passages())
    assert openings.most_common(1)[0][1] <= 12


def test_every_narrative_has_forty_passages_in_every_voice_and_both_languages() -> None:
    voices: dict[str, Counter[str]] = defaultdict(Counter)
    languages: dict[str, Counter[str]] = defaultdict(Counter)
    for text in passages():
        for code in text.sentences[0].codes:
            voices[code.narrative][code.voice] += 1
            languages[code.narrative][text.language] += 1
    for narrative in load_codebook().narratives:
        assert voices[narrative].total() >= 40, narrative
        assert min(voices[narrative][voice] for voice in ("own", "attributed", "rejected")) >= 8, narrative
        assert languages[narrative]["en"] >= 8, narrative


def test_many_passages_carry_nothing() -> None:
    empty = sum(not text.sentences[0].codes for text in passages())
    assert 0.15 <= empty / len(passages()) <= 0.35
