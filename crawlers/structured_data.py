"""What a page says of itself to machines: JSON-LD nodes and ``meta`` elements, read with small limits."""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

_MAX_SCRIPTS = 30
_MAX_SCRIPT_CHARACTERS = 1_000_000
_MAX_NODES = 5_000
_MAX_VALUE_CHARACTERS = 2_000

_ARTICLE_TYPES = frozenset(
    {
        "article", "newsarticle", "reportagenewsarticle", "opinionnewsarticle", "analysisnewsarticle",
        "backgroundnewsarticle", "reviewnewsarticle", "advertisercontentarticle", "blogposting",
        "liveblogposting", "report", "scholarlyarticle", "socialmediaposting", "discussionforumposting",
        "claimreview", "webpage", "creativework",
    }
)  # fmt: skip
#: Nodes that describe the page around the article; used only when nothing better is there.
_WEAK_TYPES = frozenset({"webpage", "creativework"})
_BROKEN_VALUE = re.compile(r'"(datePublished|dateCreated|headline)"\s*:\s*"([^"\\]{1,300})"')

Node = Mapping[str, Any]


def linked_data(tree: HtmlElement) -> list[Node]:
    """Return the JSON-LD nodes that have a type, in page order; broken JSON yields its dates and headline."""
    nodes: list[Node] = []
    for script in tree.xpath("//script[contains(@type, 'ld+json')]")[:_MAX_SCRIPTS]:
        raw = (script.text or "").strip().removeprefix("<!--").removesuffix("-->")
        if not raw or len(raw) > _MAX_SCRIPT_CHARACTERS:
            continue
        try:
            nodes += _typed_nodes(json.loads(raw, strict=False))
        except (ValueError, RecursionError):
            loose = dict(reversed(_BROKEN_VALUE.findall(raw)))
            if loose:
                nodes.append({"@type": "NewsArticle", **loose})
    return nodes[:_MAX_NODES]


def article_node(nodes: Sequence[Node], addresses: frozenset[str]) -> Node:
    """Return the node that describes this page's article, or an empty one.

    A node that names one of the page's addresses wins; a page that lists other articles and never
    itself yields nothing, unless it lists only one.
    """
    articles = [node for node in nodes if types_of(node) & _ARTICLE_TYPES]
    strong = [node for node in articles if not types_of(node) <= _WEAK_TYPES]
    for node in strong:
        if addresses & set(_addresses(node)):
            return node
    if strong and (len(strong) == 1 or not any(_addresses(node) for node in strong[:1])):
        return strong[0]
    weak = [node for node in articles if node not in strong]
    for node in weak:
        if addresses & set(_addresses(node)):
            return node
    return weak[0] if len(weak) == 1 and not strong else {}


def types_of(node: Node) -> set[str]:
    """Return the node's types in lower case without a namespace."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return {name.rsplit("/", 1)[-1].lower() for name in names if isinstance(name, str)}


def text_of(value: Any) -> str | None:
    """Return the first string of a JSON-LD value, or its name; None when there is none."""
    if isinstance(value, list):
        value = next((item for item in value if item), None)
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("@value")
    if not isinstance(value, str):
        return None
    return html.unescape(value[:_MAX_VALUE_CHARACTERS]).strip() or None


def meta_values(tree: HtmlElement) -> dict[str, list[str]]:
    """Return the contents of ``meta`` elements by lower-case name, property or itemprop."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        if not content or len(content) > _MAX_VALUE_CHARACTERS:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(attribute):
                found.setdefault(name.strip().lower(), []).append(content)
    return found


def _typed_nodes(content: Any) -> Iterator[Node]:
    pending: list[Any] = [content]
    seen = 0
    while pending and seen < _MAX_NODES:
        value = pending.pop()
        seen += 1
        if isinstance(value, Mapping):
            if "@type" in value:
                yield value
            pending.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            pending.extend(reversed(value))


def _addresses(node: Node) -> Iterator[str]:
    for name in ("url", "mainEntityOfPage", "@id"):
        value = node.get(name)
        if isinstance(value, Mapping):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value.startswith("http"):
            yield value.partition("#")[0].rstrip("/")
