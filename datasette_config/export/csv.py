"""Tidy CSV: one row per period, narrative, source and voice, safe to open in a spreadsheet.

UTF-8 without a byte order mark, comma, CRLF (RFC 4180), numbers with a point. The rows with
``source_id`` = ``all`` are counted at their own grain: never sum rows of distinct texts.

No cell is a live formula. Wherever text could start a cell (at its beginning, and after a character that
some program takes for a separator) and the next sign is one of ``= + - @``, their full-width forms, or,
at the beginning, a tab or line break, one apostrophe is put before it; :func:`restored` takes exactly those
apostrophes away again, so nothing is lost.
"""

import csv
import io
import re
from typing import Any

from datasette_config.export.provenance import stamp
from datasette_config.reporting import BuiltReport

#: ``= + - @`` and their full-width forms.
_RISK = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_LIVE = re.compile(rf"((?:^|[;,\t\r\n|])[ \u00a0\"]*)('*)(?=[{_RISK}])")
_LIVE_START = re.compile(r"\A('*)(?=[\t\r\n])")
_EITHER = re.compile(f"{_LIVE.pattern}|{_LIVE_START.pattern}")


def neutralised(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    if _EITHER.search(text) is None:
        return text
    return _LIVE_START.sub(r"'\1", _LIVE.sub(r"\1'\2", text))


def restored(cell: str) -> str:
    """Return the text that :func:`neutralised` was given."""
    return _LIVE.sub(lambda found: found[1] + found[2][1:], _LIVE_START.sub(lambda found: found[1][1:], cell))


def tidy_rows(built: BuiltReport) -> tuple[list[str], list[list[Any]]]:
    """Return header and rows of the tidy data, each row with what it stands on."""
    found = next(section for section in built.sections if section.section.layout == "tidy")
    told = {name: value for name, value in stamp(built).items() if name not in found.names}
    return [*found.names, *told], [[*row.values(), *told.values()] for row in found.rows]


def render(built: BuiltReport) -> bytes:
    """Return the tidy data as CSV."""
    header, rows = tidy_rows(built)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return text.getvalue().encode("utf-8")
