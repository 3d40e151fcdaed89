"""Storing: once, never overwritten, placed in a trend only on a date that can be trusted."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlite_utils import Database

from db.connection import transaction
from db.identity import document_key, import_identity, text_sha256
from db.store import NewDocument, document_id_of, mark_gone, store_document


def new(text: str = "Le texte.", **fields: Any) -> NewDocument:
    values: dict[str, Any] = {
        "identity": "https://alpha.example/a",
        "source_id": "alpha",
        "text": text,
        "kind": "article",
        "first_seen_at": "2024-06-01T00:00:00Z",
    } | fields
    return NewDocument(**values)


def keep(db: Database, document: NewDocument) -> tuple[int, str]:
    with transaction(db):
        return store_document(db, document)


def test_the_same_document_is_stored_once(db: Database) -> None:
    first, outcome = keep(db, new())
    assert outcome == "stored"
    assert keep(db, new(first_seen_at="2024-06-02T00:00:00Z")) == (first, "duplicate")
    rows = list(db.query("select * from documents"))
    assert len(rows) == 1
    assert rows[0]["first_seen_at"] == "2024-06-01T00:00:00Z"
    assert rows[0]["document_key"] == document_key("https://alpha.example/a")
    assert rows[0]["text_sha256"] == text_sha256("Le texte.")
    assert document_id_of(db, "https://alpha.example/a") == first
    assert document_id_of(db, "https://alpha.example/b") is None


def test_an_edited_text_is_a_version_and_the_first_text_stays(db: Database) -> None:
    document_id, _ = keep(db, new("Un."))
    assert keep(db, new("Deux.", first_seen_at="2024-06-02T00:00:00Z"))[1] == "new_version"
    assert keep(db, new("Deux.", first_seen_at="2024-06-03T00:00:00Z"))[1] == "duplicate"
    assert keep(db, new("Un.", first_seen_at="2024-06-04T00:00:00Z"))[1] == "new_version"
    assert db.execute("select text from documents").fetchall() == [("Un.",)]
    assert db.execute("select document_id, text, seen_at from document_versions").fetchall() == [
        (document_id, "Deux.", "2024-06-02T00:00:00Z"),
        (document_id, "Un.", "2024-06-04T00:00:00Z"),
    ]


def test_an_edited_headline_is_a_version_too(db: Database) -> None:
    keep(db, new("Un.", title="Le pont est ouvert"))
    assert keep(db, new("Un.", title=" Le pont  est ouvert"))[1] == "duplicate"
    assert keep(db, new("Un."))[1] == "duplicate"
    assert keep(db, new("Un.", title="Le pont reste fermé"))[1] == "new_version"
    assert keep(db, new("Un.", title="Le pont reste fermé"))[1] == "duplicate"
    assert db.execute("select title, text from document_versions").fetchall() == [
        ("Le pont reste fermé", "Un.")
    ]


def test_the_same_text_at_two_addresses_is_two_documents(db: Database) -> None:
    keep(db, new())
    assert keep(db, new(identity="https://beta.example/a", source_id="beta"))[1] == "stored"


@pytest.mark.parametrize("text", ["Le texte.", "Un autre texte."])
def test_a_page_that_comes_back_is_no_longer_gone(db: Database, text: str) -> None:
    document_id, _ = keep(db, new())
    with transaction(db):
        mark_gone(db, document_id, "2024-06-02T00:00:00Z")
        mark_gone(db, document_id, "2024-06-03T00:00:00Z")
    assert db.execute("select gone_at from documents").fetchall() == [("2024-06-02T00:00:00Z",)]
    keep(db, new(text))
    assert db.execute("select gone_at from documents").fetchall() == [(None,)]


def test_missing_is_null_and_not_an_empty_text(db: Database) -> None:
    keep(db, new())
    row = next(iter(db.query("select * from documents")))
    missing = {name for name, value in row.items() if value is None}
    assert {"url", "title", "language", "published_at", "placed_on", "author", "extra", "folded"} <= missing
    assert "" not in row.values()


@pytest.mark.parametrize(
    ("published_at", "precision", "origin", "placed"),
    [
        ("2024-05-01T10:00:00Z", "minute", "feed", "2024-05-01"),
        ("2024-05-01", "day", "sitemap", "2024-05-01"),
        ("2024-05-01", "day", "metadata", "2024-05-01"),
        ("2024-05-01", "day", "import", "2024-05-01"),
        ("2024-05-01T23:30:00-02:00", "minute", "feed", "2024-05-02"),
        ("2024-05-01", "day", "url", None),
        ("2024-05-01", "day", "text", None),
        ("2024-05-01", "day", None, None),
        ("2024-05-01", "month", "feed", None),
        ("2024-01-01", "year", "feed", None),
        (None, "unknown", "feed", None),
        ("2005-01-01", "day", "feed", "2005-01-01"),
        ("2004-12-31T23:59:00Z", "minute", "feed", None),
        ("2024-06-03T00:00:00Z", "minute", "feed", "2024-06-03"),
        ("2024-06-03T00:01:00Z", "minute", "feed", None),
        ("2034-01-01", "day", "feed", None),
    ],
)
def test_a_document_stands_in_a_trend_only_on_a_trusted_day(
    put: Callable[..., int],
    db: Database,
    published_at: str | None,
    precision: str,
    origin: str | None,
    placed: str | None,
) -> None:
    put("a", published_at=published_at, published_precision=precision, published_origin=origin)
    assert db.execute("select placed_on from documents").fetchall() == [(placed,)]


def test_an_import_without_address_is_known_by_its_id_or_its_text() -> None:
    assert import_identity("alpha", "12", "Un.") == import_identity("alpha", "12", "Deux.")
    assert import_identity("alpha", None, "Un.") != import_identity("alpha", None, "Deux.")
    assert import_identity("alpha", None, "Un.") != import_identity("beta", None, "Un.")


def test_nothing_of_a_failed_batch_is_stored(db: Database) -> None:
    def batch() -> None:
        with transaction(db):
            store_document(db, new())
            store_document(db, new(identity="https://alpha.example/b", source_id="nobody"))

    with pytest.raises(Exception, match="FOREIGN KEY"):
        batch()
    assert db.execute("select count(*) from documents").fetchone() == (0,)
    assert keep(db, new())[1] == "stored"
