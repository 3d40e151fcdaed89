"""What a scheduled job says of itself: one JSON object per line on stderr, when that is asked for."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from db.clock import timestamp


class _JsonLines(io.TextIOBase):
    """A stderr on which every line becomes an object; events come with fields of their own."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._rest = ""
        self.context: dict[str, Any] = {}

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line.strip():
                self.emit("said", {"text": line.strip()})
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        entry = {"at": timestamp(), "event": event, **self.context, **fields}
        self._stream.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
        self._stream.flush()


@contextmanager
def json_lines(wanted: bool = True) -> Iterator[None]:
    """Turn everything this process says on stderr into JSON lines until the block ends.

    Each line holds ``at`` (UTC), ``event`` and the event's fields; what a command says in words has
    the event ``said`` and the field ``text``.
    """
    if not wanted or isinstance(sys.stderr, _JsonLines):
        yield
        return
    before = sys.stderr
    lines = _JsonLines(before)
    sys.stderr = lines
    try:
        yield
    finally:
        lines.write("\n")
        sys.stderr = before


def event(name: str, /, **fields: Any) -> None:
    """Say that something happened, where JSON lines are wanted; people read the words instead."""
    if isinstance(sys.stderr, _JsonLines):
        sys.stderr.emit(name, fields)


@contextmanager
def during(**context: Any) -> Iterator[None]:
    """Add these fields to every line of the block."""
    stream = sys.stderr
    if not isinstance(stream, _JsonLines):
        yield
        return
    before, stream.context = stream.context, stream.context | context
    try:
        yield
    finally:
        stream.context = before
