"""A walk through an archive: what belongs to the range, nothing else; stopped and taken up again."""

import gzip
import json
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.archive_window import Window
from crawlers.listing import Item
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import Answer, LocalSite, article

MARCH = ("--backfill", "--since", "2025-03-01", "--until", "2025-03-31")
WINDOW = Window(since=date(2025, 3, 1), until=date(2025, 3, 31))


def urlset(*entries: tuple[str, str | None]) -> str:
    rows = "".join(
        f"<url><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"
        for url, changed in entries
    )
    return f'<?xml version="1.0"?><urlset>{rows}</urlset>'


def index(*entries: tuple[str, str | None]) -> str:
    return (
        urlset(*entries)
        .replace("urlset", "sitemapindex")
        .replace("<url>", "<sitemap>")
        .replace("</url>", "</sitemap>")
    )


def put_pages(site: LocalSite, host: str, paths: list[str], wait: float = 0.0) -> None:
    for number, path in enumerate(paths):
        text = f"Le texte numéro {number} des archives de {host} tient en une phrase assez longue ({path})."
        site.put(host, path, Answer(article(f"Titre {number}", text), wait=wait))


def nested_archive(site: LocalSite, host: str, wait: float = 0.0) -> tuple[list[str], list[str]]:
    """Serve an index of indexes; return the paths inside March 2025 and those outside."""
    base = f"https://{host}"
    by_change = [f"/story-{n}" for n in range(6)]
    by_address = [f"/2025/03/{n + 1:02d}/note-{n}" for n in range(6)]
    packed = [f"/packed-{n}" for n in range(4)]
    outside = ["/old-story", "/2025/02/27/note", "/2025/04/01/note", "/packed-old", "/category/mali"]
    site.put(
        host,
        "/sitemap.xml",
        index(
            (f"{base}/by-year.xml", None),
            (f"{base}/category-sitemap.xml", "2025-03-09"),
            (f"{base}/sitemap-2024.xml", None),
            (f"{base}/stale.xml", "2025-02-01"),
        ),
    )
    site.put(
        host,
        "/by-year.xml",
        index(
            (f"{base}/sitemap-2025-03.xml", None),
            (f"{base}/posts.xml.gz", "2025-05-01"),
            (f"{base}/sitemap-2025-04.xml", None),
        ),
    )
    site.put(
        host,
        "/sitemap-2025-03.xml",
        urlset(
            *((base + path, f"2025-03-{n + 2:02d}T08:00:00Z") for n, path in enumerate(by_change)),
            *((base + path, "2026-01-01") for path in by_address),
            (f"{base}/old-story", "2024-12-31"),
            (f"{base}/2025/02/27/note", "2025-03-05"),
            (f"{base}/2025/04/01/note", "2025-03-05"),
            (f"{base}/nodate", None),
        ),
    )
    listed = urlset(*((base + path, "2025-03-20") for path in packed), (f"{base}/packed-old", "2019-01-01"))
    site.put(host, "/posts.xml.gz", Answer(gzip.compress(listed.encode()), content_type="application/gzip"))
    inside = [*by_change, *by_address, *packed]
    put_pages(site, host, [*inside, *outside, "/nodate"], wait)
    return inside, outside


def test_a_nested_index_is_walked_for_its_range_of_days(desk: Desk, site: LocalSite) -> None:
    host = desk.add("gazette", "https://gazette.example/sitemap.xml", platform="sitemap")
    inside, _ = nested_archive(site, host)
    desk.crawl("gazette", *MARCH)
    asked = site.paths(host)
    assert sorted(path for path in asked if ".xml" not in path and path != "/robots.txt") == sorted(inside)
    assert [path for path in asked if ".xml" in path] == [
        "/sitemap.xml", "/by-year.xml", "/posts.xml.gz", "/sitemap-2025-03.xml",
    ]  # fmt: skip
    assert desk.rows("select count(*), count(distinct identity) from documents") == [(16, 16)]
    assert "4 listings read, 0 left; 16 of 21 entries lie in the range" in desk.said
    assert "1 entries have no date; --undated takes them in" in desk.said
    assert desk.rows("select count(*) from feeds") == [(0,)], "a walk says nothing of the feed's health"

    before = len(site.asked)
    desk.crawl("gazette", *MARCH, "--undated")
    assert [path for path in site.paths(host)[before:] if ".xml" not in path] == ["/nodate"]


def test_a_walk_is_stopped_and_resumed_without_loss_or_repetition(desk: Desk, site: LocalSite) -> None:
    host = desk.add("gazette", "https://gazette.example/sitemap.xml", platform="sitemap")
    inside, _ = nested_archive(site, host, wait=0.05)
    assert desk.crawl_and_kill(8, 0.0, "gazette", *MARCH, how="terminate") == 1
    assert "same command goes on" in (desk.folder / "killed.log").read_text()
    desk.crawl_and_kill(6, 0.1, "gazette", *MARCH)
    ((kept,),) = desk.rows("select count(*) from documents")
    assert kept < len(inside)
    desk.crawl("gazette", *MARCH)
    assert desk.rows("select count(*), count(distinct identity) from documents") == [(16, 16)]
    twice = [path for path in inside if site.paths(host).count(path) > 1]
    # What is stored is not asked for again; a kill loses the batch of the last second.
    assert len(twice) < len(inside) - kept
    assert desk.rows("select count(*) from backfills where finished_at is not null") == [(1,)]
    assert desk.rows("select count(*) from fetches where purpose = 'page' and outcome <> 'stored'") == [(0,)]


