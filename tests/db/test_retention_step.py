"""The step that lets the policy leave tombstones keeps those that are there, and what guards them."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connection import WORKING_APPLICATION_ID, working_database
from db.migrations import migrations


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A database of the step before, with one document, one takedown and what it denies."""
    path = tmp_path / "older.db"
    db = Database(path)
    db.execute(f"pragma application_id = {WORKING_APPLICATION_ID}")
    migrations.apply(db, stop_before="m010_retention")
    db.execute(
        "insert into sources (source_id, title, platform, enabled, first_listed_at) "
        "values ('a', 'A', 'feed', 1, 't')"
    )
    db.execute("insert into coders values ('awa', x'00', x'00', 0, 't', null)")
    db.execute(
        "insert into documents (document_key, identity, source_id, text, published_precision, first_seen_at, "
        "kind, text_sha256) values ('k', 'i', 'a', 'x', 'unknown', 't', 'post', 's')"
    )
    db.execute("insert into tombstones values (7, 'other', 'sha', 'safety', '2026-01-01T00:00:00Z', 'awa')")
    db.execute("insert into denied_hashes values ('h', 'address', 7)")
    db.execute(
        'insert into review_items (document_id, reason, start, "end", draw_number, drawn_at) '
        "values (1, 'audit', 0, 1, 0.5, 't')"
    )
    db.execute(
        "insert into reviews (review_item_id, document_id, coder, kind, outcome, model_shown, "
        "codebook_version, created_at) values (1, 1, 'awa', 'coding', 'nothing', 0, 'v', 't')"
    )
    db.conn.commit()
    db.close()
    return path


def test_tombstones_and_what_they_deny_are_kept(older: Path) -> None:
    with working_database(older, "write") as db:
        assert db.execute("select * from tombstones").fetchall() == [
            (7, "other", "sha", "safety", "2026-01-01T00:00:00Z", "awa")
        ]
        assert db.execute("select * from denied_hashes").fetchall() == [("h", "address", 7)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        assert {"denied_kept", "tombstones_widened"}.isdisjoint(db.table_names())


def test_what_is_append_only_stays_so(older: Path) -> None:
    with working_database(older, "write") as db:
        for statement in (
            "delete from reviews", "delete from tombstones", "update tombstones set actor = 'x'",
        ):  # fmt: skip
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)
            db.conn.rollback()
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            db.execute("insert into tombstones values (8, 'k', 's', 'no such reason', 't', 'x')")
        db.conn.rollback()
        db.execute("insert into tombstones values (8, 'k', 's', 'retention', 't', 'policy')")
        db.execute("delete from reviews")
