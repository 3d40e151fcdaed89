"""The allow-list: every relation and column that leaves the working database, defined once.

``db/published/relations/<name>.sql`` holds the declaration of one published table and the SELECT over the
working database that fills it. ``narratives publish`` materialises them into a file of their own; reports
install them as temporary views over the working database, so the same SQL runs on both. A file without a
declaration is a step on the way and is not published.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from db.clock import parse_timestamp
from db.connection import PUBLICATION_APPLICATION_ID
from db.errors import NarrativesError
from db.feed_health import SourceHealth, source_health
from db.identity import folded
from db.integrity import integrity_faults
from db.published_measures import AGREEMENT_COLUMNS, FALSE_FLAG_COLUMNS, agreement_rows, false_flag_rows

#: The longest published passage, in characters, an ellipsis included.
QUOTE_CHARACTERS = 280

#: Relations that a build reads many times: kept in temporary tables, in this order, by this column.
_KEPT = {"open_documents": "document_id", "flagged_texts": "document_id", "stance_texts": "cluster_id"}

_FOLDER = Path(__file__).parent / "published"
_CONTROLS = (
    *range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x061C, 0x200E, 0x200F,
    *range(0x202A, 0x202F), *range(0x2066, 0x206A),
)  # fmt: skip
#: Controls and direction marks become a visible mark, one character for one, so that offsets stay right.
_MARKED = dict.fromkeys(_CONTROLS, "\ufffd")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: its SELECT over the working database and, when it is published, its declaration."""

    name: str
    select: str
    declarations: tuple[str, ...]


@cache
def relations() -> dict[str, Relation]:
    """Return every relation by name, those on the way included."""
    return {path.stem: _parse(path) for path in sorted((_FOLDER / "relations").glob("*.sql"))}


def published_columns() -> dict[str, tuple[str, ...]]:
    """Return the columns of every published table, search and charts included: the allow-list itself."""
    with closing(sqlite3.connect(":memory:")) as connection:
        _declare(connection)
        _run_file(connection, "additions.sql")
        return _schema(connection)


def install_views(connection: sqlite3.Connection) -> None:
    """Make every relation a temporary view that shadows the private table of the same name.

    The connection's main database is the working database; nothing in it is written.
    """
    _add_functions(connection)
    for relation in relations().values():
        # The text comes from files of this package.
        connection.execute(f"create temp view if not exists {relation.name} as {relation.select}")
    _tell_health(connection)
    # Filled where a publication is built: no report asks for them, and agreement takes its time.
    _create_table(connection, "agreement_now", AGREEMENT_COLUMNS)
    _create_table(connection, "false_flags_now", FALSE_FLAG_COLUMNS)


def materialise(working: sqlite3.Connection, target: Path) -> None:
    """Fill a new file with the published relations, from one snapshot of the working database."""
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("pragma page_size = 8192")
        _declare(connection)
        connection.commit()
    working.execute("attach database ? as publication", [str(target)])
    try:
        working.execute("pragma publication.synchronous = off")
        # Tables are filled in order of name; :func:`verify` checks every reference at the end.
        working.execute("pragma foreign_keys = off")
        working.execute("begin")
        try:
            _tell_measures(working)
            _keep(working)
            install_views(working)
            for name, order in _insertion_order(target).items():
                working.execute(f"insert into publication.{name} select * from temp.{name} order by {order}")  # noqa: S608
            working.execute("commit")
        except BaseException:
            working.rollback()
            raise
    finally:
        working.execute("pragma foreign_keys = on")
        working.execute("detach database publication")


def finish(publication: sqlite3.Connection) -> None:
    """Add what only the file has: the full-text index, room for charts, statistics, the data's hash."""
    _run_file(publication, "additions.sql")
    publication.execute("insert into about values ('data_sha256', ?)", [data_sha256(publication)])
    publication.commit()


def seal(publication: sqlite3.Connection) -> None:
    """Mark the file as a publication, gather statistics and close the journal, ready to be served."""
    publication.execute("insert into documents_fts (documents_fts) values ('optimize')")
    publication.execute("analyze")
    publication.commit()
    publication.execute(f"pragma application_id = {PUBLICATION_APPLICATION_ID}")
    publication.execute("pragma journal_mode = delete")


def data_sha256(connection: sqlite3.Connection) -> str:
    """Return a hash of what the counts stand on: documents, their texts' hashes and dates, and labels."""
    digest = hashlib.sha256()
    for sql in (
        "select document_key || char(31) || source_id || char(31) || text_sha256 || char(31) || "
        "coalesce(placed_on, '') || char(31) || cluster_id || char(10) from documents order by document_key",
        "select reference || char(31) || voice || char(31) || band || char(31) || model_id || char(10) "
        "from predictions order by reference",
    ):
        cursor = connection.execute(sql)
        while rows := cursor.fetchmany(10_000):
            digest.update("".join(row[0] for row in rows).encode())
    return digest.hexdigest()


