"""Our reading of a page and that of other libraries, in one shape; a library that is absent is left out."""

import importlib
import importlib.util
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import trafilatura

from crawlers.extraction import extract
from tests.benchmarks.extraction_pages import Page


@dataclass(frozen=True)
class Read:
    """What a library makes of a page; None where it does not say."""

    text: str
    title: str | None = None
    day: str | None = None
    author: str | None = None


Reader = Callable[[Page], Read]
ALL_FACTS = frozenset({"title", "day", "author"})


def ours(page: Page) -> Read:
    """Read with the crawler's own extraction."""
    found = extract(page.body, page.url)
    return Read(found.text, found.title, (found.published_at or "")[:10] or None, found.author)


def by_trafilatura(page: Page) -> Read:
    """Read with trafilatura's default, comments left out as by everybody here."""
    found: Any = trafilatura.bare_extraction(
        page.body, url=page.url or None, with_metadata=True, include_comments=False
    )
    return Read(found.text or "", found.title, found.date, found.author) if found else Read("")


def by_newspaper(page: Page) -> Read:
    """Read with newspaper4k."""
    with warnings.catch_warnings():
        # It warns at import that nltk is absent, which it needs only for summaries.
        warnings.simplefilter("ignore")
        newspaper: Any = importlib.import_module("newspaper")
        # Left alone it asks the network for every image.
        found = newspaper.Article(page.url or "https://page.example/", fetch_images=False)
        found.download(input_html=page.body.decode("utf-8", "replace"))
        found.parse()
    day = found.publish_date.date().isoformat() if found.publish_date else None
    return Read(found.text, found.title, day, ", ".join(found.authors))


def by_readability(page: Page) -> Read:
    """Read with readability-lxml, which knows neither dates nor authors."""
    readability: Any = importlib.import_module("readability")
    lxml_html: Any = importlib.import_module("lxml.html")
    found = readability.Document(page.body)
    text = "\n".join(lxml_html.fromstring(found.summary()).itertext())
    return Read(text, found.short_title())


def by_resiliparse(page: Page) -> Read:
    """Read with resiliparse, main content only; it knows no metadata but the title element."""
    plain: Any = importlib.import_module("resiliparse.extract.html2text")
    parse: Any = importlib.import_module("resiliparse.parse.html")
    tree = parse.HTMLTree.parse_from_bytes(page.body, "utf-8")
    return Read(plain.extract_plain_text(tree, main_content=True, links=False, alt_texts=False), tree.title)


#: name -> (module, reader, the facts it knows beside the body).
_PEERS: dict[str, tuple[str, Reader, frozenset[str]]] = {
    "ours": ("crawlers", ours, ALL_FACTS),
    "trafilatura": ("trafilatura", by_trafilatura, ALL_FACTS),
    "newspaper4k": ("newspaper", by_newspaper, ALL_FACTS),
    "readability-lxml": ("readability", by_readability, frozenset({"title"})),
    "resiliparse": ("resiliparse", by_resiliparse, frozenset({"title"})),
}


def readers() -> Iterator[tuple[str, Reader, frozenset[str]]]:
    """Yield name, reader and the facts it knows, for what is installed of the `bench` extra."""
    for name, (module, reader, facts) in _PEERS.items():
        if importlib.util.find_spec(module) is not None:
            yield name, reader, facts
