"""From the rows of a weekly grid to what a report says about it."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from datasette_config.charts import weekly_points
from datasette_config.reporting_change import (
    CONFIDENCE,
    Change,
    WeekCount,
    change,
    changes,
    proportion_interval,
)
from datasette_config.reporting_period import Period
from datasette_config.reporting_phrases import phrases
from datasette_config.reporting_turns import between, turns_of_many

Row = dict[str, Any]

#: A panel of fewer sources says nothing that the full series does not.
_SMALLEST_PANEL = 2


def compute_changes(rows: Sequence[Row], period: Period) -> list[Row]:
    """Return one row per narrative from rows per narrative and week (a complete grid, in order).

    Input columns: ``narrative_id, narrative, week_start, documents, distinct_texts, collected,
    panel_texts, panel_collected, panel_sources``. Output adds ``points`` (the drawn weeks), ``count``,
    ``expected``, ``change``, ``panel_change`` (:class:`Change`, or None without a panel), ``verdict`` and
    ``collected`` (distinct texts of the compared week).
    """
    week = period.week.isoformat()
    grids = [
        (narrative_id, list(grid))
        for narrative_id, grid in groupby(rows, key=lambda row: row["narrative_id"])
    ]
    compared = changes([_change(grid, week, "distinct_texts", "collected") for _, grid in grids])
    panels = changes([_change(grid, week, "panel_texts", "panel_collected") for _, grid in grids])
    found = []
    for (narrative_id, grid), full, panel in zip(grids, compared, panels, strict=True):
        collected = {row["week_start"] for row in grid if row["collected"]}
        found.append(
            {
                "narrative_id": narrative_id,
                "narrative": grid[0]["narrative"],
                "points": weekly_points(
                    {row["week_start"]: row["distinct_texts"] for row in grid if row["collected"]},
                    grid[0]["week_start"],
                    grid[-1]["week_start"],
                    collected=collected,
                    as_of=period.known_until,
                ),
                "panel_points": weekly_points(
                    {row["week_start"]: row["panel_texts"] for row in grid if row["collected"]},
                    grid[0]["week_start"],
                    grid[-1]["week_start"],
                    collected=collected,
                    as_of=period.known_until,
                ),
                "count": full.count,
                "expected": full.expected,
                "change": full,
                "panel_change": panel if grid[0]["panel_sources"] >= _SMALLEST_PANEL else None,
                "panel_sources": grid[0]["panel_sources"],
                "verdict": full.verdict,
                "weeks": full.weeks,
                "collected": next((row["collected"] for row in grid if row["week_start"] == week), 0),
            }
        )
    return found


def _change(grid: Sequence[Mapping[str, Any]], week: str, count: str, collected: str) -> Change:
    counts = {row["week_start"]: WeekCount(row[count], row[collected]) for row in grid}
    before = [found for start, found in counts.items() if start < week]
    return change(counts.get(week, WeekCount(0, 0)), before)


def compute_before_after(rows: Sequence[Row], period: Period) -> list[Row]:
    """Return one row per narrative from rows per narrative and week around an event (a grid, in order).

    Input columns: ``narrative_id, narrative, status, week_start, side`` (before, during, after),
    ``distinct_texts, collected``. Output: ``points``, ``before`` and ``after`` (distinct texts of each side),
    ``before_weeks`` and ``after_weeks`` (weeks with collection), ``event_week`` (its Monday), ``expected``
    (of the weeks after, at the pace before), ``change``, ``verdict``. A narrative told on neither side is
    left out.
    """
    found = []
    for narrative_id, grid in groupby(rows, key=lambda row: row["narrative_id"]):
        weeks = list(grid)
        if not any(row["distinct_texts"] for row in weeks if row["side"] in ("before", "after")):
            continue
        before = [
            WeekCount(row["distinct_texts"], row["collected"]) for row in weeks if row["side"] == "before"
        ]
        after = [
            WeekCount(row["distinct_texts"], row["collected"]) for row in weeks if row["side"] == "after"
        ]
        pooled = WeekCount(sum(week.count for week in after), sum(week.collected for week in after))
        found.append(
            {
                "narrative_id": narrative_id,
                "narrative": weeks[0]["narrative"],
                "status": weeks[0]["status"],
                "before": sum(week.count for week in before),
                "after": pooled.count,
                "before_weeks": sum(week.collected > 0 for week in before),
                "after_weeks": sum(week.collected > 0 for week in after),
                "event_week": next(row["week_start"] for row in weeks if row["side"] == "during"),
                "points": weekly_points(
                    {row["week_start"]: row["distinct_texts"] for row in weeks if row["collected"]},
                    weeks[0]["week_start"],
                    weeks[-1]["week_start"],
                    collected={row["week_start"] for row in weeks if row["collected"]},
                    as_of=period.as_of,
                ),
                "change": change(pooled, before),
            }
        )
    judged = changes([row["change"] for row in found])
    return [
        {**row, "expected": whole.expected, "change": whole, "verdict": whole.verdict}
        for row, whole in zip(found, judged, strict=True)
    ]


def compute_turns(rows: Sequence[Row], period: Period) -> list[Row]:
    """Return one row per lasting change of level, the latest first, from the grid of :func:`compute_changes`.

    Further input columns: ``steady_texts, steady_collected, steady_sources`` (sources present through most
    of the weeks) and ``instrument`` (its changes about that week, or None). Output: ``narrative_id,
    narrative, status, week_start, before, after`` (distinct texts per 100 collected), ``change,
    steady_change`` (:class:`reporting_turns.Turn`, the second None without such sources), ``verdict,
    instrument, weeks``.
    """
    last = period.week.isoformat()
    grids = [
        [row for row in grid if row["collected"] and row["week_start"] <= last]
        for _, grid in groupby(rows, key=lambda row: row["narrative_id"])
    ]
    grids = [grid for grid in grids if grid]
    found = []
    series = [[WeekCount(row["distinct_texts"], row["collected"]) for row in grid] for grid in grids]
    for grid, turned in zip(grids, turns_of_many(series), strict=True):
        bounds = [0, *(turn.week for turn in turned), len(grid)]
        for number, turn in enumerate(turned):
            begins, at, ends = bounds[number : number + 3]
            first = grid[at]
            steady = [WeekCount(row["steady_texts"], row["steady_collected"]) for row in grid[begins:ends]]
            enough = first["steady_sources"] >= _SMALLEST_PANEL and all(week.collected for week in steady)
            found.append(
                {
                    "narrative_id": first["narrative_id"],
                    "narrative": first["narrative"],
                    "status": first["status"],
                    "week_start": first["week_start"],
                    "before": turn.before,
                    "after": turn.after,
                    "change": turn,
                    "steady_change": between(steady, at - begins) if enough else None,
                    "verdict": turn.direction,
                    "instrument": first["instrument"],
                    "weeks": len(grid),
                }
            )
    return sorted(found, key=lambda row: row["week_start"], reverse=True)


def compute_phrases(rows: Sequence[Row], period: Period) -> list[Row]:
    """Return the new phrases of the period, see :mod:`reporting_phrases`."""
    return phrases(rows)


def compute_proportion(rows: Sequence[Row], period: Period) -> list[Row]:
    """Return the rows with ``proportion`` = ``found`` of ``n`` and its exact 95 % interval."""
    judged = []
    for row in rows:
        low, high = proportion_interval(row["found"], row["n"] - row["found"], CONFIDENCE)
        value = row["found"] / row["n"] if row["n"] else None
        judged.append({**row, "proportion": value, "proportion_low": low, "proportion_high": high})
    return judged


COMPUTATIONS: dict[str, Callable[[Sequence[Row], Period], list[Row]]] = {
    "changes": compute_changes,
    "before_after": compute_before_after,
    "proportion": compute_proportion,
    "turns": compute_turns,
    "phrases": compute_phrases,
}
