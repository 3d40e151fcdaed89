"""What every table and column of the working database means, in French and English."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlite_utils import Database

from db.errors import NarrativesError

_PATH = Path(__file__).parent / "reference" / "tables.yml"

#: Tables that SQLite and the migrations keep for themselves.
_MACHINERY_PREFIXES = ("sqlite_", "_sqlite_migrations", "documents_fts_")


class Description(BaseModel):
    """What one column or table is, in both languages; ``private`` is never published as such."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str = Field(min_length=3)
    en: str = Field(min_length=3)
    private: bool = False


class TableDescription(Description):
    """A table with its columns, in the order of the schema."""

    columns: dict[str, Description]


@cache
def tables() -> Mapping[str, TableDescription]:
    """Return the description of every table of the working database, by name."""
    content = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    try:
        return TypeAdapter(dict[str, TableDescription]).validate_python(content)
    except ValidationError as error:
        raise NarrativesError(f"{_PATH}: {error}") from error


def described_columns(db: Database) -> dict[str, list[str]]:
    """Return the tables of a database that want a description, with their columns in order."""
    return {
        name: [column.name for column in db.table(name).columns]
        for name in db.table_names()
        if not name.startswith(_MACHINERY_PREFIXES)
    }
