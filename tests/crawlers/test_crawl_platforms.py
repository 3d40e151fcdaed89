"""What a crawl of each platform leaves in the database, through the command."""

import json
from collections.abc import Mapping

import pytest

from crawlers.settings import MEMORY_LIMIT_MB
from tests.crawlers.crawl_desk import EVENING, MORNING, Desk
from tests.crawlers.local_site import Answer, LocalSite, article, rss

DAM = (
    "Le ministre a annoncé mercredi à Bamako la reprise des travaux du barrage.\n"
    "Les habitants attendent depuis trois ans l'eau promise par les autorités locales.\n"
    "Selon le préfet, la livraison est prévue pour le mois de décembre prochain."
)
LATER = "2026-06-20T06:00:00Z"


def test_a_feed_is_polled_conditionally_and_an_edited_article_becomes_a_version(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    items = rss(
        (
            "https://journal.example/a?utm_source=rss",
            "Le barrage &amp; l'eau",
            "Mon, 15 Jun 2026 05:00:00 GMT",
        ),
        ("https://journal.example/b", "Le pont", "Sun, 14 Jun 2026 05:00:00 GMT"),
    )

    def feed(headers: Mapping[str, str]) -> Answer:
        if headers.get("If-None-Match") == '"v1"':
            return Answer(status=304, headers={"ETag": '"v1"'})
        return Answer(items, headers={"ETag": '"v1"'}, content_type="application/rss+xml")

    site.put(host, "/feed", feed)
    site.put(host, "/a", article("Le barrage", DAM, date="2026-06-15T05:10:00+00:00"))
    site.put(host, "/b", article("Le pont", DAM.replace("barrage", "pont")))
    desk.crawl()
    assert site.paths(host) == ["/robots.txt", "/feed", "/a", "/b"]
    documents = desk.rows(
        "select url, title, published_at, published_origin, claimed_published_at from documents order by url"
    )
    assert documents == [
        (
            "https://journal.example/a",
            "Le barrage",
            "2026-06-15T05:10:00Z",
            "metadata",
            "2026-06-15T05:00:00Z",
        ),
        ("https://journal.example/b", "Le pont", "2026-06-14T05:00:00Z", "feed", "2026-06-14T05:00:00Z"),
    ]
    assert desk.rows("select distinct language, placed_on is null from documents") == [("fr", 0)]
    asked = site.asked[1].headers
    assert asked["User-Agent"].startswith("mali-narratives/")
    assert asked["User-Agent"].endswith("(+https://tracker.example/about)")
    assert not {"Referer", "Cookie", "Authorization"} & set(asked)

    site.put(
        host, "/a", article("Le barrage", DAM + "\nLa date a été repoussée.", date="2026-06-15T05:10:00Z")
    )
    site.put(host, "/b", Answer("gone", 410))
    desk.crawl(now=EVENING)
    assert desk.outcomes("feed") == {"https://journal.example/feed": "not_modified"}
    assert desk.outcomes() == {
        "https://journal.example/a": "stored",
        "https://journal.example/b": "http_error",
    }
    assert desk.rows("select count(*) from documents") == [(2,)]
    ((text,),) = desk.rows("select text from document_versions")
    assert text.endswith("La date a été repoussée.")
    assert desk.rows("select url, gone_at from documents where gone_at is not null") == [
        ("https://journal.example/b", EVENING)
    ]
    assert site.paths(host).count("/robots.txt") == 1


def test_nothing_is_asked_before_its_time_and_a_named_source_at_once(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/feed", rss(("https://journal.example/a", "A", "Mon, 15 Jun 2026 05:00:00 GMT")))
    site.put(host, "/a", article("Le barrage", DAM))
    desk.crawl()
    before = len(site.asked)
    assert "No source is due" in desk.crawl(now="2026-06-15T07:00:00Z").stderr
    assert len(site.asked) == before
    desk.crawl("journal", now="2026-06-15T07:00:00Z")
    assert site.paths(host)[before:] == ["/feed", "/a"]


def test_what_failed_for_a_moment_is_listed_and_asked_again(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    items = rss(("https://journal.example/a", "A", "Mon, 15 Jun 2026 05:00:00 GMT"))

    def feed(headers: Mapping[str, str]) -> Answer:
        known = headers.get("If-None-Match") == '"v1"'
        return Answer(status=304) if known else Answer(items, headers={"ETag": '"v1"'})

    site.put(host, "/feed", feed)
    site.put(host, "/a", Answer("broken", 500))
    desk.crawl()
    assert desk.outcomes() == {"https://journal.example/a": "http_error"}
    assert desk.rows("select etag from feeds") == [(None,)]
    site.put(host, "/a", article("Le barrage", DAM))
    desk.crawl(now=EVENING)
    assert desk.outcomes() == {"https://journal.example/a": "stored"}
    assert desk.rows("select etag from feeds") == [('"v1"',)]


def test_a_page_where_a_feed_was_promised_is_named_and_reported(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    page = article("Accueil", DAM, extra='<link rel="alternate" type="application/rss+xml" href="/rss">')
    site.put(host, "/feed", page)
    said = desk.crawl().stderr
    assert "a page where a feed was promised" in said
    assert "https://journal.example/rss" in said
    assert desk.outcomes("feed") == {"https://journal.example/feed": "parse_suspect"}
    assert desk.rows("select status, failures from feeds") == [("not_a_feed", 1.0)]


def test_an_empty_feed_is_no_success(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/feed", rss())
    assert "0 items" in desk.crawl().stderr
    assert desk.rows("select status from feeds") == [("no_items",)]


def test_a_sitemap_index_leads_to_its_pages_with_news_dates(desk: Desk, site: LocalSite) -> None:
    host = desk.add("carte", "https://carte.example/sitemap.xml", platform="sitemap")
    site.put(host, "/sitemap.xml", '<?xml version="1.0"?><sitemapindex '
             'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
             "<loc>https://carte.example/news.xml</loc></sitemap></sitemapindex>")  # fmt: skip
    site.put(host, "/news.xml", '<?xml version="1.0"?><urlset '
             'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
             'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
             "<url><loc>https://carte.example/x</loc><news:news><news:publication_date>2026-06-14</"
             "news:publication_date><news:title>Le titre</news:title></news:news></url>"
             "<url><loc>https://carte.example/y</loc><lastmod>2026-06-13T10:00:00+01:00</lastmod></url>"
             "</urlset>", content_type="application/xml")  # fmt: skip
    site.put(host, "/x", article("Le titre", DAM))
    site.put(host, "/y", article("Un autre", DAM.replace("barrage", "pont")))
    desk.crawl()
    documents = desk.rows(
        "select url, published_at, published_precision, published_origin from documents order by url"
    )
    assert documents == [
        ("https://carte.example/x", "2026-06-14", "day", "sitemap"),
        ("https://carte.example/y", None, "unknown", None),
    ]
    site.put(host, "/y", article("Un autre", DAM))
    site.put(host, "/news.xml", site.routes[host, "/news.xml"].body.replace(  # type: ignore[union-attr]
        "2026-06-13T10:00:00+01:00", "2026-06-20T05:00:00Z"))  # fmt: skip
    desk.crawl(now=LATER)
    assert desk.rows("select count(*) from documents") == [(2,)]
    assert desk.rows("select d.url from document_versions join documents d using (document_id)") == [
        ("https://carte.example/y",)
    ]
    assert site.paths(host).count("/x") == 1


def test_wordpress_posts_come_with_the_listing(desk: Desk, site: LocalSite) -> None:
    host = desk.add("blog", "https://blog.example/wp-json/wp/v2/posts", platform="wordpress")
    body = "".join(f"<p>{line}</p>" for line in DAM.split("\n"))

    def post(number: int, text: str, modified: str) -> dict[str, object]:
        return {
            "id": number, "link": f"https://blog.example/?p={number}", "date_gmt": "2026-06-14T08:00:00",
            "modified_gmt": modified, "title": {"rendered": f"Titre n&rsquo;{number}"},
            "content": {"rendered": text, "protected": number == 3},
        }  # fmt: skip

    def serve(posts: list[dict[str, object]]) -> None:
        def answer(headers: Mapping[str, str]) -> Answer:
            return Answer(
                json.dumps(posts), content_type="application/json", headers={"X-WP-TotalPages": "1"}
            )

        for path in [path for known, path in site.routes if known == host]:
            del site.routes[host, path]
        site.put(host, address, answer)

    address = ("/wp-json/wp/v2/posts?per_page=20&page=1&orderby=modified&order=desc"
               "&_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle%2Ccontent")  # fmt: skip
    first = "2026-06-14T08:00:00"
    serve([post(1, body, first), post(2, body.replace("barrage", "pont"), first), post(3, "", first)])
    desk.crawl()
    assert site.paths(host) == ["/robots.txt", address]
    assert desk.outcomes("item") == {
        "https://blog.example/?p=1": "stored",
        "https://blog.example/?p=2": "stored",
        "https://blog.example/?p=3": "walled",
    }
    assert desk.rows(
        "select title, text, published_at, published_origin from documents where url like '%=1'"
    ) == [("Titre n’1", DAM, "2026-06-14T08:00:00Z", "feed")]
    ((captures,),) = desk.rows("select count(distinct capture_id) from documents")
    assert captures == 1
    more = body + "<p>Un paragraphe de plus, ajouté le soir même par la rédaction.</p>"
    serve([post(1, more, "2026-06-20T05:00:00")])
    desk.crawl(now=LATER)
    assert desk.rows("select count(*) from document_versions") == [(1,)]


def test_one_page_of_a_host_outside_the_catalogue(desk: Desk, site: LocalSite) -> None:
    desk.hosts.add("ailleurs.example")
    desk.write_config()
    site.put("ailleurs.example", "/page", article("Le barrage", DAM, date="2026-06-10"))
    desk.crawl("--url", "https://ailleurs.example/page")
    assert desk.rows("select source_id, platform, enabled, republish from sources") == [
        ("ailleurs-example", "page", 0, 0)
    ]
    assert desk.rows("select title, published_at from documents") == [("Le barrage", "2026-06-10")]
    assert desk.rows("select count(*) from feeds") == [(0,)]
    done = desk.crawl("--url", "https://ailleurs.example/missing", code=1)
    assert "was not stored" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["nobody"], "no source 'nobody'"), (["asleep"], "legal check"), (["--url", "x", "asleep"], "not both")],
)
def test_what_cannot_be_crawled_is_said(desk: Desk, arguments: list[str], said: str) -> None:
    desk.add("asleep", "https://asleep.example/feed", enabled=False, disabled_reason="legal check")
    assert said in desk.crawl(*arguments, code=2 if "--url" in arguments else 1).stderr


def test_no_crawl_without_a_contact(desk: Desk) -> None:
    desk.write_config(contact=None)
    said = desk.crawl(code=1).stderr
    assert "contact" in said
    assert not desk.database.exists()
    assert MORNING not in said


def test_the_memory_of_the_program_that_starts_a_crawl_is_not_counted(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/feed", rss(("https://journal.example/a", "Le barrage", "Mon, 15 Jun 2026 05:00:00 GMT")))
    site.put(host, "/a", article("Le barrage", DAM))
    done = desk.crawl_from_a_large_program(MEMORY_LIMIT_MB + 100)
    assert done.returncode == 0, done.stderr
    assert desk.outcomes() == {"https://journal.example/a": "stored"}
