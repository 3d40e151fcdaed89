"""What may be asked about authors who are private persons: never who, only whether there are any."""

from sqlite_utils import Database


def pseudonyms_in_use(db: Database) -> bool:
    """Return whether any document bears a pseudonym."""
    return db.execute("select 1 from documents where author_key is not null limit 1").fetchone() is not None
