"""What a site lists: RSS, Atom, sitemaps and WordPress posts, as bytes."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from markupsafe import escape
from pages import body_of, summary_of
from press import Outlet, Piece

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_NEVER = datetime(2021, 1, 1, tzinfo=UTC)
_SHARE_BAR = (
    '\n<div class="sharedaddy sd-sharing-enabled"><h3>Partager :</h3>'
    '<ul><li><a href="#">Facebook</a></li><li><a href="#">WhatsApp</a></li></ul></div>'
)


def _xml(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'.encode()


def rss(outlet: Outlet, pieces: Sequence[Piece]) -> bytes:
    """Return an RSS 2.0 feed with summaries."""
    items = "".join(
        f"<item><title>{escape(outlet.typeset(piece.title))}</title>"
        f"<link>{escape(outlet.root + piece.listed_path)}</link>"
        f"<guid isPermaLink='false'>{escape(piece.guid or piece.url)}</guid>"
        f"<dc:creator>{escape(piece.author)}</dc:creator>"
        f"<pubDate>{format_datetime(piece.published)}</pubDate>"
        f"<description>{escape(outlet.typeset(summary_of(piece)))}</description></item>\n"
        for piece in pieces
    )
    return _xml(
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(outlet.title)}</title><link>{outlet.root}/</link>"
        f"<description>{escape(outlet.motto)}</description>\n{items}</channel></rss>"
    )


def atom(outlet: Outlet, pieces: Sequence[Piece]) -> bytes:
    """Return an Atom feed whose entries say when they were last changed."""
    entries = "".join(
        f"<entry><title>{escape(outlet.typeset(piece.title))}</title><id>{escape(piece.url)}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(piece.url)}"/>'
        f"<published>{piece.published.isoformat()}</published>"
        f"<updated>{(piece.modified or piece.published).isoformat()}</updated>"
        f"<author><name>{escape(piece.author)}</name></author>"
        f"<summary>{escape(outlet.typeset(summary_of(piece)))}</summary></entry>\n"
        for piece in pieces
    )
    updated = max((piece.modified or piece.published for piece in pieces), default=_NEVER)
    return _xml(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(outlet.title)}</title>'
        f"<id>{outlet.root}/</id><updated>{updated.isoformat()}</updated>\n{entries}</feed>"
    )


def urlset(pieces: Sequence[Piece], *, news: bool) -> bytes:
    """Return a sitemap: with titles and dates of publication (``news``), or with days of change only."""
    urls = "".join(
        f"<url><loc>{escape(piece.url)}</loc>"
        + (
            f"<news:news><news:publication><news:name>{escape(piece.outlet.title)}</news:name>"
            f"<news:language>{piece.language}</news:language></news:publication>"
            f"<news:publication_date>{piece.published.isoformat()}</news:publication_date>"
            f"<news:title>{escape(piece.outlet.typeset(piece.title))}</news:title></news:news>"
            if news
            else f"<lastmod>{(piece.modified or piece.published).date().isoformat()}</lastmod>"
        )
        + "</url>\n"
        for piece in pieces
    )
    return _xml(f'<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{urls}</urlset>')


def sitemap_index(root: str, names: Sequence[str]) -> bytes:
    """Return an index of sitemaps on the same site."""
    entries = "".join(f"<sitemap><loc>{root}/{name}</loc></sitemap>" for name in names)
    return _xml(f'<sitemapindex xmlns="{_SITEMAP}">{entries}</sitemapindex>')


def wordpress_posts(pieces: Sequence[Piece], page: int, size: int, *, by_change: bool) -> bytes | None:
    """Return one page of ``/wp-json/wp/v2/posts``, or None beyond the last page."""
    if by_change:
        pieces = sorted(pieces, key=lambda piece: piece.modified or piece.published, reverse=True)
    chosen = pieces[(page - 1) * size : page * size]
    if page > 1 and not chosen:
        return None
    posts: list[dict[str, Any]] = [
        {
            "id": piece.number,
            "date_gmt": _naive_utc(piece.published),
            "modified_gmt": _naive_utc(piece.modified or piece.published),
            "link": piece.url,
            "title": {"rendered": _entities(piece.outlet.typeset(piece.title))},
            "content": {"rendered": str(body_of(piece)) + _SHARE_BAR, "protected": False},
            "excerpt": {"rendered": f"<p>{escape(summary_of(piece))}</p>", "protected": False},
        }
        for piece in chosen
    ]
    return json.dumps(posts).encode()


def _naive_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _entities(text: str) -> str:
    """WordPress writes curly apostrophes and guillemets as numeric entities."""
    return str(escape(text)).replace("’", "&#8217;").replace("«", "&laquo;").replace("»", "&raquo;")
