"""Which sources a run visits, and with which memory of their last visit."""

import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from crawlers.addresses import canonical_url, host_of
from crawlers.catalog import Source
from crawlers.platform_addresses import polled_address
from crawlers.post_hosts import post_host_of, post_hosts
from crawlers.schedule import asks_fully, is_due
from crawlers.source_hosts import source_of_host
from crawlers.visit import Visit
from db.catalogue import add_unlisted_source
from db.clock import timestamp
from db.connection import transaction
from db.crawl_log import feed_state, last_full_answer
from db.crawl_records import FeedState
from db.errors import NarrativesError

#: Platforms that have a spider; sources of other platforms wait for theirs.
POLLED_PLATFORMS = frozenset(
    {"feed", "sitemap", "wordpress", "listing", "telegram", "mastodon", "bluesky", "youtube"}
)


def due_visits(db: Database, catalogue: Mapping[str, Source], now: datetime) -> list[Visit]:
    """Return a visit for every enabled source whose time has come."""
    visits = [
        _visit(db, source, now, forced=False)
        for source in catalogue.values()
        if source.enabled and source.platform in POLLED_PLATFORMS
    ]
    return [visit for visit in visits if is_due(visit.state, now)]


def named_visits(
    db: Database, catalogue: Mapping[str, Source], names: Sequence[str], now: datetime
) -> list[Visit]:
    """Return a visit for each named source, due or not. Raises NarrativesError for one that cannot be."""
    return [_visit(db, named_source(catalogue, name), now, forced=True) for name in dict.fromkeys(names)]


def page_visit(db: Database, catalogue: Mapping[str, Source], url: str, now: datetime) -> Visit:
    """Return a visit of one page; a host outside the catalogue becomes a disabled source of its own.

    Raises NarrativesError for a page on which private persons post.
    """
    address = canonical_url(url) or url
    if host := post_host_of(address, post_hosts(catalogue.values())):
        raise NarrativesError(
            f"{url} is on {host}, where private persons post: single posts are not collected as articles. "
            "Add the channel or account as a source (telegram, mastodon, bluesky and youtube can be read); "
            "its posts are then collected under the policy of the deployment, masked and never published."
        )
    source = source_of_host(catalogue, address)
    if source is None:
        host = host_of(address).removeprefix("www.") or "unknown"
        source = Source(
            id="-".join(filter(None, "".join(c if c.isalnum() else "-" for c in host).split("-"))),
            title=host,
            platform="page",
            language=None,
            kind="organisation",
            enabled=False,
            disabled_reason="not in the catalogue",
        )
        with transaction(db):
            add_unlisted_source(db, source.id, source.title, timestamp(now), platform="page", url=None)
    return Visit(source=source, url=address, state=FeedState(source.id, address), now=now, forced=True)


def named_source(catalogue: Mapping[str, Source], name: str) -> Source:
    """Return an enabled source that can be visited. Raises NarrativesError that says what hinders it."""
    source = catalogue.get(name)
    if source is None:
        near = difflib.get_close_matches(name, catalogue, n=3)
        hint = f" Did you mean {', '.join(near)}?" if near else " `narratives sources list` shows them all."
        raise NarrativesError(f"There is no source {name!r} in the catalogue.{hint}")
    if not source.enabled:
        raise NarrativesError(
            f"The source {name} is disabled: {(source.disabled_reason or 'no reason given').rstrip('.')}. "
            "When that is settled, set `enabled: true` in its YAML file."
        )
    if source.platform not in POLLED_PLATFORMS:
        raise NarrativesError(
            f"The source {name} is of platform {source.platform}, for which there is no spider. "
            f"Those with one: {', '.join(sorted(POLLED_PLATFORMS))}."
        )
    return source


def _visit(db: Database, source: Source, now: datetime, *, forced: bool) -> Visit:
    url = polled_address(source.platform, source.url or "")
    state = feed_state(db, source.id, url)
    conditional = bool(state.etag or state.last_modified) and not asks_fully(
        state, last_full_answer(db, url), now
    )
    return Visit(source=source, url=url, state=state, now=now, forced=forced, conditional=conditional)
