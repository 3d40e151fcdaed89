"""Texts that people read, kept apart from the code that places them."""

from functools import cache
from pathlib import Path

import yaml

from datasette_config.typography import typeset

_FOLDER = Path(__file__).parent


@cache
def _texts(name: str) -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return content


def say(key: str, language: str, /, **values: object) -> str:
    """Return a text of reports in ``fr`` or ``en``, its ``{names}`` filled in and its spaces set."""
    text = typeset(_texts("reports")[key][language], language)
    return text.format(**values) if values else text


def say_or(key: str, language: str, fallback: str) -> str:
    """Return a text of reports, or ``fallback`` where no such text exists."""
    return say(key, language) if key in _texts("reports") else fallback
