"""Locks between processes, held by the kernel: they end with their process, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.errors import NarrativesError


@contextmanager
def lease(database: Path, job: str) -> Iterator[bool]:
    """Yield whether this process holds the job on this database; another holder is no error.

    The kernel releases the lock when the process ends, so a kill leaves nothing to clean up.
    """
    if not database.parent.is_dir():
        raise NarrativesError(
            f"The folder {database.parent} does not exist. Create it, or name another path for DB."
        )
    path = database.with_name(f"{database.name}.{job}.lock")
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait for and hold a lock on a folder itself: no lock file stays, and a kill leaves nothing."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
