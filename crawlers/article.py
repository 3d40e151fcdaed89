"""From a page and what its listing claimed to one article: which address, which date, which kind. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crawlers.addresses import canonical_url
from crawlers.catalog import Source
from crawlers.listing import Item
from crawlers.masking import masked
from crawlers.platform_addresses import SOCIAL_PLATFORMS
from crawlers.results import Article
from db.clock import timestamp

#: Less than this is no article; a page without text ends as parse_failed.
MIN_CHARACTERS = 40
_PAGE_DATES = ("metadata", "url", "text")


def article_of(
    reading: Mapping[str, Any], *, url: str, source: Source, item: Item | None, identity: str | None
) -> Article:
    """Put together what is stored.

    ``reading`` is a :class:`crawlers.extraction.Extraction` as a mapping, ``identity`` that of the
    document this address already is. The page's own metadata wins over a listing's date when both
    are precise: feeds of aggregators date the copy, not the text.
    """
    claimed_at = item.published_at if item else None
    claimed_origin = "sitemap" if source.platform == "sitemap" else "feed"
    page_at, page_origin = reading["published_at"], reading["published_origin"]
    page_precision = reading["published_precision"]
    claimed_precision = item.published_precision if item else "unknown"
    use_page = page_at is not None and page_origin in _PAGE_DATES
    if use_page and claimed_at is not None:
        # A date from the address or the running text never beats a claimed one.
        use_page = page_origin == "metadata" and (page_precision == "minute" or claimed_precision == "day")
    canonical = _own_canonical(reading.get("canonical_url"), url)
    title = reading["title"] or (item.title if item else None)
    private = source.kind == "forum" or source.platform in SOCIAL_PLATFORMS
    return Article(
        identity=identity or canonical or canonical_url(url) or url,
        source_id=source.id,
        text=masked(reading["text"]) if private else reading["text"],
        kind="post" if private else "article",
        first_seen_at=timestamp(),
        url=url,
        canonical_url=canonical,
        title=masked(title) if private and title else title,
        language=reading["language"] or source.language,
        published_at=page_at if use_page else claimed_at,
        published_precision=(page_precision if use_page else claimed_precision) or "unknown",
        published_origin=page_origin if use_page else (claimed_origin if claimed_at else None),
        claimed_published_at=claimed_at,
        claimed_origin=claimed_origin if claimed_at else None,
        page_published_at=page_at,
        page_published_origin=page_origin,
        author=None if private else (reading["author"] or (item.author if item else None)),
        credited_source=reading.get("credited_source"),
    )


def _own_canonical(stated: str | None, url: str) -> str | None:
    """Return the page's stated canonical address when it can be true of this page.

    Broken templates name the home page as the canonical address of every article.
    """
    if not stated:
        return None
    canonical = canonical_url(stated)
    if canonical is None:
        return None
    own, theirs = urlsplit(url), urlsplit(canonical)
    is_home = theirs.path in ("", "/") and not theirs.query
    if is_home and (own.path not in ("", "/") or own.query):
        return None
    return canonical
