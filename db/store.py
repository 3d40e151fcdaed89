"""Storing documents: once, with evidence, never overwritten."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from db.clock import parse_timestamp
from db.identity import document_key, folded, text_sha256
from db.tombstones import TakenDownError, refusal

Precision = Literal["minute", "day", "month", "year", "unknown"]
StoreOutcome = Literal["stored", "duplicate", "new_version"]

#: The origins of a date that a trend may stand on.
TRUSTED_ORIGINS = frozenset({"feed", "sitemap", "metadata", "import"})
EARLIEST_DAY = date(2005, 1, 1)
LATEST_AFTER_FIRST_SEEN = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document as a crawler or an importer hands it over.

    ``identity`` is the canonical URL, or :func:`db.identity.import_identity`. Dates are ISO 8601 in
    UTC; a date without a time stays ``YYYY-MM-DD``. ``published_*`` is the date chosen for the
    document, ``claimed_*`` what the feed, sitemap or API said, ``page_*`` what the page itself says.
    Origins: ``feed``, ``sitemap``, ``metadata`` (page metadata), ``import``, ``url``, ``text``.
    """

    identity: str
    source_id: str
    text: str
    kind: str
    first_seen_at: str
    url: str | None = None
    canonical_url: str | None = None
    title: str | None = None
    language: str | None = None
    published_at: str | None = None
    published_precision: Precision = "unknown"
    published_origin: str | None = None
    claimed_published_at: str | None = None
    claimed_origin: str | None = None
    page_published_at: str | None = None
    page_published_origin: str | None = None
    author: str | None = None
    author_key: str | None = None
    credited_source: str | None = None
    capture_id: int | None = None
    extra: Mapping[str, Any] | None = None


def placed_on(document: NewDocument) -> str | None:
    """Return the day (``YYYY-MM-DD``, UTC) on which a document stands in a trend, or None: undated.

    The date must come from a trusted origin, be precise to the day, and lie between 2005-01-01 and
    first seen + 48 h.
    """
    if document.published_at is None or document.published_origin not in TRUSTED_ORIGINS:
        return None
    if document.published_precision not in ("minute", "day"):
        return None
    published = parse_timestamp(document.published_at)
    latest = parse_timestamp(document.first_seen_at) + LATEST_AFTER_FIRST_SEEN
    if published.date() < EARLIEST_DAY or published > latest:
        return None
    return published.date().isoformat()


def store_document(db: Database, document: NewDocument) -> tuple[int, StoreOutcome]:
    """Store a document or, when its identity is known, its changed text or title as a version.

    The first text of a document is never replaced: passages and labels point into it. Must run
    inside a transaction. Returns ``(document_id, outcome)``. Raises TakenDownError for a document whose
    address or text was taken down.
    """
    sha256 = text_sha256(document.text)
    addresses = (document.identity, document.url, document.canonical_url)
    if reason := refusal(db, addresses, document.text):
        raise TakenDownError(f"{document_key(document.identity)} cannot be stored: {reason}.")
    known = document_id_of(db, document.identity)
    if known is not None:
        document_id = known
        # Whoever hands over a text has just seen the page: it is no longer gone.
        db.execute(
            "update documents set gone_at = null where document_id = ? and gone_at is not null", [document_id]
        )
        if _says_the_same(db, document_id, sha256, document.title):
            return document_id, "duplicate"
        db.execute(
            "insert into document_versions (document_id, text_sha256, title, text, seen_at, capture_id) "
            "values (?, ?, ?, ?, ?, ?)",
            [document_id, sha256, document.title, document.text, document.first_seen_at, document.capture_id],
        )
        return document_id, "new_version"
    row = {
        "document_key": document_key(document.identity),
        "identity": document.identity,
        "source_id": document.source_id,
        "url": document.url,
        "canonical_url": document.canonical_url,
        "title": document.title,
        "text": document.text,
        "folded": folded(f"{document.title or ''}\n{document.text}"),
        "language": document.language,
        "published_at": document.published_at,
        "published_precision": document.published_precision,
        "published_origin": document.published_origin,
        "claimed_published_at": document.claimed_published_at,
        "claimed_origin": document.claimed_origin,
        "page_published_at": document.page_published_at,
        "page_published_origin": document.page_published_origin,
        "first_seen_at": document.first_seen_at,
        "placed_on": placed_on(document),
        "kind": document.kind,
        "author": document.author,
        "author_key": document.author_key,
        "credited_source": document.credited_source,
        "text_sha256": sha256,
        "capture_id": document.capture_id,
        "extra": json.dumps(document.extra, ensure_ascii=False, sort_keys=True) if document.extra else None,
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    # Column names come from the literal above, never from input.
    cursor = db.execute(f"insert into documents ({names}) values ({marks})", row)  # noqa: S608
    document_id = int(cursor.lastrowid or 0)
    db.execute(
        "insert into documents_fts (rowid, title, text, folded) values (?, ?, ?, ?)",
        [document_id, row["title"], row["text"], row["folded"]],
    )
    return document_id, "stored"


def document_id_of(db: Database, identity: str) -> int | None:
    """Return the id of the document with this identity, or None."""
    row = db.execute("select document_id from documents where identity = ?", [identity]).fetchone()
    return None if row is None else int(row[0])


def mark_gone(db: Database, document_id: int, at: str) -> None:
    """Note that the page answered 404 or 410; the text and its evidence stay."""
    db.execute(
        "update documents set gone_at = ? where document_id = ? and gone_at is null", [at, document_id]
    )


def _says_the_same(db: Database, document_id: int, sha256: str, title: str | None) -> bool:
    """Whether text and title are those seen last; a title that is missing this time is no change."""
    seen = db.execute(
        "select text_sha256, title, version_id from document_versions where document_id = :id union all "
        "select text_sha256, title, 0 from documents where document_id = :id order by 3 desc",
        {"id": document_id},
    ).fetchall()
    titles = [row[1] for row in seen if row[1]]
    same_title = not title or not titles or title.split() == titles[0].split()
    return same_title and sha256 == str(seen[0][0])
