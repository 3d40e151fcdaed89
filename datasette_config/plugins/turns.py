"""Dear questions take turns, so that no crowd of them keeps the plain pages from anybody.

Pages that stand in tables of totals answer at once. Searches, filters, tables and files may read and render
much: a few of them are answered at a time, the waiting ones in turn by address, so that one address with a
hundred questions waits for itself.
"""

import asyncio
import os
import re
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pluggy

from datasette_config.plugins.security import Application, Message, Receive, Scope, Send, plain_answer

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

hookimpl = pluggy.HookimplMarker("datasette")

#: Dear questions answered at a time (one processor is left to the plain pages), waiting at most from one
#: address and from all, and seconds they wait.
AT_ONCE = min(3, max(1, (os.cpu_count() or 1) - 1))
WAITING_OF_ONE = 6
WAITING_OF_ALL = 120
LONGEST_WAIT = 10.0
#: A proxy here may bring everybody's questions under these addresses.
THIS_MACHINE = frozenset({"127.0.0.1", "::1"})

_BUSY = "Too many questions at once. Ask again in a few seconds.\n"
_DEAR = re.compile(r"/public(/|\.|$)|.*\.(csv|json|atom)$")
_DEAR_WHEN_ASKED = re.compile(r"/(fr|en)/(documents|sql|reports/[^/]+)$")
#: Whether this task is already the turn of a question: our files ask Datasette's tables from inside.
_in_turn: ContextVar[bool] = ContextVar("in_turn", default=False)


class BusyError(Exception):
    """No turn: too many questions wait, or this one has waited too long."""


class Turns:
    """Hands out turns: at most ``at_once`` at a time, to the waiting addresses one after the other."""

    def __init__(self, at_once: int = AT_ONCE, longest_wait: float = LONGEST_WAIT) -> None:
        self._free, self._longest_wait = at_once, longest_wait
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def take(self, address: str) -> Callable[[], None]:
        """Wait for a turn and return how to give it back, which may be done twice.

        Raises BusyError when there is none to be had in time.
        """
        await self._wait(address)
        held = True

        def give_back() -> None:
            nonlocal held
            if held:
                held = False
                self._pass_on()

        return give_back

    async def _wait(self, address: str) -> None:
        if self._free > 0:
            self._free -= 1
            return
        queue = self._waiting.setdefault(address, deque())
        most = WAITING_OF_ALL if address in THIS_MACHINE else WAITING_OF_ONE
        if len(queue) >= most or sum(map(len, self._waiting.values())) >= WAITING_OF_ALL:
            self._forget_if_empty(address)
            raise BusyError
        called = asyncio.get_running_loop().create_future()
        queue.append(called)
        try:
            await asyncio.wait_for(asyncio.shield(called), self._longest_wait)
        except BaseException as error:
            if called.done():
                self._pass_on()  # the call came at the same moment as the end of waiting
            else:
                queue.remove(called)
                self._forget_if_empty(address)
            if isinstance(error, TimeoutError):
                raise BusyError from error
            raise

    def _pass_on(self) -> None:
        """Give the turn to the address that has waited longest since its last, or keep it free."""
        if not self._waiting:
            self._free += 1
            return
        address, queue = next(iter(self._waiting.items()))
        called = queue.popleft()
        self._waiting.move_to_end(address)
        self._forget_if_empty(address)
        called.set_result(None)

    def _forget_if_empty(self, address: str) -> None:
        if not self._waiting[address]:
            del self._waiting[address]


_turns: "WeakKeyDictionary[Datasette, Turns]" = WeakKeyDictionary()


@hookimpl(specname="asgi_wrapper")
def take_turns(datasette: "Datasette") -> Callable[[Application], Application]:
    """Put the turns around Datasette, inside the guard that gives every answer its headers."""
    _turns.setdefault(datasette, Turns())

    def wrap(application: Application) -> Application:
        async def in_turn(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or _in_turn.get() or not is_dear(scope):
                await application(scope, receive, send)
                return
            try:
                give_back = await _turns[datasette].take((scope.get("client") or ("",))[0])
            except BusyError:
                await plain_answer(send, 429, _BUSY, [(b"retry-after", b"5")])
                return

            async def send_then_rest(message: Message) -> None:
                # The work is done once the last piece is there: a slow reader takes it without the turn.
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    give_back()
                await send(message)

            _in_turn.set(True)
            try:
                await application(scope, receive, send_then_rest)
            finally:
                _in_turn.set(False)
                give_back()

        return in_turn

    return wrap


def is_dear(scope: Scope) -> bool:
    """Return whether the answer to a request may have to read or render much."""
    path = scope["path"]
    if path.startswith("/-/"):
        return False
    return bool(_DEAR.match(path) or (scope.get("query_string") and _DEAR_WHEN_ASKED.match(path)))
