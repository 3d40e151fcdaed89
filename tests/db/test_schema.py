"""The descriptions of tables and columns stand for the schema as migrations make it."""

from pathlib import Path

from db.connection import working_database
from db.schema import described_columns, tables


def test_every_table_and_column_of_a_fresh_database_is_described_and_nothing_else(tmp_path: Path) -> None:
    with working_database(tmp_path / "hub.db", "create") as db:
        schema = described_columns(db)
    assert {name: list(table.columns) for name, table in tables().items()} == schema


def test_descriptions_are_complete_sentences_of_their_language() -> None:
    for name, table in tables().items():
        for column, description in [("", table), *table.columns.items()]:
            assert "'" not in description.fr, f"{name}.{column}: a French apostrophe is ’"
            assert " :" not in description.fr, f"{name}.{column}: a no-break space stands before a colon"
            assert not description.fr.endswith(".") and not description.en.endswith("."), f"{name}.{column}"
