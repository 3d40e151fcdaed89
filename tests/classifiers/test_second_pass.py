"""A second coding of the training texts: read, laid beside the first, and told apart from people's work."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import model_files, second_pass
from classifiers.second_pass import MADE_BY, agreement, table
from db.errors import NarrativesError
from narratives import cli
from tests.classifiers.small_model import small_model

A, B = {"narrative": "a", "voice": "own"}, {"narrative": "b", "voice": "own"}


def write(folder: Path, first: list[list[object]], second: list[dict[str, object]]) -> Path:
    """Write one connected text for each list of first codes, and the second pass."""
    texts = [
        {
            "id": f"t{number}",
            "language": "fr",
            "register": "article",
            "sentences": [{"text": f"Phrase {row}.", "codes": codes} for row, codes in enumerate(rows)],
        }
        for number, rows in enumerate(first)
    ]
    for name, lines in (("connected-01.jsonl", texts), ("second-pass.jsonl", second)):
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def test_agreement_is_counted_by_sentence_and_narrative(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        [[[A], [A], [], [B]]] * 5,
        [
            {"id": f"t{number}", "sentence": row, "codes": codes}
            for number in range(5)
            for row, codes in enumerate(([A], [], [], [{"narrative": "b", "voice": "attributed"}]))
        ],
    )
    result = agreement(folder)
    assert (result.texts, result.sentences, result.share) == (5, 20, 1.0)
    (part,) = result.parts
    assert (part.part, part.texts, part.sentences) == ("connected", 5, 20)
    assert (part.first, part.second, part.both, part.f1) == (15, 10, 10, pytest.approx(20 / 25))
    by_name = {one.narrative_id: one for one in part.narratives}
    assert (by_name["a"].first, by_name["a"].second, by_name["a"].both) == (10, 5, 5)
    assert by_name["a"].f1 == pytest.approx(10 / 15)
    # Krippendorff's alpha for 20 units, 5 of them split: 1 - 39 * 10 / (2 * 15 * 25).
    assert by_name["a"].alpha == pytest.approx(1 - 39 * 10 / (2 * 15 * 25))
    assert (by_name["all"].first, by_name["all"].both) == (15, 10)
    assert by_name["b"].f1 is None, "under ten sentences give their number and no rate"
    assert (part.voice_same, part.voice_n) == (5, 10)
    assert MADE_BY in table(result)


def test_passages_and_connected_texts_are_counted_apart(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        [[[A], []]] * 10,
        [{"id": f"t{number}", "sentence": row, "codes": []} for number in range(10) for row in range(2)]
        + [{"id": f"p{number}", "sentence": None, "codes": [A]} for number in range(12)],
    )
    passages = [
        {"id": f"p{number}", "text": f"Passage {number}.", "language": "fr", "register": "news", "codes": [A]}
        for number in range(20)
    ]
    (folder / "passages.jsonl").write_text("".join(json.dumps(one) + "\n" for one in passages), "utf-8")
    result = agreement(folder)
    assert (result.texts, result.sentences, result.share) == (22, 32, pytest.approx(32 / 40))
    of_passages, connected = result.parts
    assert (of_passages.part, of_passages.sentences, of_passages.both, of_passages.f1) == (
        "passages",
        12,
        12,
        1,
    )
    assert (connected.part, connected.sentences, connected.both, connected.f1) == ("connected", 20, 0, 0)
    printed = table(result)
    assert "single passages (n 12)" in printed and "sentences of connected texts (n 20)" in printed
    rows = [line.split()[-4:] for line in printed.splitlines() if line.startswith("all codes")]
    assert rows == [["12", "12", "12", "1.00"], ["10", "0", "0", "0.00"]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"id": "t9", "sentence": 0, "codes": []}, "texts that are not there: t9"),
        ({"id": "t0", "sentence": 7, "codes": []}, "t0 has 1 sentences, none is 7"),
        ({"id": "t0", "codes": []}, r"second-pass\.jsonl:1 is not a second coding"),
    ],
)
def test_a_line_that_fits_no_text_is_named(tmp_path: Path, line: dict[str, object], message: str) -> None:
    with pytest.raises(NarrativesError, match=message):
        agreement(write(tmp_path, [[[A]]], [line]))


def test_a_sentence_coded_twice_by_the_second_pass_is_named(tmp_path: Path) -> None:
    line = {"id": "t0", "sentence": 0, "codes": []}
    with pytest.raises(NarrativesError, match=r"second-pass\.jsonl:2 codes sentence 0 of t0 a second time"):
        agreement(write(tmp_path, [[[A]]], [line, line]))


def test_the_bundled_second_coding_covers_a_fifth_and_is_called_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(model_files, "ensure_model", lambda folder, book, say: small_model())
    result = CliRunner().invoke(cli, ["evaluate", "--agreement", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["agreement"]
    assert found["share"] >= 0.2
    assert {part["part"] for part in found["parts"]} == {"passages", "connected"}
    assert found["made_by"] == second_pass.MADE_BY and "person" in found["made_by"]
