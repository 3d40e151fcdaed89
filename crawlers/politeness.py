"""How often one host may be asked: one request at a time, spaced, and never while it says no.

Scrapy's own delay lives in one spider and knows neither ``Crawl-delay`` nor two spiders on one host,
so turns are taken here, once for the whole process.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from db.clock import utc_now

#: Seconds between two requests to one host, whatever its robots.txt allows.
MINIMUM_DELAY = 5.0
#: A longer Crawl-delay is cut to this many seconds.
LONGEST_CRAWL_DELAY = 60.0
#: The wait is at least this multiple of the last answer's time.
ANSWER_MULTIPLE = 2.0
JITTER = 0.2
LONGEST_RETRY_AFTER = 24 * 3600.0
#: A shorter rest is waited for; a longer one ends this run's requests to the host.
LONGEST_WAIT = 60.0
#: What a 429 or 503 without Retry-After costs, times the number of such answers in a row.
BUSY_STEP = 60.0


class HostRestingError(Exception):
    """The host asked to be left alone for longer than this run will wait."""


class TurnsOverError(Exception):
    """The run was told to stop; the address stays pending and the next run asks for it."""


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    crawl_delay: float = 0.0
    last_start: float = float("-inf")
    last_answer: float = 0.0
    rests_until: float = 0.0
    busy: int = 0
    requests: int = 0


class HostTurns:
    """Gives each host its turns. Mapped loopback hosts are not spaced; they are still one at a time."""

    def __init__(
        self,
        loopback: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._loopback = frozenset(loopback)
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._over = asyncio.Event()

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())

    def set_crawl_delay(self, host: str, seconds: float | None) -> None:
        """Take over what robots.txt asks for."""
        self._host(host).crawl_delay = min(max(seconds or 0.0, 0.0), LONGEST_CRAWL_DELAY)

    def delay(self, host: str) -> float:
        """Return the seconds from one request's start to the next one's, before jitter."""
        if host in self._loopback:
            return 0.0
        state = self._host(host)
        return max(MINIMUM_DELAY, state.crawl_delay, ANSWER_MULTIPLE * state.last_answer)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for this host's turn and hold it.

        Raises HostRestingError when the host asked for peace, TurnsOverError when the run has to stop.
        """
        state = self._host(host)
        async with state.lock:
            self._check()
            now = self._clock()
            rest = state.rests_until - now
            if rest > LONGEST_WAIT:
                raise HostRestingError(f"{host} asked for {round(rest)} s without requests")
            if rest > 0:
                await self._pause(rest)
                now = self._clock()
            if (pause := self.delay(host)) > 0 and state.requests:
                pause *= 1 + random.uniform(0, JITTER)  # noqa: S311 - spacing, not a secret
                await self._pause(max(0.0, state.last_start + pause - now))
            state.last_start = self._clock()
            state.requests += 1
            try:
                yield
            finally:
                state.last_answer = self._clock() - state.last_start

    def end(self) -> None:
        """Give no more turns: requests under way finish, those that wait raise TurnsOverError at once."""
        self._over.set()

    async def _pause(self, seconds: float) -> None:
        waits = {asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._over.wait())}
        _, unfinished = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
        self._check()

    def _check(self) -> None:
        if self._over.is_set():
            raise TurnsOverError

    def note_answer(self, host: str, status: int, retry_after: str | None) -> None:
        """Remember a 429 or 503: the host rests for Retry-After, or a minute more each time."""
        state = self._host(host)
        if status not in (429, 503):
            state.busy = 0
            return
        state.busy += 1
        asked = retry_after_seconds(retry_after)
        if asked is None and status == 503:
            return
        wait = max(asked or 0.0, BUSY_STEP * state.busy)
        state.rests_until = self._clock() + wait


def retry_after_seconds(value: str | None) -> float | None:
    """Return a Retry-After header in seconds (at most 24 h), or None when it says nothing usable."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return min(float(value), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        return None
    return min(max(0.0, (moment - utc_now()).total_seconds()), LONGEST_RETRY_AFTER)
