"""A server's memory has an end: one question fails, not the machine.

SQLite's own limit comes first, and the question that meets it fails alone. The limit of the process is the
fuse behind it. It counts what is set aside, not what is used: the renderer of charts sets aside about
550 MB and uses a tenth of it.
"""

import resource
import sqlite3
from contextlib import closing

#: Megabytes that all questions at one time may take of SQLite.
QUESTIONS_MB = 200
#: Megabytes of writable memory that the process may set aside; about half of it can be in use.
PROCESS_MB = 1_024


def limit_memory(megabytes: int) -> None:
    """Bound the memory of this process; 0 bounds SQLite's alone, and a lower limit that stands is kept.

    A question that meets SQLite's limit raises MemoryError.
    """
    with closing(sqlite3.connect(":memory:")) as any_connection:  # the limit holds for all of the process
        any_connection.execute(f"pragma hard_heap_limit = {QUESTIONS_MB * 1024 * 1024}")
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    standing = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    if megabytes:
        resource.setrlimit(resource.RLIMIT_DATA, (min([megabytes * 1024 * 1024, *standing]), hard))
