"""What an evidence pack holds of the database: documents, labels, captures, codebook and model."""

import json
import sqlite3
from collections.abc import Sequence

from db.reading.rows import Row, all_rows, one_row

_CHUNK = 500


def documents(connection: sqlite3.Connection, keys: Sequence[str]) -> list[Row]:
    """Return the published columns of documents in the order of their keys; unknown keys are absent."""
    return _in_chunks(
        connection, "select * from documents where document_key in ({}) order by document_key", keys
    )


def labels(connection: sqlite3.Connection, keys: Sequence[str]) -> list[Row]:
    """Return the published labels of documents, by document and place in the text."""
    return _in_chunks(
        connection,
        "select * from predictions where document_key in ({}) "
        'order by document_key, start, "end", narrative_id',
        keys,
    )


def captures(connection: sqlite3.Connection, keys: Sequence[str]) -> list[Row]:
    """Return where the captures of documents and of their later versions lie, in the order of the files.

    The connection is one to a working database: publications hold no evidence.
    """
    found = _in_chunks(
        connection,
        "select d.document_key, c.* from main.captures c join ("
        " select document_key, capture_id from main.documents where document_key in ({0})"
        " union select document_key, v.capture_id from main.documents join main.document_versions v"
        " using (document_id) where document_key in ({0})) d using (capture_id)",
        keys,
    )
    return sorted(found, key=lambda row: (row["warc_path"], row["warc_offset"], row["document_key"]))


def fetches(connection: sqlite3.Connection, keys: Sequence[str]) -> list[Row]:
    """Return the requests that brought documents or came back for them, oldest first, with their run."""
    found = _in_chunks(
        connection,
        "select d.document_key, f.fetch_id, f.url, f.purpose, f.outcome, f.http_status, f.detail,"
        " f.fetched_at,"
        " f.crawl_run_id, r.command, r.started_at, r.software from main.fetches f"
        " join main.documents d on d.document_id = f.document_id join main.crawl_runs r using (crawl_run_id)"
        " where d.document_key in ({})",
        keys,
    )
    return sorted(found, key=lambda row: row["fetch_id"])


def codebook(connection: sqlite3.Connection) -> dict[str, list[Row]]:
    """Return the codebook as the database has it: families, narratives, stances, partners."""
    return {
        "families": all_rows(connection, "select * from narrative_families order by position"),
        "narratives": all_rows(connection, "select * from main.narratives order by position, narrative_id"),
        "stances": all_rows(connection, "select * from narrative_partners order by narrative_id, partner_id"),
        "partners": all_rows(connection, "select * from partners order by position"),
    }


def model_card(connection: sqlite3.Connection) -> Row | None:
    """Return the current model with its card and its measured quality, or None."""
    model = one_row(connection, "select * from models")
    if model is None:
        return None
    measured = all_rows(
        connection, "select * from evaluations order by split, level, narrative_id, language, voice"
    )
    return {**model, "card": json.loads(model["card"]), "evaluations": measured}


def _in_chunks(connection: sqlite3.Connection, sql: str, keys: Sequence[str]) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(keys), _CHUNK):
        chunk = list(keys[start : start + _CHUNK])
        marks = ", ".join(f"?{number}" for number in range(1, len(chunk) + 1))
        found += all_rows(connection, sql.format(marks), chunk)
    return found
