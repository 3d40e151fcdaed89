"""Feeds and sitemaps made to harm: entities, size, markup where words were promised."""

import asyncio
import json
import time
from collections.abc import Callable

import pytest

from crawlers import parser_pool
from crawlers.exchange import Exchange
from crawlers.feeds import parse_feed
from crawlers.listing import MAX_ITEMS, Listing
from crawlers.parser_pool import ParserPool, Reading
from crawlers.sitemaps import parse_sitemap

ADDRESS = "https://journal.example/feed"
PADDING = f"<!-- {'x' * 200_000} -->"
DECLARATIONS = {
    "doubling": '<!ENTITY l "la"><!ENTITY m "&l;&l;&l;&l;"><!ENTITY e "&m;&m;&m;&m;">',
    "long": f'<!ENTITY e "{"a" * 50_000}">',
    "file": '<!ENTITY e SYSTEM "file:///etc/passwd">',
    "parameter": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p; <!ENTITY e "x">',
}
FEED = "<rss><channel><item><title>un &e; deux</title><link>https://journal.example/1</link></item></channel></rss>"
SITEMAP = "<urlset><url><loc>https://journal.example/&e;</loc></url></urlset>"


@pytest.mark.parametrize("padding", ["", PADDING], ids=["at once", "after a long comment"])
@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_listing_that_declares_entities_is_rejected_outright(name: str, padding: str) -> None:
    began = time.process_time()
    for document, read in ((FEED, feed), (SITEMAP, sitemap)):
        for codec in ("utf-8", "utf-16"):
            markup = f"<?xml version='1.0'?>{padding}<!DOCTYPE x [{DECLARATIONS[name]}]>{document}"
            found = read(markup.encode(codec))
            assert (found.kind, found.items) == ("broken", ()), codec
    assert time.process_time() - began < 1


def feed(body: bytes) -> Listing:
    return parse_feed(body, ADDRESS)


def sitemap(body: bytes) -> Listing:
    return parse_sitemap(body)


def entries(count: int, shape: str) -> str:
    """Return a feed of so many entries in one of three shapes."""
    if shape == "atom":
        one = "<entry><title>Titre {n}</title><link href='https://journal.example/{n}'/><id>{n}</id></entry>"
        head, tail = "<feed xmlns='http://www.w3.org/2005/Atom'>", "</feed>"
    else:
        one = "<item><title>Titre {n}</title><link>https://journal.example/{n}</link></item>"
        head, tail = "<rss version='2.0'><channel><title>Journal</title>", "</channel></rss>"
        if shape == "rdf":
            one = one.replace("<item>", "<item rdf:about='{n}'>")
            space = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            head = f"<rdf:RDF xmlns:rdf='{space}' xmlns='http://purl.org/rss/1.0/'><channel/>"
            tail = "</rdf:RDF>"
    return head + "".join(one.format(n=n) for n in range(count)) + tail


@pytest.mark.parametrize("shape", ["rss", "atom", "rdf"])
def test_of_a_huge_feed_the_first_items_are_read_and_the_rest_is_counted(shape: str) -> None:
    found = feed(entries(MAX_ITEMS + 300, shape).encode())
    assert (len(found.items), found.unread) == (MAX_ITEMS, 300)
    assert found.items[-1].url == f"https://journal.example/{MAX_ITEMS - 1}"
    assert found.detail is None


def test_nothing_but_words_and_web_addresses_comes_out_of_a_feed() -> None:
    script = "&lt;script&gt;alert(1)&lt;/script&gt;"
    body = (
        f"<rss><channel><title>{script}</title>"
        f"<item><title>{script}Le &lt;b&gt;pont&lt;/b&gt; &amp;amp;lt;img src=x onerror=y&amp;amp;gt;</title>"
        "<link>javascript:alert(3)</link><guid>file:///etc/passwd</guid>"
        "<author>&lt;i onclick=x&gt;A. Exemple&lt;/i&gt;</author></item>"
        "<item><title>\u202eà l'envers\u2066</title><link>https://journal.example/2</link></item></channel></rss>"
    )
    first, second = feed(body.encode()).items
    for words in (first.title, first.author, second.title):
        assert words is not None
        assert not set(words) & set("<>\u202e\u2066")
    assert second.title == "à l'envers"
    # Named here, refused at the gate: every listed address ends in an outcome.
    assert first.url == "javascript:alert(3)"


