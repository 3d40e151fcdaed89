"""The few sentences at the head of a report, each worked out from its rows."""

from collections.abc import Iterable
from typing import Any

from datasette_config import typography as set_as
from datasette_config.export.cells import change_text, heading, interval
from datasette_config.reporting import BuiltReport, BuiltSection
from datasette_config.wording import say

#: Weeks after which a lasting change is no news any more, and phrases named at the head.
WEEKS_OF_NEWS = 8
_MOST_PHRASES = 3
#: Storylines named at the head of a source's profile.
_MOST_CARRIED = 3


def findings(built: BuiltReport) -> list[str]:
    """Return what moved, or the sentence that nothing did, then what is new; empty where neither is asked."""
    parts = (_changes, _before_after, _carried, _turns, _phrases, _copied)
    return [sentence for part in parts for sentence in part(built)]


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


def _changes(built: BuiltReport) -> list[str]:
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
        return [_moved(built, row) if _has_moved(row) else _stayed(row, week, language) for row in compared]
    head = say(
        "some_change" if any(map(_has_moved, compared)) else "no_change",
        language,
        week=week,
        moved=set_as.counted(sum(map(_has_moved, compared)), language),
        narratives=set_as.counted(len(compared), language),
        texts=set_as.counted(compared[0]["collected"], language),
        weeks=set_as.counted(max(row["weeks"] for row in compared), language),
    )
    return [head, *_told(built, compared)]


def _before_after(built: BuiltReport) -> list[str]:
    compared = [
        row for found in built.sections if found.section.compute == "before_after" for row in found.rows
    ]
    if not compared:
        return []
    language = built.language
    known = [row for row in compared if row["change"].expected is not None]
    if not known:
        return [say("event_not_compared", language)]
    head = say(
        "event_some_change" if any(map(_has_moved, known)) else "event_no_change",
        language,
        moved=set_as.counted(sum(map(_has_moved, known)), language),
        narratives=set_as.counted(len(known), language),
        weeks=set_as.counted(max(row["change"].weeks for row in known), language),
    )
    return [head, *_told(built, known)]


def _has_moved(row: dict[str, Any]) -> bool:
    return row["verdict"] in ("up", "down")


def _told(built: BuiltReport, rows: Iterable[dict[str, Any]]) -> list[str]:
    """Say of each storyline that moved how, rises first, the surest first."""
    moved = sorted(
        filter(_has_moved, rows),
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


def _carried(built: BuiltReport) -> list[str]:
    """Say which storylines a source carried most in its own voice, of how many documents."""
    found = built.section("narratives")
    if not built.parameters.get("source") or found is None or not found.rows:
        return []
    language = built.language
    documents = set_as.counted(found.rows[0]["n"], language)
    carried = [row for row in found.rows if row["found"]][:_MOST_CARRIED]
    if not carried:
        return [say("carried_none", language, documents=documents)]
    named = ", ".join(
        f"{heading(row['narrative'], language)} ("
        f"{say('of_texts', language, n=set_as.number(row['found'], language), whole=documents)})"
        for row in carried
    )
    return [say("carried_most", language, documents=documents, narratives=named)]


def _turns(built: BuiltReport) -> list[str]:
    language = built.language
    told = []
    for row in (row for found in built.with_layout("turns") for row in found.rows):
        if (built.period.week - set_as.as_date(row["week_start"])).days > 7 * WEEKS_OF_NEWS:
            continue
        turn = row["change"]
        sentence = say(
            f"turned_{turn.direction}",
            language,
            narrative=heading(row["narrative"], language),
            day=set_as.day(row["week_start"], language),
            before=set_as.number(turn.before, language, 1),
            after=set_as.counted(turn.after, language, 1),
            interval=interval(turn, language),
        )
        if row["instrument"]:
            sentence = f"{sentence} {say('turned_with', language, change=row['instrument'])}"
        told.append(sentence)
    return told


def _phrases(built: BuiltReport) -> list[str]:
    rows = [row for found in built.with_layout("phrases") for row in found.rows][:_MOST_PHRASES]
    if not rows:
        return []
    language = built.language
    named = ", ".join(
        say(
            "phrase_counted",
            language,
            phrase=set_as.quoted(row["phrase"], language),
            now=set_as.counted(row["now"], language),
            texts=set_as.number(row["texts"], language),
            before=set_as.number(row["before"], language),
            texts_before=set_as.number(row["texts_before"], language),
        )
        for row in rows
    )
    return [say("new_phrases", language, phrases=named)]


def _copied(built: BuiltReport) -> list[str]:
    found = built.section("copied")
    if found is None or not found.rows:
        return []
    row, language = found.rows[0], built.language
    return [
        say(
            "most_copied",
            language,
            title=set_as.quoted(row["title"] or say("untitled", language), language),
            documents=set_as.counted(row["documents"], language),
            outlets=set_as.counted(row["outlets"], language),
        )
    ]
