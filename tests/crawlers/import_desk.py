"""A database beside a small catalogue, and the import command on it."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from narratives import cli

CATALOGUE = """\
title: Écho du fleuve
platform: feed
url: https://www.echo-du-fleuve.example/feed
language: fr
timezone: Africa/Niamey
kind: private
enabled: true
aliases: [L'Écho]
"""


def run(database: Path, *arguments: str | Path) -> Result:
    """Import these files into the database."""
    return CliRunner().invoke(cli, ["import", str(database), *map(str, arguments)])


def write_lines(database: Path, records: Sequence[Any], name: str = "texts.jsonl") -> Path:
    """Write records as JSON lines beside the database; return the file."""
    path = database.with_name(name)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def rows(database: Path, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a question as mappings."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql)]
    finally:
        connection.close()