def test_what_did_not_answer_leaves_its_listing_open(desk: Desk, site: LocalSite) -> None:
    host = desk.add("gazette", "https://gazette.example/sitemap.xml", platform="sitemap")
    nested_archive(site, host)
    whole = site.routes[host, "/story-3"]
    site.put(host, "/story-3", Answer("plus tard", 503))
    desk.crawl("gazette", *MARCH, code=1)
    assert "1 listings are left" in desk.said
    site.routes[host, "/story-3"] = whole
    desk.crawl("gazette", *MARCH, now="2026-06-15T18:00:00Z")
    assert desk.rows("select count(*) from documents") == [(16,)]


def test_a_wordpress_archive_of_any_length_is_paged_through(desk: Desk, site: LocalSite) -> None:
    host = desk.add("blog", "https://blog.example/", platform="wordpress")
    moments = [datetime(2025, 2, 20) + timedelta(hours=3 * n) for n in range(440)]

    def posts(target: str) -> Answer:
        query = {key: value[0] for key, value in parse_qs(urlsplit(target).query).items()}
        assert (query["orderby"], query["order"]) == ("date", "asc")
        after, before = (datetime.fromisoformat(query[name]) for name in ("after", "before"))
        found = [n for n, moment in enumerate(moments) if after < moment < before]
        page, size = int(query["page"]), int(query["per_page"])
        chosen = found[(page - 1) * size : page * size]
        body = [
            {"id": n, "link": f"https://{host}/p{n}", "title": {"rendered": f"Note {n}"},
             "date_gmt": moments[n].isoformat(), "modified_gmt": moments[n].isoformat(),
             "content": {"rendered": f"<p>La note {n} parle du prix des céréales au marché.</p>"}}
            for n in chosen
        ]  # fmt: skip
        return Answer(json.dumps(body), headers={"X-WP-TotalPages": str(-(-len(found) // size))},
                      content_type="application/json")  # fmt: skip

    class Api(dict):  # type: ignore[type-arg]
        def get(self, key: tuple[str, str], default: object = None) -> object:
            return posts(key[1]) if "/wp/v2/posts" in key[1] else dict.get(self, key, default)

    site.routes = Api(site.routes)
    desk.crawl("blog", *MARCH)
    wanted = sum(moment.month == 3 for moment in moments)
    assert wanted == 248
    assert desk.rows("select count(*), min(placed_on), max(placed_on) from documents") == [
        (wanted, "2025-03-01", "2025-03-31")
    ]
    assert all("/wp-json/" in path for path in site.paths(host)[1:])
    assert desk.rows("select count(*) from backfill_listings where done_at is null") == [(0,)]


def test_the_sitemaps_of_a_feed_are_found_in_robots_txt(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(
        host,
        "/robots.txt",
        Answer(f"Sitemap: https://{host}/plan.xml\nUser-agent: *\nDisallow:\n", content_type="text/plain"),
    )
    site.put(
        host, "/plan.xml", urlset((f"https://{host}/a", "2025-03-03"), (f"https://{host}/b", "2025-04-03"))
    )
    put_pages(site, host, ["/a", "/b"])
    desk.crawl("journal", *MARCH)
    assert desk.rows("select url from documents") == [(f"https://{host}/a",)]
    assert "!" not in desk.said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("journal", *MARCH), 1, "No sitemap was found for journal"),
        (("--backfill",), 2, "needs at least one SOURCE"),
        (("journal", "--since", "2025-03-01"), 2, "belong to --backfill"),
        (("journal", "--backfill", "--since", "2025-03-02", "--until", "2025-03-01"), 2, "later than"),
        (("nobody", *MARCH), 1, "no source 'nobody'"),
    ],
)
def test_a_backfill_that_cannot_be_says_why(
    desk: Desk, arguments: tuple[str, ...], code: int, said: str
) -> None:
    desk.add("journal", "https://journal.example/feed")
    assert said in desk.crawl(*arguments, code=code).stderr


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://a.example/2025/03/14/x", "inside"), ("https://a.example/2025/03/x", "inside"),
        ("https://a.example/x-20250314.html", "inside"), ("https://a.example/2025/04/x", "outside"),
        ("https://a.example/2025-02-28-x", "outside"), ("https://a.example/x", "undated"),
        ("https://a.example/article/202503145", "undated"), ("https://a.example/2025/13/x", "undated"),
    ],
)  # fmt: skip
def test_the_date_in_an_address_decides(url: str, place: str) -> None:
    assert WINDOW.place(Item(url=url)) == place


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("post-sitemap3.xml", True), ("sitemap-posttype-post.2025.xml", True),
        ("category-sitemap.xml", False),
        ("sitemap.xml?yyyy=2025&mm=03", True), ("sitemap.xml?yyyy=2025&mm=04", False),
        ("post_tag-sitemap2.xml", False),
        ("wp-sitemap-users-1.xml", False), ("wp-sitemap-taxonomies-category-1.xml", False),
        ("wp-sitemap-posts-post-4.xml", True), ("wp-sitemap-posts-page-1.xml", False),
        ("sitemap-2024.xml", False),
    ],
)  # fmt: skip
def test_which_sitemaps_below_an_index_are_read(name: str, held: bool) -> None:
    assert WINDOW.may_hold(Item(url=f"https://a.example/{name}")) is held


@given(st.text(max_size=60), st.sampled_from([None, "2025-03-10", "2024-01-01T00:00:00Z"]))
def test_no_address_breaks_the_window(tail: str, changed: str | None) -> None:
    item = Item(url=f"https://a.example/{tail}", updated_at=changed)
    assert WINDOW.place(item) in ("inside", "outside", "undated")
    assert WINDOW.may_hold(item) in (True, False)
