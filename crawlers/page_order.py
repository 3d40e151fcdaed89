"""Lines of a text in the order, and as often, as the page shows them.

Where an article is short, trafilatura adds paragraphs found elsewhere on the page after those of its body,
and the lead comes last; of paragraphs that say the same it keeps one, but a slogan is repeated on purpose.
"""

from collections import Counter

from crawlers.encoding import letters

#: Shorter lines stand on a page more than once; they stay with the line before them.
_TELLING = 40
_COMPARED = 80


def in_page_order(text: str, plain: str) -> str:
    """Return ``text`` with its lines as they follow each other in ``plain``, the page's own words.

    Lines that the page has twice or not at all stay with the line before them.
    """
    page = letters(plain)
    placed: list[tuple[int, int, str]] = []
    known = -1
    for number, line in enumerate(text.split("\n")):
        start = letters(line)[:_COMPARED]
        at = page.find(start) if len(start) >= _TELLING else -1
        if at >= 0 and page.find(start, at + 1) < 0:
            known = at
        placed.append((known, number, line))
    return "\n".join(line for _, _, line in sorted(placed))


def as_often_as_shown(text: str, plain: str) -> str:
    """Return ``text`` with every long line as often as it is a line of ``plain``."""
    shown = Counter(plain.split("\n"))
    lines = []
    for line in dict.fromkeys(text.split("\n")):
        lines += [line] * (max(1, shown[line]) if len(line) >= _TELLING else 1)
    return "\n".join(lines)
