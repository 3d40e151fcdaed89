"""Reading one account's public posts from Bluesky's open API (``app.bsky.feed.getAuthorFeed``). Pure.

Reference: https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from crawlers.encoding import clean, decode
from crawlers.listing import Item, Listing, claimed_moment, first_of_each

#: The host that answers without an account.
API = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed"
PAGE_SIZE = 50
_PROFILE = re.compile(r"^/profile/([A-Za-z0-9.:_-]{3,253})(?:/rss)?/?$")
_POST_URI = re.compile(
    r"^at://(did:[a-z]+:[A-Za-z0-9.:_%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,512})$"
)
#: With this label on its profile an account asks not to be shown to people without a login.
_LOGIN_ONLY = "!no-unauthenticated"


def author_feed_address(url: str) -> str:
    """Return the API address of ``https://bsky.app/profile/<name>``. Raises ValueError."""
    parts = urlsplit(url)
    match = _PROFILE.match(parts.path)
    if parts.hostname != "bsky.app" or match is None:
        raise ValueError(f"{url} is no account; write https://bsky.app/profile/<name>")
    query = {"actor": match.group(1), "limit": PAGE_SIZE, "filter": "posts_no_replies"}
    return f"{API}?{urlencode(query)}"


def parse_author_feed(body: bytes, url: str, *, content_type: str | None = None) -> Listing:
    """Read a page of posts. Reposts are other people's words and are left out."""
    try:
        content = json.loads(decode(body, content_type).text)
    except (ValueError, RecursionError):
        return Listing(kind="broken", detail="no JSON where Bluesky's API was promised")
    feed = content.get("feed") if isinstance(content, dict) else None
    if not isinstance(feed, list):
        said = (content.get("message") or content.get("error")) if isinstance(content, dict) else None
        return Listing(kind="broken", detail=str(said or "no feed in the answer")[:200])
    items, unread = first_of_each(_items(feed))
    further = None
    if feed and (cursor := _text(content.get("cursor"))):
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query)) | {"cursor": cursor}
        further = parts._replace(query=urlencode(query)).geturl()
    return Listing(kind="items", items=items, unread=unread, further=further)


def _items(feed: list[Any]) -> Iterator[Item]:
    for entry in feed:
        post = entry.get("post") if isinstance(entry, dict) else None
        if not isinstance(post, dict) or _is_repost(entry):
            continue
        match = _POST_URI.match(_text(post.get("uri")) or "")
        record, author = _mapping(post.get("record")), _mapping(post.get("author"))
        if match is None:
            continue
        published_at, precision = _earlier(_text(record.get("createdAt")), _text(post.get("indexedAt")))
        languages = record.get("langs")
        yield Item(
            url=f"https://bsky.app/profile/{quote(match.group(1), safe=':')}/post/{match.group(2)}",
            published_at=published_at,
            published_precision=precision,
            text=clean(_text(record.get("text")) or "").strip(),
            language=_text(languages[0]) if isinstance(languages, list) and languages else None,
            author_id=match.group(1),
            withheld="its account asks not to be shown without a login" if _login_only(author) else None,
        )


def _earlier(created: str | None, indexed: str | None) -> tuple[str | None, Any]:
    """The writer's clock is only believed as far as it does not run ahead of the server's."""
    found = [claimed_moment(moment, "UTC") for moment in (created, indexed)]
    return min((pair for pair in found if pair[0]), key=lambda pair: pair[0] or "", default=(None, "unknown"))


def _is_repost(entry: Mapping[str, Any]) -> bool:
    return str(_mapping(entry.get("reason")).get("$type", "")).endswith("#reasonRepost")


def _login_only(author: Mapping[str, Any]) -> bool:
    labels = author.get("labels")
    return isinstance(labels, list) and any(_mapping(label).get("val") == _LOGIN_ONLY for label in labels)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
