"""Saying how far long work is: a bar on a terminal, plain lines elsewhere, always on stderr."""

import sys
import time

import click

_WIDTH = 30
_SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Call it with (done, total); it decides what is worth saying."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._said_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        total = max(total, done, 1)
        if sys.stderr.isatty():
            filled = _WIDTH * done // total
            bar = "#" * filled + "." * (_WIDTH - filled)
            click.echo(f"\r{self._doing} [{bar}] {done}/{total}", err=True, nl=done == total)
        elif time.monotonic() - self._said_at >= _SECONDS_BETWEEN_LINES:
            self._said_at = time.monotonic()
            click.echo(f"{self._doing}: {done} of {total}", err=True)
