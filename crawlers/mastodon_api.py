"""Reading public timelines of Mastodon servers: one account's statuses, or a hashtag. Pure.

Reference: https://docs.joinmastodon.org/methods/timelines/ and https://docs.joinmastodon.org/entities/Status/

A status gets the address ``/api/v1/statuses/<id>`` of the server that was asked: unlike the address for
readers it holds no name of its author.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from crawlers.encoding import decode
from crawlers.html_tree import markup_text
from crawlers.listing import Item, Listing, claimed_moment, first_of_each

#: Statuses asked for at once; the API's own maximum.
PAGE_SIZE = 40
_ACCOUNT = re.compile(r"^/@([A-Za-z0-9_.-]+(?:@[A-Za-z0-9.-]+)?)/?$")
_HASHTAG = re.compile(r"^/tags/([^/]+)/?$")
_TIMELINE = re.compile(r"^/api/v1/(?:timelines/tag/[^/]+|accounts/[^/]+/statuses|accounts/lookup)$")


def timeline_address(url: str) -> str:
    """Return the API address for ``/@account``, ``/tags/<tag>`` or an API address. Raises ValueError.

    An account is looked up first: its statuses are found under a number that only the server knows.
    """
    parts = urlsplit(url)
    server = f"{parts.scheme}://{parts.netloc}"
    if match := _ACCOUNT.match(parts.path):
        return f"{server}/api/v1/accounts/lookup?acct={quote(match.group(1))}"
    if match := _HASHTAG.match(parts.path):
        return f"{server}/api/v1/timelines/tag/{match.group(1)}?limit={PAGE_SIZE}"
    if _TIMELINE.match(parts.path):
        return url
    raise ValueError(
        f"{url} is no timeline; write https://<server>/@<account> or https://<server>/tags/<tag>"
    )


def parse_statuses(body: bytes, url: str, *, content_type: str | None = None) -> Listing:
    """Read a page of statuses, or an account as an index that leads to its statuses.

    Boosts are other people's words and are left out; what is not public, and what comes from an account
    that opted out of being indexed, is named ``withheld``.
    """
    try:
        content = json.loads(decode(body, content_type).text)
    except (ValueError, RecursionError):
        return Listing(kind="broken", detail="no JSON where a Mastodon server was promised")
    if isinstance(content, dict):
        return _account(content, url)
    if not isinstance(content, list):
        return Listing(kind="broken", detail="neither statuses nor a message")
    statuses = [status for status in content if isinstance(status, dict) and _text(status.get("id"))]
    items, unread = first_of_each(_items(statuses, url))
    further = None
    if statuses:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query)) | {"max_id": str(statuses[-1]["id"])}
        further = parts._replace(query=urlencode(query)).geturl()
    return Listing(kind="items", items=items, unread=unread, further=further)


def _account(content: Mapping[str, Any], url: str) -> Listing:
    number = _text(content.get("id"))
    if number is None or "acct" not in content:
        return Listing(
            kind="broken", detail=str(content.get("error") or "an object instead of statuses")[:200]
        )
    query = urlencode({"limit": PAGE_SIZE, "exclude_reblogs": "true", "exclude_replies": "true"})
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}/api/v1/accounts/{quote(number, safe='')}/statuses?{query}"
    return Listing(kind="index", items=(Item(url=address),))


def _items(statuses: list[dict[str, Any]], url: str) -> Iterator[Item]:
    parts = urlsplit(url)
    for status in statuses:
        if status.get("reblog"):
            continue
        account = status.get("account")
        account = account if isinstance(account, dict) else {}
        published_at, precision = claimed_moment(_text(status.get("created_at")), "UTC")
        edited_at, _ = claimed_moment(_text(status.get("edited_at")), "UTC")
        warning, content = _text(status.get("spoiler_text")), _text(status.get("content"))
        yield Item(
            url=f"{parts.scheme}://{parts.netloc}/api/v1/statuses/{quote(str(status['id']), safe='')}",
            published_at=published_at,
            published_precision=precision,
            updated_at=edited_at,
            text="\n".join(filter(None, (markup_text(warning or ""), markup_text(content or "")))),
            language=_text(status.get("language")),
            author_id=_text(account.get("uri")) or _text(account.get("url")) or _text(account.get("id")),
            withheld=_withheld(status, account),
        )


def _withheld(status: Mapping[str, Any], account: Mapping[str, Any]) -> str | None:
    if status.get("visibility") != "public":
        return "not public"
    return "its account opted out of being indexed" if account.get("noindex") else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
