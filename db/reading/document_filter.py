"""What a reader may ask of the documents, and how many documents carry each thing asked for."""

import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

from db.reading.rows import one_value


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

    @property
    def asks_for_words(self) -> bool:
        """Whether only documents that hold certain words can answer."""
        return bool(self.q.strip())

    @property
    def values(self) -> dict[str, Any]:
        """Return what is asked for, by name, as values to bind."""
        return {name: int(value) if name == "stance" else value
                for name, value in asdict(self).items() if value}  # fmt: skip

    @property
    def label_conditions(self) -> str:
        """Return the conditions on labels ``p`` as one; the values are those of :attr:`values`."""
        conditions = ["1 = 1"]
        if self.narrative:
            conditions.append("p.narrative_id = :narrative")
        if self.source:
            conditions.append("p.source_id = :source")
        if self.voice:
            conditions.append("p.voice = :voice")
        if self.family:
            conditions.append(
                "p.narrative_id in (select narrative_id from narratives where family_id = :family)"
            )
        if self.partner and self.stance:
            conditions.append(
                "p.narrative_id in (select narrative_id from narrative_partners "
                "where partner_id = :partner and stance = :stance)"
            )
        return " and ".join(conditions)


def known_total(connection: sqlite3.Connection, wanted: DocumentFilter) -> int | None:
    """Return the number of documents that answer, where one row of a table of totals holds it; else None."""
    asked = set(wanted.values)
    if asked and asked <= {"narrative", "source", "voice"} and "narrative" in asked:
        total = one_value(
            connection,
            "select documents from narrative_totals where narrative_id = ? and source_id = ? and voice = ?",
            [wanted.narrative, wanted.source or "all", wanted.voice or "any"],
        )
        return int(total or 0)
    if not asked:
        return _total(connection, "select value from about where key = 'documents'", [])
    return total_of(connection, wanted, asked.pop()) if len(asked) == 1 else None


def total_of(connection: sqlite3.Connection, wanted: DocumentFilter, name: str) -> int | None:
    """Return how many documents carry one thing asked for, alone; None where no table of totals says so."""
    if name == "undated":
        return _total(connection, "select value from about where key = 'undated'", [])
    sql = {
        "source": "select documents from source_totals where source_id = ?",
        "language": "select documents from language_totals where language = ?",
        "partner": "select documents from partner_totals where partner_id = ?",
        "kind": "select documents from collected_groups where year = 'all' and source_kind = ?",
    }.get(name)
    return None if sql is None else _total(connection, sql, [getattr(wanted, name)])


def most_labelled(connection: sqlite3.Connection, wanted: DocumentFilter) -> int:
    """Return an upper bound of the documents that carry the labels asked for."""
    voice = "" if wanted.voice else "and p.voice = 'any'"
    sql = (
        "select coalesce(sum(p.documents), 0) from narrative_totals p where p.source_id = :in_source "  # noqa: S608
        f"and {wanted.label_conditions} {voice}"
    )
    return int(one_value(connection, sql, {**wanted.values, "in_source": wanted.source or "all"}))


def _total(connection: sqlite3.Connection, sql: str, parameters: list[str]) -> int:
    return int(one_value(connection, sql, parameters) or 0)
