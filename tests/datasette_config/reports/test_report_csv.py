"""No cell of a CSV is a live formula, and what was changed for that can be changed back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_config.export.csv import neutralised, restored

PAYLOADS = (
    '=HYPERLINK("http://evil.example","x")', "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)",
    "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", ' =1+1', '"=1+1',
    "a;=1+1", 'a;"=1+1', "a,@SUM(1)", "a\t-1", "x\n=1+1",
)  # fmt: skip

SEPARATORS = ",;\t|"
LIVE = tuple("=+-@＝＋－＠")

risky = st.text(st.sampled_from(list("=+-@＝＋－＠'\";,|\t\r\n ax")), max_size=12)


def cells_as_read(text: str) -> list[str]:
    """Return every cell that a program would see which splits the file on any of the usual separators."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow(["first", text, "last"])
    found = []
    for separator in SEPARATORS:
        for row in csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=separator):
            found += row
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_starts_a_cell_under_any_separator(payload: str) -> None:
    for cell in cells_as_read(neutralised(payload)):
        assert not cell.lstrip(' "').startswith(LIVE), cell


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_payload_comes_back(payload: str) -> None:
    assert neutralised(payload) != payload
    assert restored(neutralised(payload)) == payload


@given(st.one_of(risky, st.text(max_size=30)))
def test_neutralising_loses_nothing(text: str) -> None:
    assert restored(neutralised(text)) == text


@given(risky)
def test_no_text_at_all_starts_a_live_cell(text: str) -> None:
    for cell in cells_as_read(neutralised(text)):
        assert not cell.lstrip(' "').startswith(LIVE), cell


@given(st.text(st.characters(categories=("L", "Zs")), max_size=40))
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert neutralised(text) == text
