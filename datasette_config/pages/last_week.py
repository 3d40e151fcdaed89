"""The last finished week against the weeks before it, told alike on every page and in the weekly brief."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from datasette_config.charts.series import week_is_finished
from datasette_config.reporting_change import WeekCount, change, changes
from datasette_config.reporting_period import DRAWN_WEEKS
from db.reading import overview
from db.reading.rows import Row


@dataclass(frozen=True, slots=True)
class LastWeek:
    """A finished week: its Monday, the distinct texts ``collected`` in it, and the narratives compared.

    ``rows`` are core narratives told in own voice in the drawn weeks, those that moved first, then by
    count; each carries ``change`` (:class:`datasette_config.reporting_change.Change`), judged together.
    """

    monday: date
    collected: int
    rows: tuple[Row, ...]

    @property
    def sunday(self) -> date:
        """Return the last day of the week."""
        return self.monday + timedelta(days=6)

    @property
    def moved(self) -> int:
        """Return how many narratives moved beyond chance."""
        return sum(has_moved(row) for row in self.rows)

    @property
    def compared(self) -> int:
        """Return how many narratives could be compared."""
        return sum(row["change"].expected is not None for row in self.rows)

    @property
    def weeks(self) -> int:
        """Return how many collected weeks stand on the other side of the comparison."""
        return max((row["change"].weeks for row in self.rows), default=0)

    def told(self, most: int) -> list[Row]:
        """Return the narratives to name: all that moved, and of the others told the first, to ``most``."""
        named = [row for row in self.rows if has_moved(row) or row["change"].count]
        return named[: max(most, self.moved)]

    def of(self, narrative_id: str) -> Row | None:
        """Return the row of one narrative, where it is compared."""
        return next((row for row in self.rows if row["narrative_id"] == narrative_id), None)


def has_moved(row: Row) -> bool:
    """Say whether a narrative moved beyond chance."""
    return row["change"].verdict in ("up", "down")


def last_week(connection: sqlite3.Connection) -> LastWeek | None:
    """Return the last finished week of the publication, None before there is one.

    Only narratives told in the drawn weeks are compared: one that nobody told would make every other
    comparison stricter, and the pages would disagree with the weekly brief.
    """
    as_of = overview.fact(connection, "as_of")
    mondays = [
        monday
        for monday in overview.recent_weeks(connection, DRAWN_WEEKS + 1)
        if as_of and week_is_finished(date.fromisoformat(monday), as_of)
    ][-DRAWN_WEEKS:]
    if not mondays:
        return None
    grid = [row for row in overview.weekly_grid(connection, mondays) if any(n for n, _ in row["weeks"])]
    weeks = [[WeekCount(*week) for week in row["weeks"]] for row in grid]
    judged = changes([change(counts[-1], counts[:-1]) for counts in weeks])
    rows = [{**row, "change": found} for row, found in zip(grid, judged, strict=True)]
    return LastWeek(
        monday=date.fromisoformat(mondays[-1]),
        collected=weeks[0][-1].collected if weeks else 0,
        rows=tuple(sorted(rows, key=lambda row: (not has_moved(row), -row["change"].count))),
    )
