"""Removing a document from the working database, down to the bytes, and leaving a tombstone.

Deleted text stays in a SQLite file in three places unless it is driven out: freed pages (``secure_delete``
overwrites them), the full-text index (a deleted row's words stay until its segments are merged by
``optimize``), and the write-ahead log (until it is truncated).
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlite_utils import Database

from db.clock import timestamp
from db.connection import transaction
from db.errors import NarrativesError
from db.migrations import migrations
from db.takedown_targets import Target, spellings, target
from db.tombstones import Reason, Tombstone, append, bury, hashed

#: Tables with addresses that are the project's own reference, not traces of a document.
_REFERENCE = frozenset({"sources", "source_statements", "feeds", "events", "backfills", "backfill_listings"})
#: What stands in place of an address that a log keeps its row for.
_BLANK = "taken-down:"


def remove(
    db: Database,
    database: Path,
    targets: Sequence[Target],
    *,
    reason: Reason,
    actor: str,
    deny_texts: bool = True,
) -> list[Tombstone]:
    """Delete the documents and every row that hangs on them, and leave tombstones; all or nothing.

    The file of tombstones is written first: a kill in between loses no decision.
    """
    at = timestamp()
    tombstones = [target.tombstone(reason, actor, at, deny_texts=deny_texts) for target in targets]
    append(database, tombstones)
    delete(db, [target.document_id for target in targets], tombstones)
    return tombstones


def delete(db: Database, document_ids: Sequence[int], tombstones: Iterable[Tombstone]) -> None:
    """Bury the tombstones and delete the documents with all their rows, in one transaction."""
    # The cascade below follows every reference; SQLite's own check would search whole tables for each row.
    db.execute("pragma foreign_keys = off")
    # The addresses below must not come to lie in a temporary file.
    db.execute("pragma temp_store = memory")
    try:
        with transaction(db):
            for tombstone in tombstones:
                bury(db, tombstone)
            db.execute("create temp table if not exists taken_down (document_id integer primary key)")
            db.execute("delete from temp.taken_down")
            db.conn.executemany("insert into temp.taken_down values (?)", [(one,) for one in document_ids])
            _forget_addresses(db, document_ids)
            _leave_clusters(db, document_ids)
            index_is_sound = _leave_index(db)
            chosen = "document_id in (select document_id from temp.taken_down)"
            _cascade(db, "documents", chosen, _children(db))
            if not index_is_sound:
                db.execute("insert into documents_fts (documents_fts) values ('rebuild')")
    finally:
        db.execute("pragma foreign_keys = on")


def replay(db: Database, tombstones: Sequence[Tombstone]) -> int:
    """Bring a restored database to the state after these takedowns; return how many documents went.

    A database older than takedowns is brought to the present schema first: it has no place for tombstones.
    """
    migrations.apply(db)
    keys = sorted({tombstone.document_key for tombstone in tombstones})
    rows = [db.execute("select document_id from documents where document_key = ?", [key]) for key in keys]
    found = [row[0] for row in (one.fetchone() for one in rows) if row is not None]
    delete(db, found, tombstones)
    scrub(db)
    return len(found)


def scrub(db: Database, *, thoroughly: bool = False, compact: bool = True) -> None:
    """Drive deleted content out of the file: full-text segments merged, free pages gone, log truncated.

    ``thoroughly`` builds the full-text index anew; without ``compact`` free pages, which are overwritten
    when they become free, stay in the file. Raises NarrativesError while another program reads an
    older state, since the log keeps it for that program.
    """
    for name in _full_text_tables(db):
        with transaction(db):  # names from the schema
            if thoroughly:
                db.execute(f"insert into {name} ({name}) values ('rebuild')")  # noqa: S608
            db.execute(f"insert into {name} ({name}) values ('optimize')")  # noqa: S608
    if compact:
        db.execute("vacuum")
    busy = db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    if busy:
        raise NarrativesError(
            "It is deleted, but another program still reads the database as it was before. End it (the "
            "review desk, a report, a backup) and run the same command once more, a takedown with the key."
        )


def _forget_addresses(db: Database, document_ids: Sequence[int]) -> None:
    """Blank the documents' addresses in logs that keep their rows, and drop rows that are only an address."""
    addresses = {address for one in document_ids for address in target(db, one).addresses}
    blanks = {spelling: _BLANK + hashed(spelling) for address in addresses for spelling in spellings(address)}
    # One pass over each table, however many documents go: captures have no index of addresses.
    db.execute("create temp table if not exists forgotten (url text primary key, blank text) without rowid")
    db.execute("delete from temp.forgotten")
    db.conn.executemany("insert into temp.forgotten values (?, ?)", sorted(blanks.items()))
    forgotten = "url in (select url from temp.forgotten)"
    db.execute(f"update captures set url = null where {forgotten}")  # noqa: S608
    db.execute(
        "update fetches set url = (select blank from temp.forgotten f where f.url = fetches.url), "  # noqa: S608
        f"detail = null, document_id = null where {forgotten}"
    )
    _forget_in_runs(db, blanks)
    children = _children(db)
    for table in _tables_with(db, "url"):
        if table not in _REFERENCE | {"captures", "fetches", "documents"}:
            _cascade(db, table, forgotten, children)
    db.execute(
        f"update fetches set url = '{_BLANK}' || fetch_id, detail = null, document_id = null "  # noqa: S608
        "where document_id in (select document_id from temp.taken_down)"
    )


