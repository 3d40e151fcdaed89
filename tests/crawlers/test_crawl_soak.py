# ruff: noqa: T201
"""One crawl of everything hostile at once, with two hundred good pages among it."""

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.crawlers.crawl_desk import Desk
from tests.crawlers.hard_pages import charset_pages, parsing_pages
from tests.crawlers.hostile_pages import CASES, FORBIDDEN, SENTENCES
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss
from tests.crawlers.wall_pages import WALLS

DAY = "Mon, 15 Jun 2026 05:00:00 GMT"
OUTCOMES = {
    "stored", "not_modified", "duplicate", "too_big", "timeout", "refused_policy", "refused_robots", "walled",
    "encoding_suspect", "parse_suspect", "parse_failed", "trap", "http_error", "net_error",
}  # fmt: skip


def serve(desk: Desk, site: LocalSite, name: str, answers: dict[str, Answer]) -> list[str]:
    """Serve answers as the items of one feed and return their addresses."""
    host = desk.add(name, f"https://{name}.example/feed")
    urls = [f"https://{host}{path}" for path in answers]
    site.put(host, "/feed", rss(*((url, "Titre", DAY) for url in urls)))
    for path, answer in answers.items():
        site.put(host, path, answer)
    return urls


def good_pages(host: int, pages: int) -> dict[str, Answer]:
    return {
        f"/{n}": Answer(article(f"Commune {host}.{n}", SENTENCES.format(n=f"{host}.{n}")))
        for n in range(pages)
    }


@pytest.mark.parametrize(
    ("hosts", "pages", "hard"),
    [(2, 5, 6), pytest.param(10, 20, 10_000, marks=pytest.mark.soak)],
    ids=["scaled", "full"],
)
def test_the_good_are_stored_whatever_stands_among_them(
    tmp_path: Path, hosts: int, pages: int, hard: int
) -> None:
    began = time.monotonic()
    with local_site() as site:
        desk = Desk(tmp_path, site)
        good = [url for n in range(hosts) for url in serve(desk, site, f"good{n}", good_pages(n, pages))]
        groups = {
            "transfer": {path: answer for path, (answer, _) in list(CASES.items())[:hard]},
            "walls": {
                f"/{wall.name}": Answer(wall.page, wall.status, wall.headers)
                for wall in WALLS[:hard]
                # Who says 429 or 503 asks for peace, and the rest of its host would wait for the next run.
                if wall.status not in (429, 503)
            },
            "charsets": {f"/{number}": page for number, page in enumerate(list(charset_pages())[:hard])},
            "parsing": {f"/{name}": page for name, page in parsing_pages(hard).items()},
        }
        hostile = {name: serve(desk, site, name, answers) for name, answers in groups.items()}
        links = desk.add("links", "https://links.example/feed")
        site.put(links, "/feed", rss(*((link, "Titre", DAY) for link in FORBIDDEN)))
        desk.crawl(within=450)
    found = Counter(
        (source, outcome)
        for source, outcome in desk.rows("select source_id, outcome from fetches where purpose = 'page'")
    )
    watched = desk.watched()
    report(found, hostile, watched, time.monotonic() - began)
    outcomes = desk.outcomes()
    assert [outcomes[url] for url in good] == ["stored"] * len(good)
    assert desk.rows("select count(*) from documents where url like 'https://good%'") == [(len(good),)]
    for urls in hostile.values():
        assert {outcomes.get(url) for url in urls} <= OUTCOMES
    counted = desk.rows("select count(*), count(distinct url) from fetches where purpose = 'page'")
    assert counted[0][0] == counted[0][1]
    assert desk.rows("select count(*) from documents where url like 'https://walls%'") == [(0,)]
    charsets = hostile["charsets"]
    assert {outcomes[url] for url in charsets} <= {"stored", "encoding_suspect"}
    texts = desk.rows("select text from documents where url like 'https://charsets%'")
    assert len(texts) == len(charsets)
    assert all("La fête a été célébrée à l'école." in text for (text,) in texts)
    assert desk.rows("select status from crawl_runs") == [("finished",)]
    assert watched.listening == 0
    assert watched.peak_mb <= 400
    assert watched.worker_mb <= 768
    assert watched.block_ms <= 250


def report(
    found: Counter[tuple[str, str]], hostile: dict[str, list[str]], watched: object, seconds: float
) -> None:
    """Print what became of every group."""
    print(f"\n{'group':10} {'cases':>5}  outcomes")
    for name, urls in hostile.items():
        said = ", ".join(f"{outcome} {n}" for (source, outcome), n in sorted(found.items()) if source == name)
        print(f"{name:10} {len(urls):5}  {said}")
    refused = sum(n for (source, _), n in found.items() if source == "links")
    good = sum(
        n for (source, outcome), n in found.items() if source.startswith("good") and outcome == "stored"
    )
    print(
        f"{'links':10} {refused:5}  refused_policy\n{'good':10} {good:5}  stored\n{watched}, {seconds:.0f} s"
    )
