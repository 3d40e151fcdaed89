"""What becomes of an article after it was stored: edits are versions, a vanished page is marked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.clock import timestamp
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import Answer, LocalSite, article, rss

START = datetime(2026, 6, 15, 6, tzinfo=UTC)
TEXT = "Le conseil a voté le budget de la commune mardi soir.\nLes habitants ont suivi la séance à la radio."


@pytest.fixture
def desk(tmp_path: Path, site: LocalSite) -> Desk:
    """An outlet whose feed always answers that nothing has changed."""
    desk = Desk(tmp_path, site)
    host = desk.add("journal", "https://journal.example/feed")
    feed = rss(("https://journal.example/a", "Le budget", "Mon, 15 Jun 2026 05:00:00 GMT"))
    site.put(
        host,
        "/feed",
        lambda headers: (
            Answer(status=304) if "If-None-Match" in headers else Answer(feed, headers={"ETag": '"1"'})
        ),
    )
    site.put(host, "/a", article("Le budget", TEXT))
    return desk


def at(**span: float) -> str:
    return timestamp(START + timedelta(**span))


def looks(desk: Desk, *spans: timedelta) -> list[int]:
    """Crawl at these ages of the article; return how often its page was asked for until then."""
    counts = []
    for span in spans:
        desk.crawl(now=timestamp(START + span))
        counts.append(desk.site.paths("journal.example").count("/a"))
    return counts


def test_an_article_is_looked_at_after_hours_days_and_a_month_and_then_left_alone(desk: Desk) -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    ages = (0 * hour, 6 * hour, 2 * day, 20 * day, 29 * day, 31 * day)
    assert looks(desk, *ages) == [1, 2, 3, 3, 4, 4]
    assert desk.rows("select count(*) from document_versions") == [(0,)]


def test_what_was_found_in_an_archive_is_left_alone(desk: Desk, site: LocalSite) -> None:
    site.put("journal.example", "/robots.txt", "Sitemap: https://journal.example/plan.xml")
    entry = "<url><loc>https://journal.example/vieux</loc><lastmod>2026-01-05</lastmod></url>"
    site.put("journal.example", "/plan.xml", f"<urlset>{entry}</urlset>", content_type="application/xml")
    site.put("journal.example", "/vieux", article("Un vieux budget", TEXT, date="2026-01-05T06:00:00+00:00"))
    desk.crawl("journal", "--backfill", "--since", "2026-01-01", "--until", "2026-01-31", now=at())
    desk.crawl(now=at(hours=6))
    desk.crawl(now=at(days=30))
    paths = site.paths("journal.example")
    assert (paths.count("/vieux"), paths.count("/a")) == (1, 2)


def test_a_page_that_vanishes_within_a_month_is_marked_and_its_text_stays(
    desk: Desk, site: LocalSite
) -> None:
    desk.crawl(now=at())
    site.put("journal.example", "/a", Answer("retiré", 410))
    desk.crawl(now=at(days=30))
    assert desk.rows("select gone_at, text from documents") == [(at(days=30), TEXT)]
    assert desk.rows("select outcome, http_status from fetches where purpose = 'page' order by fetch_id") == [
        ("stored", 200),
        ("http_error", 410),
    ]


def test_an_address_that_leads_to_the_front_page_is_a_vanished_article_and_no_version(
    desk: Desk, site: LocalSite
) -> None:
    site.put("journal.example", "/", article("Accueil", TEXT.replace("budget", "calendrier")))
    home = {"Location": "https://journal.example/"}
    desk.crawl(now=at())
    site.put("journal.example", "/a", Answer(status=302, headers=home))
    desk.crawl(now=at(hours=6))
    assert desk.rows("select gone_at from documents") == [(None,)]
    site.put("journal.example", "/a", Answer(status=301, headers=home))
    desk.crawl(now=at(days=2))
    assert desk.rows("select gone_at, text from documents") == [(at(days=2), TEXT)]
    assert desk.rows("select count(*) from document_versions") == [(0,)]
    failed = desk.rows("select detail from fetches where outcome = 'http_error' and purpose = 'page'")
    assert [detail for (detail,) in failed] == [
        "its address leads to the front page, for now",
        "its address leads to the front page",
    ]


def test_an_edited_headline_is_a_version_with_its_own_evidence(desk: Desk, site: LocalSite) -> None:
    desk.crawl(now=at())
    site.put("journal.example", "/a", article("Le budget est rejeté", TEXT))
    desk.crawl(now=at(hours=6))
    assert desk.rows("select title, text from documents") == [("Le budget", TEXT)]
    assert desk.rows("select title, text, seen_at from document_versions") == [
        ("Le budget est rejeté", TEXT, at(hours=6))
    ]
    assert desk.rows(
        "select count(distinct c.payload_sha256) from captures c where c.capture_id in "
        "(select capture_id from documents union select capture_id from document_versions)"
    ) == [(2,)]
    ((detail,),) = desk.rows("select detail from fetches where detail like '%changed%'")
    assert detail == "the text or its title changed: kept as a new version"
