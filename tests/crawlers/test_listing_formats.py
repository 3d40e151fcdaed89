"""What feeds, sitemaps and the posts of an API list: one item whatever the format, no date out of range."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.feeds import parse_feed
from crawlers.listing import claimed_moment
from crawlers.sitemaps import parse_sitemap
from crawlers.wordpress_api import parse_posts, posts_address
from db.clock import timestamp

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment", "precision"),
    [
        ("2026-06-14", "2026-06-14", "day"),
        ("Sun, 14 Jun 2026 08:00:00 +0200", "2026-06-14T06:00:00Z", "minute"),
        ("2026-06-14T08:00:00", "2026-06-14T07:00:00Z", "minute"),
        ("2026-06-14T08:00:00Z", "2026-06-14T08:00:00Z", "minute"),
        ("2026-06-18T08:00:00Z", None, "unknown"),
        ("1970-01-01T00:00:00Z", None, "unknown"),
        ("Mon, 30 Feb 2026 08:00:00 GMT", None, "unknown"),
        ("10000-01-01", None, "unknown"),
        ("", None, "unknown"),
    ],
)
def test_claimed_dates(raw: str, moment: str | None, precision: str) -> None:
    assert claimed_moment(raw, "Africa/Lagos", NOW) == (moment, precision)


@given(st.text(max_size=60))
def test_no_claimed_date_is_out_of_range(raw: str) -> None:
    moment, precision = claimed_moment(raw, "Africa/Bamako", NOW)
    assert (moment is None) == (precision == "unknown")
    assert moment is None or "2005-01-01" <= moment <= "2026-06-17T06:00:01Z"


ATOM = (
    '<?xml version="1.0" encoding="klingon"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>'
    "<title type='html'>&lt;b&gt;L'été&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;</title>"
    "<link href='/a'/><id>tag:1</id><published>2026-06-14T08:00:00Z</published>"
    "<updated>2026-06-14T09:00:00Z</updated>"
    "</entry></feed>"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="https://a.example/a"><title>L\'été</title>'
    "<link>https://a.example/a</link><dc:date>2026-06-14T08:00:00Z</dc:date></item></rdf:RDF>"
)
JSON_FEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1",
     "items": [{"url": "https://a.example/a", "title": "L'été", "date_published": "2026-06-14T08:00:00Z"}, 7]}
)  # fmt: skip


@pytest.mark.parametrize("body", [ATOM, RDF, JSON_FEED], ids=["atom", "rdf", "json"])
def test_every_feed_format_gives_the_same_item(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATIVES_NOW", timestamp(NOW))
    (item,) = parse_feed(body.encode(), "https://a.example/feed").items
    assert item.url == "https://a.example/a"
    assert item.title is not None
    assert item.title.startswith("L'été")
    assert "<" not in item.title
    assert item.published_at == "2026-06-14T08:00:00Z"


@pytest.mark.parametrize("declared", ["utf-8", "idna", "unicode_escape", "utf-7"])
def test_a_feed_with_a_lying_charset_keeps_its_accents(declared: str) -> None:
    body = ATOM.replace("klingon", declared).encode("cp1252")
    (item,) = parse_feed(body, "https://a.example/feed", content_type=f"text/xml; charset={declared}").items
    assert item.title is not None
    assert item.title.startswith("L'été")


def test_entity_bombs_are_not_read() -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    bomb = f"{entities}<rss><channel><item><link>&b;</link></item></channel></rss>"
    assert parse_feed(bomb.encode(), "https://a.example/").kind == "broken"
    assert parse_sitemap(bomb.encode()).kind == "broken"


@given(st.binary(max_size=400))
def test_no_listing_breaks_its_reader(body: bytes) -> None:
    for listing in (
        parse_feed(body, "https://a.example/"),
        parse_sitemap(body),
        parse_posts(body, "https://a.example/"),
    ):
        assert listing.kind in ("items", "index", "html", "broken")


def test_the_wordpress_address_is_found_from_any_root() -> None:
    expected = posts_address("https://a.example/wp-json/wp/v2/posts", 2)
    for given_address in ("https://a.example", "https://a.example/", "https://a.example/wp-json/", expected):
        assert posts_address(given_address, 2) == expected
