"""Which element shows the headline: old themes and blogs keep ``h1`` for the name of the site."""

from lxml.html import HtmlElement

from crawlers.encoding import letters
from crawlers.html_tree import beginning

_HEADINGS = ("h1", "h2", "h3", "h4")
_MOST_HEADINGS = 200
_LONGEST = 1_000
_FRONT = ("", "/", "./", "index.php", "/index.php", "index.html", "/index.html")


def headline_element(tree: HtmlElement, title: str | None) -> HtmlElement | None:
    """Return the heading that shows ``title``, else the first ``h1`` that is no link to the front page."""
    wanted = letters(title or "")
    for number, heading in enumerate(tree.iter(*_HEADINGS)):
        if number >= _MOST_HEADINGS:
            break
        if wanted and letters(beginning(heading, _LONGEST)) == wanted:
            return heading
    return next((h1 for h1 in tree.iter("h1") if not names_site(h1)), None)


def names_site(heading: HtmlElement) -> bool:
    """Whether a heading is nothing but a link to the front page."""
    links = [link for link in heading.iter("a") if link.get("href") is not None]
    if len(links) != 1:
        return False
    href = links[0].get("href").strip().split("?")[0].split("#")[0]
    is_front = href in _FRONT or href.rstrip("/").count("/") == 2
    return is_front and beginning(links[0], _LONGEST) == beginning(heading, _LONGEST)
