"""What the machine refuses, in words: a full disk, a place that cannot be written, a damaged file.

Such an error is no defect of the program, and whoever reads it can do something about it.
"""

import errno
import sqlite3

_FULL = {errno.ENOSPC, errno.EDQUOT}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
#: Primary result codes of SQLite (https://www.sqlite.org/rescode.html) and what they mean here.
_SQLITE = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "input",
    sqlite3.SQLITE_PERM: "closed",
    sqlite3.SQLITE_READONLY: "closed",
    sqlite3.SQLITE_CANTOPEN: "closed",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
}
_WORDS = {
    "full": "{where} cannot be written: the disk is full. Make room and start again; what was stored stays.",
    "input": "{where} cannot be read or written: the disk is full, or fails. Make room, then start again.",
    "closed": "{where} cannot be written. Let this user write there, the folder included, or name another.",
    "damaged": "{where} is damaged. Look at it with `narratives db check`, then go back to a sound backup "
    "with `narratives db restore`.",
    "busy": "{where} is in use by another program. Wait for its end and try again.",
}


def in_words(error: BaseException, where: object = None) -> str | None:
    """Return what was refused, where, and the remedy; None when the error is not the machine's.

    ``where`` is the file, for errors of SQLite, which do not name it.
    """
    kind, place = None, where
    if isinstance(error, OSError):
        kind = "full" if error.errno in _FULL else "closed" if error.errno in _CLOSED else None
        place = error.filename2 or error.filename or where
    elif isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        kind = None if code is None else _SQLITE.get(code & 0xFF)
    return None if kind is None else _WORDS[kind].format(where=place or "A file of this command")