def verify(publication: sqlite3.Connection) -> None:
    """Refuse a file that is damaged or holds a table or a column that the allow-list does not name."""
    if faults := integrity_faults(publication):
        raise NarrativesError(
            f"The new publication is damaged ({faults[0]}). Free disk space and publish again."
        )
    allowed, found = published_columns(), _schema(publication)
    if surplus := {name: columns for name, columns in found.items() if allowed.get(name) != columns}:
        raise NarrativesError(f"The new publication differs from the allow-list of db/published: {surplus}.")
    if missing := sorted(allowed.keys() - found.keys()):
        raise NarrativesError(f"The new publication lacks the tables {missing}. Publish again.")
    if orphans := publication.execute("pragma foreign_key_check").fetchall():
        table, _, parent, _ = orphans[0]
        raise NarrativesError(
            f"{len(orphans)} published rows point at nothing (first: {table} -> {parent}). "
            "Run `narratives db check DB`."
        )


def _keep(connection: sqlite3.Connection) -> None:
    """Write the relations of :data:`_KEPT` into temporary tables, which shadow their views."""
    _add_functions(connection)
    for name, column in _KEPT.items():
        connection.execute(f"drop table if exists temp.{name}")
        connection.execute(f"create temp table {name} as {relations()[name].select}")
        connection.execute(f"create index temp.{name}_{column} on {name}({column})")


def _tell_health(connection: sqlite3.Connection) -> None:
    """Write how every source is doing, at the moment "as of", into a temporary table."""
    as_of = connection.execute("select value from temp.about where key = 'as_of'").fetchone()[0]
    told = source_health(Database(connection), parse_timestamp(as_of)) if as_of else []
    columns = [field.name for field in fields(SourceHealth)]
    _replace_table(
        connection,
        "health_now",
        columns,
        ([getattr(source, column) for column in columns] for source in told),
    )


def _tell_measures(connection: sqlite3.Connection) -> None:
    """Write what is measured on people's readings, before views shadow the tables that this reads."""
    db = Database(connection)
    _replace_table(connection, "agreement_now", AGREEMENT_COLUMNS, agreement_rows(db))
    _replace_table(connection, "false_flags_now", FALSE_FLAG_COLUMNS, false_flag_rows(db))


def _replace_table(
    connection: sqlite3.Connection, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows into a temporary table; a transaction that is open stays open."""
    reading = connection.in_transaction
    connection.execute(f"drop table if exists temp.{name}")
    _create_table(connection, name, columns)
    connection.executemany(f"insert into temp.{name} values ({', '.join('?' * len(columns))})", rows)  # noqa: S608
    if not reading:
        connection.commit()


def _create_table(connection: sqlite3.Connection, name: str, columns: Sequence[str]) -> None:
    connection.execute(f"create temp table if not exists {name} ({', '.join(columns)})")


def _add_functions(connection: sqlite3.Connection) -> None:
    connection.create_function("shown", 1, _shown, deterministic=True)
    connection.create_function("excerpt", 3, _excerpt, deterministic=True)


def _declare(connection: sqlite3.Connection) -> None:
    for relation in relations().values():
        for statement in relation.declarations:
            connection.execute(statement)


def _schema(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    names = connection.execute(
        "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_stat%' "
        "order by 1"
    ).fetchall()
    return {
        name: tuple(row[1] for row in connection.execute(f"pragma table_xinfo({name})")) for (name,) in names
    }


def _insertion_order(target: Path) -> dict[str, str]:
    """Name the columns that order each table's rows, so that the same data gives the same bytes."""
    with closing(sqlite3.connect(target)) as connection:
        order = {}
        for name, relation in relations().items():
            if relation.declarations:
                columns = connection.execute(f"pragma table_info({name})").fetchall()
                key = [row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5]]
                order[name] = ", ".join(f'"{column}"' for column in key or [row[1] for row in columns])
        return order


def _run_file(connection: sqlite3.Connection, name: str) -> None:
    connection.create_function("folded", 1, folded)
    for statement in _statements((_FOLDER / name).read_text(encoding="utf-8")):
        connection.execute(statement)


def _parse(path: Path) -> Relation:
    *declarations, select = _statements(path.read_text(encoding="utf-8"))
    return Relation(path.stem, select.rstrip().rstrip(";"), tuple(declarations))


def _shown(text: str | None) -> str | None:
    return None if text is None else text.translate(_MARKED)


def _excerpt(text: str, start: int, end: int) -> str:
    """Return a passage, cut at a word where it is longer than may be published."""
    passage = text[start:end].translate(_MARKED)
    if len(passage) <= QUOTE_CHARACTERS:
        return passage
    cut = passage[: QUOTE_CHARACTERS - 1]
    words, space, _ = cut.rpartition(" ")
    return f"{(words if space else cut).rstrip()}…"


def _statements(script: str) -> Iterator[str]:
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
