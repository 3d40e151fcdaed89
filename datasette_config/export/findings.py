"""The few sentences at the head of a report, each worked out from its rows."""

from typing import Any

from datasette_config import typography as set_as
from datasette_config.export.cells import heading, interval
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say

#: Weeks after which a lasting change is no news any more, and phrases named at the head.
WEEKS_OF_NEWS = 8
_MOST_PHRASES = 3


def findings(built: BuiltReport) -> list[str]:
    """Return what moved, or the sentence that nothing did, then what is new; empty where neither is asked."""
    return [*_changes(built), *_turns(built), *_phrases(built), *_copied(built)]


def _changes(built: BuiltReport) -> list[str]:
    compared = [row for found in built.with_layout("changes") for row in found.rows]
    if not compared:
        return []
    language = built.language
    week = set_as.week(built.period.week, language)
    weeks = max(row["weeks"] for row in compared)
    verdicts = {row["verdict"] for row in compared}
    if verdicts == {"nothing_collected"}:
        return [say("nothing_collected", language, week=week)]
    if verdicts == {"too_few_weeks"}:
        return [say("too_few_weeks", language, week=week, weeks=weeks)]
    moved = [row for row in compared if row["verdict"] in ("up", "down")]
    if not moved:
        return [say("no_change", language, week=week, weeks=weeks)]
    moved.sort(key=lambda row: (row["verdict"] != "up", row["change"].p_value, row["narrative_id"]))
    return [_moved(built, row) for row in moved]


def _moved(built: BuiltReport, row: dict[str, Any]) -> str:
    """Say what moved and by how much, who was first, and whether the sources that are always there agree."""
    language, found = built.language, row["change"]
    key = "moved_new" if found.ratio is None else f"moved_{row['verdict']}"
    sentences = [
        say(
            key,
            language,
            narrative=heading(row["narrative"], language),
            count=set_as.number(found.count, language),
            expected=set_as.number(found.expected, language, 1),
            ratio=set_as.number(found.ratio, language, 2),
            interval=interval(found, language),
        )
    ]
    if row["verdict"] == "up" and (first := _first_of(built, row["narrative_id"])):
        moment = set_as.moment(first["first_at"], language)
        sentences.append(say("first_known", language, outlet=first["first_outlet"], moment=moment))
    panel = row["panel_change"]
    if panel is not None and panel.verdict not in (row["verdict"], "too_few_weeks"):
        sentences.append(say("panel_disagrees", language))
    return " ".join(sentences)


def _first_of(built: BuiltReport, narrative_id: str) -> dict[str, Any] | None:
    """Return the row that names who published a storyline first in the period, where that is known."""
    rows = (row for found in built.with_layout("passages") for row in found.rows)
    return next(
        (row for row in rows if row["narrative_id"] == narrative_id and row.get("first_outlet")), None
    )


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
            after=set_as.number(turn.after, language, 1),
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
            now=set_as.number(row["now"], language),
            before=set_as.number(row["before"], language),
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
            documents=set_as.number(row["documents"], language),
            outlets=set_as.number(row["outlets"], language),
        )
    ]
