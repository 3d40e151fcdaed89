"""Looking after the working database: is everything in it whole, and does it agree with itself?"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from db.evidence_record import payload_sha256
from db.identity import document_key, text_sha256
from db.integrity import integrity_faults

Progress = Callable[[str, int, int], None]

#: Questions whose rows are faults; each row is the subject of one.
_FAULTS = {
    "documents without evidence": "select document_key from documents where capture_id is null",
    "versions without evidence": (
        "select document_key || ', version ' || version_id from document_versions join documents "
        "using (document_id) where document_versions.capture_id is null"
    ),
    "passages outside their text": (
        "select document_key || ':' || start || '-' || \"end\" "
        "from passages join documents using (document_id) "
        'where start < 0 or start >= "end" or "end" > length(text)'
    ),
    "labels that disagree with their passage": (
        "select 'passage ' || passage_id || ', ' || narrative_id from predictions join passages "
        "using (passage_id) where predictions.document_id <> passages.document_id"
    ),
    "labels of documents that were not scored": (
        "select distinct model_id || ', document ' || document_id from predictions where not exists "
        "(select 1 from scorings where scorings.model_id = predictions.model_id "
        "and scorings.document_id = predictions.document_id)"
    ),
    "clusters named by a missing document": (
        "select distinct 'cluster ' || cluster_id from copies "
        "where cluster_id not in (select document_id from documents)"
    ),
    "fetches of a missing document": (
        "select 'fetch ' || fetch_id from fetches where document_id is not null "
        "and document_id not in (select document_id from documents)"
    ),
    "current models beyond one": (
        "select model_id from models where current = 1 "
        "and (select count(*) from models where current = 1) > 1"
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one check: its faults (empty: all is well), or why it was not made."""

    check: str
    examined: int | None
    faults: tuple[str, ...]
    skipped: str | None = None


def check(db: Database, evidence: Path, progress: Progress | None = None) -> Iterator[Finding]:
    """Answer every check in turn; nothing is changed. ``evidence`` is the folder of WARC files."""
    yield Finding("damaged pages", None, tuple(integrity_faults(db.conn)))
    broken = db.execute("pragma foreign_key_check").fetchall()
    yield Finding(
        "rows that point at nothing",
        None,
        tuple(f"{table}, row {row} -> {parent}" for table, row, parent, _ in broken),
    )
    yield Finding("documents missing from the search index", None, _search_faults(db))
    for name, sql in _FAULTS.items():
        yield Finding(name, None, tuple(str(row[0]) for row in db.execute(sql)))
    yield _texts(db, progress)
    yield _evidence(db, evidence, progress)


def _search_faults(db: Database) -> tuple[str, ...]:
    """Compare the index with the texts, token by token, in a transaction that is undone."""
    db.conn.execute("begin")
    try:
        db.conn.execute("insert into documents_fts (documents_fts, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if "malformed" not in str(error):
            raise
        return ("the index and the texts differ",)
    finally:
        db.conn.rollback()
    return ()


def _texts(db: Database, progress: Progress | None) -> Finding:
    name = "texts that differ from their hash"
    total = db.execute("select count(*) from documents").fetchone()[0]
    faults = []
    rows = db.execute("select document_key, identity, text_sha256, text from documents")
    for number, (key, identity, sha256, text) in enumerate(rows, 1):
        if text_sha256(text) != sha256:
            faults.append(f"{key}: text")
        if document_key(identity) != key:
            faults.append(f"{key}: identity")
        if progress is not None:
            progress(name, number, total)
    return Finding(name, total, tuple(faults))


def _evidence(db: Database, folder: Path, progress: Progress | None) -> Finding:
    name = "evidence that is missing or differs from its hash"
    if not folder.is_dir():
        return Finding(name, None, (), skipped=f"no folder {folder}")
    captures = db.execute(
        "select capture_id, payload_sha256, warc_path, warc_offset from captures "
        "order by warc_path, warc_offset"
    ).fetchall()
    faults = []
    for number, (capture_id, sha256, warc_path, warc_offset) in enumerate(captures, 1):
        where = f"capture {capture_id} ({warc_path} at byte {warc_offset})"
        try:
            found = payload_sha256(folder / warc_path, warc_offset)
        except (OSError, ValueError, KeyError) as error:
            faults.append(f"{where}: {error}")
        else:
            if found != sha256:
                faults.append(f"{where}: the bytes differ")
        if progress is not None:
            progress(name, number, len(captures))
    return Finding(name, len(captures), tuple(faults))
