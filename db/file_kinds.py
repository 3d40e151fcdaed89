"""What stands at a path already, told from its first bytes: a file that holds data is never written over."""

from pathlib import Path

from db.connection import PUBLICATION_APPLICATION_ID
from db.errors import NarrativesError

_SQLITE = b"SQLite format 3\0"
#: Where the header of a SQLite file ends its application id (https://www.sqlite.org/fileformat.html).
_HEADER = 72


def application_id(path: Path) -> int | None:
    """Return the application id of a SQLite file, and None for any other file, an empty one or none."""
    if not path.is_file():
        return None
    with path.open("rb") as handle:
        header = handle.read(_HEADER)
    whole = len(header) == _HEADER and header.startswith(_SQLITE)
    return int.from_bytes(header[68:72], "big") if whole else None


def refuse_database(path: Path, option: str) -> None:
    """Raise :class:`NarrativesError` where an output given by ``option`` would destroy a database."""
    if application_id(path) is not None:
        raise NarrativesError(f"{path} is a database and would be lost. Name another file with {option}.")


def refuse_all_but_publication(path: Path, option: str) -> None:
    """Raise :class:`NarrativesError` where more than an older publication would be replaced."""
    if path.exists() and path.stat().st_size and application_id(path) != PUBLICATION_APPLICATION_ID:
        raise NarrativesError(
            f"{path} is there and is no publication; it would be lost. "
            f"Name another file with {option}, or move it away."
        )
