"""The few sentences at the head of a report, each worked out from its rows."""

from datasette_config import typography as set_as
from datasette_config.export.cells import heading, interval
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say


def findings(built: BuiltReport) -> list[str]:
    """Return what moved, or the sentence that nothing did; empty for a report without comparison."""
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
    sentences = []
    for row in moved:
        found = row["change"]
        key = "moved_new" if found.ratio is None else f"moved_{row['verdict']}"
        sentences.append(
            say(
                key,
                language,
                narrative=heading(row["narrative"], language),
                count=set_as.number(found.count, language),
                expected=set_as.number(found.expected, language, 1),
                ratio=set_as.number(found.ratio, language, 2),
                interval=interval(found, language),
            )
        )
    return sentences
