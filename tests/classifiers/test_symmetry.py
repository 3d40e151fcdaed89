"""The symmetry audit: false flags by the stated alignment of outlets, which rests on the catalogue."""

import pytest

from classifiers.judged import JudgedText
from classifiers.symmetry import GREATEST_GAP, Placed, placed, symmetry, table
from crawlers.catalog import load_catalogue
from db.alignment import alignment_groups, group_of_name

NARRATIVES = tuple(f"n{number}" for number in range(20))


def texts(group: str | None, count: int, wrong: int) -> list[Placed]:
    """Return texts of a group, ``wrong`` of them with one false flag; each has one code, rightly flagged."""
    return [
        Placed(group, frozenset({"n0", "n1"} if number < wrong else {"n0"}), frozenset({"n0"}))
        for number in range(count)
    ]


def test_rates_count_pairs_without_a_code() -> None:
    result = symmetry([*texts("east", 20, 5), *texts("west", 20, 1), *texts(None, 7, 7)], NARRATIVES)
    east, west = result.sides
    assert (east.group, east.texts, east.pairs, east.false_flags, east.texts_flagged) == (
        "east",
        20,
        380,
        5,
        5,
    )
    assert east.rate == pytest.approx(5 / 380)
    assert west.rate == pytest.approx(1 / 380)
    assert result.unplaced == 7
    assert result.gap == pytest.approx(4 / 380)
    assert result.gap_low is not None and result.gap_high is not None
    assert result.gap_low < result.gap < result.gap_high
    assert "within the 0.05" in table(result, {})


def test_a_wide_gap_is_called_so() -> None:
    everything = frozenset(NARRATIVES)
    bad = [Placed("east", everything, frozenset()) for _ in range(12)]
    result = symmetry([*bad, *texts("west", 12, 0)], NARRATIVES)
    assert result.gap == pytest.approx(1.0)
    assert result.gap > GREATEST_GAP and "ABOVE" in table(result, {})


def test_few_texts_give_no_rate_and_no_gap() -> None:
    result = symmetry([*texts("east", 9, 3), *texts("west", 30, 0)], NARRATIVES)
    assert (result.sides[0].rate, result.sides[0].false_flags) == (None, 3)
    assert result.gap is None


def test_what_one_coder_gave_is_no_false_flag() -> None:
    text = JudgedText("fr", {}, {}, frozenset({"n1", "n2"}), unsure=frozenset({(0, "n1")}))
    result = symmetry([placed(text, "east")] * 10, NARRATIVES)
    assert (result.sides[0].false_flags, result.sides[0].pairs) == (10, 190)


def test_every_source_in_a_group_has_the_statement_it_rests_on() -> None:
    catalogue = load_catalogue((), True)
    missing = [
        f"{source_id}: {source.rests_on}"
        for group in alignment_groups().values()
        for source_id, source in group.sources.items()
        if not any(
            statement.property == source.rests_on and statement.status in ("cited", "disputed")
            for statement in catalogue[source_id].statements
        )
    ]
    assert missing == []


def test_no_source_and_no_name_stands_in_two_groups() -> None:
    sources = [source for group in alignment_groups().values() for source in group.sources]
    names = [
        name for group in alignment_groups().values() for one in group.sources.values() for name in one.names
    ]
    assert len(set(sources)) == len(sources) and len(set(names)) == len(names)
    assert group_of_name("Sputnik") == "russian" and group_of_name("nobody") is None
