"""robots.txt as RFC 9309 says: refused rules are obeyed, and silence or a broken server means no. Pure.

Source: https://www.rfc-editor.org/rfc/rfc9309 sections 2.3 and 2.4.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from protego import Protego

from crawlers.content_decoding import decode_content

#: The name robots.txt files know us by.
PRODUCT = "mali-narratives"
#: RFC 9309 asks for at least 500 KiB; the rest is not read.
MAX_ROBOTS_BYTES = 512 * 1024
KEPT_FOR = timedelta(hours=24)
#: After a failure robots.txt is asked for again this soon.
FAILED_KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host allows. ``refusal`` set means: nothing, for this reason."""

    parser: Protego | None = None
    refusal: str | None = None

    def refuses(self, url: str) -> str | None:
        """Say why an address may not be fetched, or None."""
        if self.refusal is not None:
            return self.refusal
        if self.parser is not None and not self.parser.can_fetch(url, PRODUCT):
            return "robots.txt disallows it"
        return None

    @property
    def sitemaps(self) -> list[str]:
        """Return the sitemaps that robots.txt names."""
        return [] if self.parser is None else list(self.parser.sitemaps)

    @property
    def crawl_delay(self) -> float | None:
        """Return the seconds robots.txt asks for between requests, or None."""
        return None if self.parser is None else self.parser.crawl_delay(PRODUCT)


def rules_of(status: int | None, body: bytes | None, fault: str | None = None) -> Rules:
    """Judge one robots.txt answer.

    2xx: its rules. 4xx: no rules, all allowed; 429 is a plea for peace and refuses. 5xx and no answer
    at all (``status`` None, ``fault`` says why): nothing is allowed.
    """
    if status is None:
        return Rules(refusal=f"robots.txt could not be read: {fault or 'no answer'}")
    if 200 <= status < 300:
        text = (body or b"")[:MAX_ROBOTS_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
        return Rules(parser=Protego.parse(text))
    if 300 <= status < 500 and status != 429:
        return Rules()
    return Rules(refusal=f"robots.txt answered {status}")


def robots_address(url: str) -> str:
    """Return the address of the robots.txt that rules over ``url``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


@dataclass(slots=True)
class RobotsBook:
    """The rules of every host met in one run, each asked for once however many requests wait for it."""

    _known: dict[str, "asyncio.Future[Rules]"] = field(default_factory=dict)
    _judging: asyncio.Lock = field(default_factory=asyncio.Lock)

    def known(self, address: str) -> Rules | None:
        """Return the rules at a robots.txt address if they have been read in this run."""
        waiting = self._known.get(address)
        return waiting.result() if waiting is not None and waiting.done() else None

    async def judge(
        self, status: int | None, body: bytes | None, *, encoding: str = "", fault: str | None = None
    ) -> Rules:
        """Judge an answer (see :func:`rules_of`) after undoing its content encoding.

        In a thread and one at a time: half a megabyte of rules takes half a second and 10 MB. Raises
        ValueError for a body that cannot be decoded.
        """

        def judged() -> Rules:
            plain = body
            if encoding and body and status is not None and 200 <= status < 300:
                plain = decode_content(body, encoding, MAX_ROBOTS_BYTES)
            return rules_of(status, plain, fault)

        async with self._judging:
            return await asyncio.to_thread(judged)

    async def rules(self, address: str, read: Callable[[], Awaitable[Rules]]) -> Rules:
        """Return the rules at a robots.txt address; the first caller reads them, others wait."""
        waiting = self._known.get(address)
        if waiting is not None:
            return await asyncio.shield(waiting)
        future: asyncio.Future[Rules] = asyncio.get_running_loop().create_future()
        self._known[address] = future
        try:
            rules = await read()
        except BaseException:
            # Refused for this run rather than allowed by accident; a defect shows in the log.
            future.set_result(Rules(refusal="robots.txt could not be judged"))
            raise
        future.set_result(rules)
        return rules
