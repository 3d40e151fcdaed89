"""How a question to the documents is put to SQLite, so that few rows are read for an answer.

The rarest thing asked for drives: its documents are read first and the rest of the question is looked up for
each. Where nothing is rare, documents are read in the order wanted until enough of them answer; the index
of words holds them in the order of their dates for that.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db.reading.document_filter import DocumentFilter, most_labelled, total_of
from db.reading.rows import one_value
from db.search import has_prefix, match_query

#: What more documents than this carry is not rare: reading all of them is slower than reading in order.
_MANY = 4_000
#: Days that hold up to so many documents are read whole and sorted, where the order is not that of days.
_SORTED = 100_000

_ORDERS = {
    "newest": "d.placed_on desc, d.document_id desc",
    "seen": "d.first_seen_at desc, d.document_id desc",
    "relevance": "f.rank, d.document_id desc",
}
#: The same where few rows are to be sorted: the sign keeps SQLite from walking the index of the order.
_SORTS = {name: f"+{order}" for name, order in _ORDERS.items()}
_WORDS = "documents_fts match :match"
#: The places in the index of words between which the days asked for lie.
_WITHIN = "f.rowid between :first_position and :last_position"
_WORDS_FIRST = (
    "documents_fts f cross join document_quotes q on q.position = f.rowid "
    "cross join documents d on d.document_id = q.document_id"
)
_WORDS_LAST = "documents d cross join document_quotes q on q.document_id = d.document_id"
#: Looking up one document is quick for words; for beginnings of words the index must be read whole each time.
_HOLDS_WORDS = (
    "exists (select 1 from documents_fts where documents_fts match :match and rowid = q.position)",
    "+q.position in (select rowid from documents_fts where documents_fts match :match)",
)


@dataclass(frozen=True, slots=True)
class Question:
    """The pieces of one SELECT over ``documents d``: ``driving`` conditions find the rows to look at.

    ``few`` says that they find a few thousand rows at most. ``order`` is the order that is given.
    """

    tables: str
    driving: tuple[str, ...]
    rest: tuple[str, ...]
    order: str
    order_by: str
    few: bool
    parameters: dict[str, Any]

    @property
    def words_drive(self) -> bool:
        """Whether the index of words is read first."""
        return self.tables == _WORDS_FIRST


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing asked for: its condition as an index finds it, as it is looked up for one document, and how
    many documents carry it. ``ordered`` says that the index holds them in the order of their dates;
    ``sorted`` how many are rather sorted than looked for in another order."""

    found: str
    looked_up: str
    documents: int
    ordered: bool = False
    sorted: int = _MANY


def put(connection: sqlite3.Connection, wanted: DocumentFilter, order: str) -> Question:
    """Return the question as SQLite is asked it; ``order`` is newest, seen or relevance.

    Documents are ordered by relevance only where few hold the words: otherwise the newest come first.
    """
    words = wanted.asks_for_words
    first, last = _positions(connection, wanted)
    bound = {**wanted.values, "first_position": first, "last_position": last, "match": match_query(wanted.q)}
    parts = list(_parts(connection, wanted, last - first + 1))
    lookups = tuple(part.looked_up for part in parts)
    if words and _few_match(connection, bound):
        return Question(_WORDS_FIRST, (_WORDS, _WITHIN), lookups, order, _SORTS[order], True, bound)
    prefix = words and has_prefix(bound["match"])
    order = "seen" if order == "seen" and not prefix else "newest"
    holds = _HOLDS_WORDS[prefix]
    rarest = min(parts, key=lambda part: part.documents, default=None)
    if rarest is not None and rarest.documents <= (_MANY if words or order == "newest" else rarest.sorted):
        tables, also = (_WORDS_LAST, (holds,)) if words else ("documents d", ())
        rest = tuple(part.looked_up for part in parts if part is not rarest)
        few = rarest.documents <= _MANY
        return Question(tables, (rarest.found,), (*rest, *also), order, _SORTS[order], few, bound)
    if words and order == "newest":
        return Question(_WORDS_FIRST, (_WORDS, _WITHIN), lookups, order, "f.rowid desc", False, bound)
    if words:
        return Question(_WORDS_LAST, (), (*lookups, holds), order, _ORDERS[order], False, bound)
    along = tuple(part.found for part in parts if part.ordered) if order == "newest" else ()
    rest = tuple(part.looked_up for part in parts if part.found not in along)
    return Question("documents d", along, rest, order, _ORDERS[order], False, bound)


def _positions(connection: sqlite3.Connection, wanted: DocumentFilter) -> tuple[int, int]:
    """Return the first and the last place, in the order of dates, of the documents of the days asked for."""
    first, last = 1, int(one_value(connection, "select coalesce(max(position), 0) from document_quotes"))
    if not (wanted.since or wanted.until or wanted.undated):
        return first, last
    undated = int(total_of(connection, wanted, "undated") or 0)
    if wanted.since:
        first = _position(connection, wanted.since) or last + 1
    elif wanted.until:
        first = undated + 1
    if wanted.until and (after := _position(connection, f"{wanted.until}~")):
        last = after - 1
    if wanted.undated:
        last = min(last, undated)
    return first, last


def _position(connection: sqlite3.Connection, day: str) -> int | None:
    """Return the place of the first document dated from ``day`` on, or None when there is none."""
    place: int | None = one_value(
        connection,
        "select position from document_quotes where document_id = (select document_id from documents "
        "where placed_on >= ? order by placed_on, document_id limit 1)",
        [day],
    )
    return place


def _few_match(connection: sqlite3.Connection, bound: dict[str, Any]) -> bool:
    sql = f"select count(*) from (select 1 from documents_fts f where {_WORDS} and {_WITHIN} limit :most)"  # noqa: S608
    return int(one_value(connection, sql, {**bound, "most": _MANY + 1})) <= _MANY


def _parts(connection: sqlite3.Connection, wanted: DocumentFilter, of_days: int) -> Iterator[_Part]:
    """Yield what is asked for, words apart. A sign before a column keeps SQLite from using its index."""
    for name, condition in (("source", "d.source_id = :source"), ("language", "d.language = :language")):
        if getattr(wanted, name):
            yield _Part(
                condition, f"+{condition}", int(total_of(connection, wanted, name) or 0), ordered=True
            )
    if wanted.kind:
        condition = "d.source_id in (select source_id from sources where kind = :kind)"
        yield _Part(condition, f"+{condition}", int(total_of(connection, wanted, "kind") or 0))
    days = [
        condition
        for name, condition in (
            ("since", "d.placed_on >= :since"),
            ("until", "d.placed_on <= :until"),
            ("undated", "d.placed_on is null"),
        )
        if getattr(wanted, name)
    ]
    if days:
        looked_up = " and ".join(f"+{condition}" for condition in days)
        yield _Part(" and ".join(days), looked_up, max(of_days, 0), ordered=True, sorted=_SORTED)
    if wanted.asks_for_labels:
        table, conditions = "predictions p", f"p.band = 'flagged' and {wanted.label_conditions}"
        yield _through(table, conditions, most_labelled(connection, wanted))
    elif wanted.partner:
        named = int(total_of(connection, wanted, "partner") or 0)
        yield _through("mentions p", "p.partner_id = :partner", named)


def _through(table: str, conditions: str, documents: int) -> _Part:
    """Return a part that another table tells."""
    # The pieces are constants; every value is bound.
    return _Part(
        f"d.document_id in (select p.document_id from {table} where {conditions})",  # noqa: S608
        f"exists (select 1 from {table} where {conditions} and p.document_id = d.document_id)",  # noqa: S608
        documents,
    )
