"""A row's value as words, the same in every format that people read."""

from dataclasses import dataclass
from typing import Any

from datasette_config import typography as set_as
from datasette_config.export.addresses import document_address, page_address, web_address
from datasette_config.report_model import Column, ColumnKind
from datasette_config.reporting import BuiltReport
from datasette_config.reporting_change import Change
from datasette_config.reporting_turns import Turn
from datasette_config.wording import say, say_or

#: Signs of a date that is known to the month: 2025-03.
_MONTH = 7
#: Below this many cases a share is not given, only the number of cases.
FEWEST_CASES = 10

NUMERIC: frozenset[ColumnKind] = frozenset({"integer", "decimal", "share"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as people read it: its text, where it leads, and a small mark after it."""

    text: str
    address: str | None = None
    mark: str | None = None


def cell(built: BuiltReport, row: dict[str, Any], name: str, column: Column) -> Cell:
    """Return one cell with its link and its mark, the same in every format that people read."""
    language = built.language
    text = cell_text(row, name, column, language)
    match column.kind:
        case "narrative":
            known = row.get("narrative_id") not in (None, "all")
            return Cell(
                heading(text, language),
                page_address(built, "narratives", row["narrative_id"]) if known else None,
                say("experimental", language) if row.get("status") == "experimental" else None,
            )
        case "source":
            return Cell(text, mark=say_or(row["state"], language, row["state"]) if row.get("state") else None)
        case "document":
            return Cell(text, document_address(built, row) if row.get("document_key") else None)
        case "link":
            return Cell(text, web_address(row.get("url")))
        case _:
            return Cell(text)


def period_words(built: BuiltReport) -> str:
    """Name the period: the ISO week, month or year where it is one, else its days."""
    period = built.period
    if period.is_one_year:
        return str(period.since.year)
    if period.is_one_month:
        return set_as.month(period.since.isoformat(), built.language)
    if period.is_one_week:
        return set_as.week(period.since, built.language)
    return set_as.days(period.since, period.until, built.language)


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
            if value is not None and (row.get("precision") == "month" or len(value) == _MONTH):
                return set_as.month(f"{value[:_MONTH]}-01", language)
            return value if value is not None and len(value) < _MONTH else set_as.day(value, language)
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
            | "outlet"
            | "platform"
            | "property"
            | "country"
            | "made_by"
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
        case "quoted":
            return set_as.quoted(str(value), language)
        case "of_texts":
            whole = row["texts" if name == "now" else f"texts_{name}"]
            return say(
                "of_texts", language, n=set_as.number(value, language), whole=set_as.number(whole, language)
            )
        case "spark":
            return set_as.MISSING
        case "prose":
            return set_as.MISSING if value is None else heading(str(value), language)
        case _:
            return set_as.MISSING if value is None else str(value)


def measured(row: dict[str, Any], measure: str, language: str) -> str:
    """Write a share with its interval and its whole; under ten, the whole alone; or that there is none."""
    # Precision is a share of what was flagged, recall of what should have been.
    n = row.get("predicted", row.get("n")) if measure == "precision" else row.get("n")
    if row.get("n") is None or n is None:
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


def change_text(found: Change | Turn | None, language: str) -> str:
    """Write a rate ratio with its interval, or why there is none."""
    if found is None:
        return set_as.MISSING
    if isinstance(found, Change) and found.expected is None:
        return set_as.MISSING
    if found.ratio is None:
        if not found.low:
            return say("change_none", language)
        return say("change_at_least", language, low=set_as.number(found.low, language, 2))
    return f"×{set_as.number(found.ratio, language, 2)} {interval(found, language)}"


def interval(found: Change | Turn, language: str) -> str:
    """Write the interval of a rate ratio; a side without bound is infinite."""
    high = "\N{INFINITY}" if found.high is None else set_as.number(found.high, language, 2)
    low = set_as.number(found.low or 0.0, language, 2)
    return f"[{low}{set_as.NO_BREAK}\N{EN DASH}{set_as.NO_BREAK}{high}]"


def heading(label: str, language: str) -> str:
    """Set a label from a report's YAML."""
    return set_as.typeset(label, language)


def figure_label(label: str, value: Any, language: str) -> str:
    """Set the label under a large figure; ``texte|textes`` agrees with it."""
    one, _, many = label.partition("|")
    singular = isinstance(value, int | float) and not set_as.counted(value, language).plural
    return heading(one if singular or not many else many, language)
