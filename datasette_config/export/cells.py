"""A row's value as words, the same in every format that people read."""

from typing import Any

from datasette_config import typography as set_as
from datasette_config.report_model import Column, ColumnKind
from datasette_config.reporting_change import Change
from datasette_config.wording import say, say_or

#: Below this many cases a share is not given, only the number of cases.
FEWEST_CASES = 10

NUMERIC: frozenset[ColumnKind] = frozenset({"integer", "decimal", "share"})


def cell_text(row: dict[str, Any], name: str, column: Column, language: str) -> str:
    """Return one cell as text; a missing value is a dash or says what is missing, never 0."""
    value = row.get(name)
    match column.kind:
        case "integer":
            return set_as.number(value, language)
        case "decimal":
            return set_as.number(value, language, 1)
        case "share":
            return set_as.share(value, language)
        case "day":
            if value is not None and row.get("precision") == "month":
                return set_as.month(value, language)
            return set_as.day(value, language)
        case "moment":
            return say("unknown", language) if value is None else set_as.moment(value, language)
        case "quality":
            return measured(row, "precision", language)
        case "recall":
            return measured(row, "recall", language)
        case "proportion":
            return measured(row, "proportion", language)
        case "change":
            return change_text(value, language)
        case (
            "voice"
            | "verdict"
            | "outcome"
            | "level"
            | "split"
            | "stance"
            | "status"
            | "claim"
            | "origin"
            | "precision"
        ):
            return set_as.MISSING if value is None else say_or(f"{column.kind}_{value}", language, str(value))
        case "language":
            return (
                say("language_none", language)
                if value is None
                else say_or(f"language_{value}", language, value)
            )
        case "yes_no":
            return set_as.MISSING if value is None else say("yes" if value else "no", language)
        case "document":
            return str(value or say("untitled", language))
        case "spark":
            return set_as.MISSING
        case "prose":
            return set_as.MISSING if value is None else heading(str(value), language)
        case _:
            return set_as.MISSING if value is None else str(value)


def measured(row: dict[str, Any], measure: str, language: str) -> str:
    """Write a measured share with its interval and n; n alone under ten cases; or that there is none."""
    n = row.get("n")
    if n is None:
        return say("quality_none", language)
    if n < FEWEST_CASES or row.get(measure) is None:
        return say("quality_few", language, n=set_as.number(n, language))
    low, high = row.get(f"{measure}_low"), row.get(f"{measure}_high")
    return say(
        "quality_known",
        language,
        value=set_as.number(row[measure], language, 2),
        low=set_as.number(low, language, 2),
        high=set_as.number(high, language, 2),
        n=set_as.number(n, language),
    )


def change_text(found: Change | None, language: str) -> str:
    """Write a rate ratio with its interval, or why there is none."""
    if found is None:
        return set_as.MISSING
    if found.expected is None:
        return say(f"verdict_{found.verdict}", language)
    if found.ratio is None:
        return say("change_none", language)
    return f"×{set_as.number(found.ratio, language, 2)} {interval(found, language)}"


def interval(found: Change, language: str) -> str:
    """Write the interval of a rate ratio; a side without bound is infinite."""
    high = "\N{INFINITY}" if found.high is None else set_as.number(found.high, language, 2)
    low = set_as.number(found.low or 0.0, language, 2)
    return f"[{low}{set_as.NO_BREAK}\N{EN DASH}{set_as.NO_BREAK}{high}]"


def heading(label: str, language: str) -> str:
    """Set a label from a report's YAML."""
    return set_as.typeset(label, language)
