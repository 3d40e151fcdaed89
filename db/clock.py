"""Time as the database writes it: UTC, ISO 8601, whole seconds."""

import os
from datetime import UTC, date, datetime

#: Tests and the demo set this to freeze or scale time; a deployment never does.
CLOCK_VARIABLE = "NARRATIVES_NOW"


def utc_now() -> datetime:
    """Return the present moment in UTC, or the moment named by ``$NARRATIVES_NOW``."""
    frozen = os.environ.get(CLOCK_VARIABLE)
    if frozen:
        return parse_timestamp(frozen)
    return datetime.now(UTC)


def timestamp(moment: datetime | None = None) -> str:
    """Format a moment (default: now) as ``2026-01-31T06:00:00Z``."""
    moment = utc_now() if moment is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """Read back what :func:`timestamp` wrote; a bare date is midnight UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def iso_week_start(day: date) -> date:
    """Return the Monday of the ISO week that holds ``day``."""
    return date.fromordinal(day.toordinal() - day.weekday())
