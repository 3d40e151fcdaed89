"""The desk's one connection to the working database, in a thread of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from datasette_config.review.session import Patience, Sessions, session_key
from db.connection import transaction, working_database

_Answer = TypeVar("_Answer")


class Desk:
    """Asks and writes one thing at a time, so pages never wait for each other's transactions."""

    def __init__(self, database: Path, *, secure_cookies: bool = False, queue: int = 50) -> None:
        self.database = database
        self.secure_cookies = secure_cookies
        self.queue = queue
        self.sessions = Sessions(session_key(database))
        self.patience = Patience()
        self._open = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="review")
        self._db: Database = self._thread.submit(
            lambda: self._open.enter_context(working_database(database, "write"))
        ).result()

    async def ask(self, question: Callable[[Database], _Answer]) -> _Answer:
        """Return the answer to a question."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._db)

    async def write(self, change: Callable[[Database], _Answer]) -> _Answer:
        """Make a change in one transaction and return what it returns."""

        def in_transaction(db: Database) -> _Answer:
            with transaction(db):
                return change(db)

        return await self.ask(in_transaction)

    def close(self) -> None:
        """Close the database."""
        self._thread.submit(self._open.close).result()
        self._thread.shutdown()
