"""A clock that jumps: nothing is asked twice, no day is skipped, and a wrong year does not stop a source."""

from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import LocalSite, article, rss

TEXT = "La note {n} raconte la vie du quartier en une phrase assez longue pour être gardée."


def publish(site: LocalSite, *numbers: int) -> None:
    """Serve these notes and the feed that lists them."""
    links = [(f"https://journal.example/{n}", f"Note {n}", f"{n:02d} Jun 2026 05:00:00 GMT") for n in numbers]
    site.put("journal.example", "/feed", rss(*links))
    for n in numbers:
        site.put("journal.example", f"/{n}", article(f"Note {n}", TEXT.format(n=n)))


def test_a_clock_that_jumps_costs_no_day_and_no_second_request(desk: Desk, site: LocalSite) -> None:
    desk.add("journal", "https://journal.example/feed")
    publish(site, 14)
    desk.crawl(now="2026-06-15T06:00:00Z")
    asked = len(site.asked)
    desk.crawl(now="2026-06-15T05:00:00Z")
    assert len(site.asked) == asked
    publish(site, 14, 16)
    desk.crawl(now="2026-06-16T06:00:00Z")
    # A machine that began with the wrong year: what it planned then is not waited for.
    desk.crawl(now="2036-06-16T06:00:00Z")
    publish(site, 14, 16, 17)
    desk.crawl(now="2026-06-17T18:00:00Z")
    # Besides the new notes only the second looks that their age asks for.
    assert desk.rows("select url, outcome from fetches where purpose = 'page' order by fetch_id") == [
        ("https://journal.example/14", "stored"),
        ("https://journal.example/16", "stored"),
        ("https://journal.example/14", "duplicate"),
        ("https://journal.example/17", "stored"),
        ("https://journal.example/14", "duplicate"),
        ("https://journal.example/16", "duplicate"),
    ]
    assert desk.rows("select count(*), count(distinct url) from documents") == [(3, 3)]
    assert desk.rows("select next_due_at < '2026-06-20' from feeds") == [(1,)]
