"""The head of the report on coverage: what came in, whether that changed, who was silent, what failed."""

from datetime import date, timedelta

from datasette_config import typography as set_as
from datasette_config.export.cells import change_text
from datasette_config.export.findings_words import counted, listed, rows_of, share_words
from datasette_config.reporting import BuiltReport
from datasette_config.reporting_change import WeekCount, change
from datasette_config.shares import share_of
from datasette_config.wording import say, say_or

#: Silent sources and changes of the instrument named at the head.
_MOST_NAMED = 4
_ANSWERED = ("stored", "not_modified", "duplicate")


def received(built: BuiltReport) -> list[str]:
    """Say how much came in, from how many sources, and how much of it has no sure date."""
    totals = rows_of(built, "figures", "received", "placed", "distinct_texts", "undated")
    if not totals:
        return []
    row, language = totals[0], built.language
    outlets = [
        outlet for outlet in rows_of(built, "outlets", "received") if outlet["received"]
    ]  # fmt: skip
    said = say(
        "received" if row["received"] else "received_nothing",
        language,
        received=counted(row["received"], built),
        outlets=counted(len(outlets), built),
        placed=counted(row["placed"], built),
        texts=counted(row["distinct_texts"], built),
    )
    if row["undated"]:
        share = share_words(share_of(row["undated"], row["received"]), language)
        said += " " + say("received_undated", language, undated=counted(row["undated"], built), share=share)
    return [said]


def volume(built: BuiltReport) -> list[str]:
    """Say whether the last finished week brought more or fewer documents than the weeks before it."""
    weeks = rows_of(built, "weekly", "week_start", "documents")
    week, language = built.period.week.isoformat(), built.language
    begun = [
        row
        for number, row in enumerate(weeks)
        if any(earlier["documents"] for earlier in weeks[: number + 1])
    ]
    now = next((row for row in begun if row["week_start"] == week), None)
    if now is None:
        return (
            [say("volume_unknown", language, week=set_as.week(built.period.week, language))] if weeks else []
        )
    # A week without documents counts here: that nothing came is what the comparison is about.
    earlier = [row for row in begun if row["week_start"] < week]
    since = _collected_since(built)
    whole = earlier if since is None else [row for row in earlier if row["week_start"] >= since.isoformat()]
    found = change(WeekCount(now["documents"], 1), [WeekCount(row["documents"], 1) for row in whole])
    if since is not None and found.expected is None and len(whole) < len(earlier):
        return [
            say(
                "volume_before_collection"
                if since > built.period.week + timedelta(days=6)
                else "volume_just_begun",
                language,
                week=set_as.week(built.period.week, language),
                count=counted(now["documents"], built),
                day=set_as.day(since, language),
            )
        ]
    if found.expected is None:
        return [
            say(
                "volume_too_few_weeks",
                language,
                week=set_as.week(built.period.week, language),
                count=counted(now["documents"], built),
                weeks=counted(found.weeks, built),
            )
        ]
    return [
        say(
            f"volume_{found.verdict}",
            language,
            week=set_as.week(built.period.week, language),
            count=counted(now["documents"], built),
            expected=counted(found.expected, built, 1),
            weeks=counted(found.weeks, built),
            ratio=change_text(found, language),
        )
    ]


def _collected_since(built: BuiltReport) -> date | None:
    """Return the day of the first document that was collected rather than imported, if there is one."""
    moments = [row["collected_since"] for row in rows_of(built, "figures", "collected_since")]
    return date.fromisoformat(moments[0][:10]) if moments and moments[0] else None


def silent_sources(built: BuiltReport) -> list[str]:
    """Say how many of the collected sources gave nothing, and which."""
    totals = rows_of(built, "figures", "enabled", "silent")
    if not totals or not totals[0]["enabled"]:
        return []
    row, language = totals[0], built.language
    names = [
        outlet["source"]
        for outlet in rows_of(built, "outlets", "source", "state")
        if outlet["state"] == "silent"
    ]
    if not row["silent"]:
        return [say("silent_none", language, enabled=counted(row["enabled"], built))]
    return [
        say(
            "silent_some",
            language,
            silent=counted(row["silent"], built),
            enabled=counted(row["enabled"], built),
            names=listed(names, _MOST_NAMED, language),
        )
    ]


def requests(built: BuiltReport) -> list[str]:
    """Say how many requests were answered, and what the others came to most; or that none was made."""
    if built.section("outcomes") is None:
        return []
    rows, language = rows_of(built, "outcomes", "outcome", "fetches"), built.language
    made = sum(row["fetches"] for row in rows)
    if not made:
        return [say("requests_none", language)]
    answered = sum(row["fetches"] for row in rows if row["outcome"] in _ANSWERED)
    said = say(
        "requests_answered",
        language,
        made=counted(made, built),
        answered=counted(answered, built),
        share=share_words(share_of(answered, made), language),
    )
    worst = next((row for row in rows if row["outcome"] not in _ANSWERED), None)
    if worst is not None:
        outcome = say_or(f"outcome_{worst['outcome']}", language, worst["outcome"])
        said += " " + say("requests_worst", language, outcome=outcome, times=counted(worst["fetches"], built))
    return [said]


def instrument(built: BuiltReport) -> list[str]:
    """Name what changed in the instrument itself within the drawn weeks, the latest first."""
    if not built.with_layout("markers"):
        return []
    language = built.language
    rows = [
        row for found in built.with_layout("markers") for row in found.rows if row["kind"] == "instrument"
    ]
    if not rows:
        return [say("instrument_same", language)]
    rows.sort(key=lambda row: row["on"], reverse=True)
    named = [
        say(
            "instrument_change_named",
            language,
            change=say_or(f"instrument_{row['change']}", language, row["change"]),
            label=row["label"],
            day=set_as.day(row["on"], language),
        )
        for row in rows
    ]
    return [
        say(
            "instrument_changed",
            language,
            changes=counted(len(rows), built),
            named=listed(named, _MOST_NAMED, language),
        )
    ]
