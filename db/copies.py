"""Rows behind copy detection: which texts are compared already, what they share, who belongs together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

#: Band of ``copy_bands`` that holds the hash of a text's words; equal values are identical texts.
IDENTICAL_BAND = -1
#: Band of ``copy_bands`` that holds passage fingerprints; the bands from 0 on are MinHash bands.
PASSAGE_BAND = 1000

#: Relations whose rows form one text; the others stand beside it.
SAME_TEXT = ("original", "identical", "reworded")

#: Placeholders per statement: below SQLite's limit with room to spare.
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One row of ``copies``; ``similarity`` is 0-1."""

    document_id: int
    cluster_id: int
    relation: str
    similarity: float
    first_seen_rank: int


@dataclass(frozen=True, slots=True)
class Appearance:
    """When and where a document appeared. ``placed_on`` is None when its date is not to be trusted."""

    document_id: int
    source_id: str
    source_title: str
    url: str | None
    published_at: str | None
    published_precision: str
    placed_on: str | None
    first_seen_at: str
    credited_source: str | None


def count_uncompared(db: Database) -> int:
    """Return how many documents have not been compared with the others yet."""
    return int(
        db.execute(
            "select (select count(*) from documents) - (select count(*) from copy_signatures)"
        ).fetchone()[0]
    )


def last_compared(db: Database) -> int:
    """Return the highest id of a compared document; 0 when there is none."""
    return int(db.execute("select coalesce(max(document_id), 0) from copy_signatures").fetchone()[0])


def uncompared_texts(db: Database, after: int, limit: int) -> list[tuple[int, str]]:
    """Return ``(document_id, text)`` of the next documents after an id that have not been compared yet."""
    return db.execute(
        "select document_id, text from documents where document_id > ? and not exists ("
        "select 1 from copy_signatures where copy_signatures.document_id = documents.document_id) "
        "order by document_id limit ?",
        [after, limit],
    ).fetchall()


def are_compared(db: Database, document_ids: Sequence[int]) -> set[int]:
    """Return those of the documents that have been compared already."""
    return {row[0] for row in _in_chunks(db, "select document_id from copy_signatures", document_ids)}


def store_signature(db: Database, document_id: int, shingles: int, signature: bytes | None) -> None:
    """Note that a document is compared; ``shingles`` is the size of its shingle set."""
    db.execute("insert into copy_signatures values (?, ?, ?)", [document_id, shingles, signature])


def store_bands(db: Database, document_id: int, bands: Iterable[tuple[int, bytes]]) -> None:
    """Store the ``(band, value)`` pairs under which a document is found."""
    db.conn.executemany(
        "insert or ignore into copy_bands values (?, ?, ?)",
        [(band, value, document_id) for band, value in bands],
    )


def sharing_band(db: Database, band: int, value: bytes, limit: int = -1) -> list[int]:
    """Return the documents found under a band's value, by id."""
    rows = db.execute(
        "select document_id from copy_bands where band = ? and value = ? order by document_id limit ?",
        [band, value, limit],
    )
    return [row[0] for row in rows]


def signature_of(db: Database, document_id: int) -> bytes:
    """Return the stored MinHash signature; empty for a text without shingles."""
    row = db.execute("select signature from copy_signatures where document_id = ?", [document_id]).fetchone()
    return b"" if row is None or row[0] is None else bytes(row[0])


def text_of(db: Database, document_id: int) -> str:
    """Return the stored text of a document."""
    return str(db.execute("select text from documents where document_id = ?", [document_id]).fetchone()[0])


def rows_of_documents(db: Database, document_ids: Sequence[int]) -> dict[int, CopyRow]:
    """Return the rows of ``copies`` for these documents, by document; without copies there is none."""
    rows = _in_chunks(
        db,
        "select document_id, cluster_id, relation, similarity, first_seen_rank from copies",
        document_ids,
    )
    return {row[0]: CopyRow(*row) for row in rows}


def rows_of_clusters(db: Database, cluster_ids: Sequence[int]) -> list[CopyRow]:
    """Return all rows of ``copies`` in these clusters."""
    rows = _in_chunks(
        db,
        "select document_id, cluster_id, relation, similarity, first_seen_rank from copies",
        cluster_ids,
        column="cluster_id",
    )
    return [CopyRow(*row) for row in rows]


def appearances(db: Database, document_ids: Sequence[int]) -> dict[int, Appearance]:
    """Return when and where these documents appeared, by document."""
    rows = _in_chunks(
        db,
        "select document_id, source_id, sources.title, documents.url, published_at, published_precision, "
        "placed_on, first_seen_at, credited_source from documents join sources using (source_id)",
        document_ids,
    )
    return {row[0]: Appearance(*row) for row in rows}


def replace_rows(db: Database, before: Mapping[int, CopyRow], after: Mapping[int, CopyRow]) -> None:
    """Change the rows of ``copies`` from ``before`` to ``after`` (by document), touching only differences."""
    db.conn.executemany(
        "delete from copies where document_id = ?", [(gone,) for gone in before.keys() - after.keys()]
    )
    db.conn.executemany(
        "insert or replace into copies (document_id, cluster_id, relation, similarity, first_seen_rank) "
        "values (?, ?, ?, ?, ?)",
        [
            (row.document_id, row.cluster_id, row.relation, row.similarity, row.first_seen_rank)
            for document_id, row in after.items()
            if before.get(document_id) != row
        ],
    )


def count_relations(db: Database) -> dict[str, int]:
    """Return how many documents stand in each relation, and the number of ``clusters`` of one text."""
    counts = dict(db.execute("select relation, count(*) from copies group by relation").fetchall())
    counts["clusters"] = db.execute(
        "select count(distinct cluster_id) from copies "
        "where relation in ('original', 'identical', 'reworded')"
    ).fetchone()[0]
    return counts


def _in_chunks(
    db: Database, select: str, ids: Sequence[int], column: str = "document_id"
) -> Iterable[tuple[Any, ...]]:
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        yield from db.execute(f"{select} where {column} in ({marks})", list(chunk)).fetchall()
