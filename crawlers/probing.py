"""Saying what an address really is, whatever it was taken for: feed, sitemap, API, listing, page. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lxml.html import HtmlElement

from crawlers.bluesky_api import parse_author_feed
from crawlers.discovery import Offer, offers_of_page
from crawlers.encoding import decode
from crawlers.feeds import parse_feed
from crawlers.html_tree import page_tree
from crawlers.listing import Item, Listing, plain
from crawlers.listing_page import parse_listing
from crawlers.mastodon_api import parse_statuses
from crawlers.page_facts import page_language
from crawlers.sitemaps import parse_sitemap
from crawlers.structured_data import meta_values
from crawlers.telegram_preview import parse_channel
from crawlers.wordpress_api import parse_posts
from crawlers.youtube_feed import parse_videos

ProbeKind = Literal[
    "feed", "sitemap", "index", "posts", "telegram", "mastodon", "bluesky", "youtube", "account",
    "listing", "page", "broken",
]  # fmt: skip
SAMPLES = 5
#: A page with fewer links that look like articles is no listing.
FEWEST_LISTED = 3
_HTML_KINDS = frozenset({"html", "broken"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a body is, what it lists and with which dates.

    ``dated`` counts the items with a date, ``with_text`` those whose text comes along; ``oldest`` and
    ``newest`` are ISO 8601, ``samples`` the newest items. ``offers`` stand on a page, ``further`` is what
    an account leads to. ``title``, ``site`` and ``language`` are those of a page or feed, when it says.
    """

    kind: ProbeKind
    items: int = 0
    dated: int = 0
    with_text: int = 0
    oldest: str | None = None
    newest: str | None = None
    samples: tuple[Item, ...] = ()
    further: str | None = None
    offers: tuple[Offer, ...] = ()
    title: str | None = None
    language: str | None = None
    detail: str | None = None


def probe(
    body: bytes,
    url: str,
    *,
    platform: str | None = None,
    content_type: str | None = None,
    timezone: str = "UTC",
    selectors: Mapping[str, str] | None = None,
) -> Probe:
    """Read a body as what it is. ``platform`` is what it should be; only post platforms need the hint."""
    match platform:
        case "telegram":
            return _of_listing("telegram", parse_channel(body, url, content_type=content_type))
        case "mastodon":
            return _of_listing("mastodon", parse_statuses(body, url, content_type=content_type))
        case "bluesky":
            return _of_listing("bluesky", parse_author_feed(body, url, content_type=content_type))
        case "youtube":
            found = parse_videos(body, url, content_type=content_type)
            if found.kind not in _HTML_KINDS:
                return _of_listing("youtube", found)
    text = decode(body, content_type).text.lstrip("\ufeff \n\r\t")
    if text.startswith("["):
        return _of_listing("posts", parse_posts(body, url, content_type=content_type))
    if text.startswith("{") and "items" not in _keys(text):
        listing = parse_posts(body, url, content_type=content_type)
        return Probe(kind="broken", detail=f"JSON that is no feed: {listing.detail}")
    if "<urlset" in text[:4096] or "<sitemapindex" in text[:4096]:
        listing = parse_sitemap(body, content_type=content_type, timezone=timezone)
        return _of_listing("index" if listing.kind == "index" else "sitemap", listing)
    feed = parse_feed(body, url, content_type=content_type, timezone=timezone)
    if feed.kind == "items":
        return _of_listing("feed", feed)
    if feed.kind == "broken" and "<html" not in text[:4096].lower() and "<body" not in text[:4096].lower():
        return Probe(kind="broken", detail=feed.detail)
    return _of_page(body, url, content_type, timezone, selectors)


def _of_listing(kind: ProbeKind, listing: Listing) -> Probe:
    if listing.kind in _HTML_KINDS:
        return Probe(kind="broken", detail=listing.detail)
    if listing.kind == "index" and kind == "mastodon":
        return Probe(kind="account", further=listing.items[0].url)
    dates = sorted(date for item in listing.items if (date := item.published_at or item.updated_at))
    newest = sorted(listing.items, key=lambda item: item.published_at or item.updated_at or "", reverse=True)
    return Probe(
        kind=kind,
        items=len(listing.items) + listing.unread,
        dated=len(dates),
        with_text=sum(bool(item.text or item.html) for item in listing.items),
        oldest=dates[0] if dates else None,
        newest=dates[-1] if dates else None,
        samples=tuple(newest[:SAMPLES]),
        further=listing.further,
        detail=listing.detail,
    )


def _of_page(
    body: bytes, url: str, content_type: str | None, timezone: str, selectors: Mapping[str, str] | None
) -> Probe:
    tree, fault = page_tree(body, content_type)
    if tree is None:
        return Probe(kind="broken", detail=fault)
    listing = parse_listing(body, url, content_type=content_type, timezone=timezone, selectors=selectors)
    listed = listing.kind == "items" and (bool(selectors) or len(listing.items) >= FEWEST_LISTED)
    found = _of_listing("listing", listing) if listed else Probe(kind="page", detail=listing.detail)
    metas = meta_values(tree)
    site = next(iter(metas.get("og:site_name", ())), None)
    return Probe(
        kind=found.kind,
        items=found.items,
        dated=found.dated,
        oldest=found.oldest,
        newest=found.newest,
        samples=found.samples,
        offers=offers_of_page(tree, url),
        title=plain(site or tree.findtext(".//title")),
        language=page_language(tree, _words(tree), {}, metas),
        detail=found.detail,
    )


def _words(tree: HtmlElement) -> str:
    return " ".join(tree.xpath("//body//text()[not(parent::script or parent::style)]"))[:20_000]


def _keys(text: str) -> frozenset[str]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(content) if isinstance(content, dict) else frozenset()
