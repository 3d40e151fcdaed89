"""What each invented site answers to a GET: pages, feeds, sitemaps, WordPress posts, robots.txt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import listings
from pages import front_page, page_of, plain_page
from press import Outlet, Piece

#: Sites whose robots.txt says more than the usual.
_ROBOTS = {
    "tribune-de-la-falaise": "User-agent: *\nDisallow: /abonnes/\n",
    "le-grin": "User-agent: *\nCrawl-delay: 1\nDisallow: /inscription\nDisallow: /connexion\n",
    "radio-meridienne": "User-agent: *\nDisallow: /fr/recherche\nSitemap: {root}/sitemap.xml\n",
    "dune-wire": "User-agent: *\nAllow: /\nSitemap: {root}/sitemap.xml\n",
}
_RSS_PATHS = ("/rss.xml", "/feed/", "/feed")
_XML = "application/xml; charset=utf-8"
_JSON = "application/json; charset=UTF-8"
#: The year whose pieces a divided sitemap lists apart.
_RECENT = 2026


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer before compression and validators."""

    status: int
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(outlet: Outlet, pieces: Sequence[Piece], path: str, *, vanished: bool) -> Answer:
    """Return what the site answers to a GET of ``path``; ``pieces`` are the site's own, newest first.

    ``vanished`` says whether the pieces that disappear have disappeared.
    """
    parts = urlsplit(path)
    if parts.path == "/robots.txt":
        rules = _ROBOTS.get(outlet.outlet_id, "User-agent: *\nDisallow: /recherche\n")
        return Answer(200, rules.format(root=outlet.root).encode(), "text/plain; charset=utf-8")
    listing = _listing(outlet, pieces, parts.path, parse_qs(parts.query))
    if listing is not None:
        return listing
    for piece in pieces:
        if piece.behaviour == "redirect" and path == piece.listed_path:
            return Answer(301, headers={"Location": piece.url})
        if parts.path == piece.path:
            return _article(piece, pieces, vanished=vanished)
    if parts.path == "/":
        return Answer(200, front_page(outlet, pieces).encode())
    return Answer(404, b"<!doctype html><title>404</title><h1>Page introuvable</h1>")


def _article(piece: Piece, pieces: Sequence[Piece], *, vanished: bool) -> Answer:
    if piece.behaviour == "gone" and vanished:
        return Answer(410, "<!doctype html><title>410</title><h1>Article retiré</h1>".encode())
    # This page promises UTF-8 in its header and in its head, and is written in Windows-1252.
    encoding = "cp1252" if piece.behaviour == "charset" else "utf-8"
    return Answer(200, page_of(piece, pieces).encode(encoding))


def _listing(
    outlet: Outlet, pieces: Sequence[Piece], path: str, query: Mapping[str, list[str]]
) -> Answer | None:
    match outlet.shape:
        case "html-feed" if path in _RSS_PATHS:
            return Answer(200, plain_page(outlet).encode())
        case "rss" if path in _RSS_PATHS:
            return Answer(200, listings.rss(outlet, pieces), "application/rss+xml; charset=utf-8")
        case "atom" if path == "/atom.xml":
            return Answer(200, listings.atom(outlet, pieces), "application/atom+xml; charset=utf-8")
        case "wordpress" if path == "/wp-json/wp/v2/posts":
            return _posts(pieces, query)
        case "sitemap" if path == "/sitemap.xml":
            return Answer(200, listings.urlset(pieces, news=False), _XML)
        case "sitemap-index" | "news-sitemap":
            return _divided_sitemap(outlet, pieces, path)
    return None


def _divided_sitemap(outlet: Outlet, pieces: Sequence[Piece], path: str) -> Answer | None:
    news = outlet.shape == "news-sitemap"
    parts = {
        "/sitemap-recent.xml": [piece for piece in pieces if piece.published.year >= _RECENT],
        "/sitemap-archives.xml": [piece for piece in pieces if piece.published.year < _RECENT],
    }
    if path == "/sitemap.xml":
        return Answer(200, listings.sitemap_index(outlet.root, [name[1:] for name in parts]), _XML)
    if path in parts:
        return Answer(200, listings.urlset(parts[path], news=news), _XML)
    return None


def _posts(pieces: Sequence[Piece], query: Mapping[str, list[str]]) -> Answer:
    size, page = int(query.get("per_page", ["10"])[0]), int(query.get("page", ["1"])[0])
    body = listings.wordpress_posts(pieces, page, size, by_change=query.get("orderby") == ["modified"])
    if body is None:
        return Answer(400, b'{"code": "rest_post_invalid_page_number"}', _JSON)
    total = {"X-WP-Total": str(len(pieces)), "X-WP-TotalPages": str(max(1, -(-len(pieces) // size)))}
    return Answer(200, body, _JSON, total)
