"""The desk as a process: one database, one port, until interrupted."""

import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import uvicorn

from datasette_config.review.app import ReviewDesk
from datasette_config.review.desk import Desk
from db.errors import NarrativesError


def serve_desk(
    database: Path,
    *,
    host: str,
    port: int,
    hosts: Sequence[str],
    https: bool,
    queue: int,
    ready: Callable[[str], None],
) -> None:
    """Serve the review desk; ``ready`` is called with its address once the port is taken.

    Raises NarrativesError for a publication, for a key that others can read, and for a taken port.
    """
    with closing(Desk(database, secure_cookies=https, queue=queue)) as desk:
        # The protocol is named for the reason given in datasette_config.serving.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        with closing(listening):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind((host, port))
            except OSError as error:
                raise NarrativesError(
                    f"Cannot listen on {host}:{port} ({error.strerror}). Name another --port or --host."
                ) from error
            shown = f"[{host}]" if ":" in host else host
            named = [*hosts] if host in ("0.0.0.0", "::") else [*hosts, shown]  # noqa: S104 - compared
            ready(f"http://{shown}:{listening.getsockname()[1]}/")
            config = uvicorn.Config(
                ReviewDesk(desk, named), log_level="warning", server_header=False, access_log=False,
                lifespan="on",
            )  # fmt: skip
            uvicorn.Server(config).run(sockets=[listening])
