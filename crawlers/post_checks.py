"""Whether a collected post can still be read by everybody: where to ask, and what the answer means. Pure.

====================  ==============================================  ======================================
platform              asked                                           gone when
====================  ==============================================  ======================================
telegram              the post's own widget, ``?embed=1``             it shows an error in place of the post
mastodon              ``/api/v1/statuses/<id>``                       404, 410
bluesky               ``app.bsky.feed.getPosts``                      the list of posts is empty
youtube               ``/oembed`` (the address of the video)          404
====================  ==============================================  ======================================

References: https://core.telegram.org/widgets/post, https://docs.joinmastodon.org/methods/statuses/#get,
https://docs.bsky.app/docs/api/app-bsky-feed-get-posts, https://oembed.com. Every other answer leaves it open:
a server that is tired, a wall or a video that may not be embedded is no deleted post.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlencode, urlsplit

_BLUESKY = "https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts"
_BLUESKY_POST = re.compile(r"^/profile/([^/]+)/post/([^/]+)$")
_NO_POSTS = re.compile(rb'"posts"\s*:\s*\[\s*\]')
_GONE = (404, 410)


def check_address(platform: str, url: str) -> str | None:
    """Return the address that tells whether a post is still there; None where there is none."""
    made = _ADDRESSES.get(platform)
    return made(url) if made else None


def still_there(platform: str, url: str, status: int, body: bytes) -> bool | None:
    """Return whether the answer shows the post; None when it says neither."""
    if platform == "telegram" and status == 200:
        place = f'data-post="{urlsplit(url).path.strip("/")}"'.encode()
        if place.lower() in body.lower():
            return True
        return False if b"tgme_widget_message_error" in body else None
    if platform == "bluesky" and status == 200:
        if _NO_POSTS.search(body):
            return False
        return True if url.rpartition("/")[2].encode() in body else None
    if platform in ("mastodon", "youtube"):
        return True if status == 200 else False if status in _GONE else None
    return None


def _bluesky(url: str) -> str | None:
    match = _BLUESKY_POST.match(urlsplit(url).path)
    if match is None:
        return None
    return f"{_BLUESKY}?{urlencode({'uris': f'at://{unquote(match[1])}/app.bsky.feed.post/{match[2]}'})}"


_ADDRESSES: Mapping[str, Callable[[str], str | None]] = {
    "telegram": lambda url: f"{url}?embed=1",
    "mastodon": lambda url: url,
    "bluesky": _bluesky,
    "youtube": lambda url: f"https://www.youtube.com/oembed?{urlencode({'url': url, 'format': 'json'})}",
}
