"""Measurements of a model that are no rows of ``evaluations``: kept in its card, published with it."""

import json
from collections.abc import Mapping
from typing import Any, Literal, get_args

from sqlite_utils import Database

from db.errors import NarrativesError

#: ``challenge``: the challenge set cue by cue; ``symmetry``: false flags by the side of outlets, on coded
#: texts; ``second_pass``: first against second coding of the training texts. The content is what
#: ``narratives evaluate --json`` prints under ``challenge``, ``symmetry`` and ``agreement``.
Measurement = Literal["challenge", "symmetry", "second_pass"]


def note_measurement(db: Database, model_id: str, name: Measurement, content: Mapping[str, Any]) -> None:
    """Keep a measurement in the card of a registered model, in place of an earlier one of the same name.

    Must run inside a transaction. Raises NarrativesError for a model or a measurement that is not known.
    """
    if name not in get_args(Measurement):
        raise NarrativesError(
            f"No page shows a measurement named {name!r}. Use one of {', '.join(get_args(Measurement))}."
        )
    row = db.execute("select card from models where model_id = ?", [model_id]).fetchone()
    if row is None:
        raise NarrativesError(
            f"The model {model_id} is not registered here. Run `narratives classify DB` first."
        )
    card = json.loads(row[0])
    card.setdefault("measured", {})[name] = dict(content)
    text = json.dumps(card, sort_keys=True, ensure_ascii=False)
    db.execute("update models set card = ? where model_id = ?", [text, model_id])


def noted(db: Database, model_id: str) -> set[str]:
    """Return the names of the measurements that are kept in the card of a model."""
    row = db.execute("select card from models where model_id = ?", [model_id]).fetchone()
    return set() if row is None else set(json.loads(row[0]).get("measured", {}))
