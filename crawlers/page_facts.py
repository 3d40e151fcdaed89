"""What a page says about itself: title, canonical address, language, links."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from urllib.parse import urljoin, urlsplit

import tldextract
from lxml.html import HtmlElement

from crawlers.addresses import canonical_url
from crawlers.encoding import clean_line, folded
from crawlers.headline import names_site
from crawlers.html_tree import beginning
from crawlers.structured_data import Node, text_of, types_of

#: More links than this are not reported.
MAX_LINKS = 500
_MAX_TITLE = 400

# Bundled list of public suffixes: nothing is fetched, nothing is cached.
_registrable = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_SEPARATOR = re.compile(r"\s+(?:[|»«·•:~/–—-]|::|&raquo;)+\s+|\s*\|\s*|\s+»\s*|:\s+")
_LANGUAGES = {"fr": "fr", "fra": "fr", "fre": "fr", "en": "en", "eng": "en", "bm": "bm", "bam": "bm"}
_FUNCTION_WORDS = {
    "fr": frozenset(
        {
            "le", "la", "les", "des", "du", "une", "et", "est", "dans", "pour", "que", "qui",
            "sur", "pas", "plus", "avec", "par", "au", "aux", "ce", "cette", "il", "elle",
            "sont", "ont", "été", "nous", "vous", "leur", "mais", "ou", "où",
        }
    ),
    "en": frozenset(
        {
            "the", "of", "and", "to", "in", "is", "was", "for", "that", "with", "on", "as",
            "by", "at", "from", "are", "has", "have", "been", "it", "this", "which", "will",
            "not", "their", "but", "its", "he", "she", "they",
        }
    ),
}  # fmt: skip


def site_of(url: str) -> str:
    """Return the registrable domain of an address (``rfi.fr`` for ``www.rfi.fr``), or its bare host."""
    host = (urlsplit(url).hostname or "").lower()
    return _registrable(host).top_domain_under_public_suffix or host.removeprefix("www.")


def canonical_address(tree: HtmlElement, url: str | None, metas: Mapping[str, Sequence[str]]) -> str | None:
    """Return the address that identifies the page, in its one spelling.

    The page's own ``link rel=canonical`` or ``og:url`` counts only when it stays on the page's site and
    does not point an article at the front page; else the address it was read from, else None.
    """
    own = canonical_url(url) if url else None
    stated = [
        link.get("href")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for raw in [*stated, *metas.get("og:url", ())]:
        if not raw:
            continue
        try:
            candidate = canonical_url(urljoin(url or "", raw.strip()))
        except ValueError:
            continue
        if candidate is None:
            continue
        if own is None:
            return candidate
        if site_of(candidate) == site_of(own) and (_is_front_page(own) or not _is_front_page(candidate)):
            return candidate
    return own


def page_title(
    tree: HtmlElement,
    url: str | None,
    article: Node,
    nodes: Sequence[Node],
    metas: Mapping[str, Sequence[str]],
) -> str | None:
    """Return the headline without the name of the site around it, or None."""
    first = list(tree.iter("h1"))[:5]
    headings = [line for h1 in first if not names_site(h1) and (line := clean_line(h1.text_content()[:1000]))]
    stated = [*metas.get("og:title", ()), *metas.get("twitter:title", ()), *metas.get("dc.title", ())]
    stated += [value for name in ("headline", "name") if (value := text_of(article.get(name)))]
    element = next(iter(tree.xpath("//head/title|//title")), None)
    page = [clean_line(element.text_content()[:1000])] if element is not None else []
    names = site_names(url, nodes, metas) | {folded(beginning(h1, 1_000)) for h1 in first if names_site(h1)}
    lower = [clean_line(beginning(element, 1_000)) for element in islice(tree.iter("h2", "h3"), 40)]
    candidates = [clean_line(value) for value in stated] + headings + page
    for candidate in candidates:
        if not candidate or folded(candidate) in names:
            continue
        for shown in [*headings, *lower]:
            if _shows(shown, candidate, names):
                return shown[:_MAX_TITLE]
        title = _without_site(candidate, names)
        if title:
            return title[:_MAX_TITLE]
    return None


def page_language(
    tree: HtmlElement, text: str, article: Node, metas: Mapping[str, Sequence[str]]
) -> str | None:
    """Return ``fr``, ``en``, ``bm``, ``other`` or None.

    The words of the text outweigh the declaration: many French sites run an English theme.
    """
    if by_words := language_of_words(text):
        return by_words
    declared = [tree.get("lang") or tree.get("xml:lang"), *metas.get("content-language", ())]
    declared += [*metas.get("og:locale", ()), text_of(article.get("inLanguage"))]
    for value in declared:
        code = re.split(r"[-_,;\s]", (value or "").strip().lower())[0]
        if code:
            return _LANGUAGES.get(code, "other")
    return None


def language_of_words(text: str) -> str | None:
    """Return ``fr`` or ``en`` when the function words of a text leave no doubt, else None."""
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    if len(words) < 20:
        return None
    shares = {
        code: sum(word in known for word in words) / len(words) for code, known in _FUNCTION_WORDS.items()
    }
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= 0.15 and shares[best] >= 2 * min(shares.values()) else None


def page_links(tree: HtmlElement, url: str | None) -> tuple[str, ...]:
    """Return the web addresses that the page links to, in their one spelling and page order."""
    base = url or ""
    found: dict[str, None] = {}
    met: set[str] = set()
    for element in tree.iter("a"):
        href = (element.get("href") or "").strip()
        if not href or href in met or href.startswith("#") or len(href) > 2048:
            continue
        met.add(href)
        try:
            address = canonical_url(urljoin(base, href))
        except ValueError:
            continue
        if address:
            found.setdefault(address)
        if len(found) >= MAX_LINKS:
            break
    return tuple(found)


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def site_names(url: str | None, nodes: Sequence[Node], metas: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return what the site calls itself, folded to letters and digits without accents."""
    names = [*metas.get("og:site_name", ()), *metas.get("application-name", ())]
    names += [*metas.get("apple-mobile-web-app-title", ()), *metas.get("publisher", ())]
    for node in nodes:
        if types_of(node) & {"website", "organization", "newsmediaorganization"}:
            names += [name for key in ("name", "alternateName") if (name := text_of(node.get(key)))]
        if publisher := text_of(node.get("publisher")):
            names.append(publisher)
    if url:
        host = (urlsplit(url).hostname or "").lower()
        names += [host.removeprefix("www."), host, _registrable(host).domain]
    return frozenset(known for name in names if (known := folded(name)))


def _shows(shown: str, candidate: str, names: frozenset[str]) -> bool:
    """Whether a heading is the headline inside ``candidate``, which adds a separated piece around it."""
    inner, outer = folded(shown), folded(candidate)
    if len(inner) < 12 or inner in names:
        return False
    if inner == outer:
        return True
    rest = outer.removeprefix(inner) if outer.startswith(inner) else outer.removesuffix(inner)
    return rest != outer and len(rest) < len(outer) / 2 and len(_SEPARATOR.split(candidate)) > 1


def _without_site(title: str, names: frozenset[str]) -> str | None:
    """Cut the site's name from the end or the start of a title, as often as it stands there."""
    while True:
        for separator in _SEPARATOR.finditer(title):
            before, after = title[: separator.start()].strip(), title[separator.end() :].strip()
            if before and _is_site(after, names):
                title = before
                break
            if after and _is_site(before, names):
                title = after
                break
        else:
            return title or None


def _is_site(piece: str, names: frozenset[str]) -> bool:
    shown = folded(piece)
    return shown in names or any(len(name) >= 6 and shown in (f"le{name}", f"the{name}") for name in names)
