"""Finding documents: what a reader may ask, as one filter, and the answer in pages."""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from db.reading.rows import Row, all_rows, one_value
from db.search import match_query

#: What surrounds a found word in a snippet; published text holds no control characters.
HIT_START, HIT_END = "\x02", "\x03"
#: Counting stops here where no table of totals has the answer: "more than 1,000" is quick.
COUNT_LIMIT = 1_000
#: A question that more documents answer is read along the index of its order, a rarer one from its labels.
_MANY = 4_000

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


@dataclass(frozen=True, slots=True)
class Found:
    """How many documents answer; ``exact`` is False where there are more than that."""

    documents: int
    exact: bool


def find_documents(
    connection: sqlite3.Connection, wanted: DocumentFilter, *, order: str, limit: int, offset: int = 0
) -> list[Row]:
    """Return the documents that answer, each with its outlet and, for a search, a ``snippet``."""
    searched = bool(wanted.q.strip())
    if order == "relevance" and not searched:
        order = "newest"
    tables, where, parameters = _question(wanted, walk=_worth_walking(connection, wanted, order))
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


def count_found(connection: sqlite3.Connection, wanted: DocumentFilter) -> Found:
    """Return how many documents answer: exactly where a table of totals says so, else up to a limit."""
    if (total := known_total(connection, wanted)) is not None:
        return Found(total, exact=True)
    tables, where, parameters = _question(wanted, walk=_worth_walking(connection, wanted, "newest"))
    sql = f"select count(*) from (select 1 from {tables} where {where} limit {COUNT_LIMIT + 1})"  # noqa: S608
    counted = int(connection.execute(sql, parameters).fetchone()[0])
    return Found(min(counted, COUNT_LIMIT), exact=counted <= COUNT_LIMIT)


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
        f"where p.document_id in ({marks}) and p.band = 'flagged' and {' and '.join(conditions)} "
        f"order by p.document_id, p.start, "
        "n.position",
        {**parameters, **{f"d{number}": value for number, value in enumerate(document_ids)}},
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["document_id"], []).append(row)
    return found


def known_total(connection: sqlite3.Connection, wanted: DocumentFilter) -> int | None:
    """Return the number of documents that answer, where one row of a table of totals holds it; else None."""
    asked = {name for name, value in asdict(wanted).items() if value}
    if asked and asked <= {"narrative", "source", "voice"} and "narrative" in asked:
        total = one_value(
            connection,
            "select documents from narrative_totals where narrative_id = ? and source_id = ? and voice = ?",
            [wanted.narrative, wanted.source or "all", wanted.voice or "any"],
        )
        return int(total or 0)
    for names, sql, value in (
        (set(), "select value from about where key = 'documents'", None),
        ({"undated"}, "select value from about where key = 'undated'", None),
        ({"source"}, "select documents from source_totals where source_id = ?", wanted.source),
        ({"language"}, "select documents from language_totals where language = ?", wanted.language),
        ({"partner"}, "select documents from partner_totals where partner_id = ?", wanted.partner),
        (
            {"kind"},
            "select documents from collected_groups where year = 'all' and source_kind = ?",
            wanted.kind,
        ),
    ):
        if asked == names:
            return int(one_value(connection, sql, [] if value is None else [value]) or 0)
    return None


def _worth_walking(connection: sqlite3.Connection, wanted: DocumentFilter, order: str) -> bool:
    """Whether so many documents carry the labels or the name asked for that reading them all would be slower
    than looking at documents in order until enough answer."""
    if wanted.q.strip() or order == "relevance":
        return False
    if wanted.asks_for_labels:
        conditions, parameters = _label_conditions(wanted)
        told = "select coalesce(sum(p.documents), 0) from narrative_totals p where p.source_id = :in_source"
        if not wanted.voice:
            conditions.append("p.voice = 'any'")
        sql = f"{told} and {' and '.join(conditions)}"
        return int(one_value(connection, sql, {**parameters, "in_source": wanted.source or "all"})) > _MANY
    if wanted.partner:
        sql = "select documents from partner_totals where partner_id = ?"
        return int(one_value(connection, sql, [wanted.partner]) or 0) > _MANY
    return True


def _question(wanted: DocumentFilter, *, walk: bool) -> tuple[str, str, dict[str, Any]]:
    """Return the tables, the conditions and the values of a question.

    ``walk`` writes labels and names as something to look up for each document; otherwise they come first.
    """
    tables, conditions, parameters = "documents d", ["1 = 1"], {}
    if wanted.q.strip():
        tables = "documents_fts f join documents d on d.document_id = f.rowid"
        conditions.append("documents_fts match :match")
        parameters["match"] = match_query(wanted.q)
    kind = "(select source_id from sources where kind = :kind)"
    for name, condition in (
        ("source", "d.source_id = :source"),
        ("language", "d.language = :language"),
        # The sign keeps SQLite on the index of the order.
        ("kind", f"{'+' if walk else ''}d.source_id in {kind}"),
        ("since", "d.placed_on >= :since"),
        ("until", "d.placed_on <= :until"),
        ("undated", "d.placed_on is null"),
    ):
        if value := getattr(wanted, name):
            conditions.append(condition)
            parameters[name] = value
    if wanted.asks_for_labels:
        labels, values = _label_conditions(wanted)
        flagged = f"predictions p where p.band = 'flagged' and {' and '.join(labels)}"
        conditions.append(
            f"exists (select 1 from {flagged} and p.document_id = d.document_id)"  # noqa: S608
            if walk
            else f"d.document_id in (select p.document_id from {flagged})"  # noqa: S608
        )
        parameters.update(values)
    elif wanted.partner:
        named = "mentions m where m.partner_id = :partner"
        conditions.append(
            f"exists (select 1 from {named} and m.document_id = d.document_id)"  # noqa: S608
            if walk
            else f"d.document_id in (select m.document_id from {named})"  # noqa: S608
        )
        parameters["partner"] = wanted.partner
    return tables, " and ".join(conditions), parameters


def _label_conditions(wanted: DocumentFilter) -> tuple[list[str], dict[str, Any]]:
    conditions, parameters = ["1 = 1"], {}
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
