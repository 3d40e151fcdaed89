"""The words of the public pages, in French and English."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from datasette_config.typography import number, typeset

_FOLDER = Path(__file__).parent / "wording"
LANGUAGES = ("fr", "en")


class _Phrase(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str
    en: str


@cache
def phrases(texts: str = "pages") -> Mapping[str, Mapping[str, str]]:
    """Return every phrase of a file of texts: key -> language -> text (``one|many`` where a number decides)."""  # noqa: E501
    content = yaml.safe_load((_FOLDER / f"{texts}.yml").read_text(encoding="utf-8"))
    read = TypeAdapter(dict[str, _Phrase]).validate_python(content)
    return {
        key: {language: typeset(getattr(phrase, language), language) for language in LANGUAGES}
        for key, phrase in read.items()
    }


class Wording:
    """Says a phrase in one language: ``say("search")``; ``say.count("n_documents", 3)``."""

    def __init__(self, language: str, texts: str = "pages") -> None:
        self.language = language
        self._phrases = phrases(texts)

    def __call__(self, key: str, **values: Any) -> str:
        """Return the phrase with its values filled in; an unknown key is a defect and raises KeyError."""
        text = self._phrases[key][self.language]
        return text.format_map(values) if values else text

    def count(self, key: str, n: int, **values: Any) -> str:
        """Return the singular or the plural; French counts 0 and 1 as singular."""
        one, _, many = self._phrases[key][self.language].partition("|")
        singular = n < 2 if self.language == "fr" else n == 1
        return (one if singular or not many else many).format_map({"n": number(n, self.language), **values})

    def known(self, key: str, otherwise: str) -> str:
        """Return the phrase where there is one: for values that other rooms may extend."""
        found = self._phrases.get(key)
        return otherwise if found is None else found[self.language]
