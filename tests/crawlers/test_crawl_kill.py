"""A crawl that is cut off once loses nothing, stores nothing twice, and its evidence stays whole."""

import hashlib
import json
from pathlib import Path

from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

ARTICLES = 24


def press(desk: Desk, site: LocalSite) -> None:
    """Two outlets with articles that take a moment each."""
    for name in ("un", "deux"):
        host = desk.add(name, f"https://{name}.example/feed")
        day = "Mon, 15 Jun 2026 05:00:00 GMT"
        links = [f"https://{host}/{number}" for number in range(ARTICLES)]
        feed = rss(*((link, f"Titre {link}", day) for link in links))
        site.put(
            host,
            "/feed",
            lambda headers, feed=feed: (
                Answer(status=304) if headers.get("If-None-Match") else Answer(feed, headers={"ETag": '"v1"'})
            ),
        )
        for number in range(ARTICLES):
            text = f"Le texte numéro {number} de {name} tient en une phrase assez longue pour être gardée."
            site.put(host, f"/{number}", Answer(article(f"Titre {number}", text), wait=0.02))


def assert_whole(desk: Desk) -> None:
    """Every row has its evidence, every manifest line its place in the chain."""
    previous = "0" * 64
    lines = (desk.folder / "evidence" / "manifest.jsonl").read_bytes().splitlines()
    for number, line in enumerate(lines, start=1):
        entry = json.loads(line)
        assert (entry["seq"], entry["prev"]) == (number, previous)
        previous = hashlib.sha256(line).hexdigest()
    rows = desk.rows("select warc_path, warc_offset, payload_sha256 from captures")
    known = {(entry["warc"], entry["offset"], entry["sha256"]) for entry in map(json.loads, lines)}
    assert set(rows) <= known
    desk.python(
        "import hashlib, sys; from pathlib import Path; from crawlers.evidence import read_payload\n"
        "for line in sys.stdin:\n"
        "    path, offset, sha256 = line.split()\n"
        "    payload = read_payload(Path(sys.argv[1]), path, int(offset))\n"
        "    assert hashlib.sha256(payload).hexdigest() == sha256, line\n",
        str(desk.folder / "evidence"),
        given="".join(f"{path} {offset} {sha256}\n" for path, offset, sha256 in rows),
    )
    assert desk.rows("pragma integrity_check") == [("ok",)]
    assert desk.rows("select count(*) from documents where capture_id is null") == [(0,)]


def test_a_killed_crawl_goes_on_where_it_was(tmp_path: Path) -> None:
    with local_site() as site:
        desk = Desk(tmp_path, site)
        press(desk, site)
        desk.crawl_and_kill(2 * ARTICLES)
        ((kept,),) = desk.rows("select count(*) from documents")
        assert kept < 2 * ARTICLES
        desk.crawl()
        assert desk.rows("select count(*), count(distinct identity) from documents") == [(2 * ARTICLES,) * 2]
        assert [row[0] for row in desk.rows("select status from crawl_runs")] == ["interrupted", "finished"]
        assert desk.rows("select count(*) from feeds where etag is not null") == [(2,)]
        assert_whole(desk)


def test_a_crawl_told_to_stop_keeps_what_it_has_and_says_so(tmp_path: Path) -> None:
    with local_site() as site:
        desk = Desk(tmp_path, site)
        press(desk, site)
        code = desk.crawl_and_kill(ARTICLES // 2, how="terminate")
        assert code == 1
        assert len(site.asked) < ARTICLES + 4, "pages that waited for their turn were still asked for"
        assert "Start it again" in (desk.folder / "killed.log").read_text(encoding="utf-8")
        assert desk.rows("select status from crawl_runs") == [("interrupted",)]
        assert_whole(desk)
