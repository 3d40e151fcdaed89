"""Marks in a text: nothing is lost, nothing is drawn twice."""

from hypothesis import given
from hypothesis import strategies as st

from datasette_config.highlighting import in_place, passages, snippet


def labels_in(text: str) -> st.SearchStrategy[list[dict[str, object]]]:
    span = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    return st.lists(
        st.builds(
            lambda pair, voice, band: {
                "start": pair[0],
                "end": pair[1],
                "voice": voice,
                "band": band,
                "quote": text[pair[0] : pair[1]],
            },
            span,
            st.sampled_from(["own", "attributed", "rejected"]),
            st.sampled_from(["flagged", "review"]),
        )
    )


@given(st.text(max_size=200).flatmap(lambda text: st.tuples(st.just(text), labels_in(text))))
def test_pieces_give_the_text_back(case: tuple[str, list[dict[str, object]]]) -> None:
    text, labels = case
    paragraphs = in_place(text, passages(labels))
    assert "\n".join("".join(piece.text for piece in paragraph) for paragraph in paragraphs) == text


def test_labels_of_one_stretch_are_one_passage_in_the_flagged_voice() -> None:
    text = "Un. Deux."
    found = passages(
        [
            {"start": 0, "end": 3, "voice": "own", "band": "review", "quote": "Un."},
            {"start": 0, "end": 3, "voice": "attributed", "band": "flagged", "quote": "Un."},
            {"start": 4, "end": 9, "voice": "rejected", "band": "review", "quote": "Deux."},
        ]
    )
    assert [(passage.number, passage.voice, passage.flagged, len(passage.labels)) for passage in found] == [
        (1, "attributed", True, 2),
        (None, "rejected", False, 1),
    ]
    pieces = in_place(text, found)[0]
    assert [(piece.text, piece.passage.number if piece.passage else None) for piece in pieces] == [
        ("Un.", 1),
        (" ", None),
        ("Deux.", None),
    ]


@given(st.text())
def test_snippets_are_escaped(text: str) -> None:
    marked = str(snippet(f"<{text}>\x02mot\x03"))
    assert "<b" in marked
    assert marked.replace('<b class="hit">', "").replace("</b>", "").count("<") == 0