BROKEN = {
    "a bare ampersand": ("<item>", "<item><description>a & b</description>"),
    "words before it": ("<rss>", "<br>Warning: line 3<rss>"),
    "an unknown entity": ("<item>", "<item><description>a&nbsp;b</description>"),
    "a control character": ("<item>", "<item><description>\x0b</description>"),
    "dashes in a comment": ("<item>", "<!-- a -- b --><item>"),
    "cut short": ("</channel></rss>", "<item><title>La sui"),
    "something after it": ("</rss>", "</rss><script>x()</script>"),
    "an undeclared prefix": ("item>", "rss:item>"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_feed_that_is_not_well_formed_keeps_its_items(fault: str) -> None:
    entry = "<item><title>Le pont</title><link>https://journal.example/{n}</link></item>"
    markup = f"<rss><channel>{entry.format(n=1)}{entry.format(n=2)}</channel></rss>"
    found = feed(markup.replace(*BROKEN[fault]).encode())
    assert [item.url for item in found.items][:2] == [
        "https://journal.example/1",
        "https://journal.example/2",
    ]


def test_a_guid_tells_nothing_an_address_everything() -> None:
    recycled = "".join(
        f"<item><link>https://journal.example/{n}</link><guid>same</guid></item>"
        f"<item><link>https://journal.example/{n}</link><guid>{n}</guid></item>"
        for n in range(3)
    )
    found = feed(f"<rss><channel>{recycled}</channel></rss>".encode())
    assert [item.url for item in found.items] == [f"https://journal.example/{n}" for n in range(3)]


def huge(kind: str) -> bytes:
    match kind:
        case "100,000 items":
            return entries(100_000, "rss").encode()[: parser_pool.PAGE_CAP]
        case "escaped markup":
            words = "&lt;p&gt;mot&lt;/p&gt;" * 300_000
            item = f"<item><link>https://journal.example/1</link><description>{words}</description></item>"
            return f"<rss><channel>{item}</channel></rss>".encode()
        case "nested tags":
            item = "<item><link>https://journal.example/1</link><x>" + "<b>" * 100_000
            return f"<rss><channel>{item}</item></channel></rss>".encode()
        case "long title":
            item = f"<item><link>https://journal.example/1</link><title>{'mot ' * 1_900_000}</title></item>"
            return f"<rss><channel>{item}</channel></rss>".encode()
        case "JSON":
            items = [{"url": f"https://journal.example/{n}", "title": "x"} for n in range(100_000)]
            return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
        case _:
            return b'{"items":' + b"[" * 4_000_000


def read_all(bodies: dict[str, bytes]) -> dict[str, tuple[Reading, float]]:
    """Read every body in one disposable worker; return readings with the seconds each took."""

    async def read() -> dict[str, tuple[Reading, float]]:
        pool, found = ParserPool(workers=1), {}
        try:
            await pool.read("feed", exchange(b"<rss/>"), timezone="UTC")
            for name, body in bodies.items():
                began = time.monotonic()
                reading = await pool.read("feed", exchange(body), timezone="UTC")
                found[name] = reading, time.monotonic() - began
        finally:
            pool.close()
        return found

    return asyncio.run(read())


def exchange(body: bytes) -> Exchange:
    return Exchange(
        url=ADDRESS, method="GET", request_headers=(), status=200, headers=(("Content-Type", "text/xml"),),
        body=body, truncated=False, captured_at="2026-06-15T06:00:00Z", milliseconds=1,
    )  # fmt: skip


@pytest.mark.soak
def test_every_huge_feed_is_read_or_named_in_twelve_seconds(record: Callable[[str], None]) -> None:
    kinds = ["100,000 items", "escaped markup", "nested tags", "long title", "JSON", "JSON of brackets"]
    found = read_all({kind: huge(kind) for kind in kinds})
    for kind, (reading, seconds) in found.items():
        value = reading.value
        said = f"{value['kind']}: {len(value['items'])}" if value else f"{reading.outcome}"
        record(f"{kind:18} {len(huge(kind)) / 2**20:5.1f} MB  {seconds:5.1f} s  {said}")
        assert seconds <= 12
    assert found["100,000 items"][0].value is not None


@pytest.fixture
def record() -> Callable[[str], None]:
    """Print a line of the table that a soak run shows."""
    return lambda line: print(line)  # noqa: T201
