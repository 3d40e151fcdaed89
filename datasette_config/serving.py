"""Datasette over one publication: read only, hardened, and following the file when it is replaced."""

import asyncio
import socket
import sqlite3
import threading
from collections.abc import Callable, Sequence
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import uvicorn
from datasette.app import Datasette
from datasette.database import Database

from datasette_config.connections import PatientProtocol
from datasette_config.memory import PROCESS_MB, limit_memory
from datasette_config.metadata import metadata
from datasette_config.pages.site import DATABASE, PLUGIN
from datasette_config.plugins.security import MOST_HEADER_BYTES
from db.errors import NarrativesError
from db.reading.publication import check_is_publication, row_counts

_Answer = TypeVar("_Answer")

SETTINGS = {
    "allow_download": False,
    "allow_csv_stream": False,
    "allow_facet": False,
    "default_allow_sql": False,
    "default_cache_ttl": 120,
    "default_page_size": 50,
    "facet_suggest_time_limit_ms": 1,
    # On small publications every facet is counted in this time; on large ones pages are quick without.
    "facet_time_limit_ms": 10,
    "max_returned_rows": 1000,
    "num_sql_threads": 4,
    "sql_time_limit_ms": 1000,
    "suggest_facets": False,
    "template_debug": False,
    "trace_debug": False,
}


class Publication(Database):  # type: ignore[misc]
    """The served file. A new build renamed over it is opened for the next question; no restart is needed."""

    def __init__(self, ds: Datasette, path: Path) -> None:
        super().__init__(ds, path=str(path), is_mutable=False)
        self._local = threading.local()
        self._known = self._stamp()

    def _stamp(self) -> tuple[int, int, int]:
        state = Path(self.path).stat()
        return state.st_ino, state.st_mtime_ns, state.st_size

    async def execute_fn(self, fn: Callable[[Any], _Answer]) -> _Answer:
        """Run a function on a connection to the file that stands there now."""
        stamp = self._stamp()
        if stamp != self._known:
            self._known = stamp
            self.cached_hash = self.cached_size = None

        def in_thread() -> _Answer:
            if getattr(self._local, "stamp", None) != stamp:
                if (old := getattr(self._local, "connection", None)) is not None:
                    old.close()
                self._local.connection = self.connect()
                self.ds._prepare_connection(self._local.connection, self.name)
                self._local.stamp = stamp
                self._tell_counts(self._local.connection)
            return fn(self._local.connection)

        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, in_thread)

    async def table_counts(self, limit: int = 10) -> dict[str, int]:
        """Return the rows of every table, known since the file was built; nothing is counted."""
        counts: dict[str, int] = await self.execute_fn(row_counts)
        return counts

    def _tell_counts(self, connection: sqlite3.Connection) -> None:
        """Give Datasette what it would count on every page of a table."""
        counts = {name: {"count": count} for name, count in row_counts(connection).items()}
        size = Path(self.path).stat().st_size
        self.ds.inspect_data = {self.name: {"hash": "", "size": size, "tables": counts}}


def application(
    path: Path,
    *,
    hosts: Sequence[str] = (),
    base_url: str | None = None,
    contact: str | None = None,
    report_folders: Sequence[Path] = (),
    allow_sql: bool = False,
) -> Datasette:
    """Return Datasette over a publication; ``hosts`` are the names it answers to beside this machine's.

    ``allow_sql`` opens the page for free SELECT statements.
    """
    check_is_publication(path)
    names = {name.lower() for name in hosts if name}
    if base_url and (host := urlsplit(base_url).hostname):
        names.add(host)
    described = metadata(DATABASE, report_folders)
    described["plugins"] = {PLUGIN: {"hosts": sorted(names), "base_url": base_url, "contact": contact,
                                     "allow_sql": allow_sql,
                                     "reports": [str(folder) for folder in report_folders]}}  # fmt: skip
    datasette = Datasette(files=[], metadata=described, settings=SETTINGS, **_configuration(described))
    datasette.remove_database("_memory")
    datasette.add_database(Publication(datasette, path), name=DATABASE)
    return datasette


def _configuration(described: dict[str, Any]) -> dict[str, Any]:
    """Return what Datasette 1.0 reads from its configuration and 0.65, which has none, from its metadata."""
    if "config" not in signature(Datasette).parameters:
        return {}
    queries = {name: {"queries": database["queries"]} for name, database in described["databases"].items()}
    return {"config": {"databases": queries, "plugins": described["plugins"]}}


def serve_publication(
    path: Path,
    *,
    host: str,
    port: int,
    base_url: str | None,
    hosts: Sequence[str],
    contact: str | None,
    report_folders: Sequence[Path],
    allow_sql: bool,
    ready: Callable[[str], None],
    memory_mb: int = PROCESS_MB,
) -> None:
    """Serve until interrupted; ``ready`` is called with the address once the port is taken."""
    check_is_publication(path)
    limit_memory(memory_mb)
    # asyncio sends small answers at once only on a socket that names its protocol; otherwise a reader who
    # keeps the connection open waits 40 ms for each (measured 2026-11-25, Python 3.11).
    listening = socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise _port_taken(host, port, error) from error
    named = [*hosts] if host in ("0.0.0.0", "::") else [*hosts, host]  # noqa: S104 - compared, not bound
    datasette = application(
        path,
        hosts=named,
        base_url=base_url,
        contact=contact,
        report_folders=report_folders,
        allow_sql=allow_sql,
    )
    shown = f"[{host}]" if ":" in host else host
    ready(f"http://{shown}:{listening.getsockname()[1]}/")
    config = uvicorn.Config(
        datasette.app(),
        http=PatientProtocol,
        h11_max_incomplete_event_size=2 * MOST_HEADER_BYTES,
        log_level="warning",
        server_header=False,
        access_log=False,
        lifespan="on",
    )
    uvicorn.Server(config).run(sockets=[listening])


def _port_taken(host: str, port: int, error: OSError) -> NarrativesError:
    return NarrativesError(
        f"Cannot listen on {host}:{port} ({error.strerror}). Name another --port or --host."
    )
