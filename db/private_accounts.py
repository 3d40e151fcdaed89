"""What may be asked about authors who are private persons: never who, only whether there are any."""

from sqlite_utils import Database

from db.clock import timestamp
from db.connection import transaction


def pseudonyms_in_use(db: Database) -> bool:
    """Return whether any document bears a pseudonym."""
    return db.execute("select 1 from documents where author_key is not null limit 1").fetchone() is not None


def key_in_use(db: Database) -> str | None:
    """Return the fingerprint of the key that the stored pseudonyms were made with; None when not known."""
    row = db.execute("select fingerprint from pseudonym_keys").fetchone()
    return None if row is None else str(row[0])


def note_key(db: Database, fingerprint: str) -> None:
    """Remember the key that pseudonyms are made with from now on, in place of any other."""
    with transaction(db):
        db.execute("delete from pseudonym_keys")
        db.execute("insert into pseudonym_keys values (?, ?)", [fingerprint, timestamp()])


def forget_pseudonyms(db: Database) -> int:
    """Take the pseudonym from every document and forget its key; return how many documents had one."""
    with transaction(db):
        count = db.execute("update documents set author_key = null where author_key is not null").rowcount
        db.execute("delete from pseudonym_keys")
    return int(count)
