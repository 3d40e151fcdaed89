"""The challenge set: its items, what is derived from them, and how a model is scored on them."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import model_files
from classifiers.challenge import challenge
from classifiers.challenge_items import (
    DILUTION,
    ChallengeItem,
    load_challenge,
    neutral_text,
    with_derived,
)
from classifiers.codebook import load_codebook
from classifiers.shingles import words
from classifiers.training_data import load_training
from db.errors import NarrativesError
from narratives import cli
from tests.classifiers.small_model import small_model

CUES = {"asserted", "quoted", "denied", "questioned", "conditional", "ironic", "partner-swap", "negation"}
DERIVED = {"no-accents", "invisible", "look-alike", "dilution"}
#: What the rules of the codebook make of a way of saying it; None: not flagged for this narrative.
VOICES = {
    "asserted": {"own"},
    "quoted": {"attributed"},
    "denied": {"rejected"},
    "questioned": {"attributed"},
    "conditional": {"attributed"},
    "ironic": {"rejected"},
}


def grams(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return set(zip(*(found[start:] for start in range(5)), strict=False))


def test_there_are_enough_items_of_every_cue_and_core_narrative() -> None:
    items = load_challenge()
    assert len(items) >= 400
    cues = Counter(item.cue for item in items)
    assert cues.keys() == CUES and min(cues.values()) >= 50
    core = {name for name, one in load_codebook().narratives.items() if one.status == "core"}
    each = Counter(item.narrative for item in items)
    assert core <= each.keys() <= set(load_codebook().narratives)
    assert min(each[name] for name in core) >= 20
    for item in items:
        assert item.cue not in VOICES or item.voice in VOICES[item.cue], item.id


def test_no_item_is_or_resembles_what_models_are_trained_on() -> None:
    holders: dict[tuple[str, ...], set[int]] = {}
    trained = [
        grams(sentence.text) for text in load_training() for sentence in text.sentences if sentence.text
    ]
    for number, held in enumerate(trained):
        for gram in held:
            holders.setdefault(gram, set()).add(number)
    close = []
    for item in load_challenge():
        own = grams(item.text)
        for number in {number for gram in own for number in holders.get(gram, ())}:
            shared = len(own & trained[number])
            if shared / min(len(own), len(trained[number])) >= 0.3 and shared >= 3:
                close.append(item.id)
    assert close == []


def test_no_two_items_are_the_same_frame_with_a_word_changed() -> None:
    by_set: dict[str, list[ChallengeItem]] = {}
    for item in load_challenge():
        by_set.setdefault(item.set, []).append(item)
    alike = [
        (one.id, other.id)
        for items in by_set.values()
        for one, other in pairwise(items)
        if one.text != other.text  # a swapped partner asks the same text twice
        and len(grams(one.text) & grams(other.text)) > 0.8 * len(grams(one.text) | grams(other.text))
    ]
    assert alike == []


def test_letters_and_length_are_changed_by_machine() -> None:
    items = load_challenge()
    derived = [item for item in with_derived(items) if ":" in item.id]
    asserted = {item.id: item for item in items if item.cue == "asserted"}
    assert Counter(item.cue for item in derived) == {cue: len(asserted) for cue in DERIVED}
    for item in derived:
        plain = asserted[item.id.partition(":")[0]]
        assert (item.voice, item.narrative, item.set) == (plain.voice, plain.narrative, plain.set)
        if item.cue == "dilution":
            assert plain.text in item.text
            assert len(item.text) >= (DILUTION + 1) * len(plain.text)
        if item.cue == "invisible":
            assert item.text.replace("\u200b", "") == plain.text


def test_neutral_text_goes_round_and_is_long_enough() -> None:
    assert sum(map(len, neutral_text("en", 10_000, 5))) >= 10_000


def item(number: int, **changes: object) -> ChallengeItem:
    values = {
        "id": f"x-{number}",
        "set": f"s{number // 2}",
        "cue": "asserted",
        "language": "fr",
        "text": "La France pille l'or du Mali et nous impose le franc CFA, l'ancienne puissance coloniale.",
        "narrative": "neocolonial-france",
        "voice": "own",
    }
    return ChallengeItem.model_validate({**values, **changes})


def test_scores_count_voice_and_silence() -> None:
    model = small_model().model
    plain = "Le marché central de Bamako ouvre à six heures, et la France joue dimanche contre le Mali."
    items = [
        *(item(number) for number in range(10)),
        *(item(number, voice="rejected", cue="denied") for number in range(10, 14)),
        *(item(number, voice=None, cue="negation", text=plain) for number in range(14, 20)),
        item(20, voice=None, cue="partner-swap"),
    ]
    cues = {one.name: one for one in challenge(model, items).cues}
    assert (cues["asserted"].n, cues["asserted"].found, cues["asserted"].wanted) == (10, 10, 10)
    assert cues["asserted"].right == 10 and cues["asserted"].low is not None
    assert (cues["denied"].found, cues["denied"].right, cues["denied"].low) == (4, 0, None)
    assert (cues["negation"].right, cues["negation"].recall) == (6, None)
    assert cues["partner-swap"].right == 0, "flagged where it must not be"


@pytest.mark.parametrize("line", ["{}", "nonsense", '{"id": "a"}'])
def test_a_bad_item_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "items-fr.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(NarrativesError, match=r"items-fr\.jsonl:2"):
        load_challenge(tmp_path)


def test_an_id_may_not_occur_twice(tmp_path: Path) -> None:
    line = item(1).model_dump_json()
    (tmp_path / "items-fr.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    with pytest.raises(NarrativesError, match="x-1 occurs twice"):
        load_challenge(tmp_path)


def test_the_command_prints_each_cue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(model_files, "ensure_model", lambda folder, book, say: small_model())
    result = CliRunner().invoke(cli, ["evaluate", "--challenge", "--json"])
    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout)["challenge"]
    assert {one["name"] for one in scores["cues"]} == CUES | DERIVED
    assert scores["items"] == len(list(with_derived(load_challenge())))
    assert "not reviewed by a person" in scores["made_by"]
