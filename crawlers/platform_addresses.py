"""Which address is polled for a source: the catalogue keeps the one that people know. Pure."""

from collections.abc import Callable, Mapping

from crawlers.bluesky_api import author_feed_address
from crawlers.mastodon_api import timeline_address
from crawlers.telegram_preview import channel_address
from crawlers.wordpress_api import posts_address
from crawlers.youtube_feed import channel_feed_address

#: Platforms whose documents are posts of accounts; they need a policy (see :mod:`crawlers.social`).
SOCIAL_PLATFORMS = frozenset({"telegram", "mastodon", "bluesky", "youtube"})

_POLLED: Mapping[str, Callable[[str], str]] = {
    "wordpress": lambda url: posts_address(url, 1),
    "telegram": channel_address,
    "mastodon": timeline_address,
    "bluesky": author_feed_address,
    "youtube": channel_feed_address,
}


def polled_address(platform: str, url: str) -> str:
    """Return the address to ask for. Raises ValueError when ``url`` cannot belong to the platform."""
    read = _POLLED.get(platform)
    return read(url) if read else url
