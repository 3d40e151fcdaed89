"""Reading the Atom feed of a YouTube channel: the newest fifteen videos with title and description. Pure.

Reference: https://developers.google.com/youtube/v3/guides/push_notifications (the feed it notifies about).
What is said in a video is not in its feed; a video is a document made of its title and description.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawlers.encoding import clean, decode
from crawlers.feeds import read_xml_feed
from crawlers.listing import Item, Listing, claimed_moment, first_of_each, plain

FEED = "https://www.youtube.com/feeds/videos.xml"
_CHANNEL_ID = re.compile(r"^UC[A-Za-z0-9_-]{22}$")
_VIDEO_ID = re.compile(r"^[A-Za-z0-9_-]{6,20}$")


def channel_feed_address(url: str) -> str:
    """Return the feed of a channel from the feed's or the channel's address. Raises ValueError.

    An address with a handle (``/@name``) does not hold the channel's id: `narratives sources new` finds it.
    """
    parts = urlsplit(url)
    if (parts.hostname or "").removeprefix("www.") == "youtube.com":
        named = parse_qs(parts.query).get("channel_id", [""])[0]
        channel = named or parts.path.removeprefix("/channel/").strip("/")
        if _CHANNEL_ID.match(channel):
            return f"{FEED}?channel_id={channel}"
    if parts.path.startswith("/@"):
        raise ValueError(f"{url} does not hold the channel's id; `narratives sources new {url}` finds it")
    raise ValueError(f"{url} names no channel id; write {FEED}?channel_id=UC... (24 characters)")


def parse_videos(body: bytes, url: str, *, content_type: str | None = None) -> Listing:
    """Read the feed of a channel, newest video first."""
    text = clean(decode(body, content_type).text).lstrip("\ufeff \n\t")
    parsed = read_xml_feed(text, url)
    if isinstance(parsed, Listing):
        return parsed
    items, unread = first_of_each(_items(parsed.entries))
    if not items and parsed.entries:
        return Listing(kind="broken", detail="a feed, but not one of a YouTube channel")
    return Listing(kind="items", items=items, unread=unread)


def _items(entries: list[Any]) -> Iterator[Item]:
    for entry in entries:
        video = str(entry.get("yt_videoid") or "")
        if not _VIDEO_ID.match(video):
            continue
        published_at, precision = claimed_moment(entry.get("published"), "UTC")
        updated_at, updated_precision = claimed_moment(entry.get("updated"), "UTC")
        title = plain(entry.get("title"))
        description = clean(str(entry.get("summary") or "")).strip()
        yield Item(
            url=f"https://www.youtube.com/watch?v={video}",
            title=title,
            published_at=published_at,
            published_precision=precision,
            updated_at=updated_at if updated_precision == "minute" else None,
            text=description or title or "",
            author_id=str(entry.get("yt_channelid") or "") or None,
        )
