"""Pages that are hard to read, and the eleven ways in which a page may tell its encoding."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from operator import mul

from tests.crawlers.hostile_pages import SENTENCES
from tests.crawlers.local_site import Answer, article

#: (codec of the bytes, what the header says).
CHARSETS: list[tuple[str, str]] = [
    ("utf-8", "text/html; charset=utf-8"),
    ("cp1252", "text/html; charset=iso-8859-1"),
    ("utf-8", "text/html"),
    ("cp1252", "text/html; charset=utf-8"),
    ("utf-8", "text/html; charset=idna"),
    ("utf-8", "text/html; charset=zlib_codec"),
    ("utf-8", "text/html; charset=rot13"),
    ("cp1252", "text/html; charset=unicode_escape"),
    ("utf-8", "text/html; charset=punycode"),
    ("utf-8", "text/html; charset=utf-16"),
    ("utf-16-le", "text/html"),
]
DEPTHS = (50, 300, 500, 2_100, 20_000, 200_000, 1_000_000)


def charset_pages() -> Iterator[Answer]:
    """Make one page with accents for each charset."""
    for number, (codec, header) in enumerate(CHARSETS):
        words = SENTENCES.format(n=f"des accents {number}") + "\nLa fête a été célébrée à l'école."
        yield Answer(article("Accents", words).encode(codec), content_type=header)


def parsing_pages(most: int) -> dict[str, Answer]:
    """Return pages that cost a parser time, memory or its wits; each that has a text has its own."""
    before_text: dict[str, Callable[[], str]] = {
        "attributes": lambda: "<p " + " ".join(f"a{n}=1" for n in range(60_000)) + ">",
        "more-attributes": lambda: "<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">",
        "long-attribute": lambda: f"<p title='{'x' * 300_000}'>",
        **{f"nested-{depth}": partial(mul, "<div>", depth) for depth in DEPTHS},
        **{f"nested-{tag}": partial(mul, f"<{tag}>", 5_000) for tag in ("b", "font", "table", "span", "ul")},
        "open-comment": lambda: "<!-- ",
        "open-script": lambda: "<script>",
        "open-tags": lambda: "<p><div><span" * 2_000,
        "entities": lambda: "&eacute;&#x1F600;&#0;&#xD800;" * 20_000,
        "deep-json": lambda: f"<script type='application/ld+json'>{'[' * 200_000}</script>",
        "poisoned-json": lambda: (
            '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"'
            f'{"2024-" * 20_000}"}}</script>'
        ),
    }
    alone: dict[str, Callable[[], str]] = {
        "one-node": lambda: "<p>" + "mot " * 2_600_000,
        "one-line": lambda: "<p>" + "mot " * 1_500_000,
        "paragraphs": lambda: "".join(f"<p>Un paragraphe de plus, le {n}e.</p>" for n in range(105_000)),
        "breaks": lambda: "mot<br>" * 500_000,
        "links": lambda: "<a href=/x>x</a>" * 400_000,
        "nothing": lambda: "",
        "zeros": lambda: "\x00" * 100_000,
        "not-html": lambda: "%PDF-1.7\n" + "".join(map(chr, range(256))) * 400,
        "frames": lambda: "<frameset><frame src='/a'></frameset>",
        "controls": lambda: "<p>\x00\x08\x1b\u202e\u2066" * 200,
    }
    made: dict[str, Answer] = {}
    for name, make in islice([*before_text.items(), *alone.items()], most):
        body = f"<html><body>{make()}" if name not in ("nothing", "zeros", "not-html") else make()
        if name in before_text:
            words = "".join(f"<p>{line}</p>" for line in SENTENCES.format(n=name).split("\n"))
            body += f"{words}</body></html>"
        made[name] = Answer(body.encode("latin-1") if name == "not-html" else body)
    return made
