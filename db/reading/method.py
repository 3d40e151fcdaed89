"""The instrument described: codebook, model, what was collected and when it changed."""

import json
import sqlite3
from typing import Any

from db.reading.rows import Row, all_rows, one_row


def codebook(connection: sqlite3.Connection) -> list[Row]:
    """Return every narrative in order, with its family's titles."""
    return all_rows(
        connection,
        "select n.*, f.title_fr as family_fr, f.title_en as family_en from narratives n "
        "join narrative_families f using (family_id) order by f.position, n.position",
    )


def current_model(connection: sqlite3.Connection) -> Row | None:
    """Return the current model; ``versions`` and ``card`` come back as mappings where they are JSON."""
    model = one_row(connection, "select * from models")
    if model is not None:
        for name in ("versions", "card"):
            model[name] = _mapping(model[name])
    return model


def notes(model: Row | None) -> dict[str, Any]:
    """Return what the card of a model keeps of measurements that are no evaluation rows, by name.

    The names and contents are those of :mod:`db.model_notes`; a name that is missing was not measured.
    """
    card = model["card"] if model else {}
    found = card.get("measured", {})
    return found if isinstance(found, dict) else {}


def audited_weeks(connection: sqlite3.Connection) -> int:
    """Return in how many weeks shares are corrected by a random audit that people read."""
    return int(
        connection.execute(
            "select count(distinct period_start) from prevalence where method = 'prediction-powered'"
        ).fetchone()[0]
    )


def collection_by_outcome(connection: sqlite3.Connection) -> list[Row]:
    """Return how all requests ended, most frequent first."""
    return all_rows(
        connection,
        "select outcome, fetches from collection_totals where source_id = 'all' order by "
        "fetches desc, outcome",
    )


def _mapping(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {"text": text}
    return value if isinstance(value, dict) else {"text": text}
