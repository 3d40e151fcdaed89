"""The kind of a text, from the register or document type that its file gives it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).with_name("source_kinds.yml")
OTHER = "other"


def source_kind(register: str) -> str:
    """Return comment, opinion, analysis, interview, official, news or other."""
    name = register.lower()
    for kind, words in _words().items():
        if any(word in name for word in words):
            return kind
    return OTHER


@cache
def _words() -> Mapping[str, list[str]]:
    content: Mapping[str, list[str]] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return content
