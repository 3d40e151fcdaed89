"""A fresh working database with invented outlets on reserved names."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from db.connection import transaction, working_database
from db.store import NewDocument, store_document

Put = Callable[..., int]


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A working database with two outlets, closed."""
    path = tmp_path / "hub.db"
    with working_database(path, "create") as db, transaction(db):
        for name in ("alpha", "beta"):
            db.table("sources").insert(
                {
                    "source_id": name,
                    "title": name,
                    "platform": "feed",
                    "first_listed_at": "2024-01-01T00:00:00Z",
                }
            )
    return path


@pytest.fixture
def db(hub: Path) -> Iterator[Database]:
    with working_database(hub, "write") as opened:
        yield opened


@pytest.fixture
def put(db: Database) -> Put:
    """Store one document with defaults and return its id."""

    def put_(name: str, text: str = "Le texte.", **fields: Any) -> int:
        values: dict[str, Any] = {
            "identity": f"https://alpha.example/{name}",
            "source_id": "alpha",
            "text": text,
            "kind": "article",
            "first_seen_at": "2024-06-01T00:00:00Z",
        } | fields
        with transaction(db):
            return store_document(db, NewDocument(**values))[0]

    return put_
