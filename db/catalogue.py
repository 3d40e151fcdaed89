"""The source catalogue as rows: sources and the dated statements about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

_SOURCE_COLUMNS = (
    "title", "platform", "url", "language", "country", "timezone", "kind",
    "enabled", "republish", "quotable", "fictional", "disabled_reason", "disabled_reason_fr",
)  # fmt: skip
_STATEMENT_COLUMNS = (
    "property", "value", "stated_by", "url", "stated_at", "status", "valid_from", "valid_to", "note",
    "value_fr", "stated_by_fr", "note_fr",
)  # fmt: skip


def sync_sources(db: Database, sources: Sequence[Mapping[str, Any]], listed_at: str) -> None:
    """Bring ``sources`` and ``source_statements`` in line with the catalogue.

    Each mapping holds ``source_id``, the source columns and ``statements`` (mappings of the statement
    columns). Rows that already say the same keep their ids and are not written. A source that left
    the catalogue stays, disabled: documents point at it. Must run inside a transaction.
    """
    for source in sources:
        _sync_source(db, source, listed_at)
        _sync_statements(db, source["source_id"], source["statements"])
    listed = {source["source_id"] for source in sources}
    for (source_id,) in db.execute(
        "select source_id from sources where enabled = 1 and platform not in ('import')"
    ).fetchall():
        if source_id not in listed:
            db.execute(
                "update sources set enabled = 0, disabled_reason = 'no longer in the catalogue', "
                "disabled_reason_fr = 'ne figure plus au catalogue' where source_id = ?",
                [source_id],
            )


def add_unlisted_source(
    db: Database,
    source_id: str,
    title: str,
    listed_at: str,
    *,
    platform: str,
    url: str | None = None,
    language: str | None = None,
    kind: str | None = None,
) -> None:
    """Note a source that is in no catalogue: disabled and never republished. Known ids are left alone.

    Must run inside a transaction.
    """
    db.execute(
        "insert or ignore into sources (source_id, title, platform, url, language, kind, enabled, republish, "
        "disabled_reason, disabled_reason_fr, first_listed_at) "
        "values (?, ?, ?, ?, ?, ?, 0, 0, 'not in the catalogue', 'ne figure pas au catalogue', ?)",
        [source_id, title, platform, url, language, kind, listed_at],
    )


def listed_sources(db: Database) -> list[dict[str, Any]]:
    """Return every row of ``sources`` with its number of documents, in id order."""
    return list(
        db.query(
            "select s.*, (select count(*) from documents d where d.source_id = s.source_id) as documents "
            "from sources s order by s.source_id"
        )
    )


def _sync_source(db: Database, source: Mapping[str, Any], listed_at: str) -> None:
    values = [_plain(source.get(name)) for name in _SOURCE_COLUMNS]
    # Column names come from the literals above, never from input.
    columns = ", ".join(_SOURCE_COLUMNS)
    known = db.execute(
        f"select {columns} from sources where source_id = ?",  # noqa: S608
        [source["source_id"]],
    ).fetchone()
    if known is None:
        marks = ", ".join("?" * (len(values) + 2))
        db.execute(
            f"insert into sources (source_id, {columns}, first_listed_at) values ({marks})",  # noqa: S608
            [source["source_id"], *values, listed_at],
        )
    elif list(known) != values:
        changes = ", ".join(f"{name} = ?" for name in _SOURCE_COLUMNS)
        db.execute(
            f"update sources set {changes} where source_id = ?",  # noqa: S608
            [*values, source["source_id"]],
        )


def _sync_statements(db: Database, source_id: str, statements: Sequence[Mapping[str, Any]]) -> None:
    columns = ", ".join(_STATEMENT_COLUMNS)
    known = {
        tuple(row[1:]): row[0]
        for row in db.execute(
            f"select statement_id, {columns} from source_statements where source_id = ?",  # noqa: S608
            [source_id],
        ).fetchall()
    }
    wanted = [tuple(statement.get(name) for name in _STATEMENT_COLUMNS) for statement in statements]
    for values, statement_id in known.items():
        if values not in wanted:
            db.execute("delete from source_statements where statement_id = ?", [statement_id])
    marks = ", ".join("?" * (len(_STATEMENT_COLUMNS) + 1))
    for values in wanted:
        if values not in known:
            db.execute(
                f"insert into source_statements (source_id, {columns}) values ({marks})",  # noqa: S608
                [source_id, *values],
            )


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
