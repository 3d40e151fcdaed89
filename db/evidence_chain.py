"""Chained lines: each holds the SHA-256 of the line before it, so that none can change or go unseen.

The shape is that of the manifest beside every deployment's WARC files; a pack uses the same.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db.errors import NarrativesError

#: What the first line holds in place of the hash of the line before it.
FIRST_PREVIOUS = "0" * 64


class BrokenEvidenceError(NarrativesError):
    """Evidence that is not what it was; the message names the first broken line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, its content, and the SHA-256 that the next line must hold."""

    number: int
    fields: dict[str, Any]
    sha256: str


class Chain:
    """Makes lines, each tied to the one before."""

    def __init__(self) -> None:
        self.head = FIRST_PREVIOUS
        self.length = 0

    def add(self, fields: dict[str, Any]) -> bytes:
        """Return the next line, its newline included; ``seq`` and ``prev`` are set here."""
        self.length += 1
        content = {**fields, "seq": self.length, "prev": self.head}
        line = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        self.head = hashlib.sha256(line).hexdigest()
        return line + b"\n"


def read_chain(content: bytes, name: str) -> Iterator[Line]:
    """Yield the lines of a chain in order. Raises :class:`BrokenEvidenceError` at the first broken one."""
    if content and not content.endswith(b"\n"):
        raise BrokenEvidenceError(f"{name}: the last line is cut short.")
    previous = FIRST_PREVIOUS
    for number, raw in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            fields = json.loads(raw)
            seq, prev = fields["seq"], fields["prev"]
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenEvidenceError(
                f"{name} line {number}: it is no line of a manifest ({error!r})."
            ) from error
        if prev != previous:
            raise BrokenEvidenceError(
                f"{name} line {number}: it does not follow the line before it. "
                f"Line {number - 1 or 1} was changed, or a line between the two was removed."
            )
        if seq != number:
            raise BrokenEvidenceError(f"{name} line {number}: it is numbered {seq}; a line was removed.")
        if json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() != raw:
            raise BrokenEvidenceError(f"{name} line {number}: it is not written as our lines are.")
        previous = hashlib.sha256(raw).hexdigest()
        yield Line(number, fields, previous)
