"""Posts of private persons are no articles, whichever way leads to them."""

from pathlib import Path

import pytest

from crawlers.post_hosts import KNOWN_HOSTS, post_host_of
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import Answer, LocalSite, article, rss
from tests.crawlers.post_answers import with_policy

POST = "https://t.me/une_personne/5"


@pytest.fixture
def desk(tmp_path: Path, site: LocalSite) -> Desk:
    desk = Desk(tmp_path, site)
    desk.hosts |= {"t.me", "pouet.example"}
    desk.write_config()
    site.put("t.me", "/une_personne/5", article("Une personne", "Ce que dit une personne privée à ses amis."))
    return desk


@pytest.mark.parametrize("policy", [False, True])
def test_a_single_post_is_not_fetched_as_a_page(desk: Desk, site: LocalSite, policy: bool) -> None:
    if policy:
        with_policy(desk)
    desk.crawl("--url", POST, code=1)
    assert "where private persons post" in desk.said
    assert "Add the channel or account as a source" in desk.said
    assert site.asked == []


def test_a_server_of_the_catalogue_counts_as_well(desk: Desk, site: LocalSite) -> None:
    desk.add("mot", "https://pouet.example/tags/Mali", platform="mastodon", enabled=False,
             disabled_reason="for the test")  # fmt: skip
    desk.crawl("--url", "https://www.pouet.example/@une_personne/8", code=1)
    assert "is on pouet.example" in desk.said
    assert site.asked == []


def test_a_post_that_a_feed_links_or_leads_to_is_refused_by_name(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    day = "Mon, 15 Jun 2026 05:00:00 GMT"
    links = ("https://journal.example/a", "https://journal.example/vers", POST)
    site.put(host, "/feed", rss(*((link, f"Titre {link}", day) for link in links)))
    site.put(host, "/a", article("Le pont", "Le pont sera réparé avant la saison des pluies, dit la mairie."))
    site.put(host, "/vers", Answer(status=302, headers={"Location": POST}))
    desk.crawl("journal")
    assert desk.outcomes() == {
        "https://journal.example/a": "stored",
        "https://journal.example/vers": "refused_policy",
        POST: "refused_policy",
    }
    assert site.paths("t.me") == []
    ((detail,),) = desk.rows("select distinct detail from fetches where outcome = 'refused_policy'")
    assert detail == "what is on t.me are posts of private persons, not articles"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://m.facebook.com/une.page/posts/1", "facebook.com"),
        ("https://www.youtube.com/watch?v=1", "youtube.com"),
        ("https://x.com/quelquun/status/1", "x.com"),
        ("https://netx.com/article", None),
        ("https://t.me.example/5", None),
        ("https://com/", None),
    ],
)
def test_which_hosts_are_meant(url: str, host: str | None) -> None:
    assert post_host_of(url, KNOWN_HOSTS) == host
