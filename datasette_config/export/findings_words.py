"""What the sentences at the head of reports share: rows that are surely there, numbers that agree, shares."""

from collections.abc import Sequence
from typing import Any

from datasette_config import typography as set_as
from datasette_config.reporting import BuiltReport
from datasette_config.shares import Share
from datasette_config.wording import say


def rows_of(built: BuiltReport, section_id: str, *columns: str) -> list[dict[str, Any]]:
    """Return the rows of a section; none where a report of the same id lacks the section or a column."""
    found = built.section(section_id)
    if found is None or not found.rows or not all(column in found.rows[0] for column in columns):
        return []
    return list(found.rows)


def counted(value: int | float, built: BuiltReport, digits: int = 0) -> set_as.Counted:
    """Return a number in the report's language that the words after it agree with."""
    return set_as.counted(value, built.language, digits)


def share_words(share: Share, language: str) -> str:
    """Write a share with its 95 % interval and says so; under ten cases, that it is not measured."""
    if share.value is None:
        return say("share_not_measured", language)
    low, high = set_as.share(share.low, language), set_as.share(share.high, language)
    span = f"{low}{set_as.NO_BREAK}\N{EN DASH}{set_as.NO_BREAK}{high}"
    return say("share_measured", language, share=set_as.share(share.value, language), span=span)


def listed(names: Sequence[str], most: int, language: str) -> str:
    """Write names with commas, at most some of them; of the others only how many they are."""
    said = ", ".join(names[:most])
    if len(names) > most:
        said = say("and_others", language, names=said, others=set_as.counted(len(names) - most, language))
    return said
