"""Reading feeds: RSS, Atom, RDF and JSON Feed, and saying what came instead of one. Pure."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser

from crawlers.encoding import clean, decode
from crawlers.listing import MAX_ITEMS, Item, Listing, claimed_moment, first_of_each, plain

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf)[\s>]", re.IGNORECASE)
_ENTRY = re.compile(r"<(?P<end>/?)(?:\w+:)?(?:item|entry)[\s>]")
_HTML = re.compile(r"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_PREFIXED = re.compile(r"<(\w+):(?:item|entry)[\s>]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_ALTERNATE = re.compile(
    r"<link[^>]{0,500}?type\s*=\s*[\"']application/(?:rss|atom)\+xml[\"'][^>]{0,500}?>", re.IGNORECASE
)
_HREF = re.compile(r"href\s*=\s*[\"']([^\"']{1,2000})", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_HEAD = 4_096


def parse_feed(body: bytes, url: str, *, content_type: str | None = None, timezone: str = "UTC") -> Listing:
    """Read a feed of any shape. Never raises on bad input: ``html`` and ``broken`` say what was found."""
    text = clean(decode(body, content_type).text).lstrip("\ufeff \n\t")
    if text.startswith("{"):
        return _json_feed(text, url, timezone)
    text, beyond = _first_entries(text)
    parsed = read_xml_feed(text, url)
    if isinstance(parsed, Listing):
        return parsed
    items, unread = first_of_each(_items(parsed.entries, url, timezone))
    if not items and not _ROOT.search(text):
        return Listing(kind="broken", detail=f"neither feed nor page: begins with {text[:60]!r}")
    detail = f"not well-formed: {parsed.bozo_exception}"[:200] if parsed.bozo else None
    return Listing(kind="items", items=items, detail=detail, unread=unread + beyond)


def _first_entries(text: str) -> tuple[str, int]:
    """Leave out the entries that would not be kept: feedparser takes a minute for a hundred thousand."""
    tags = list(_ENTRY.finditer(text))
    starts = [tag for tag in tags if not tag["end"]]
    if len(starts) <= MAX_ITEMS:
        return text, 0
    first_left_out = starts[MAX_ITEMS].start()
    last_end = tags[-1].end() if tags[-1]["end"] else len(text)
    return text[:first_left_out] + text[last_end:], len(starts) - MAX_ITEMS


def read_xml_feed(text: str, url: str) -> Any | Listing:
    """Parse decoded text as a feed; return what feedparser makes of it, or a Listing of what came instead."""
    head = text[:_HEAD]
    if _HTML.search(head) and not _ROOT.search(head):
        return Listing(kind="html", detail=_what_html_offers(text, url))
    if _ENTITY.search(text):
        return Listing(kind="broken", detail="declares its own entities, which no feed needs")
    parsed = _parsed(text)
    if not parsed.entries and (prefix := _PREFIXED.search(text)):
        # A prefix that was never declared: without it the elements are what they are called.
        parsed = _parsed(re.sub(rf"(</?){prefix[1]}:", r"\1", text))
    return parsed


def _parsed(text: str) -> Any:
    # The decoder has settled the encoding; the declaration inside must not reopen the question.
    body = _XML_DECLARATION.sub("", text, count=1).encode("utf-8")
    return feedparser.parse(
        body,
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _items(entries: list[Any], url: str, timezone: str) -> Iterator[Item]:
    for entry in entries:
        link = entry.get("link") or next(
            (each.get("href") for each in entry.get("links", []) if each.get("href")), None
        )
        if not link:
            continue
        published_at, precision = _date_of(entry, "published", timezone)
        updated_at, updated_precision = _date_of(entry, "updated", timezone)
        if published_at is None:
            # Dublin Core and plain Atom feeds have one date only.
            published_at, precision = updated_at, updated_precision
        yield Item(
            url=_joined(url, link),
            title=plain(entry.get("title")),
            published_at=published_at,
            published_precision=precision,
            updated_at=updated_at if updated_precision == "minute" else None,
            author=plain(entry.get("author")),
        )


def _date_of(entry: Any, name: str, timezone: str) -> tuple[str | None, Any]:
    raw = entry.get(name)
    moment, precision = claimed_moment(raw, timezone)
    parsed = entry.get(f"{name}_parsed")
    if moment is None and parsed is not None:
        # Formats that only feedparser knows; it answers in UTC.
        try:
            read = datetime(*parsed[:6]).replace(tzinfo=UTC).isoformat()
        except (ValueError, TypeError, OverflowError):
            return None, "unknown"
        if not re.match(r"\s*\d{4}-(?:0[1-9]|1[0-2])-\d\d|\s*\w{2,4}[,.]", str(raw)):
            return claimed_moment(read, timezone)
    return moment, precision


def _json_feed(text: str, url: str, timezone: str) -> Listing:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Listing(kind="broken", detail=f"JSON that cannot be read: {error}"[:200])
    if not isinstance(content.get("items"), list):
        return Listing(kind="broken", detail="JSON without items")
    found = []
    for entry in content["items"]:
        if not isinstance(entry, dict) or not isinstance(link := entry.get("url"), str):
            continue
        published_at, precision = claimed_moment(str(entry.get("date_published") or ""), timezone)
        updated_at, updated = claimed_moment(str(entry.get("date_modified") or ""), timezone)
        title = entry.get("title")
        found.append(
            Item(
                url=_joined(url, link),
                title=plain(title) if isinstance(title, str) else None,
                published_at=published_at,
                published_precision=precision,
                updated_at=updated_at if updated == "minute" else None,
            )
        )
    items, unread = first_of_each(found)
    return Listing(kind="items", items=items, unread=unread)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return link.strip()


def _what_html_offers(text: str, url: str) -> str:
    title = plain(match.group(1)) if (match := _TITLE.search(text[: 16 * _HEAD])) else None
    offered = [
        _joined(url, found.group(1))
        for link in _ALTERNATE.findall(text[: 64 * _HEAD])
        if (found := _HREF.search(link))
    ]
    said = "a page where a feed was promised" + (f" ({title})" if title else "")
    return f"{said}; it offers {', '.join(offered[:3])}"[:500] if offered else said[:500]
