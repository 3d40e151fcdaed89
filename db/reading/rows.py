"""Rows as mappings, whatever row factory the connection has."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Parameters = Sequence[Any] | Mapping[str, Any]


def all_rows(connection: sqlite3.Connection, sql: str, parameters: Parameters = ()) -> list[Row]:
    """Return every row of a query as a mapping by column name."""
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def one_row(connection: sqlite3.Connection, sql: str, parameters: Parameters = ()) -> Row | None:
    """Return the first row of a query, or None."""
    found = all_rows(connection, sql, parameters)
    return found[0] if found else None


def one_value(connection: sqlite3.Connection, sql: str, parameters: Parameters = ()) -> Any:
    """Return the first column of the first row, or None."""
    row = connection.execute(sql, parameters).fetchone()
    return None if row is None else row[0]
