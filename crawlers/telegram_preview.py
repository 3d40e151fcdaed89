"""Reading the public preview of a Telegram channel (``https://t.me/s/<channel>``). Pure.

The page is made for people without an account: about twenty messages, older ones behind ``?before=<id>``.
Its markup is nowhere specified; the class names are those of Telegram's embeddable widget.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawlers.html_tree import page_tree, visible_text
from crawlers.listing import Item, Listing, claimed_moment, first_of_each, plain

_CHANNEL = re.compile(r"^/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?$")
_POST = re.compile(r"^([A-Za-z][A-Za-z0-9_]{3,31})/(\d{1,12})$")


def channel_address(url: str) -> str:
    """Return the preview of a channel from its preview or its plain address. Raises ValueError."""
    parts = urlsplit(url)
    match = _CHANNEL.match(parts.path)
    if parts.hostname not in ("t.me", "telegram.me") or match is None:
        raise ValueError(f"{url} is no channel; write https://t.me/s/<channel>")
    return f"https://t.me/s/{match.group(1)}"


def parse_channel(body: bytes, url: str, *, content_type: str | None = None) -> Listing:
    """Read one page of a channel, newest message first. Service messages are no posts and are left out."""
    tree, fault = page_tree(body, content_type)
    if tree is None:
        return Listing(kind="broken", detail=fault)
    messages = tree.xpath(f"//div[{_has('tgme_widget_message')} and @data-post]")
    if not messages and not tree.xpath(f"//*[{_has('tgme_channel_info')} or {_has('tgme_channel_history')}]"):
        title = plain(tree.findtext(".//title"))
        return Listing(kind="html", detail=f"no public preview of a channel{f' ({title})' if title else ''}")
    items, unread = first_of_each(reversed(list(_items(messages))))
    numbers = [int(item.url.rpartition("/")[2]) for item in items]
    further = f"{channel_address(url)}?before={min(numbers)}" if numbers and min(numbers) > 1 else None
    return Listing(kind="items", items=items, unread=unread, further=further)


def _items(messages: list[HtmlElement]) -> Iterator[Item]:
    for message in messages:
        match = _POST.match(message.get("data-post", ""))
        if match is None or "service_message" in message.get("class", "").split():
            continue
        channel, number = match.groups()
        times = message.xpath(f".//a[{_has('tgme_widget_message_date')}]//time/@datetime")
        published_at, precision = claimed_moment(times[-1] if times else None, "UTC")
        # A message that answers another quotes it in an element of its own; that is not its text.
        texts = message.xpath(f".//div[{_has('js-message_text')}]")
        yield Item(
            url=f"https://t.me/{channel}/{number}",
            published_at=published_at,
            published_precision=precision,
            text=visible_text(texts[0]) if texts else "",
            author_id=channel.lower(),
            credited=_forwarded_from(message),
        )


def _forwarded_from(message: HtmlElement) -> str | None:
    """Return the name of the public channel in the address of a forwarded message; people have none."""
    for address in message.xpath(f".//a[{_has('tgme_widget_message_forwarded_from_name')}]/@href"):
        parts = urlsplit(address)
        channel = parts.path.strip("/").removeprefix("s/").partition("/")[0]
        if parts.hostname == "t.me" and _CHANNEL.match(f"/{channel}"):
            return str(channel).lower()
    return None


def _has(name: str) -> str:
    """Return the XPath condition that an element bears a class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