def _forget_in_runs(db: Database, blanks: Mapping[str, str]) -> None:
    """Blank the addresses in what crawls say of themselves; longer ones first, they hold shorter ones."""
    spellings_found = sorted(blanks, key=len, reverse=True)
    rows = db.execute(
        "select crawl_run_id, command, problems from crawl_runs "
        "where instr(command, '://') or instr(problems, '://')"
    ).fetchall()
    for crawl_run_id, *before in rows:
        said, texts = "\n".join(text or "" for text in before), before
        for spelling in spellings_found:
            if spelling in said:
                texts = [text and text.replace(spelling, blanks[spelling]) for text in texts]
        if texts != before:
            db.execute(
                "update crawl_runs set command = ?, problems = ? where crawl_run_id = ?",
                [*texts, crawl_run_id],
            )


def _leave_index(db: Database) -> bool:
    """Take the documents' words out of the full-text index; return False where the index never had them."""
    try:
        db.execute(
            "insert into documents_fts (documents_fts, rowid, title, text, folded) select 'delete', "
            "document_id, title, text, folded from documents where document_id in "
            "(select document_id from temp.taken_down)"
        )
    except sqlite3.DatabaseError as error:
        if "malformed" not in str(error):
            raise
        return False
    return True


def _leave_clusters(db: Database, document_ids: Sequence[int]) -> None:
    """Take documents out of their clusters: the next one lends its id, one left alone has no row."""
    for document_id in document_ids:
        db.execute("delete from copies where document_id = ?", [document_id])
        # What only quoted the removed text shares nothing any more.
        db.execute(
            "delete from copies where cluster_id = ? and relation in ('excerpt', 'credited') and not exists ("
            "select 1 from copies same where same.cluster_id = copies.cluster_id "
            "and same.relation in ('original', 'identical', 'reworded'))",
            [document_id],
        )
        db.execute(
            "update copies set cluster_id = (select min(document_id) from copies same where "
            "same.cluster_id = :id and same.relation in ('original', 'identical', 'reworded')) "
            "where cluster_id = :id",
            {"id": document_id},
        )
    db.execute(
        "delete from copies where relation in ('original', 'identical', 'reworded') and cluster_id in ("
        "select cluster_id from copies group by cluster_id having count(*) = 1)"
    )


def _children(db: Database) -> dict[str, list[tuple[str, str, str]]]:
    """Return parent -> (child, its column, the parent's column) of every reference in the schema."""
    found: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for table in db.table_names():
        columns = {row[1] for row in db.execute(f'pragma table_info("{table}")').fetchall()}
        for row in db.execute(f'pragma foreign_key_list("{table}")').fetchall():
            parent, column, referred = row[2], row[3], row[4]
            if parent == "passages" and "document_id" in columns:
                continue  # reached by its document, by an index
            found[parent].append((table, column, referred or column))
    return found


def _cascade(
    db: Database,
    table: str,
    where: str,
    children: dict[str, list[tuple[str, str, str]]],
    values: Sequence[str] = (),
) -> None:
    """Delete rows, and first what points at them. Names come from the schema, never from input."""
    for child, column, referred in children.get(table, ()):
        chosen = f'"{column}" in (select "{referred}" from "{table}" where {where})'  # noqa: S608
        _cascade(db, child, chosen, children, values)
    db.execute(f'delete from "{table}" where {where}', list(values))  # noqa: S608


def _tables_with(db: Database, column: str) -> list[str]:
    return [
        table
        for table in db.table_names()
        if column in {row[1] for row in db.execute(f'pragma table_info("{table}")').fetchall()}
    ]


def _full_text_tables(db: Database) -> list[str]:
    rows = db.execute(
        "select name from sqlite_master where sql like 'create virtual table%using fts5%' order by name"
    )
    return [row[0] for row in rows.fetchall()]
