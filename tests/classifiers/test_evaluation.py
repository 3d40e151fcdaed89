"""Evaluation: counts, rates and intervals, in step with the scorer that releases are measured with."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from classifiers.codebook import load_codebook
from classifiers.evaluation import FEWEST, Evaluation, evaluate
from classifiers.gold import Flag, judge_gold, read_gold
from classifiers.judged import JudgedText
from db.errors import NarrativesError

FAMILIES = {"a": "f", "b": "f", "c": "g"}


def judged(
    agreed: Mapping[tuple[int, str], str],
    said: Mapping[tuple[int, str], str],
    unsure: frozenset[tuple[int, str]] = frozenset(),
) -> JudgedText:
    return JudgedText("fr", agreed, said, frozenset(narrative for _, narrative in said), unsure)


def measure(*texts: JudgedText) -> Evaluation:
    return evaluate(texts, FAMILIES, split="test", made_by="nobody")


def test_counts_at_three_levels() -> None:
    text = judged(
        {(0, "a"): "own", (1, "a"): "own", (2, "b"): "attributed"},
        {(0, "a"): "own", (3, "c"): "own", (2, "a"): "own"},
    )
    result = measure(*[text] * 10)
    sentence, document, family = (result.figure(level) for level in ("sentence", "document", "family"))
    assert (sentence.n, sentence.predicted) == (30, 30)
    assert sentence.precision == pytest.approx(1 / 3)
    assert (document.n, document.predicted) == (20, 20)
    assert document.recall == pytest.approx(1 / 2)
    assert (family.n, family.predicted) == (10, 20)
    assert (family.precision, family.recall) == (0.5, 1.0)


def test_fewer_than_ten_codes_give_their_number_and_no_rate() -> None:
    result = measure(*[judged({(0, "a"): "own"}, {(0, "a"): "own"})] * (FEWEST - 1))
    figure = result.figure("sentence", "a")
    assert figure.n == FEWEST - 1
    assert figure.f1 is None
    assert figure.precision_low is None


def test_what_one_coder_gave_is_neither_rewarded_nor_punished() -> None:
    plain = judged({(0, "a"): "own"}, {(0, "a"): "own"})
    unsure = judged({(0, "a"): "own"}, {(0, "a"): "own", (1, "b"): "own"}, frozenset({(1, "b"), (2, "c")}))
    assert measure(*[unsure] * 10).figure("sentence") == measure(*[plain] * 10).figure("sentence")


def test_voices_are_counted_apart_and_disputed_ones_left_out() -> None:
    text = judged(
        {(0, "a"): "own", (1, "a"): "attributed", (2, "a"): "disputed"},
        {(0, "a"): "own", (1, "a"): "own", (2, "a"): "own"},
    )
    result = measure(*[text] * 10)
    assert result.figure("sentence", voice="own").n == 10
    assert result.figure("sentence", voice="own").predicted == 20
    assert result.figure("sentence", voice="attributed").recall == 0.0
    assert (result.voice_hits, result.voice_n) == (10, 20)


def test_intervals_hold_the_figure_and_narrow_with_more_texts() -> None:
    def widths(count: int) -> float:
        rng = random.Random(4)
        texts = [
            judged({(0, "a"): "own", (1, "b"): "own"}, {(0, "a"): "own"} if rng.random() < 0.6 else {})
            for _ in range(count)
        ]
        one = measure(*texts).figure("sentence")
        assert one.recall_low is not None and one.recall is not None and one.recall_high is not None
        assert one.recall_low <= one.recall <= one.recall_high
        return one.recall_high - one.recall_low

    assert widths(400) < widths(40)


def test_texts_without_codes_show_false_flags() -> None:
    texts = [judged({}, {}), judged({}, {(0, "a"): "own"}), judged({}, {(0, "a"): "own", (1, "c"): "own"})]
    result = measure(*texts)
    assert (result.uncoded_documents, result.uncoded_flagged, result.uncoded_worst) == (3, 2, 2)


def test_a_bad_gold_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "text": "t", "sentences": []}\n{"id": 1}\n', encoding="utf-8")
    with pytest.raises(NarrativesError, match=r"gold\.jsonl:2"):
        read_gold(path)


def test_figures_agree_with_the_release_scorer(tmp_path: Path) -> None:
    given = os.environ.get("NARRATIVES_REAL_TEXTS")
    if not given:
        pytest.skip("NARRATIVES_REAL_TEXTS is unset: the real texts are not here")
    gold = read_gold(Path(given) / "gold.jsonl")
    families = {
        narrative_id: one.family
        for narrative_id, one in load_codebook().narratives.items()
        if one.status == "core"
    }
    rng = random.Random(7)
    flags = {
        text.id: [
            Flag(start, end, code.narrative, rng.choice(("own", "attributed")))
            for start, end in text.sentences
            for code in [*(one for one in text.codes if one.start == start), *text.codes[:1]]
            if rng.random() < 0.3
        ]
        for text in gold
    }
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text(
        "".join(json.dumps(_prediction(identifier, found)) + "\n" for identifier, found in flags.items()),
        encoding="utf-8",
    )
    scorer = [sys.executable, f"{given}/score.py", f"{given}/gold.jsonl", str(predictions), "--json"]
    theirs = json.loads(subprocess.run(scorer, capture_output=True, check=True, text=True).stdout)
    ours = evaluate([judge_gold(text, flags[text.id]) for text in gold], families, split="t", made_by="t")
    for level in ("sentence", "document", "family"):
        figure = ours.figure(level)  # type: ignore[arg-type]
        assert round(figure.f1 or 0, 3) == theirs[level]["micro_f1"]
        assert round(figure.precision or 0, 3) == theirs[level]["precision"]
        for label, counts in theirs[level]["per"].items():
            one = ours.figure(level, label)  # type: ignore[arg-type]
            assert (one.n, one.predicted) == (counts["tp"] + counts["fn"], counts["tp"] + counts["fp"])
    assert [ours.voice_accuracy(), ours.voice_n] == theirs["voice_accuracy"]
    assert ours.uncoded_documents == theirs["uncoded_documents"]["n"]


def _prediction(identifier: str, flags: list[Flag]) -> dict[str, Any]:
    return {
        "id": identifier,
        "passages": [
            {
                "start": flag.start,
                "end": flag.end,
                "narratives": [{"id": flag.narrative, "flagged": True, "voice": flag.voice}],
            }
            for flag in flags
        ],
    }
