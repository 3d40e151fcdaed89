"""Sites without an end: each costs a bounded number of requests, and what was left out is said."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.crawlers.crawl_desk import Desk
from tests.crawlers.hostile_pages import SENTENCES, moved
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

DAY = "Mon, 15 Jun 2026 05:00:00 GMT"
#: Pages of one host in one run, instead of 200.
PAGES = 20
Maker = Callable[[str], Answer]


class Endless(dict[tuple[str, str], Any]):
    """Routes that make an answer for any path of some hosts."""

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        super().__init__()
        self.makers = makers

    def get(self, key: tuple[str, str], default: Any = None) -> Any:
        """Return the route of an address, made up when its host has no end."""
        host, path = key
        if path == "/robots.txt":
            return Answer("none", 404)
        return self.makers[host](path) if host in self.makers else super().get(key, default)


def calendar(path: str) -> Answer:
    """Every day links to three hundred other days, and says something of its own."""
    name = path.strip("/")
    days = "".join(f'<li><a href="/jour/{name}-{n}">Le programme</a></li>' for n in range(300))
    words = "".join(f"<p>{line}</p>" for line in SENTENCES.format(n=path).split("\n"))
    return Answer(f"<html><body><article><h1>Le jour</h1>{words}</article><ul>{days}</ul></body></html>")


def sitemaps(path: str) -> Answer:
    """Every sitemap is an index of fifty others."""
    others = "".join(f"<sitemap><loc>https://maps.example{path}-{n}</loc></sitemap>" for n in range(50))
    return Answer(f"<sitemapindex>{others}</sitemapindex>", content_type="text/xml")


def posts(path: str) -> Answer:
    """Every page of the interface holds three posts, and 9,999 pages are said to follow."""
    found = []
    for number in range(3):
        words = SENTENCES.format(n=f"{path} {number}")
        found.append(
            {
                "link": f"https://posts.example/{abs(hash((path, number)))}",
                "date_gmt": "2026-06-14T08:00:00",
                "title": {"rendered": f"Le {number}"},
                "content": {"rendered": f"<p>{words}</p>"},
            }
        )
    return Answer(json.dumps(found), content_type="application/json", headers={"X-WP-TotalPages": "9999"})


def maze(path: str) -> Answer:
    """Every address leads to another one that was never seen."""
    if path == "/feed":
        return Answer(rss(("https://maze.example/a", "Un", DAY)))
    return moved(f"https://maze.example{path}a")


def loops(path: str) -> Answer:
    """A relative link that makes every path longer."""
    if path == "/feed":
        return Answer(
            rss(*((f"https://loops.example{'/archives/mali' * n}", f"{n}", DAY) for n in range(1, 60)))
        )
    return Answer(article(path, SENTENCES.format(n=path)))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, LocalSite]]:
    with local_site() as site:
        desk = Desk(tmp_path_factory.mktemp("traps"), site)
        makers: dict[str, Maker] = {
            desk.add(
                "days", "https://days.example/", platform="listing", selectors={"item": "li", "link": "a"}
            ): calendar,
            desk.add("maps", "https://maps.example/map", platform="sitemap"): sitemaps,
            desk.add("posts", "https://posts.example/", platform="wordpress"): posts,
            desk.add("maze", "https://maze.example/feed"): maze,
            desk.add("loops", "https://loops.example/feed"): loops,
        }
        site.routes = Endless(makers)
        desk.crawl(TEST_PAGES_PER_HOST=str(PAGES))
        yield desk, site


@pytest.mark.parametrize(
    ("host", "most"),
    [
        ("days.example", PAGES + 2),
        ("maps.example", 112),
        ("posts.example", 11),
        ("maze.example", 8),
        ("loops.example", 5),
    ],
)
def test_a_site_without_an_end_costs_a_bounded_number_of_requests(
    crawled: tuple[Desk, LocalSite], host: str, most: int
) -> None:
    asked = crawled[1].paths(host)
    assert most // 2 < len(asked) <= most
    assert len(asked) == len(set(asked))


def test_what_a_trap_is_cut_to_is_named(crawled: tuple[Desk, LocalSite]) -> None:
    outcomes = crawled[0].rows(
        "select source_id, outcome, count(*) from fetches where purpose in ('page', 'item') "
        "group by 1, 2 order by 1, 2"
    )
    assert outcomes == [
        ("days", "stored", PAGES), ("loops", "stored", 3), ("loops", "trap", 56), ("maze", "trap", 1),
        ("posts", "stored", 30),
    ]  # fmt: skip
