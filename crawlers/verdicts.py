"""From what an address answered to one word and one sentence about a source. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from crawlers.addresses import canonical_url
from crawlers.catalog import Source
from crawlers.failures import UNKNOWN_HOST
from crawlers.spiders.scout import Look

#: ``other`` is something else than was promised (a page instead of a feed, say); ``moved`` works elsewhere.
Word = Literal["works", "moved", "empty", "other", "wall", "refused", "dead", "failing"]

#: What a probe may find where a source of each platform promises something.
_PROMISED: Mapping[str, frozenset[str]] = {
    "feed": frozenset({"feed"}),
    "sitemap": frozenset({"sitemap", "index"}),
    "wordpress": frozenset({"posts"}),
    "listing": frozenset({"listing"}),
    "telegram": frozenset({"telegram"}),
    "mastodon": frozenset({"mastodon"}),
    "bluesky": frozenset({"bluesky"}),
    "youtube": frozenset({"youtube"}),
}
_NAMES: Mapping[str, str] = {
    "feed": "a feed", "sitemap": "a sitemap", "index": "an index of sitemaps", "posts": "a WordPress API",
    "telegram": "a Telegram channel", "mastodon": "a Mastodon timeline", "bluesky": "a Bluesky account",
    "youtube": "a YouTube channel", "listing": "a page that lists articles", "page": "a page",
    "account": "a Mastodon account", "broken": "nothing that can be read",
}  # fmt: skip
_PERMANENT = frozenset({301, 308})
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an address is today. ``probe`` is a :class:`crawlers.probing.Probe` as a mapping, or None.

    ``url`` was asked, ``found_at`` answered in the end; ``platform`` is what was promised, None for an
    address that belongs to no source.
    """

    source_id: str | None
    platform: str | None
    url: str
    found_at: str
    word: Word
    sentence: str
    status: int | None
    milliseconds: int | None
    probe: Mapping[str, Any] | None

    @property
    def works(self) -> bool:
        """Whether a crawl would bring something from here, though perhaps at another address."""
        return self.word in ("works", "moved")


def verdict_of(look: Look, source: Source | None, promised: str | None) -> Verdict:
    """Judge one look; ``promised`` is a platform, or None for whatever it is."""
    found = look.reading.value if look.reading is not None and look.outcome is None else None
    word, sentence = _judged(look, found, promised)
    if (
        source is not None
        and source.asserts.min_items > int((found or {}).get("items", 0))
        and word == "works"
    ):
        sentence += f"; fewer than the {source.asserts.min_items} that its YAML expects"
    return Verdict(
        source_id=source.id if source else None,
        platform=promised,
        url=look.asked,
        found_at=look.url,
        word=word,
        sentence=sentence,
        status=look.status,
        milliseconds=sum(exchange.milliseconds for exchange in look.exchanges) if look.exchanges else None,
        probe=found,
    )


def _judged(look: Look, found: Mapping[str, Any] | None, promised: str | None) -> tuple[Word, str]:
    if found is None:
        return _failed(look)
    kind = str(found["kind"])
    name = _NAMES[kind]
    if kind == "broken" or (promised and kind not in _PROMISED.get(promised, ())):
        detail = f": {found['detail']}" if found["detail"] else ""
        wanted = f" where {_name_of(promised)} was promised" if promised else ""
        return "other", f"{name[:1].upper()}{name[1:]}{wanted}{detail}"
    if not found["items"]:
        return ("empty", f"{_sentence(name)} without items") if kind != "page" else ("works", _sentence(name))
    if _moved_for_good(look):
        return "moved", f"{_sentence(name)}, moved for good to {look.url}"
    return "works", f"{_sentence(name)} with {contents(found)}"


def contents(found: Mapping[str, Any]) -> str:
    """Return in words how many items a probe found and with which dates."""
    items, dated = found["items"], found["dated"]
    said = f"{items} item{'s' * (items != 1)}"
    if found["kind"] == "index":
        return f"{items} sitemap{'s' * (items != 1)}"
    if not dated:
        return f"{said}, none dated"
    span = (
        found["newest"] if found["oldest"] == found["newest"] else f"{found['oldest']} to {found['newest']}"
    )
    return f"{said}, {'all' if dated == items else dated} dated: {span}"


def _failed(look: Look) -> tuple[Word, str]:
    detail = look.detail or "no reason given"
    if look.outcome == "walled":
        return "wall", f"A wall: {detail}"
    if look.outcome in ("refused_robots", "refused_policy"):
        return "refused", f"Not asked for: {detail}"
    if look.status in _GONE or (look.outcome == "net_error" and detail.startswith(UNKNOWN_HOST)):
        return "dead", f"Dead: {detail}"
    if look.status in (401, 402, 403, 451) and look.outcome == "http_error":
        return "wall", f"Closed to robots: {detail}"
    return "failing", f"No usable answer: {detail}"


def _moved_for_good(look: Look) -> bool:
    """Whether permanent redirects alone lead elsewhere; a change of scheme or ``www.`` is a move as well."""
    hops = look.exchanges[:-1]
    return bool(hops) and all(hop.status in _PERMANENT for hop in hops) and _key(look.url) != _key(look.asked)


def _key(url: str) -> str:
    parts = urlsplit(canonical_url(url) or url)
    return parts._replace(path=parts.path.rstrip("/")).geturl()


def _name_of(platform: str) -> str:
    return _NAMES["posts" if platform == "wordpress" else platform]


def _sentence(name: str) -> str:
    return name[:1].upper() + name[1:]
