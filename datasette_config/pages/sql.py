"""Free SQL over the publication, on trusted networks: only where ``serve --allow-sql`` opens it."""

import csv
import io
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasette.utils import InvalidSql, validate_sql_select
from datasette.utils.asgi import Forbidden, Request, Response

from datasette_config.export.csv import neutralised
from datasette_config.pages.site import ask, settings, site_of

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

MOST_ROWS = 1_000
#: The longest text that a question may make, in bytes: what would fill the memory is refused at once.
MOST_BYTES = 1_000_000
#: Characters of all cells shown together; the rows beyond are left out like those beyond the thousandth.
MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class _Answer:
    columns: list[str]
    rows: list[tuple[object, ...]]
    more: bool
    refused: str | None


async def sql_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/sql?sql=select ...``: a SELECT, its first rows, or why it is refused (400)."""
    sql, answer = await _answer(datasette, request)
    context = {"sql": sql, "answer": answer, "query": request.query_string}
    status = 400 if answer is not None and answer.refused else 200
    return await site_of(datasette, request).page("sql.html", context, status=status)


async def sql_csv(datasette: "Datasette", request: Request) -> Response:
    """``/fr/sql.csv?sql=select ...``: the same rows; cells that a spreadsheet would run are marked."""
    _, answer = await _answer(datasette, request)
    if answer is None or answer.refused:
        return Response.text(f"{answer.refused if answer else 'sql='}\n", status=400)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(answer.columns)
    writer.writerows(
        [neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in answer.rows
    )
    headers = {"Content-Disposition": 'attachment; filename="sql.csv"'}
    return Response(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


async def _answer(datasette: "Datasette", request: Request) -> tuple[str, _Answer | None]:
    if not settings(datasette).get("allow_sql"):
        raise Forbidden("only ready queries are answered")
    sql = (request.args.get("sql") or "").strip().rstrip(";")
    if not sql:
        return sql, None

    def question(connection: sqlite3.Connection) -> _Answer:
        try:
            validate_sql_select(sql)
            return _run(connection, sql)
        except MemoryError:
            return _Answer([], [], more=False, refused="this question takes more memory than it may")
        except (InvalidSql, sqlite3.Error) as error:
            if str(error) == "interrupted":
                raise
            return _Answer([], [], more=False, refused=str(error)[:200])

    return sql, await ask(datasette, question)


def _run(connection: sqlite3.Connection, sql: str) -> _Answer:
    before = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    try:
        cursor = connection.execute(sql)
        columns = [column[0] for column in cursor.description or ()]
        rows, more = _first_rows(cursor)
        cursor.close()
    finally:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)
    return _Answer(columns, rows, more, None)


def _first_rows(cursor: sqlite3.Cursor) -> tuple[list[tuple[object, ...]], bool]:
    """Return the rows that a page holds, and whether there are more."""
    rows: list[tuple[object, ...]] = []
    room = MOST_CHARACTERS
    for row in cursor:
        room -= sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        if len(rows) == MOST_ROWS or room < 0:
            return rows, True
        rows.append(tuple(row))
    return rows, False
