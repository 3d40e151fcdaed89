"""From bytes or markup to a tree that is safe to walk, and from a piece of it to plain text. Pure."""

from lxml.etree import LxmlError, tostring
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawlers.encoding import clean, decode
from crawlers.markup import scan


def page_tree(body: bytes, content_type: str | None = None) -> tuple[HtmlElement | None, str | None]:
    """Parse a page; return ``(tree, None)``, or ``(None, reason)`` for one that must not be parsed."""
    markup = clean(decode(body, content_type).text)
    seen = scan(markup)
    if seen.bomb:
        return None, f"not parsed: {seen.bomb}"
    tree = markup_tree(markup)
    return tree, None if tree is not None else "no markup in it"


def markup_tree(markup: str) -> HtmlElement | None:
    """Parse markup that a scan has found harmless, or return None when there is none in it."""
    # As bytes: a string with an XML declaration would be refused.
    parser = HTMLParser(huge_tree=True, encoding="utf-8", remove_pis=True)
    try:
        return document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError, AssertionError):
        return None


def visible_text(element: HtmlElement) -> str:
    """Return what a reader sees of an element: one line per block or ``<br>``."""
    return markup_text(str(tostring(element, encoding="unicode", with_tail=False)))


def markup_text(markup: str) -> str:
    """Return what a reader sees of a fragment of markup: one line per block or ``<br>``."""
    return scan(clean(markup)).text.strip()


def beginning(element: HtmlElement, characters: int) -> str:
    """Return the first characters of an element's text, its pieces one blank apart; the rest is not read."""
    pieces: list[str] = []
    read = 0
    for piece in element.itertext():
        stripped = piece.strip()
        if stripped:
            pieces.append(stripped[:characters])
            read += len(stripped)
        if read >= characters:
            break
    return " ".join(pieces)[:characters]
