"""The few sentences at the head of a report, each worked out from its rows."""

from collections.abc import Callable

from datasette_config import typography as set_as
from datasette_config.export.cells import heading, interval
from datasette_config.export.findings_changes import changes
from datasette_config.export.findings_collection import instrument, received, requests, silent_sources, volume
from datasette_config.export.findings_event import before_after
from datasette_config.export.findings_partners import stances_measured, stances_taken, stances_together
from datasette_config.export.findings_quality import made_by, measured_storylines, symmetry
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say

Part = Callable[[BuiltReport], list[str]]

#: Weeks after which a lasting change is no news any more, and phrases named at the head.
WEEKS_OF_NEWS = 8
_MOST_PHRASES = 3
#: Storylines named at the head of a source's profile.
_MOST_CARRIED = 3


def findings(built: BuiltReport) -> list[str]:
    """Return what a reader should know first, each sentence with its numbers: what moved or that nothing did.

    A report of a deployment's own, which none of the bundled heads fits, says what its sections compute.
    """
    parts = _HEADS.get(built.report.id, (changes, before_after, _carried, _turns, _phrases, _copied))
    return [sentence for part in parts for sentence in part(built)]


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


_HEADS: dict[str, tuple[Part, ...]] = {
    "partner-matrix": (stances_taken, changes, stances_together, stances_measured),
    "coverage": (received, volume, silent_sources, requests, instrument),
    "quality": (measured_storylines, symmetry, made_by),
}
