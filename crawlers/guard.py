"""The resolver that answers the connection itself: no private address ever comes out of it."""

from collections.abc import Sequence
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError

from crawlers.addresses import address_refusal

#: Why hosts were refused in this process. Twisted reduces a refusal to "no results", so the download
#: handler looks here for the reason.
refused_hosts: dict[str, str] = {}


class GuardedResolver(CachingThreadedResolver):
    """Refuses every answer that is not a public address.

    The check sits where the connection gets its address, so a name that changes its answer between a
    check and the connection gains nothing. Hosts of the deployment's loopback map get 127.0.0.1.
    """

    def __init__(
        self, reactor: ReactorBase, cache_size: int, timeout: float, loopback: Sequence[str]
    ) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._loopback = frozenset(loopback)

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> "GuardedResolver":
        settings = crawler.settings
        return cls(
            reactor,
            settings.getint("DNSCACHE_SIZE"),
            settings.getfloat("DNS_TIMEOUT"),
            tuple(settings.getdict("NARRATIVES_LOOPBACK")),
        )

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802
        if name.lower().rstrip(".") in self._loopback:
            return succeed("127.0.0.1")
        answer: Deferred[str] = super().getHostByName(name, timeout)
        return answer.addCallback(self._checked, name)

    @staticmethod
    def _checked(address: str, name: str) -> str:
        reason = address_refusal(address)
        if reason is None:
            return address
        refused_hosts[name.lower().rstrip(".")] = reason
        raise DNSLookupError(f"{name}: {reason}")
