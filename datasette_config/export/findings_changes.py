"""What moved, in sentences: a week against the weeks before it, storyline by storyline."""

from collections.abc import Iterable
from typing import Any

from datasette_config import typography as set_as
from datasette_config.export.cells import change_text, heading, interval
from datasette_config.reporting import BuiltReport, BuiltSection
from datasette_config.wording import say


def not_compared(built: BuiltReport, found: BuiltSection) -> str | None:
    """Say why the compared week of a section has no comparison; None where it has one."""
    verdicts = {row["verdict"] for row in found.rows}
    if not verdicts or not verdicts <= {"nothing_collected", "too_few_weeks"}:
        return None
    language = built.language
    return say(
        "too_few_weeks" if "too_few_weeks" in verdicts else "nothing_collected",
        language,
        week=set_as.week(built.period.week, language),
        weeks=set_as.counted(max(row["weeks"] for row in found.rows), language),
    )


def changes(built: BuiltReport) -> list[str]:
    return [
        sentence
        for found in built.sections
        if found.section.compute == "changes"
        for sentence in _changes_of(built, found)
    ]


def _changes_of(built: BuiltReport, found: BuiltSection) -> list[str]:
    language, empty, compared = built.language, found.section.empty, found.rows
    if not compared:
        return [heading(empty.say(language), language)] if empty else []
    if reason := not_compared(built, found):
        return [reason]
    week = set_as.week(built.period.week, language)
    if built.parameters.get("narrative"):
        return [_moved(built, row) if has_moved(row) else _stayed(row, week, language) for row in compared]
    head = say(
        f"{'some' if any(map(has_moved, compared)) else 'no'}_change_{found.section.compares}",
        language,
        week=week,
        moved=set_as.counted(sum(map(has_moved, compared)), language),
        narratives=set_as.counted(len(compared), language),
        texts=set_as.counted(compared[0]["collected"], language),
        weeks=set_as.counted(max(row["weeks"] for row in compared), language),
    )
    return [head, *told_moves(built, compared)]


def has_moved(row: dict[str, Any]) -> bool:
    return row["verdict"] in ("up", "down")


def told_moves(built: BuiltReport, rows: Iterable[dict[str, Any]]) -> list[str]:
    """Say of each storyline that moved how, rises first, the surest first."""
    moved = sorted(
        filter(has_moved, rows),
        key=lambda row: (row["verdict"] != "up", row["change"].p_value, row["narrative_id"]),
    )
    return [_moved(built, row) for row in moved]


def _stayed(row: dict[str, Any], week: str, language: str) -> str:
    found = row["change"]
    return say(
        "stayed",
        language,
        week=week,
        count=set_as.counted(found.count, language),
        expected=set_as.counted(found.expected, language, 1),
        ratio=change_text(found, language),
    )


def _moved(built: BuiltReport, row: dict[str, Any]) -> str:
    """Say what moved and by how much, who was first, and whether the sources that are always there agree."""
    language, found = built.language, row["change"]
    key = "moved_new" if found.ratio is None else f"moved_{row['verdict']}"
    sentences = [
        say(
            key,
            language,
            narrative=heading(row["narrative"], language),
            count=set_as.counted(found.count, language),
            expected=set_as.counted(found.expected or 0.0, language, 1),
            ratio=set_as.number(found.ratio, language, 2),
            interval=interval(found, language),
            low=set_as.number(found.low, language, 2),
            weeks=set_as.counted(found.weeks, language),
        )
    ]
    if row["verdict"] == "up" and (first := _first_of(built, row["narrative_id"])):
        moment = set_as.moment(first["first_at"], language)
        sentences.append(say("first_known", language, outlet=first["first_outlet"], moment=moment))
    panel = row.get("panel_change")
    if panel is not None and panel.verdict not in (row["verdict"], "too_few_weeks"):
        sentences.append(say("panel_disagrees", language))
    return " ".join(sentences)


def _first_of(built: BuiltReport, narrative_id: str) -> dict[str, Any] | None:
    """Return the row that names who published a storyline first in the period, where that is known."""
    rows = (row for found in built.with_layout("passages") for row in found.rows)
    return next(
        (row for row in rows if row["narrative_id"] == narrative_id and row.get("first_outlet")), None
    )
