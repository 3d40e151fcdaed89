"""Reading a page that lists articles: by rule, or with the selectors that a source's YAML gives. Pure.

By rule means: a link is an article's when its address and its words look like one and it stands outside of
menus. What is taken wrongly ends as a page without an article, with its own outcome.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from crawlers.addresses import canonical_url
from crawlers.date_words import read_date
from crawlers.html_tree import page_tree, visible_text
from crawlers.listing import Item, Listing, first_of_each, plain
from crawlers.page_facts import site_of
from db.clock import utc_now

#: A link at this score or above is taken for an article's.
ARTICLE_SCORE = 3
_MENUS = frozenset({"nav", "header", "footer", "aside", "form"})
_MENU_WORDS = re.compile(r"\b(?:nav|menu|footer|breadcrumb|pagination|cookie|social|share)", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/|$)|/(?:19|20)\d\d-\d\d-\d\d")
_NUMBERED = re.compile(r"(?:^|[/_-])\d{4,}(?:\.[a-z]{3,5})?/?$", re.IGNORECASE)
_CALLED_ARTICLE = re.compile(r"(?:article|post|news|id|p)[=-]?\d{2,}\b", re.IGNORECASE)
_OTHER_PAGES = re.compile(
    r"/(?:tags?|categor(?:y|ie|ies)|rubriques?|auteurs?|authors?|page|search|recherche|login|connexion|contact|"
    r"a-propos|about|wp-content|feed|comments?|abonnements?|publicite|mentions-legales|archives?)(?:/|$)|"
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml)$",
    re.IGNORECASE,
)
_LONGEST_TITLE = 300


def parse_listing(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    timezone: str = "UTC",
    selectors: Mapping[str, str] | None = None,
) -> Listing:
    """Read the articles that a page lists, in page order.

    ``selectors`` has ``item``, ``link`` and ``date`` (CSS). Dates are taken from ``<time datetime>`` by rule,
    and from words only where a selector names the place. A page on which none is found is ``broken``.
    """
    tree, fault = page_tree(body, content_type)
    if tree is None:
        return Listing(kind="broken", detail=fault)
    found = _selected(tree, url, timezone, selectors) if selectors else _by_rule(tree, url, timezone)
    items, unread = first_of_each(found)
    if items:
        return Listing(kind="items", items=items, unread=unread)
    title = plain(tree.findtext(".//title"))
    wanted = f"nothing matches {selectors['item']!r}" if selectors else "no link looks like an article's"
    return Listing(kind="broken", detail=f"a page, but {wanted}{f' ({title})' if title else ''}"[:300])


def _selected(tree: HtmlElement, url: str, timezone: str, selectors: Mapping[str, str]) -> Iterator[Item]:
    date = CSSSelector(selectors["date"]) if selectors.get("date") else None
    for element in CSSSelector(selectors["item"])(tree):
        links = [element] if element.tag == "a" else CSSSelector(selectors["link"])(element)
        address = next(filter(None, (_address(link, url) for link in links)), None)
        if address is None:
            continue
        dated = date(element)[0] if date is not None and date(element) else None
        raw = (dated.get("datetime") or visible_text(dated)) if dated is not None else None
        yield _item(address, _title(links), raw or _machine_date(element), timezone)


def _by_rule(tree: HtmlElement, url: str, timezone: str) -> Iterator[Item]:
    """One article is often linked three times (picture, title, "read on"): the longest words win."""
    linked: dict[str, list[HtmlElement]] = {}
    for link in tree.iter("a"):
        address = _address(link, url)
        if address and site_of(address) == site_of(url) and address != canonical_url(url):
            linked.setdefault(address, []).append(link)
    chosen = {
        address: links
        for address, links in linked.items()
        if max(_score(address, link) for link in links) >= ARTICLE_SCORE
    }
    articles = {link for links in chosen.values() for link in links}
    for address, links in chosen.items():
        yield _item(address, _title(links), _nearest_date(links, articles, chosen[address]), timezone)


def _score(address: str, link: HtmlElement) -> int:
    parts = urlsplit(address)
    path = parts.path
    if path in ("", "/") and not parts.query:
        return 0
    slug = path.rstrip("/").rpartition("/")[2]
    words = len((link.text_content() or link.get("title") or "").split())
    score = 2 * (slug.count("-") >= 3 or slug.count("_") >= 3) + 2 * bool(_DATED.search(path))
    score += 2 * bool(_CALLED_ARTICLE.search(f"{slug}?{parts.query}")) or bool(_NUMBERED.search(path))
    score += 2 * (words >= 5) + (words == 4)
    around = list(link.iterancestors())
    score += any(element.tag in ("article", "h1", "h2", "h3", "h4") for element in [*around[:4], *link])
    if _OTHER_PAGES.search(path):
        score -= 4
    in_article = any(element.tag == "article" for element in around)
    if not in_article and any(
        element.tag in _MENUS or _MENU_WORDS.search(f"{element.get('class', '')} {element.get('id', '')}")
        for element in around
    ):
        score -= 3
    return score


def _nearest_date(links: list[HtmlElement], articles: set[HtmlElement], own: list[HtmlElement]) -> str | None:
    """Return the machine-readable date in the smallest box that holds this article and no other."""
    for link in links:
        for box in list(link.iterancestors())[:6]:
            if any(other in articles and other not in own for other in box.iter("a")):
                break
            if found := _machine_date(box):
                return found
    return None


def _machine_date(element: HtmlElement) -> str | None:
    return next((time.get("datetime") for time in element.iter("time") if time.get("datetime")), None)


def _title(links: list[HtmlElement]) -> str | None:
    shown = [" ".join(visible_text(link).split()) or link.get("title") or "" for link in links]
    return plain(max(shown, key=len, default="")[:_LONGEST_TITLE])


def _address(link: HtmlElement, url: str) -> str | None:
    href = (link.get("href") or "").strip()
    if not href or href.startswith("#"):
        return None
    try:
        return canonical_url(urljoin(url, href))
    except ValueError:
        return None


def _item(address: str, title: str | None, raw: str | None, timezone: str) -> Item:
    found = read_date(raw, timezone, utc_now()) if raw else None
    if found is None or found.precision not in ("minute", "day"):
        return Item(url=address, title=title)
    return Item(url=address, title=title, published_at=found.at, published_precision=found.precision)
