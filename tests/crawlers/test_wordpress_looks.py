"""What becomes of a WordPress post after it was stored: the API is asked again, and then its page."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from crawlers.wordpress_lookup import LONGEST_ADDRESS, lookups
from db.clock import timestamp
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.hostile_pages import moved
from tests.crawlers.local_site import Answer, LocalSite, article

START = datetime(2026, 6, 15, 6, tzinfo=UTC)
API = "https://blog.example/wp-json/wp/v2/posts"
TEXT = "Le conseil a voté le budget numéro {n} mardi soir.\nLes habitants ont suivi la séance {n} à la radio."


class Blog:
    """A site whose posts can be taken away; its API lists the newest few and finds posts by their slug."""

    def __init__(self, site: LocalSite, posts: int) -> None:
        self.site = site
        self.posts = list(range(posts))
        self.listed = 3
        self.looked_up: list[list[str]] = []
        self.site.routes = _Pages(self)  # type: ignore[assignment]

    def answer(self, target: str) -> Answer:
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if "slug" in query:
            wanted = query["slug"].split(",")
            self.looked_up.append(wanted)
            found = [n for n in self.posts if f"note-{n}" in wanted]
        else:
            found = sorted(self.posts, reverse=True)[: self.listed]
        body = [self._post(n) for n in found]
        return Answer(json.dumps(body), content_type="application/json", headers={"X-WP-TotalPages": "1"})

    @staticmethod
    def _post(n: int) -> dict[str, object]:
        text = "".join(f"<p>{line}</p>" for line in TEXT.format(n=n).split("\n"))
        return {
            "id": n, "link": f"https://blog.example/2026/note-{n}/", "date_gmt": f"2026-06-14T08:0{n}:00",
            "modified_gmt": f"2026-06-14T08:0{n}:00", "title": {"rendered": f"Note {n}"},
            "content": {"rendered": text, "protected": False},
        }  # fmt: skip


class _Pages(dict[tuple[str, str], Answer]):
    """Routes of the blog: its API, and pages that a test puts there."""

    def __init__(self, blog: Blog) -> None:
        super().__init__()
        self._blog = blog

    def get(self, key: tuple[str, str], default: Answer | None = None) -> Answer | None:  # type: ignore[override]
        if key[1].startswith("/wp-json"):
            return self._blog.answer(key[1])
        return super().get(key, default)


def at(**span: float) -> str:
    return timestamp(START + timedelta(**span))


def test_a_post_that_leaves_the_api_and_whose_page_is_gone_is_marked(tmp_path: Path, site: LocalSite) -> None:
    desk = Desk(tmp_path, site)
    desk.add("blog", API, platform="wordpress")
    blog = Blog(site, 3)
    desk.crawl(now=at())
    blog.posts = [1, 2, 3, 4]
    site.put("blog.example", "/2026/note-2/", article("Note 2", TEXT.format(n=2)))
    desk.crawl(now=at(hours=7))
    assert blog.looked_up == [["note-0", "note-1"]]
    assert desk.rows("select url, gone_at, text from documents where gone_at is not null") == [
        ("https://blog.example/2026/note-0/", at(hours=7), TEXT.format(n=0))
    ]
    assert desk.rows(
        "select purpose, outcome, http_status, detail from fetches where url like '%note-_/' "
        "and fetched_at = ? and detail is not null order by url", at(hours=7)
    ) == [
        ("page", "http_error", 404, "answer 404"),
        ("item", "duplicate", None, "still there"),
    ]  # fmt: skip
    assert desk.rows("select count(*) from document_versions") == [(0,)]
    desk.crawl(now=at(hours=14))
    assert site.paths("blog.example").count("/2026/note-0/") == 1
    assert len(blog.looked_up) == 1, "a post was looked for again before its time"


#: What the page of a post that the API lacks says, and whether the post is then gone.
PAGES = [
    (Answer("retiré", 410), True),
    (moved("https://blog.example/", 301), True),
    (moved("https://blog.example/", 302), False),
    (Answer("en panne", 500), False),
    (Answer(article("Note 4", TEXT.format(n=4))), False),
]


def test_the_page_has_the_last_word(tmp_path: Path, site: LocalSite) -> None:
    desk = Desk(tmp_path, site)
    desk.add("blog", API, platform="wordpress")
    blog = Blog(site, len(PAGES) + 1)
    blog.listed = len(PAGES) + 1
    site.put("blog.example", "/", article("Accueil", TEXT.format(n="du jour")))
    desk.crawl(now=at())
    blog.posts = [len(PAGES)]
    for number, (page, _) in enumerate(PAGES):
        site.put("blog.example", f"/2026/note-{number}/", page)
    desk.crawl(now=at(days=30))
    assert desk.rows("select url from documents where gone_at is not null order by url") == [
        (f"https://blog.example/2026/note-{number}/",) for number, (_, gone) in enumerate(PAGES) if gone
    ]
    assert desk.rows("select count(*), (select count(*) from document_versions) from documents") == [
        (len(PAGES) + 1, 0)
    ]


def test_posts_are_asked_for_by_number_or_slug_in_addresses_that_servers_read() -> None:
    numbered = [f"https://blog.example/?p={n}" for n in range(150)]
    named = [f"https://blog.example/2026/06/la-note-numero-{n}-de-la-rédaction.html" for n in range(60)]
    found = lookups(API, [*numbered, *named])
    assert [link for each in found for link in each.links] == [*numbered, *named]
    assert all(len(each.address) <= LONGEST_ADDRESS and len(each.links) <= 100 for each in found)
    first = parse_qs(urlsplit(found[0].address).query)
    assert first["include"][0].split(",")[:3] == ["0", "1", "2"]
    assert (first["per_page"], first["_fields"]) == (["100"], ["id,link"])
    last = parse_qs(urlsplit(found[-1].address).query)
    assert last["slug"][0].split(",")[-1] == "la-note-numero-59-de-la-rédaction"
