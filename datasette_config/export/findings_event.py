"""The head of a report on an event: what changed after it, and what else happened then."""

from typing import Any

from datasette_config import typography as set_as
from datasette_config.export.cells import change_text, heading
from datasette_config.export.findings_changes import has_moved, told_moves
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say


def before_after(built: BuiltReport) -> list[str]:
    """Say what moved after the event, or what came nearest to it, and what else could explain it."""
    compared = [
        row for found in built.sections if found.section.compute == "before_after" for row in found.rows
    ]
    if not compared:
        return []
    language = built.language
    known = [row for row in compared if row["change"].expected is not None]
    if not known:
        return [say("event_not_compared", language)]
    moved = sum(map(has_moved, known))
    head = say(
        "event_some_change" if moved else "event_no_change",
        language,
        moved=set_as.counted(moved, language),
        narratives=set_as.counted(len(known), language),
        weeks=set_as.counted(max(row["change"].weeks for row in known), language),
    )
    return [head, *(told_moves(built, known) if moved else _furthest(known, language)), *_besides(built)]


def _furthest(known: list[dict[str, Any]], language: str) -> list[str]:
    """Say which storyline is furthest from the pace before, though within noise."""
    rows = [row for row in known if row["change"].ratio is not None]
    if not rows:
        return []
    row = min(rows, key=lambda row: (row["change"].p_value, row["narrative_id"]))
    return [
        say(
            "event_furthest",
            language,
            narrative=heading(row["narrative"], language),
            count=set_as.counted(row["after"], language),
            expected=set_as.counted(row["expected"], language, 1),
            ratio=change_text(row["change"], language),
        )
    ]


def _besides(built: BuiltReport) -> list[str]:
    """Say how many other dated events and changes of the instrument fall in the compared weeks."""
    kinds = [row["kind"] for found in built.with_layout("markers") for row in found.rows]
    if "occasion" not in kinds:
        return []
    others, breaks = kinds.count("event"), kinds.count("instrument")
    said = [
        say("event_others" if others else "event_alone", built.language, events=_counted(others, built)),
        say("event_breaks" if breaks else "event_no_break", built.language, changes=_counted(breaks, built)),
    ]
    return [" ".join(said)]


def _counted(value: int, built: BuiltReport) -> set_as.Counted:
    return set_as.counted(value, built.language)
