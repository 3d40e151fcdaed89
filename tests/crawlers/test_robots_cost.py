# ruff: noqa: T201
"""What reading robots.txt costs, however long it is, and that yesterday's copy of it is still understood."""

import gzip
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.crawlers.crawl_desk import Desk, Watched
from tests.crawlers.hostile_pages import SENTENCES
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

CLOSED = b"User-agent: *\nDisallow: /closed\n"
HOSTS = 3
DAY = "Mon, 15 Jun 2026 05:00:00 GMT"


def put_outlet(desk: Desk, site: LocalSite, name: str, robots: Answer) -> str:
    """Serve an outlet with an open and a closed article; return its host."""
    host = desk.add(name, f"https://{name}.example/feed")
    site.put(host, "/robots.txt", robots)
    site.put(host, "/feed", rss(*((f"https://{host}{path}", path, DAY) for path in ("/open", "/closed"))))
    for path in ("/open", "/closed"):
        site.put(host, path, article("Le pont", SENTENCES.format(n=f"{name}{path}")))
    return host


def crawl_of(folder: Path, robots: bytes) -> tuple[Watched, float]:
    """Crawl hosts with this robots.txt; return its cost and the median wait for the next request."""
    with local_site() as site:
        desk = Desk(folder, site)
        answer = Answer(robots, content_type="text/plain")
        hosts = [put_outlet(desk, site, f"h{number}", answer) for number in range(HOSTS)]
        desk.crawl()
        outcomes, spans = desk.outcomes(), []
        for host in hosts:
            assert [outcomes[f"https://{host}{path}"] for path in ("/open", "/closed")] == [
                "stored",
                "refused_robots",
            ]
            asked = [each for each in site.asked if each.host == host]
            spans += [after.at - one.at for one, after in pairwise(asked) if one.path == "/robots.txt"]
        assert len(spans) == HOSTS
        return desk.watched(), median(spans)


def test_fifty_megabytes_of_robots_txt_cost_no_more_than_a_second_and_twenty_megabytes(
    tmp_path: Path,
) -> None:
    small, _ = crawl_of(tmp_path / "small", CLOSED)
    huge, seconds = crawl_of(tmp_path / "huge", CLOSED + b"# x\n" * (13 << 20))
    print(f"\n52 MB: {seconds:.2f} s, {huge.peak_mb - small.peak_mb} MB more than {small.peak_mb}")
    assert seconds <= 1
    assert huge.peak_mb - small.peak_mb <= 20


def test_a_compressed_robots_txt_is_obeyed_on_the_next_visit_too(tmp_path: Path) -> None:
    with local_site() as site:
        desk = Desk(tmp_path, site)
        squeezed = Answer(
            gzip.compress(CLOSED), headers={"Content-Encoding": "gzip"}, content_type="text/plain"
        )
        host = put_outlet(desk, site, "zipped", squeezed)
        desk.crawl()
        site.put(host, "/feed", rss((f"https://{host}/closed/2", "Titre", DAY)))
        site.put(host, "/closed/2", article("Le bac", SENTENCES.format(n=2)))
        desk.crawl(now="2026-06-15T18:00:00Z")
        assert site.paths(host).count("/robots.txt") == 1
        assert desk.outcomes()[f"https://{host}/closed/2"] == "refused_robots"
