"""The head of the report on quality: what is measured, how good it is, whether families are seen alike."""

from collections.abc import Iterable
from statistics import median
from typing import Any, Literal

from datasette_config import typography as set_as
from datasette_config.export.cells import FEWEST_CASES, heading
from datasette_config.export.findings_words import counted, listed, rows_of
from datasette_config.reporting import BuiltReport
from datasette_config.shares import compared
from datasette_config.wording import say, say_or

Measure = Literal["precision", "recall"]
#: What a share is of: precision of the flags that were judged, recall of the cases.
_WHOLE: dict[Measure, str] = {"precision": "predicted", "recall": "n"}
_COLUMNS = ("n", "predicted", "precision", "precision_low", "precision_high", "recall")
_MOST_NAMED = 4


def measured_storylines(built: BuiltReport) -> list[str]:
    """Say for how many storylines precision and recall are measured, and between what they lie."""
    rows = _one_each(rows_of(built, "narratives", "narrative_id", *_COLUMNS))
    if not rows:
        return []
    language = built.language
    without = [row for row in rows if not any(_enough(row, measure) for measure in _WHOLE)]
    if len(without) == len(rows):
        return [say("nothing_measured", language, narratives=counted(len(rows), built))]
    told = [_range_of(built, rows, measure) for measure in _WHOLE]
    if without:
        told.append(
            say(
                "measured_without",
                language,
                narratives=counted(len(without), built),
                names=listed([heading(row["narrative"], language) for row in without], _MOST_NAMED, language),
            )
        )
    return told


def _one_each(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the row that stands for each storyline: new texts first, then documents, then own voice."""
    by_storyline: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_storyline.setdefault(row["narrative_id"], []).append(row)
    return [min(same, key=_preference) for same in by_storyline.values()]


def _preference(row: dict[str, Any]) -> tuple[bool, bool, bool]:
    return row["split"] == "cross-validation", row["level"] != "document", row["voice"] != "own"


def _range_of(built: BuiltReport, rows: list[dict[str, Any]], measure: Measure) -> str:
    language = built.language
    known = sorted((row for row in rows if _enough(row, measure)), key=lambda row: float(row[measure]))
    if not known:
        return say(f"{measure}_unmeasured", language, narratives=counted(len(rows), built))
    lowest = known[0]
    return say(
        f"{measure}_{'range' if len(known) > 1 else 'one'}",
        language,
        known=set_as.number(len(known), language),
        narratives=counted(len(rows), built),
        median=set_as.number(median(row[measure] for row in known), language, 2),
        name=heading(lowest["narrative"], language),
        low=set_as.number(lowest[measure], language, 2),
        interval=_interval(lowest, measure, language),
        n=set_as.number(lowest[_WHOLE[measure]], language),
        high=set_as.number(known[-1][measure], language, 2),
    )


def symmetry(built: BuiltReport) -> list[str]:
    """Say whether a family is flagged rightly, or found, more or less often than all the others."""
    rows = rows_of(built, "families", "family", *_COLUMNS)
    return [said for measure in _WHOLE if (said := _symmetry_of(built, rows, measure))]


def _symmetry_of(built: BuiltReport, rows: list[dict[str, Any]], measure: Measure) -> str:
    known = [row for row in rows if _enough(row, measure)]
    if len(known) < 2:
        return say(f"symmetry_{measure}_unmeasured", built.language) if known else ""
    counts = [(round(row[measure] * row[_WHOLE[measure]]), row[_WHOLE[measure]]) for row in known]
    hits, whole = sum(count for count, _ in counts), sum(n for _, n in counts)
    judged = compared([(count, n, hits - count, whole - n) for count, n in counts])
    differing = [
        say(
            f"symmetry_{comparison.reading}",
            built.language,
            family=heading(row["family"], built.language),
            value=set_as.number(row[measure], built.language, 2),
            interval=_interval(row, measure, built.language),
            n=set_as.number(row[_WHOLE[measure]], built.language),
        )
        for row, comparison in zip(known, judged, strict=True)
        if comparison.reading in ("less", "more")
    ]
    return say(
        f"symmetry_{measure}_{'differs' if differing else 'same'}",
        built.language,
        families=counted(len(known), built),
        n=counted(whole, built),
        named=", ".join(differing),
    )


def made_by(built: BuiltReport) -> list[str]:
    """Say who made the labels that the model is measured against."""
    makers = sorted({row["made_by"] for row in rows_of(built, "origins", "made_by") if row["made_by"]})
    language = built.language
    between = "\N{NARROW NO-BREAK SPACE}; " if language == "fr" else "; "
    said = between.join(say_or(f"made_by_{maker}", language, maker) for maker in makers)
    return [say("measured_against", language, labels=said)] if makers else []


def _enough(row: dict[str, Any], measure: Measure) -> bool:
    return row[measure] is not None and (row[_WHOLE[measure]] or 0) >= FEWEST_CASES


def _interval(row: dict[str, Any], measure: Measure, language: str) -> str:
    low, high = (set_as.number(row[f"{measure}_{end}"], language, 2) for end in ("low", "high"))
    return f"[{low}{set_as.NO_BREAK}\N{EN DASH}{set_as.NO_BREAK}{high}]"
