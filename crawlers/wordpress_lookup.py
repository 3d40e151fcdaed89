"""Asking a WordPress API for posts that are known already: which of them are still there? Pure.

Reference: https://developer.wordpress.org/rest-api/reference/posts/#arguments (``slug``, ``include``)
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from crawlers.wordpress_api import posts_address

#: The API gives no more posts at once, and servers read no longer addresses.
MOST_POSTS = 100
LONGEST_ADDRESS = 1_900


@dataclass(frozen=True, slots=True)
class Lookup:
    """One request and the addresses of the posts that its answer lists if they are still there."""

    address: str
    links: tuple[str, ...]


def lookups(url: str, links: Iterable[str]) -> list[Lookup]:
    """Return the requests for posts at these addresses, as few as possible; ``url`` as for posts_address.

    A post is asked for by the number in its address (``?p=12``), else by its slug, the last piece of the
    path. Where a site builds its addresses otherwise, the answer lacks a post that exists: what is absent
    may be gone, and its page has the last word.
    """
    by_number: list[tuple[str, str]] = []
    by_slug: list[tuple[str, str]] = []
    for link in links:
        number = parse_qs(urlsplit(link).query).get("p", [""])[0]
        if number.isdigit():
            by_number.append((number, link))
        else:
            by_slug.append((_slug(link), link))
    return [*_chunks(url, "include", by_number), *_chunks(url, "slug", by_slug)]


def _slug(link: str) -> str:
    piece = urlsplit(link).path.rstrip("/").rpartition("/")[2]
    return unquote(piece).removesuffix(".html").replace(",", " ")


def _chunks(url: str, argument: str, wanted: Sequence[tuple[str, str]]) -> Iterator[Lookup]:
    chunk: list[tuple[str, str]] = []
    for each in wanted:
        longer = _address(url, argument, [name for name, _ in [*chunk, each]])
        if chunk and (len(chunk) >= MOST_POSTS or len(longer) > LONGEST_ADDRESS):
            yield _lookup(url, argument, chunk)
            chunk = []
        chunk.append(each)
    if chunk:
        yield _lookup(url, argument, chunk)


def _lookup(url: str, argument: str, chunk: Sequence[tuple[str, str]]) -> Lookup:
    return Lookup(_address(url, argument, [name for name, _ in chunk]), tuple(link for _, link in chunk))


def _address(url: str, argument: str, names: Sequence[str]) -> str:
    parts = urlsplit(posts_address(url, 1))
    query = dict(parse_qsl(parts.query)) | {
        argument: ",".join(names), "per_page": str(MOST_POSTS), "_fields": "id,link",
    }  # fmt: skip
    return parts._replace(query=urlencode(query)).geturl()
