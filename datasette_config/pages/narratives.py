"""One narrative: definition, weekly chart, where it runs, the sentences behind it."""

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from datasette_config.export.cells import change_text
from datasette_config.page_charts import GROUPS_DRAWN, narrative_chart
from datasette_config.pages.last_week import last_week
from datasette_config.pages.site import ask, found, site_of
from db.reading import narrative as reading
from db.reading.measures import prevalence
from db.reading.publication import chart
from db.reading.quality import measured_by_voice, measured_precision

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: Passages shown in each voice; the rest is one link away.
PASSAGES_SHOWN = {"own": 12, "attributed": 6, "rejected": 6}
MOST_COPIED = 5
#: Weeks whose share is shown, corrected by an audit where there is one.
SHARES_SHOWN = 26
#: More marks than this on a chart are explained on demand; fewer, at once.
MARKS_OPEN = 12
#: Weeks in the tables beside the charts; CSV and JSON have them all.
WEEKS_LISTED = 104


async def narrative_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/narratives/<id>``."""
    site = site_of(datasette, request)
    narrative_id = request.url_vars["narrative_id"]

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        described = reading.narrative(connection, narrative_id)
        if described is None:
            return None
        exclusions = _listed(described["exclude"])
        drawn = narrative_chart(connection, narrative_id, site.language)
        groups = reading.weeks_by_group(connection, narrative_id)
        group_weeks = sorted({monday for weeks in groups.values() for monday in weeks}, reverse=True)
        weeks = reading.weekly_table(connection, narrative_id)
        return {
            "narrative": described,
            "include": _in_language(_listed(described[f"include_{site.language}"]), site.language),
            "exclusions": _exclusions(connection, exclusions, site.language),
            "examples": _examples(_listed(described["examples"]), site.language),
            "totals": reading.totals_by_voice(connection, narrative_id),
            "measured": measured_precision(connection).get(narrative_id),
            "measured_voices": measured_by_voice(connection, narrative_id),
            "shares": prevalence(connection, narrative_id, SHARES_SHOWN),
            "last": last_week(connection),
            "drawable": drawn is not None,
            "marks": drawn[1] if drawn else [],
            "svg": _drawing(chart(connection, f"narrative:{narrative_id}", site.language)),
            "groups": groups,
            "group_weeks": group_weeks[:WEEKS_LISTED],
            "groups_drawn": GROUPS_DRAWN,
            "group_svg": _drawing(chart(connection, f"groups:{narrative_id}", site.language)),
            "people": reading.people_labels(connection, narrative_id),
            "weeks": weeks[:WEEKS_LISTED],
            "weeks_left_out": len(weeks) > WEEKS_LISTED,
            "outlets": reading.outlets(connection, narrative_id),
            "passages": {
                voice: reading.passages(connection, narrative_id, voice=voice, limit=limit)
                for voice, limit in PASSAGES_SHOWN.items()
            },
            "copied": reading.most_copied(connection, narrative_id, MOST_COPIED),
        }

    answer = found(await ask(datasette, question))
    ratio = {"ratio": lambda change: change_text(change, site.language), "most_open_marks": MARKS_OPEN}
    return await site.page("narrative.html", {**answer, **ratio})


def _drawing(svg: str | None) -> Markup | None:
    # Drawn by our own renderer when the publication was built, from the codebook's and events' own words.
    return Markup(svg) if svg else None  # noqa: S704


def _listed(text: str | None) -> list[Any]:
    """Read what the codebook wrote: a JSON list, or plain text."""
    if not text:
        return []
    try:
        value = json.loads(text)
    except ValueError:
        return [text]
    return value if isinstance(value, list) else [value]


def _in_language(entries: list[Any], language: str) -> list[str]:
    """Return entries as text, taking the language's own words where an entry has both."""
    return [str(entry.get(language) or entry.get("text") or entry) if isinstance(entry, dict) else str(entry)
            for entry in entries]  # fmt: skip


def _exclusions(connection: sqlite3.Connection, entries: list[Any], language: str) -> list[dict[str, Any]]:
    """Return what is not coded, and the narrative that takes it instead."""
    rows = [
        {"text": str(entry.get(language) or entry.get("text") or ""), "target": entry.get("where")}
        if isinstance(entry, dict)
        else {"text": str(entry), "target": None}
        for entry in entries
    ]
    targets = [row["target"] for row in rows if row["target"]]
    titles = {row["narrative_id"]: row for row in reading.near_misses(connection, targets)} if targets else {}
    return [{**row, "narrative": titles.get(row["target"])} for row in rows]


def _examples(entries: list[Any], language: str) -> list[dict[str, str]]:
    """Return the codebook's own examples in this language, with their voice."""
    rows = []
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("text"), str):
            if entry.get("language", language) == language:
                rows.append({"text": entry["text"], "voice": str(entry.get("voice", "own"))})
        elif isinstance(entry, str):
            rows.append({"text": entry, "voice": "own"})
    return rows
