"""Finding documents: what a reader may ask, as one filter, and the answer in pages."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.reading.rows import Row, all_rows
from db.search import match_query

#: What surrounds a found word in a snippet; published text holds no control characters.
HIT_START, HIT_END = "\x02", "\x03"
#: Counting stops here: "more than 10,000" is all that a reader needs, and it is quick.
COUNT_LIMIT = 10_000

ORDERS = {
    "newest": "d.placed_on desc, d.document_id desc",
    "seen": "d.first_seen_at desc, d.document_id desc",
    "relevance": "f.rank, d.document_id desc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """A question to the documents; an empty value asks nothing. Days are inclusive, ``YYYY-MM-DD``."""

    q: str = ""
    narrative: str = ""
    family: str = ""
    partner: str = ""
    stance: str = ""
    voice: str = ""
    source: str = ""
    kind: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    undated: str = ""

    @property
    def asks_for_labels(self) -> bool:
        """Whether only flagged documents can answer."""
        return bool(self.narrative or self.family or self.voice or (self.partner and self.stance))


def find_documents(
    connection: sqlite3.Connection, wanted: DocumentFilter, *, order: str, limit: int, offset: int = 0
) -> list[Row]:
    """Return the documents that answer, each with its outlet and, for a search, a ``snippet``."""
    tables, where, parameters = _question(wanted)
    searched = bool(wanted.q.strip())
    if order == "relevance" and not searched:
        order = "newest"
    snippet = "snippet(documents_fts, -1, :hit_start, :hit_end, '…', 28)" if searched else "null"
    return all_rows(
        connection,
        # The pieces are constants; every value is bound.
        "select d.document_id, d.document_key, d.title, d.url, d.placed_on, d.published_at, "  # noqa: S608
        "d.published_precision, "
        "d.published_origin, d.first_seen_at, d.language, d.kind, d.cluster_size, d.gone_at, d.source_id, "
        f"s.title as source_title, {snippet} as snippet from {tables} join sources s on s.source_id = "
        "d.source_id "
        f"where {where} order by {ORDERS[order]} limit :limit offset :offset",
        {**parameters, "limit": limit, "offset": offset, "hit_start": HIT_START, "hit_end": HIT_END},
    )


def count_found(connection: sqlite3.Connection, wanted: DocumentFilter) -> int:
    """Return how many documents answer; :data:`COUNT_LIMIT` + 1 stands for more than that."""
    tables, where, parameters = _question(wanted)
    sql = f"select count(*) from (select 1 from {tables} where {where} limit {COUNT_LIMIT + 1})"  # noqa: S608
    return int(connection.execute(sql, parameters).fetchone()[0])


def labels_of(
    connection: sqlite3.Connection, document_ids: Sequence[int], wanted: DocumentFilter
) -> dict[int, list[Row]]:
    """Return the flagged passages of these documents that answer the question, by document."""
    marks = ", ".join(f":d{number}" for number in range(len(document_ids)))
    conditions, parameters = _label_conditions(wanted)
    rows = all_rows(
        connection,
        "select p.*, n.title_fr, n.title_en from predictions p "  # noqa: S608
        "join narratives n using (narrative_id) "
        ""
        f"where p.document_id in ({marks}) and {' and '.join(conditions)} order by p.document_id, p.start, "
        "n.position",
        {**parameters, **{f"d{number}": value for number, value in enumerate(document_ids)}},
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["document_id"], []).append(row)
    return found


def choices(connection: sqlite3.Connection) -> dict[str, list[Row]]:
    """Return what the filter's controls offer, with the number of documents behind each choice."""
    return {
        "narratives": all_rows(
            connection,
            "select n.narrative_id, n.title_fr, n.title_en, n.family_id, coalesce(t.documents, 0) as "
            "documents "
            "from narratives n left join narrative_totals t on t.narrative_id = n.narrative_id "
            "and t.source_id = 'all' and t.voice = 'any' order by n.position",
        ),
        "families": all_rows(
            connection, "select family_id, title_fr, title_en from narrative_families order by position"
        ),
        "partners": all_rows(
            connection, "select partner_id, title_fr, title_en from partners order by position"
        ),
        "sources": all_rows(
            connection,
            "select s.source_id, s.title, t.documents from sources s join source_totals t using (source_id) "
            "order by s.title collate nocase",
        ),
        "languages": all_rows(
            connection,
            "select language, count(*) as documents from documents where language is not null "
            "group by language order by documents desc",
        ),
        "kinds": all_rows(
            connection,
            "select s.kind, sum(t.documents) as documents from sources s join source_totals t using "
            "(source_id) "
            "where s.kind is not null group by s.kind order by s.kind",
        ),
    }


def _question(wanted: DocumentFilter) -> tuple[str, str, dict[str, Any]]:
    """Return the tables, the conditions and the values of a question."""
    tables, conditions, parameters = "documents d", ["1 = 1"], {}
    if wanted.q.strip():
        tables = "documents_fts f join documents d on d.document_id = f.rowid"
        conditions.append("documents_fts match :match")
        parameters["match"] = match_query(wanted.q)
    for name, condition in (
        ("source", "d.source_id = :source"),
        ("language", "d.language = :language"),
        ("kind", "d.source_id in (select source_id from sources where kind = :kind)"),
        ("since", "d.placed_on >= :since"),
        ("until", "d.placed_on <= :until"),
        ("undated", "d.placed_on is null"),
    ):
        if value := getattr(wanted, name):
            conditions.append(condition)
            parameters[name] = value
    if wanted.asks_for_labels:
        labels, values = _label_conditions(wanted)
        conditions.append(
            f"d.document_id in (select p.document_id from predictions p where {' and '.join(labels)})"  # noqa: S608
        )
        parameters.update(values)
    elif wanted.partner:
        conditions.append("d.document_id in (select document_id from mentions where partner_id = :partner)")
        parameters["partner"] = wanted.partner
    return tables, " and ".join(conditions), parameters


def _label_conditions(wanted: DocumentFilter) -> tuple[list[str], dict[str, Any]]:
    conditions, parameters = ["p.band = 'flagged'"], {}
    for name, condition in (
        ("narrative", "p.narrative_id = :narrative"),
        ("voice", "p.voice = :voice"),
        ("family", "p.narrative_id in (select narrative_id from narratives where family_id = :family)"),
    ):
        if value := getattr(wanted, name):
            conditions.append(condition)
            parameters[name] = value
    if wanted.partner and wanted.stance:
        conditions.append(
            "p.narrative_id in (select narrative_id from narrative_partners "
            "where partner_id = :partner and stance = :stance)"
        )
        parameters |= {"partner": wanted.partner, "stance": int(wanted.stance)}
    return conditions, parameters
