"""What a weekly chart draws: one point per ISO week, panels by voice, markers for dated events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from db.clock import iso_week_start, parse_timestamp

VOICES = ("own", "attributed", "rejected")

_VOICE_TITLES = {
    "own": {"fr": "Voix propre", "en": "Own voice"},
    "attributed": {"fr": "Propos rapportés", "en": "Attributed"},
    "rejected": {"fr": "Rejeté ou démenti", "en": "Rejected or denied"},
}
#: Middle tones: at least 3:1 on white and on near-black, and told apart by panel, never by colour alone.
_VOICE_COLOURS = {"own": "#3578b5", "attributed": "#b0721e", "rejected": "#808080"}


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One ISO week. ``value`` is None where nothing was collected: unknown, not zero."""

    week_start: str
    value: int | None
    finished: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One series with its own frame and direct label; panels of a chart share both scales."""

    title: str
    colour: str
    points: tuple[WeekPoint, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """A dated event or a change of the instrument. ``certain`` False is drawn dashed.

    The ``occasion`` is the event that a chart is about.
    """

    on: str
    label: str
    kind: Literal["event", "occasion", "instrument"]
    certain: bool = True


def weekly_points(
    counts: Mapping[str, int], first: str, last: str, *, collected: Collection[str], as_of: str
) -> tuple[WeekPoint, ...]:
    """Return one point for every ISO week from the week of ``first`` to the week of ``last``.

    ``counts`` and ``collected`` are keyed by Monday (``YYYY-MM-DD``). A week without a count is 0 when
    anything was collected in it and unknown otherwise. A week is finished when it ended by ``as_of``.
    """
    points = []
    monday = iso_week_start(date.fromisoformat(first[:10]))
    while monday <= date.fromisoformat(last[:10]):
        key = monday.isoformat()
        value = counts.get(key, 0 if key in collected else None)
        points.append(WeekPoint(key, value, week_is_finished(monday, as_of)))
        monday += timedelta(days=7)
    return tuple(points)


def week_is_finished(monday: date, as_of: str) -> bool:
    """Return whether the week ended (Sunday, 24:00 UTC) by ``as_of``, a day or a moment."""
    return parse_timestamp(as_of) >= parse_timestamp((monday + timedelta(days=7)).isoformat())


def voice_panels(
    by_voice: Mapping[str, Sequence[WeekPoint]], language: str, *, only: Collection[str] = VOICES
) -> list[Panel]:
    """Return one panel per voice, own first. Voices stand beside each other and are never added."""
    return [
        Panel(_VOICE_TITLES[voice][language], _VOICE_COLOURS[voice], tuple(by_voice[voice]))
        for voice in VOICES
        if voice in by_voice and voice in only
    ]
