"""The days a report covers, and the week it compares. No wall clock: the data say how far they reach."""

from dataclasses import dataclass
from datetime import date, timedelta

from db.clock import iso_week_start, parse_timestamp
from db.errors import NarrativesError

#: Fewest and most weeks drawn in the series of a report, up to and with the last week of its period.
DRAWN_WEEKS = 26
MOST_DRAWN_WEEKS = 260


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive days. ``week`` is the Monday of the last finished ISO week that ends with or before them.

    ``as_of`` is the end of the last run: what came later is not in the data.
    """

    since: date
    until: date
    week: date
    as_of: str

    @property
    def drawn_from(self) -> date:
        """Return the first Monday of the series: the period's own, half a year before its end at least."""
        last = iso_week_start(self.until)
        return max(
            min(iso_week_start(self.since), last - timedelta(weeks=DRAWN_WEEKS - 1)),
            last - timedelta(weeks=MOST_DRAWN_WEEKS - 1),
        )

    @property
    def before_from(self) -> date:
        """Return the first day of what phrasing is held against: eight weeks, or the period's own length."""
        return self.since - max(timedelta(weeks=8), self.until - self.since + timedelta(days=1))

    @property
    def known_until(self) -> str:
        """Return the moment up to which the report counts: a week that ends later is drawn open."""
        return min(self.as_of, f"{self.until + timedelta(days=1)}T00:00:00Z")

    @property
    def is_one_week(self) -> bool:
        """Return whether the period is exactly one ISO week."""
        return self.since == iso_week_start(self.since) and self.until == self.since + timedelta(days=6)

    @property
    def is_one_month(self) -> bool:
        """Return whether the period is exactly one month."""
        return self.since.day == 1 and self.until == _month_end(self.since)

    @property
    def is_one_year(self) -> bool:
        """Return whether the period is exactly one year."""
        return self.since == date(self.since.year, 1, 1) and self.until == date(self.since.year, 12, 31)

    @property
    def is_finished(self) -> bool:
        """Return whether the last day of the period is over in the data."""
        return parse_timestamp(self.as_of) >= parse_timestamp((self.until + timedelta(days=1)).isoformat())


def resolve_period(since: str | None, until: str | None, as_of: str) -> Period:
    """Return the period that ``--since`` and ``--until`` name.

    ``last`` (or nothing) is the last ISO week that was over at ``as_of``. ``since`` alone runs to the
    end of its ISO week; ``until`` alone starts on the Monday of its week.
    """
    last = _last_finished_week(as_of)
    first_day = None if since in (None, "last") else _day(str(since), "--since")
    last_day = None if until in (None, "last") else _day(str(until), "--until")
    if first_day is None and last_day is None:
        first_day, last_day = last, last + timedelta(days=6)
    elif first_day is None and last_day is not None:
        first_day = iso_week_start(last_day) if since is None else min(last, iso_week_start(last_day))
    elif last_day is None and first_day is not None:
        last_day = iso_week_start(first_day) + timedelta(days=6)
    if first_day is None or last_day is None or last_day < first_day:
        raise NarrativesError(
            f"The period ends before it starts: --since {first_day} --until {last_day}. Swap the two days."
        )
    whole = iso_week_start(last_day + timedelta(days=1)) - timedelta(days=7)
    return Period(first_day, last_day, min(last, whole), as_of)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _last_finished_week(as_of: str) -> date:
    return iso_week_start(parse_timestamp(as_of).date()) - timedelta(days=7)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NarrativesError(
            f"{option} {text!r} is no day. Write it as 2025-03-17, or `last` for the last finished week."
        ) from error
