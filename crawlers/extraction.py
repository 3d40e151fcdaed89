"""One page -> title, text, date, author, language, canonical address, links. Pure: no database, no network.

The article's text is found by trafilatura (Barbaresi 2021, https://aclanthology.org/2021.acl-demo.15/) on a
tree parsed without libxml2's nesting limit; a second, depth-free count of the page's text makes sure that
nothing is lost in silence.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from crawlers.authors import page_author
from crawlers.boilerplate import clean_text, prune_further_reading
from crawlers.date_words import Precision
from crawlers.dates import Origin, page_date
from crawlers.encoding import SUSPECT_SHARE, clean, decode, replaced_share, undirected
from crawlers.file_kinds import no_page
from crawlers.headline import headline_element
from crawlers.html_tree import markup_tree
from crawlers.layout_tables import unwrap_layout_tables
from crawlers.lead import leads, with_lead
from crawlers.markup import scan, visible_characters
from crawlers.page_facts import canonical_address, page_language, page_links, page_title, site_names, site_of
from crawlers.page_order import as_often_as_shown, in_page_order
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
#: Up to this length a text may have been gathered from several places of the page.
_MAY_BE_GATHERED = 5_000


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
    with_links: bool = True,
) -> Extraction:
    """Extract one page from its bytes (content decoding done).

    ``url`` is where it was read, "" when unknown; ``content_type`` the header with its charset;
    ``timezone`` the IANA zone of times without one; ``now`` the latest moment a date may have
    (default: the clock's). ``with_links`` False leaves ``links`` empty, which spares a quarter of the time.
    Does not raise for any page.
    """
    if kind := no_page(body, content_type):
        return Extraction(suspect="parse", detail=f"no page: {kind}")
    decoded = decode(body, content_type)
    markup = clean(decoded.text)
    seen = scan(markup)
    if seen.bomb:
        return Extraction(encoding=decoded.encoding, suspect="parse", detail=f"not parsed: {seen.bomb}")
    tree = markup_tree(markup)
    if tree is None:
        reason = "no markup in it" if seen.text else "empty page"
        return Extraction(text=seen.text, encoding=decoded.encoding, suspect="parse", detail=reason)
    address = url or None
    metas = meta_values(tree)
    canonical = canonical_address(tree, address, metas)
    nodes = linked_data(tree)
    article = article_node(nodes, frozenset(known.rstrip("/") for known in (address, canonical) if known))
    title = page_title(tree, address or canonical, article, nodes, metas)
    headline = headline_element(tree, title)
    published = page_date(tree, headline, address or canonical, article, metas, timezone, now or utc_now())
    names = site_names(address or canonical, nodes, metas)
    author = page_author(tree, headline, article, nodes, metas, names)
    links = page_links(tree, address or canonical) if with_links else ()
    above = leads(headline, metas)
    raw, fault = _article_text(tree, seen.text)
    whole = undirected(clean(raw if fault else with_lead(raw, above)))
    cleaned = clean_text(whole, title, site_of(address or canonical or ""))
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


def _article_text(tree: HtmlElement, plain: str) -> tuple[str, str | None]:
    """Return the article's text and the fault that made it a plain reading of the page, if any."""
    whole = visible_characters(plain)
    kept = _tree_characters(tree)
    if kept < _KEPT_SHARE * whole:
        return plain, f"the parser kept {kept} of {whole} characters"
    prune_further_reading(tree)
    unwrap_layout_tables(tree)
    try:
        found = bare_extraction(tree, include_comments=False, with_metadata=False)
    except Exception as error:  # whatever a hostile tree provokes is a fault of the page
        return plain, f"extraction failed: {type(error).__name__}"
    text = (found.text or "") if isinstance(found, Document) else ""
    if len(text) < _SHORT_TEXT:
        text = as_often_as_shown(text, plain)
    if len(text) < _SHORT_TEXT:
        paragraphs = [line for line in plain.split("\n") if len(line) >= _PARAGRAPH and line[-1] in '.!?…»”"']
        readable = "\n".join(paragraphs)
        if len(readable) > 4 * len(text) + _SHORT_TEXT:
            return readable, f"only {len(text)} of {whole} characters extracted"
    if not text and whole >= _SHORT_TEXT:
        return "", f"no article among {whole} characters"
    return (in_page_order(text, plain) if len(text) <= _MAY_BE_GATHERED else text), None


def _tree_characters(tree: HtmlElement) -> int:
    # Node by node: asking for ``//text()`` with its parents is quadratic in the siblings of one element.
    kept = 0
    for element in tree.iter():
        if element.text and isinstance(element.tag, str) and element.tag not in ("script", "style"):
            kept += visible_characters(element.text)
        if element.tail:
            kept += visible_characters(element.tail)
    return kept
