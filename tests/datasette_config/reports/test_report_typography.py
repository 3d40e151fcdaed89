"""Quotations as printers set them: one mark where two would meet, and never a mark too few."""

import pytest

from datasette_config.typography import NO_BREAK, quoted


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("Le centre a bougé", "fr", "« Le centre a bougé »"),
        ("« Le centre a bougé »", "fr", "« Le centre a bougé »"),
        ("et je le dis sans nostalgie. »", "fr", "« et je le dis sans nostalgie. »"),
        ("« Une aide irremplaçable", "fr", "« Une aide irremplaçable »"),
        ("« Oui », dit-il, « mais pas ici »", "fr", "« « Oui », dit-il, « mais pas ici » »"),
        ("Il dit « non »", "fr", "« Il dit « non » »"),
        ("", "fr", "«  »"),
        ("The centre has moved", "en", "“The centre has moved”"),
        ("“The centre has moved”", "en", "“The centre has moved”"),
        ("and I say so.”", "en", "“and I say so.”"),
        ("« Le centre a bougé »", "en", "“« Le centre a bougé »”"),
    ],
)
def test_a_quotation_shares_its_mark_with_the_one_that_it_begins_or_ends(
    text: str, language: str, shown: str
) -> None:
    assert quoted(text, language).replace(NO_BREAK, " ") == shown
