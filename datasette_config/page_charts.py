"""The weekly charts of a narrative: one specification for a drawing and for the list of its marks."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette_config.charts import (
    Marker,
    MarkerKey,
    Panel,
    WeekPoint,
    marker_keys,
    voice_panels,
    weekly_points,
    weekly_spec,
)
from datasette_config.page_wording import Wording
from db.clock import iso_week_start
from db.reading.narrative import (
    collected_weeks,
    events_about,
    instrument_changes,
    narrative,
    weekly_counts,
    weeks_by_group,
)
from db.reading.overview import fact

#: Weeks drawn on either side of those in which the narrative was seen, where there are any.
WEEKS_AROUND = 4
#: A longer series is drawn for its last weeks only: bars of a pixel tell nothing. The table has them all.
WEEKS_DRAWN = 156
#: Pixels; a phone scrolls the drawing inside its frame.
CHART_WIDTH = 780
#: Groups of sources drawn, those with most texts first; the table beside the chart has them all.
GROUPS_DRAWN = 6
_GROUP_COLOUR = "#3578b5"
_CHANGE_LABELS = {
    "model": {"fr": "Nouveau modèle", "en": "New model"},
    "codebook": {"fr": "Nouveau codage", "en": "New codebook"},
    "source_added": {"fr": "Source ajoutée", "en": "Source added"},
    "source_lost": {"fr": "Source devenue muette", "en": "Source fallen silent"},
}


Chart = tuple[dict[str, Any], list[MarkerKey]]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The weeks that the charts of a narrative share, and the moment that ends them."""

    first: str
    last: str
    as_of: str


def narrative_chart(connection: sqlite3.Connection, narrative_id: str, language: str) -> Chart | None:
    """Return the Vega-Lite specification by voice and the marks it explains, or None."""
    described = narrative(connection, narrative_id)
    counts = weekly_counts(connection, narrative_id, "distinct_texts")
    collected = collected_weeks(connection)
    frame = _frame(connection, [monday for weeks in counts.values() for monday in weeks], collected)
    if described is None or frame is None:
        return None
    by_voice = {
        voice: _points(weeks, frame, collected)
        for voice, weeks in counts.items()
        if voice == "own" or any(frame.first <= monday <= frame.last for monday in weeks)
    }
    keys = marker_keys(_markers(connection, described, language, frame))
    spec = weekly_spec(
        voice_panels(by_voice, language),
        title=described[f"title_{language}"],
        language=language,
        markers=keys,
        width=CHART_WIDTH,
    )
    return spec, keys


def group_chart(connection: sqlite3.Connection, narrative_id: str, language: str) -> dict[str, Any] | None:
    """Return the specification of the own-voice texts by group of sources; None for fewer than two groups."""
    described = narrative(connection, narrative_id)
    groups = weeks_by_group(connection, narrative_id)
    voices = weekly_counts(connection, narrative_id, "distinct_texts")
    frame = _frame(
        connection, [monday for weeks in voices.values() for monday in weeks], collected_weeks(connection)
    )
    if described is None or frame is None or len(groups) < 2:
        return None
    say = Wording(language)
    panels = [
        Panel(say.known(f"kind_{kind}", kind).capitalize(), _GROUP_COLOUR,
              _points(weeks, frame, collected_weeks(connection, kind)))
        for kind, weeks in list(groups.items())[:GROUPS_DRAWN]
    ]  # fmt: skip
    return weekly_spec(
        panels, title=described[f"title_{language}"], language=language, width=CHART_WIDTH, panel_height=56
    )


def _frame(connection: sqlite3.Connection, seen: Sequence[str], collected: Sequence[str]) -> _Frame | None:
    if not seen or not collected:
        return None
    last = max(collected[-1], max(seen))
    if max(seen) < _weeks_later(last, -WEEKS_DRAWN):
        last = _weeks_later(max(seen), WEEKS_AROUND)
    first = max(collected[0], _weeks_later(min(seen), -WEEKS_AROUND), _weeks_later(last, 1 - WEEKS_DRAWN))
    return _Frame(first, last, fact(connection, "as_of") or last)


def _points(weeks: Mapping[str, int], frame: _Frame, collected: Sequence[str]) -> tuple[WeekPoint, ...]:
    return weekly_points(weeks, frame.first, frame.last, collected=frozenset(collected), as_of=frame.as_of)


def _weeks_later(monday: str, weeks: int) -> str:
    return (date.fromisoformat(monday) + timedelta(weeks=weeks)).isoformat()


def _markers(
    connection: sqlite3.Connection, described: dict[str, Any], language: str, frame: _Frame
) -> list[Marker]:
    end = (iso_week_start(date.fromisoformat(frame.last)) + timedelta(days=6)).isoformat()
    found = [
        Marker(event["starts_on"], event[f"title_{language}"], "event", event["certainty"] == "cited")
        for event in events_about(connection, [partner["partner_id"] for partner in described["partners"]])
    ]
    for change in instrument_changes(connection):
        label = _CHANGE_LABELS.get(change["kind"], {}).get(language, change["kind"])
        found.append(
            Marker(
                change["changed_at"][:10], f"{label} ({change['title'] or change['subject']})", "instrument"
            )
        )
    return [marker for marker in found if frame.first <= marker.on <= end]
