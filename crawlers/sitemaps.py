"""Reading sitemaps, news sitemaps and sitemap indexes (sitemaps.org, Google news extension). Pure."""

import io
import re
from collections.abc import Iterator
from typing import Literal

from lxml import etree

from crawlers.archive_window import Window
from crawlers.encoding import clean, decode
from crawlers.listing import Item, Listing, claimed_moment, first_of_each, plain

_HTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_HEAD = 4_096
#: Addresses that one sitemap may list, by the protocol: https://www.sitemaps.org/protocol.html
MAX_ENTRIES = 50_000


def parse_sitemap(
    body: bytes, *, content_type: str | None = None, timezone: str = "UTC", window: Window | None = None
) -> Listing:
    """Read a sitemap or an index of sitemaps; a plain list of addresses is one too. Never raises.

    With a window only what belongs to it is returned, as many as a sitemap may hold.
    """
    head = body[:_HEAD]
    if _HTML.search(head) and b"<urlset" not in head and b"<sitemapindex" not in head:
        return Listing(kind="html", detail="a page where a sitemap was promised")
    if _ENTITY.search(body) or _ENTITY.search(body.replace(b"\x00", b"")):
        return Listing(kind="broken", detail="declares its own entities, which no sitemap needs")
    if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _plain_list(body, content_type, window)
    found: list[Item] = []
    root = ""
    try:
        for _, element in etree.iterparse(
            io.BytesIO(body), events=("end",), recover=True, huge_tree=True, resolve_entities=False,
            load_dtd=False, no_network=True, remove_comments=True, remove_pis=True,
        ):  # fmt: skip
            name = _local(element)
            if name in ("url", "sitemap"):
                item = _item(element, timezone)
                if item is not None:
                    found.append(item)
                element.clear()
            elif name in ("urlset", "sitemapindex"):
                root = name
    except etree.XMLSyntaxError as error:
        if not found:
            return Listing(kind="broken", detail=f"not a sitemap: {error}"[:200])
    if not root and not found:
        return Listing(kind="broken", detail="XML that is no sitemap")
    is_index = root == "sitemapindex" or b"<sitemapindex" in head
    return _listing("index" if is_index else "items", sorted(found, key=_newest_first, reverse=True), window)


def _listing(kind: Literal["items", "index"], found: list[Item], window: Window | None) -> Listing:
    if window is None:
        items, unread = first_of_each(found)
        return Listing(kind=kind, items=items, unread=unread)
    if kind == "index":
        chosen, undated = [item for item in found if window.may_hold(item)], 0
    else:
        chosen, undated = window.choose(found)
    items, unread = first_of_each(chosen, MAX_ENTRIES)
    return Listing(kind=kind, items=items, unread=unread, entries=len(found), undated=undated)


def _newest_first(item: Item) -> str:
    return item.published_at or item.updated_at or ""


def _item(element: "etree._Element", timezone: str) -> Item | None:
    values: dict[str, str] = {}
    for child in _descendants(element):
        if child.text and child.text.strip():
            values.setdefault(_local(child), child.text.strip())
    if "loc" not in values:
        return None
    published_at, precision = claimed_moment(values.get("publication_date"), timezone)
    # lastmod says when a page changed, never when it was published.
    changed_at, _ = claimed_moment(values.get("lastmod"), timezone)
    return Item(
        url=values["loc"],
        title=plain(values.get("title")),
        published_at=published_at,
        published_precision=precision,
        updated_at=changed_at,
    )


def _descendants(element: "etree._Element") -> Iterator["etree._Element"]:
    """The fields of one entry; those of image and video extensions have names of their own."""
    for child in element.iterdescendants():
        if not isinstance(child.tag, str):
            continue
        namespace = etree.QName(child).namespace or ""
        if "image" not in namespace and "video" not in namespace:
            yield child


def _local(element: "etree._Element") -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _plain_list(body: bytes, content_type: str | None, window: Window | None) -> Listing:
    lines = clean(decode(body, content_type).text).splitlines()
    addresses = [line.strip() for line in lines if line.strip().startswith(("http://", "https://"))]
    if not addresses:
        return Listing(kind="broken", detail="neither a sitemap nor a list of addresses")
    return _listing("items", [Item(url=address) for address in addresses], window)
