"""Finding documents: the answer to a reader's question, in pages, with its count and its passages."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from db.reading.document_filter import DocumentFilter, known_total
from db.reading.question import Question, put
from db.reading.rows import Row, all_rows

#: What surrounds a found word in a snippet; published text holds no control characters.
HIT_START, HIT_END = "\x02", "\x03"
#: Counting stops here where no table of totals has the answer, or after so many documents looked at: "more
#: than 1,000" is quick.
COUNT_LIMIT, LOOKED_AT = 1_000, 5_000

ORDERS = ("newest", "seen", "relevance")


@dataclass(frozen=True, slots=True)
class Found:
    """How many documents answer; ``exact`` is False where there are more than that."""

    documents: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """Documents that answer, in the order that was given: by relevance only where few hold the words."""

    rows: list[Row]
    order: str


def find_documents(
    connection: sqlite3.Connection,
    wanted: DocumentFilter,
    *,
    order: str,
    limit: int,
    offset: int = 0,
    snippets: bool = False,
) -> Listed:
    """Return the documents that answer, each with its outlet and, where asked for, a ``snippet``."""
    if order == "relevance" and not wanted.asks_for_words:
        order = "newest"
    question = put(connection, wanted, order)
    position = "q.position" if wanted.asks_for_words else "null"
    found = connection.execute(
        # The pieces are constants; every value is bound.
        f"select d.document_id, {position} from {question.tables} where {_all_of(question)} "  # noqa: S608
        f"order by {question.order_by} limit :limit offset :offset",
        {**question.parameters, "limit": limit, "offset": offset},
    ).fetchall()
    rows = {row["document_id"]: row for row in _rows(connection, [document_id for document_id, _ in found])}
    if snippets and wanted.asks_for_words:
        texts = _snippets(connection, question, [place for _, place in found])
        for document_id, place in found:
            rows[document_id]["snippet"] = texts.get(place)
    return Listed([rows[document_id] for document_id, _ in found], question.order)


def count_found(connection: sqlite3.Connection, wanted: DocumentFilter) -> Found:
    """Return how many documents answer: exactly where a table of totals says so, else up to a limit."""
    if (total := known_total(connection, wanted)) is not None:
        return Found(total, exact=True)
    question = put(connection, wanted, "newest")
    if question.few:
        sql = f"select count(*) from {question.tables} where {_all_of(question)}"  # noqa: S608
        return Found(int(connection.execute(sql, question.parameters).fetchone()[0]), exact=True)
    answers = " and ".join(("1", *question.rest))
    driven = " and ".join(("1", *question.driving))
    count = 0
    cursor = connection.execute(
        f"select {answers} from {question.tables} where {driven}",  # noqa: S608
        question.parameters,
    )
    for looked_at, (answer,) in enumerate(cursor, 1):
        count += bool(answer)
        if count > COUNT_LIMIT or (looked_at > LOOKED_AT and count > 1):
            return Found(count - 1, exact=False)
    return Found(count, exact=True)


def labels_of(
    connection: sqlite3.Connection, document_ids: Sequence[int], wanted: DocumentFilter
) -> dict[int, list[Row]]:
    """Return the flagged passages of these documents that answer the question, by document."""
    marks, numbers = _bound(document_ids)
    rows = all_rows(
        connection,
        "select p.*, n.title_fr, n.title_en from predictions p "  # noqa: S608
        "join narratives n using (narrative_id) "
        f"where p.document_id in ({marks}) and p.band = 'flagged' and {wanted.label_conditions} "
        "order by p.document_id, p.start, n.position",
        {**wanted.values, **numbers},
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["document_id"], []).append(row)
    return found


def _rows(connection: sqlite3.Connection, document_ids: Sequence[int]) -> list[Row]:
    marks, numbers = _bound(document_ids)
    return all_rows(
        connection,
        "select d.document_id, d.document_key, d.title, d.url, d.placed_on, d.published_at, "  # noqa: S608
        "d.published_precision, d.published_origin, d.first_seen_at, d.language, d.kind, d.cluster_size, "
        "d.gone_at, d.source_id, s.title as source_title, null as snippet "
        f"from documents d join sources s using (source_id) where d.document_id in ({marks})",
        numbers,
    )


def _snippets(connection: sqlite3.Connection, question: Question, positions: Sequence[int]) -> dict[int, str]:
    if not positions:
        return {}
    marks, numbers = _bound(positions)
    # Where the words were read in order, they are read so again; elsewhere each document is looked up.
    places = f"between :low and :high and +f.rowid in ({marks})" if question.words_drive else f"in ({marks})"
    rows = connection.execute(
        "select f.rowid, snippet(documents_fts, -1, :hit_start, :hit_end, '…', 28) from documents_fts f "  # noqa: S608
        f"where documents_fts match :match and f.rowid {places}",
        {"match": question.parameters["match"], "hit_start": HIT_START, "hit_end": HIT_END,
         "low": min(positions), "high": max(positions), **numbers},
    )  # fmt: skip
    return dict(rows.fetchall())


def _all_of(question: Question) -> str:
    return " and ".join(("1", *question.driving, *question.rest))


def _bound(numbers: Sequence[int]) -> tuple[str, dict[str, int]]:
    """Return marks for a list of numbers, and the values to bind to them."""
    names = [f"n{place}" for place in range(len(numbers))]
    return ", ".join(f":{name}" for name in names), dict(zip(names, numbers, strict=True))
