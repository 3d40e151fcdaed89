"""From hosts to sources: whose article an address is, and whose certificate need not be sound. Pure."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from crawlers.catalog import Source


def unverified_hosts(sources: Iterable[Source]) -> frozenset[str]:
    """Return the hosts of these sources that are read though their certificate fails."""
    return frozenset(host.lower() for source in sources for host in source.unverified_hosts)


def source_of_host(catalogue: Mapping[str, Source], url: str) -> Source | None:
    """Return the source whose articles live on the host of ``url``, or None.

    The longest matching host wins, so that ``fr.example.org`` is preferred to ``example.org``; an
    enabled source is preferred to a disabled one on the same host.
    """
    host = (urlsplit(url).hostname or "").lower().removeprefix("www.")
    best: tuple[int, bool, Source] | None = None
    for source in catalogue.values():
        for own in source.article_hosts:
            if host != own and not host.endswith("." + own):
                continue
            if best is None or (len(own), source.enabled) > best[:2]:
                best = (len(own), source.enabled, source)
    return best[2] if best else None
