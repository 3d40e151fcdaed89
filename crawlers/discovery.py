"""Where a site may list what it publishes: named by its pages or robots.txt, or merely common. Pure."""

import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawlers.addresses import canonical_url
from crawlers.wordpress_api import posts_address

#: Paths at which feeds are found on sites whose pages do not name one; SPIP's is the second.
COMMON_FEEDS = ("/feed/", "/spip.php?page=backend", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")
COMMON_SITEMAPS = ("/sitemap_index.xml", "/sitemap.xml", "/sitemap-news.xml")
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"/(?:feed|rss|atom|backend)(?:/|\.xml|\.php)?$|\.(?:rss|rdf)$|page=backend", re.IGNORECASE
)
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_MOST = 12

Found = Literal["feed", "sitemap", "wordpress", "youtube"]


@dataclass(frozen=True, slots=True)
class Offer:
    """An address at which a list of articles may be found, and where it was named."""

    platform: Found
    url: str
    named_by: str


def offers_of_page(tree: HtmlElement, url: str) -> tuple[Offer, ...]:
    """Return what a page names in its head, else feeds that it links to; comment feeds are left out."""
    named = [_head_link(link, url) for link in tree.iter("link")]
    generator = next(
        (str(meta.get("content")) for meta in tree.iter("meta") if meta.get("name") == "generator"), ""
    )
    if generator.lower().startswith("wordpress"):
        named.append(Offer("wordpress", posts_address(_root(url), 1), "the page's generator is WordPress"))
    if not any(offer and offer.platform in ("feed", "youtube") for offer in named):
        for link in tree.iter("a"):
            address = _absolute(link.get("href"), url)
            if address and _FEED_LINK.search(address) and not _COMMENTS.search(address):
                named.append(Offer("feed", address, "a link on the page"))
    return distinct(offer for offer in named if offer is not None)


def offers_of_robots(text: str) -> tuple[Offer, ...]:
    """Return the sitemaps that a robots.txt names; news sitemaps first, they list what is new."""
    found = [address for raw in _SITEMAP_LINE.findall(text) if (address := canonical_url(raw))]
    found.sort(key=lambda address: "news" not in address.lower() and "actu" not in address.lower())
    return distinct(Offer("sitemap", address, "robots.txt") for address in found)


def common_offers(url: str) -> tuple[Offer, ...]:
    """Return the usual addresses on the site of ``url``; nobody has named them."""
    root = _root(url)
    feeds = [Offer("feed", urljoin(root, path), "a common path") for path in COMMON_FEEDS]
    api = [Offer("wordpress", posts_address(root, 1), "a common path")]
    sitemaps = [Offer("sitemap", urljoin(root, path), "a common path") for path in COMMON_SITEMAPS]
    return distinct([*feeds, *api, *sitemaps])


def distinct(offers: Any) -> tuple[Offer, ...]:
    """Return the first offer of each address, at most twelve."""
    kept: dict[str, Offer] = {}
    for offer in offers:
        kept.setdefault(offer.url, offer)
    return tuple(kept.values())[:_MOST]


def _head_link(link: HtmlElement, url: str) -> Offer | None:
    rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").lower()
    address = _absolute(link.get("href"), url)
    if address is None:
        return None
    if "https://api.w.org/" in rel:
        return Offer("wordpress", posts_address(address, 1), "the page names its API")
    if "sitemap" in rel:
        return Offer("sitemap", address, "the page names it")
    if "alternate" not in rel or kind not in _FEED_TYPES:
        return None
    if _COMMENTS.search(f"{address} {link.get('title') or ''}"):
        return None
    parts = urlsplit(address)
    if (parts.hostname or "").endswith("youtube.com") and parts.path == "/feeds/videos.xml":
        return Offer("youtube", address, "the page names it")
    return Offer("feed", address, "the page names it")


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _absolute(href: str | None, url: str) -> str | None:
    try:
        return canonical_url(urljoin(url, (href or "").strip())) if href else None
    except ValueError:
        return None
