"""The ``copies`` command: what it says, and that a second call has nothing to do."""

from pathlib import Path

from click.testing import CliRunner

from classifiers.copies_cli import copies
from db.connection import transaction, working_database
from db.store import NewDocument, store_document

TEXT = "Le conseil a prolongé la transition de trois ans, selon le communiqué lu à la télévision."


def test_it_compares_what_is_new_and_says_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    with working_database(path, "create") as db, transaction(db):
        for name in ("alpha", "beta"):
            row = {
                "source_id": name,
                "title": name,
                "platform": "feed",
                "first_listed_at": "2024-01-01T00:00:00Z",
            }
            db.table("sources").insert(row)
            new = NewDocument(
                identity=f"https://{name}.example/a",
                source_id=name,
                text=TEXT,
                kind="article",
                first_seen_at="2024-06-01T00:00:00Z",
            )
            store_document(db, new)
    first = CliRunner().invoke(copies, [str(path)])
    assert (first.exit_code, first.stdout) == (0, "")
    assert first.stderr.startswith(
        "2 documents compared. In all: 1 texts in several copies, 2 identical, 0 reworded"
    )
    assert (
        CliRunner()
        .invoke(copies, [str(path)])
        .stderr.startswith("0 documents compared. In all: 1 texts in several copies")
    )
