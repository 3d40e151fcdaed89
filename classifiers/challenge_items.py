"""The challenge set: claims in all the ways they can be told, and what machines do to their letters.

Items are written by hand and never trained on. What a program can do to a text (drop accents, put invisible
characters in, drown it in neutral prose) is derived here from the asserted items.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from classifiers.training_data import Voice
from db.errors import NarrativesError

FOLDER = Path(__file__).parent / "challenge"

Cue = Literal[
    "asserted", "quoted", "denied", "questioned", "conditional", "ironic", "partner-swap", "negation",
    "no-accents", "invisible", "look-alike", "dilution",
]  # fmt: skip
#: How much neutral text an item is drowned in, in times its own length.
DILUTION = 10
_LOOK_ALIKE = str.maketrans("aceopxyAEOPCTHKMB", "асеорхуАЕОРСТНКМВ")


class ChallengeItem(BaseModel):
    """A text and what must be found in it; ``voice`` None means that the narrative must not be flagged.

    ``set`` joins the variants of one claim.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    set: str
    cue: Cue
    language: Literal["fr", "en"]
    text: str = Field(min_length=10)
    narrative: str
    voice: Voice | None


def load_challenge(folder: Path = FOLDER) -> tuple[ChallengeItem, ...]:
    """Read ``items-*.jsonl`` of a folder. Raises NarrativesError with file and line of a bad item."""
    items: dict[str, ChallengeItem] = {}
    for path in sorted(folder.glob("items-*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                item = ChallengeItem.model_validate(json.loads(line))
            except (ValidationError, json.JSONDecodeError) as error:
                raise NarrativesError(f"{path}:{number} is not a challenge item: {error}") from error
            if item.id in items:
                raise NarrativesError(f"{path}:{number}: the id {item.id} occurs twice. Rename one.")
            items[item.id] = item
    return tuple(items.values())


def with_derived(items: tuple[ChallengeItem, ...]) -> Iterator[ChallengeItem]:
    """Yield the items, then what is derived from the asserted ones."""
    yield from items
    for item in items:
        if item.cue == "asserted":
            for cue, change in _CHANGES.items():
                update = {"id": f"{item.id}:{cue}", "cue": cue, "text": change(item)}
                yield item.model_copy(update=update)


def neutral_text(language: str, characters: int, start: int) -> list[str]:
    """Return neutral sentences of at least so many characters together, from sentence ``start`` on."""
    sentences = _neutral()[language]
    found: list[str] = []
    while sum(map(len, found)) < characters:
        found.append(sentences[(start + len(found)) % len(sentences)])
    return found


def _without_accents(item: ChallengeItem) -> str:
    return "".join(
        char for char in unicodedata.normalize("NFD", item.text) if not unicodedata.combining(char)
    )


def _invisible(item: ChallengeItem) -> str:
    return re.sub(r"(?<=\w)(?=\w)", "\u200b", item.text)


def _look_alike(item: ChallengeItem) -> str:
    return item.text.translate(_LOOK_ALIKE)


def _diluted(item: ChallengeItem) -> str:
    """Return the item in the middle of neutral prose, ``DILUTION`` times its length."""
    around = neutral_text(item.language, DILUTION * len(item.text), len(item.text))
    middle = len(around) // 2
    return " ".join([*around[:middle], item.text, *around[middle:]])


_CHANGES: dict[Cue, Callable[[ChallengeItem], str]] = {
    "no-accents": _without_accents,
    "invisible": _invisible,
    "look-alike": _look_alike,
    "dilution": _diluted,
}


@cache
def _neutral() -> dict[str, list[str]]:
    content: dict[str, list[str]] = yaml.safe_load((FOLDER / "neutral.yml").read_text(encoding="utf-8"))
    return content
