"""Hosts where private persons post: their pages are never kept as articles, whatever leads there. Pure."""

from collections.abc import Collection, Iterable

from crawlers.addresses import host_of
from crawlers.catalog import Source
from crawlers.platform_addresses import SOCIAL_PLATFORMS

#: Platforms with and without a spider of ours; parts of their names count as theirs (``m.facebook.com``).
KNOWN_HOSTS = frozenset(
    {
        "t.me", "telegram.me", "telegram.org", "bsky.app", "youtube.com", "youtu.be", "x.com", "twitter.com",
        "facebook.com", "fb.com", "fb.watch", "instagram.com", "threads.net", "threads.com", "tiktok.com",
        "vk.com", "ok.ru", "reddit.com", "whatsapp.com", "linkedin.com", "mastodon.social",
    }
)  # fmt: skip


def post_hosts(catalogue: Iterable[Source]) -> frozenset[str]:
    """Return the hosts of posts: the known ones, and the servers of the catalogue's post platforms."""
    own = {host_of(source.url) for source in catalogue if source.platform in SOCIAL_PLATFORMS and source.url}
    return KNOWN_HOSTS | {host.removeprefix("www.") for host in own if host}


def post_host_of(url: str, hosts: Collection[str]) -> str | None:
    """Return the host of posts that an address lies on, or None."""
    labels = host_of(url).split(".")
    names = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((name for name in names if name in hosts), None)
