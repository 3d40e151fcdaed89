"""Connections with an end to waiting: who sends or reads without end keeps nobody else out.

uvicorn closes a connection that is idle between two requests; these limits are for the rest: a request
whose headers never end, an answer that nobody takes, and more connections than files may be open.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from datasette_config.plugins.security import HEADERS
from datasette_config.plugins.turns import THIS_MACHINE

#: Seconds in which a request must have arrived, and in which an answer must have been taken.
SECONDS_TO_ASK = 10.0
SECONDS_TO_READ = 120.0
#: Connections at a time, of all and of one address; a proxy on this machine brings everybody's.
MOST_CONNECTIONS = 600
MOST_OF_ONE = 60


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, within these limits."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it at once where there are too many."""
        super().connection_made(transport)
        if self._is_one_too_many():
            transport.abort()
        else:
            self._allow(SECONDS_TO_ASK)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline of a connection that has ended."""
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a request that is complete has met its deadline."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE and not self.flow.write_paused:
            self._forget()

    def on_response_complete(self) -> None:
        """Expect the next request within the same time, once the answer is taken."""
        super().on_response_complete()
        if not self.flow.write_paused:
            self._allow(SECONDS_TO_ASK)

    def pause_writing(self) -> None:
        """Give the reader, who is slower than the answer, time to take it."""
        super().pause_writing()
        self._allow(SECONDS_TO_READ)

    def resume_writing(self) -> None:
        """Expect the next request: the reader has taken nearly all of the answer."""
        super().resume_writing()
        if self.cycle is not None and self.cycle.response_complete:
            self._allow(SECONDS_TO_ASK)
        else:
            self._forget()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, with the headers of every answer."""
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"connection", b"close"),
            *HEADERS.items(),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=msg.encode("ascii")),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_one_too_many(self) -> bool:
        if len(self.connections) > MOST_CONNECTIONS:
            return True
        address = self.client[0] if self.client else None
        if address is None or address in THIS_MACHINE:
            return False
        ours = [one for one in self.connections if (getattr(one, "client", None) or ("",))[0] == address]
        return len(ours) > MOST_OF_ONE

    def _allow(self, seconds: float) -> None:
        self._forget()
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
