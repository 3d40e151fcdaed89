"""What changed between two texts: every word of the later one is there, and nothing else is called kept."""

from hypothesis import given
from hypothesis import strategies as some

from datasette_config.version_diff import changes_between

LONG = " ".join(f"mot{number}" for number in range(300))


def test_a_change_is_shown_with_words_around_it_and_the_rest_left_out() -> None:
    pieces = changes_between(f"{LONG} avant {LONG}", f"{LONG} après {LONG}")
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind in ("removed", "added")] == [
        ("removed", "avant"),
        ("added", "après"),
    ]
    assert [piece.kind for piece in pieces] == ["gap", "kept", "removed", "added", "kept", "gap"]
    assert pieces[1].text.split()[-1] == "mot299"
    assert len(pieces[1].text.split()) == 12


def test_equal_texts_have_no_changes() -> None:
    assert changes_between(LONG, LONG) == []


def test_very_long_texts_are_compared_by_paragraph() -> None:
    paragraphs = [f"{LONG} {number}." for number in range(40)]
    edited = [*paragraphs[:20], "Un paragraphe neuf.", *paragraphs[21:]]
    pieces = changes_between("\n".join(paragraphs), "\n".join(edited))
    assert [piece.text.strip() for piece in pieces if piece.kind == "added"] == ["Un paragraphe neuf."]


@given(some.text(max_size=200), some.text(max_size=200))
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    pieces = changes_between(before, after)
    later = "".join(piece.text for piece in pieces if piece.kind != "removed")
    assert later == (after if before != after else "")
    earlier = "".join(piece.text for piece in pieces if piece.kind != "added")
    assert earlier == (before if before != after else "")
