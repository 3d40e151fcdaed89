"""The weekly chart of a narrative: one specification for the drawing and for the list of its marks."""

import sqlite3
from datetime import date, timedelta
from typing import Any

from datasette_config.charts import Marker, MarkerKey, marker_keys, voice_panels, weekly_points, weekly_spec
from db.clock import iso_week_start
from db.reading.narrative import (
    collected_weeks,
    events_about,
    instrument_changes,
    narrative,
    weekly_counts,
)
from db.reading.overview import about

#: Weeks drawn on either side of those in which the narrative was seen, where there are any.
WEEKS_AROUND = 4
#: A longer series is drawn for its last weeks only: bars of a pixel tell nothing. The table has them all.
WEEKS_DRAWN = 156
#: Pixels; a phone scrolls the drawing inside its frame.
CHART_WIDTH = 780
_CHANGE_LABELS = {
    "model": {"fr": "Nouveau modèle", "en": "New model"},
    "codebook": {"fr": "Nouveau codage", "en": "New codebook"},
    "source": {"fr": "Source", "en": "Source"},
}


def narrative_chart(
    connection: sqlite3.Connection, narrative_id: str, language: str
) -> tuple[dict[str, Any], list[MarkerKey]] | None:
    """Return the Vega-Lite specification and the marks it explains; None when there is nothing to draw."""
    described = narrative(connection, narrative_id)
    collected = collected_weeks(connection)
    counts = weekly_counts(connection, narrative_id, "distinct_texts")
    seen = sorted(monday for weeks in counts.values() for monday in weeks)
    if described is None or not seen or not collected:
        return None
    last = max(collected[-1], seen[-1])
    if seen[-1] < _weeks_later(last, -WEEKS_DRAWN):
        last = _weeks_later(seen[-1], WEEKS_AROUND)
    first = max(collected[0], _weeks_later(seen[0], -WEEKS_AROUND), _weeks_later(last, 1 - WEEKS_DRAWN))
    as_of = about(connection).get("as_of") or last
    by_voice = {
        voice: weekly_points(weeks, first, last, collected=frozenset(collected), as_of=as_of)
        for voice, weeks in counts.items()
        if voice == "own" or any(first <= monday <= last for monday in weeks)
    }
    keys = marker_keys(_markers(connection, described, language, first, last))
    spec = weekly_spec(
        voice_panels(by_voice, language),
        title=described[f"title_{language}"],
        language=language,
        markers=keys,
        width=CHART_WIDTH,
    )
    return spec, keys


def _weeks_later(monday: str, weeks: int) -> str:
    return (date.fromisoformat(monday) + timedelta(weeks=weeks)).isoformat()


def _markers(
    connection: sqlite3.Connection, described: dict[str, Any], language: str, first: str, last: str
) -> list[Marker]:
    end = (iso_week_start(date.fromisoformat(last)) + timedelta(days=6)).isoformat()
    found = [
        Marker(event["starts_on"], event[f"title_{language}"], "event", event["certainty"] == "cited")
        for event in events_about(connection, [partner["partner_id"] for partner in described["partners"]])
    ]
    for change in instrument_changes(connection):
        label = _CHANGE_LABELS.get(change["kind"], {}).get(language, change["kind"])
        found.append(Marker(change["changed_at"][:10], f"{label} ({change['subject']})", "instrument"))
    return [marker for marker in found if first <= marker.on <= end]
