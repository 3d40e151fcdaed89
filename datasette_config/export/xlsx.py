"""XLSX: the tidy rows as typed cells, and a sheet that says where they come from.

Text is written as text, whatever it begins with: no cell is a formula or a link. Rows beyond what a sheet
can hold (1,048,576) go on in the next one; none is left out. The rows are those of the CSV file and the
database.
"""

import importlib
import io
from collections.abc import Sequence
from datetime import UTC, date
from itertools import islice
from typing import Any

from datasette_config.export.archive import without_clock
from datasette_config.export.csv import tidy_rows
from datasette_config.export.provenance import notices, queries, stamp, title
from datasette_config.export.text_safety import writable
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say
from db.clock import parse_timestamp
from db.errors import NarrativesError

#: Rows of a sheet, its header included, and characters of a cell (the format's own limits).
ROWS_OF_A_SHEET = 1_048_576
CHARACTERS_OF_A_CELL = 32_767
_WIDEST = 44
#: Columns of days, written as dates; the format counts days from its own first one.
_DAYS = ("period_start", "period_end", "since", "until")
_FIRST_DAY = date(1900, 3, 1)


def render(built: BuiltReport) -> bytes:
    """Return the tidy data as XLSX. Raises NarrativesError where the ``reports`` extra is not installed."""
    target = io.BytesIO()
    book = _xlsxwriter().Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    moment = parse_timestamp(str(built.about["as_of"])).astimezone(UTC).replace(tzinfo=None)
    book.set_properties(
        {
            "title": title(built),
            "author": "mali-narratives",
            "comments": built.permalink or "",
            "created": moment,
        }
    )
    header, rows = tidy_rows(built)
    _fill(book, say("data", built.language), header, rows)
    _about(book, built)
    book.close()
    return without_clock(target.getvalue())


def _fill(book: Any, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    share = book.add_format({"num_format": "0.000"})
    days = {at for at, column in enumerate(header) if column in _DAYS}
    waiting, number = iter(rows), 0
    part = list(islice(waiting, ROWS_OF_A_SHEET - 1))
    while part or number == 0:
        number += 1
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
        for at, column in enumerate(header):
            sheet.write_string(0, at, column, bold)
            widest = max([len(column), *(len(_shown(row[at])) for row in part[:200])])
            sheet.set_column(at, at, min(widest + 2, _WIDEST))
        for line, row in enumerate(part, start=1):
            for at, value in enumerate(row):
                if at in days and (found := _day(value)):
                    sheet.write_datetime(line, at, found, day)
                else:
                    _write(sheet, line, at, value, share)
        sheet.freeze_panes(1, 0)
        # On paper: A4 on its side, every column on one sheet, the header on each.
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        if part:
            sheet.autofilter(0, 0, len(part), len(header) - 1)
        part = list(islice(waiting, ROWS_OF_A_SHEET - 1))


def _day(value: Any) -> date | None:
    """Read a day; None for what is none or lies before the first day that every program counts alike."""
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found >= _FIRST_DAY else None


def _shown(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _write(sheet: Any, line: int, column: int, value: Any, share: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | float):
        sheet.write_number(line, column, value, share if isinstance(value, float) else None)
        return
    text = writable(str(value))
    if len(text) > CHARACTERS_OF_A_CELL:
        raise NarrativesError(
            f"A cell of row {line} has {len(text):,} characters; XLSX holds {CHARACTERS_OF_A_CELL:,}. "
            "Use --format csv."
        )
    sheet.write_string(line, column, text)


def _about(book: Any, built: BuiltReport) -> None:
    sheet = book.add_worksheet(say("about_data", built.language))
    strong = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110)
    lines = [("title", title(built)), *stamp(built).items()]
    lines += [(f"note {number}", text) for number, text in enumerate(notices(built), start=1)]
    lines += [(f"query: {name}", sql) for name, sql in queries(built)]
    for line, (label, text) in enumerate(lines):
        sheet.write_string(line, 0, writable(label), strong)
        sheet.write_string(line, 1, writable(text or "")[:CHARACTERS_OF_A_CELL], wrapped)


def _xlsxwriter() -> Any:
    try:
        return importlib.import_module("xlsxwriter")
    except ImportError as error:
        raise NarrativesError(
            "XLSX needs the package XlsxWriter, which is not installed. "
            "Install the `reports` extra: pip install 'mali-narratives[reports]' from the project folder."
        ) from error
