"""One page -> title, text, date, author, language, canonical address, links. Pure: no database, no network.

The article's text is found by trafilatura (Barbaresi 2021, https://aclanthology.org/2021.acl-demo.15/) on a
tree parsed without libxml2's nesting limit; a second, depth-free count of the page's text makes sure that
nothing is lost in silence.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction
from trafilatura.settings import Document

from crawlers.boilerplate import clean_text, prune_further_reading
from crawlers.date_words import Precision
from crawlers.dates import Origin, page_date
from crawlers.encoding import SUSPECT_SHARE, clean, decode, replaced_share
from crawlers.markup import scan, visible_characters
from crawlers.page_facts import canonical_address, page_author, page_language, page_links, page_title, site_of
from crawlers.structured_data import article_node, linked_data, meta_values
from db.clock import utc_now
from db.review_markup import ClaimReview, claim_reviews

# It warns of every page without text; here that is a return value.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

#: The tree must hold this share of the text that the depth-free count found.
_KEPT_SHARE = 0.9
#: An extraction below this many characters is compared with the page's plain paragraphs.
_SHORT_TEXT = 250
_PARAGRAPH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What one page says. Missing is None; ``text`` is "" when the page holds no article.

    ``published_at`` is ISO 8601: UTC with a time at precision ``minute``, else a date (a month or a
    year stands on its first day). ``suspect`` is ``encoding`` (the bytes contradict their declaration, or
    more than 1 % of the text is U+FFFD), ``parse`` (the parser lost text, or must not see the page) or None;
    ``detail`` says in words what was found.
    """

    title: str | None = None
    text: str = ""
    language: str | None = None
    author: str | None = None
    canonical_url: str | None = None
    links: tuple[str, ...] = ()
    published_at: str | None = None
    published_precision: Precision | Literal["unknown"] = "unknown"
    published_origin: Origin | None = None
    credited_source: str | None = None
    claim_reviews: tuple[ClaimReview, ...] = ()
    encoding: str | None = None
    suspect: Literal["encoding", "parse"] | None = None
    detail: str | None = None


def extract(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    timezone: str = "UTC",
    now: datetime | None = None,
) -> Extraction:
    """Extract one page from its bytes (content decoding done).

    ``url`` is where it was read, "" when unknown; ``content_type`` the header with its charset;
    ``timezone`` the IANA zone of times without one; ``now`` the latest moment a date may have
    (default: the clock's). Does not raise for any page.
    """
    decoded = decode(body, content_type)
    markup = clean(decoded.text)
    seen = scan(markup)
    if seen.bomb:
        return Extraction(encoding=decoded.encoding, suspect="parse", detail=f"not parsed: {seen.bomb}")
    tree = _parse(markup)
    if tree is None:
        reason = "no markup in it" if seen.text else "empty page"
        return Extraction(text=seen.text, encoding=decoded.encoding, suspect="parse", detail=reason)
    address = url or None
    metas = meta_values(tree)
    canonical = canonical_address(tree, address, metas)
    nodes = linked_data(tree)
    article = article_node(nodes, frozenset(known.rstrip("/") for known in (address, canonical) if known))
    title = page_title(tree, address or canonical, article, nodes, metas)
    published = page_date(tree, address or canonical, article, metas, timezone, now or utc_now())
    author = page_author(tree, article, metas)
    links = page_links(tree, address or canonical)
    raw, fault = _article_text(tree, seen.text)
    cleaned = clean_text(clean(raw), title, site_of(address or canonical or ""))
    language = page_language(tree, cleaned.text, article, metas)
    suspect: Literal["encoding", "parse"] | None = "parse" if fault else None
    if not fault and (decoded.contradicted or replaced_share(cleaned.text) > SUSPECT_SHARE):
        suspect = "encoding"
        fault = (
            f"declared otherwise; read as {decoded.encoding}"
            if decoded.contradicted
            else "unreadable characters"
        )
    return Extraction(
        title=title,
        text=cleaned.text,
        language=language,
        author=author,
        canonical_url=canonical,
        links=links,
        published_at=published.at if published else None,
        published_precision=published.precision if published else "unknown",
        published_origin=published.origin if published else None,
        credited_source=cleaned.credited_source,
        claim_reviews=tuple(claim_reviews(nodes, address)),
        encoding=decoded.encoding,
        suspect=suspect,
        detail=fault,
    )


def _parse(markup: str) -> HtmlElement | None:
    # As bytes: a string with an XML declaration would be refused.
    parser = HTMLParser(huge_tree=True, encoding="utf-8", remove_pis=True)
    try:
        return document_fromstring(markup.encode("utf-8"), parser=parser)
    except (LxmlError, ValueError, AssertionError):
        return None


def _article_text(tree: HtmlElement, plain: str) -> tuple[str, str | None]:
    """Return the article's text and the fault that made it a plain reading of the page, if any."""
    whole = visible_characters(plain)
    kept = visible_characters("".join(tree.xpath("//text()[not(parent::script or parent::style)]")))
    if kept < _KEPT_SHARE * whole:
        return plain, f"the parser kept {kept} of {whole} characters"
    prune_further_reading(tree)
    try:
        found = bare_extraction(tree, include_comments=False, with_metadata=False)
    except Exception as error:  # whatever a hostile tree provokes is a fault of the page
        return plain, f"extraction failed: {type(error).__name__}"
    text = (found.text or "") if isinstance(found, Document) else ""
    if len(text) < _SHORT_TEXT:
        paragraphs = [line for line in plain.split("\n") if len(line) >= _PARAGRAPH and line[-1] in '.!?…»”"']
        readable = "\n".join(paragraphs)
        if len(readable) > 4 * len(text) + _SHORT_TEXT:
            return readable, f"only {len(text)} of {whole} characters extracted"
    if not text and whole >= _SHORT_TEXT:
        return "", f"no article among {whole} characters"
    return text, None
