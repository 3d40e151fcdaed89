"""Reading the WordPress REST API (``/wp-json/wp/v2/posts``). Pure.

Reference: https://developer.wordpress.org/rest-api/reference/posts/
"""

import html
import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawlers.encoding import decode
from crawlers.listing import Item, Listing, claimed_moment, first_of_each, plain

#: Posts asked for at once; small enough for slow hosts.
PAGE_SIZE = 20
_FIELDS = "id,link,date_gmt,modified_gmt,title,content"


def posts_address(url: str, page: int) -> str:
    """Return the address of one page of posts, last changed first, from a site, API root or posts URL."""
    parts = urlsplit(url)
    path = parts.path
    if "/wp-json" not in path:
        path = path.rstrip("/") + "/wp-json/wp/v2/posts"
    elif not path.rstrip("/").endswith("/posts"):
        path = path.partition("/wp-json")[0] + "/wp-json/wp/v2/posts"
    query = dict(parse_qsl(parts.query))
    query.update(per_page=str(PAGE_SIZE), page=str(page), orderby="modified", order="desc", _fields=_FIELDS)
    return parts._replace(path=path, query=urlencode(query), fragment="").geturl()


def archive_address(url: str, page: int, since: date, until: date) -> str:
    """Return the address of one page of the posts of a range of days, oldest first.

    The order stays while a walk goes on: new posts lie outside the range, and corrections move nothing.
    The API compares in the site's own time zone, so a day more is asked for on either side.
    """
    parts = urlsplit(posts_address(url, page))
    query = dict(parse_qsl(parts.query)) | {
        "orderby": "date",
        "order": "asc",
        "after": f"{since - timedelta(days=1)}T00:00:00",
        "before": f"{until + timedelta(days=2)}T00:00:00",
    }
    return parts._replace(query=urlencode(query)).geturl()


def page_number(url: str) -> int:
    """Return which page of posts an address asks for, from 1."""
    number = dict(parse_qsl(urlsplit(url).query)).get("page", "1")
    return int(number) if number.isdigit() else 1


def next_page(url: str) -> str:
    """Return the address of the page of posts after this one."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {"page": str(page_number(url) + 1)}
    return parts._replace(query=urlencode(query)).geturl()


def parse_posts(body: bytes, url: str, *, content_type: str | None = None) -> Listing:
    """Read one page of posts. Never raises: ``broken`` says what came instead."""
    text = decode(body, content_type).text
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        kind = "html" if "<html" in text[:2000].lower() else "broken"
        return Listing(kind=kind, detail="no JSON where the WordPress API was promised")  # type: ignore[arg-type]
    if isinstance(content, dict):
        said = content.get("message") or content.get("code") or "an object instead of posts"
        return Listing(kind="broken", detail=str(said)[:200])
    if not isinstance(content, list):
        return Listing(kind="broken", detail="neither posts nor a message")
    items, unread = first_of_each(
        item for post in content if isinstance(post, dict) and (item := _item(post, url)) is not None
    )
    return Listing(kind="items", items=items, unread=unread)


def page_of(item: Item) -> bytes:
    """Return a post as a small page, so that its text is extracted by the same rules as any other."""
    title = html.escape(item.title or "")
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><article><h1>{title}</h1>\n{item.html or ''}\n</article></body></html>"
    ).encode("utf-8", "replace")


def _item(post: dict[str, Any], url: str) -> Item | None:
    link = post.get("link")
    if not isinstance(link, str) or not link:
        return None
    published_at, precision = claimed_moment(_text(post.get("date_gmt")), "UTC")
    updated_at, _ = claimed_moment(_text(post.get("modified_gmt")), "UTC")
    content = post.get("content")
    body = content.get("rendered") if isinstance(content, dict) else None
    title = post.get("title")
    return Item(
        url=urljoin(url, link),
        title=plain(_text(title.get("rendered")) if isinstance(title, dict) else _text(title)),
        published_at=published_at,
        published_precision=precision,
        updated_at=updated_at,
        html=body if isinstance(body, str) else None,
        protected=bool(content.get("protected")) if isinstance(content, dict) else False,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
