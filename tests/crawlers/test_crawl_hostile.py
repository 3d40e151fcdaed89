"""One crawl of a hostile web: every address ends in its named outcome, the good pages are all stored."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.crawlers.crawl_desk import Desk
from tests.crawlers.hostile_pages import CASES, FORBIDDEN, SENTENCES, moved, says
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

GOOD = 12
SAME = 56


class Canary:
    """Listens on loopback where nobody may connect."""

    def __init__(self) -> None:
        self.hits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, LocalSite, Canary]]:
    canary = Canary()
    with local_site() as site:
        desk = Desk(tmp_path_factory.mktemp("hostile"), site)
        host = desk.add("hostile", "https://hostile.example/feed")
        links = [*(f"https://{host}{path}" for path in CASES), *FORBIDDEN, f"http://127.0.0.1:{canary.port}/"]
        good = [f"https://{host}/good/{number}" for number in range(GOOD)]
        day = "Mon, 15 Jun 2026 05:00:00 GMT"
        site.put(host, "/feed", rss(*((link, f"Titre {n}", day) for n, link in enumerate(links + good))))
        for path, (answer, _) in CASES.items():
            site.put(host, path, answer)
        for number in range(GOOD):
            site.put(host, f"/good/{number}", article(f"Commune {number}", SENTENCES.format(n=number)))
        for name, robots in ROBOTS.items():
            other = desk.add(name, f"https://{name}.example/feed")
            site.put(other, "/robots.txt", robots)
            site.put(
                other,
                "/feed",
                rss((f"https://{other}/open", "Ouvert", day), (f"https://{other}/closed", "x", day)),
            )
            site.put(other, "/open", article("Ouvert", SENTENCES.format(n=name)))
            site.put(other, "/closed", article("Fermé", SENTENCES.format(n=name + "-closed")))
        for name, text in (
            ("calendar", "Lundi, mardi, mercredi, jeudi. " * 60),
            ("closed", "Site en travaux. " * 5),
        ):
            other = desk.add(name, f"https://{name}.example/feed")
            site.put(other, "/feed", rss(*((f"https://{other}/{n}", f"{n}", day) for n in range(SAME))))
            for number in range(SAME):
                site.put(other, f"/{number}", article(f"Page {number}", text))
        desk.add("inside", "https://inside.example/feed", mapped=False)
        desk.crawl()
        yield desk, site, canary
    canary.close()


#: Half a megabyte of rules with wildcards, which takes half a second to parse.
RULES = "User-agent: *\nDisallow: /closed\n" + "".join(f"Disallow: /*p{n}*x$\n" for n in range(25_000))
ROBOTS: dict[str, Answer | Callable[..., Answer]] = {
    "allowing": Answer("User-agent: *\nDisallow: /closed\n", content_type="text/plain"),
    "missing": Answer("no such file", 404),
    "forbidden": Answer("no", 403),
    "broken": Answer("down", 503),
    "silent": Answer(wait=4.0),
    "dropped": Answer(raw=says(b"")),
    "huge": Answer(b"User-agent: *\nDisallow: /closed\n" + b"# x\n" * 2_000_000, content_type="text/plain"),
    "rules": Answer(RULES, content_type="text/plain"),
    "zipped": Answer(
        gzip.compress(b"User-agent: *\nDisallow: /closed\n"),
        headers={"Content-Encoding": "gzip"},
        content_type="text/plain",
    ),
    "looping": moved("https://looping.example/robots.txt"),
    "busy": Answer("slow down", 429, headers={"Retry-After": "3600"}),
}
#: robots case -> outcomes of (feed, /open, /closed); None: never listed.
EXPECTED: dict[str, tuple[str, str | None, str | None]] = {
    "allowing": ("stored", "stored", "refused_robots"),
    "missing": ("stored", "stored", "stored"),
    "forbidden": ("stored", "stored", "stored"),
    "broken": ("refused_robots", None, None),
    "silent": ("refused_robots", None, None),
    "dropped": ("refused_robots", None, None),
    "huge": ("stored", "stored", "refused_robots"),
    "rules": ("stored", "stored", "refused_robots"),
    "zipped": ("stored", "stored", "refused_robots"),
    "looping": ("stored", "stored", "stored"),
    "busy": ("refused_robots", None, None),
}


@pytest.mark.parametrize("path", CASES)
def test_every_hostile_page_ends_in_its_outcome(crawled: tuple[Desk, LocalSite, Canary], path: str) -> None:
    rows = crawled[0].rows(
        "select outcome, detail from fetches where url = ?", f"https://hostile.example{path}"
    )
    assert [row[0] for row in rows] == [CASES[path][1]], rows


def test_good_pages_among_them_are_all_stored(crawled: tuple[Desk, LocalSite, Canary]) -> None:
    assert crawled[0].rows("select count(*) from documents where url like '%/good/%'") == [(GOOD,)]
    assert crawled[0].rows("select status from crawl_runs") == [("finished",)]


def test_every_listed_address_has_exactly_one_outcome(crawled: tuple[Desk, LocalSite, Canary]) -> None:
    desk, _, canary = crawled
    counts = desk.rows(
        "select count(*), count(distinct url) from fetches where source_id = 'hostile' and purpose = 'page'"
    )
    assert counts == [(len(CASES) + len(FORBIDDEN) + 1 + GOOD,) * 2]
    outcomes = desk.outcomes()
    assert {outcomes[link] for link in FORBIDDEN if link in outcomes} == {"refused_policy"}
    refused = desk.rows(
        "select count(*) from fetches where outcome = 'refused_policy' and detail not like 'answer%'"
    )
    assert refused[0][0] >= len(FORBIDDEN)
    assert canary.hits == 0


def test_accents_survive_every_charset(crawled: tuple[Desk, LocalSite, Canary]) -> None:
    texts = crawled[0].rows("select text from documents where title = 'Accents'")
    assert len(texts) == 4
    assert all("La fête a été célébrée à l'école." in text for (text,) in texts)


def test_a_partial_or_truncated_answer_is_evidence_and_no_document(
    crawled: tuple[Desk, LocalSite, Canary],
) -> None:
    rows = crawled[0].rows("select payload_bytes, truncated from captures where url like '%/endless'")
    assert rows == [(8 * 1024 * 1024, 1)]
    assert crawled[0].rows("select count(*) from documents where text like '%moiti%'") == [(0,)]


def test_a_redirect_loop_costs_six_requests_and_every_hop_is_kept(
    crawled: tuple[Desk, LocalSite, Canary],
) -> None:
    desk, site, _ = crawled
    assert site.paths("hostile.example").count("/loop") == 6
    assert desk.rows("select count(*) from captures where url like '%hostile.example/loop'") == [(6,)]


@pytest.mark.parametrize("name", EXPECTED)
def test_robots_txt_is_obeyed_as_rfc_9309_says(crawled: tuple[Desk, LocalSite, Canary], name: str) -> None:
    desk, site, _ = crawled
    pages = desk.outcomes()
    host = f"{name}.example"
    feed, opened, closed = EXPECTED[name]
    assert desk.outcomes("feed")[f"https://{host}/feed"] == feed
    assert pages.get(f"https://{host}/open") == opened
    assert pages.get(f"https://{host}/closed") == closed
    asked = site.paths(host)
    assert ("/feed" in asked) == (feed == "stored")
    assert ("/closed" in asked) == (closed == "stored")


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    crawled: tuple[Desk, LocalSite, Canary],
) -> None:
    """The name resolves to 127.0.0.1 without being in the loopback map (see crawl_desk)."""
    desk = crawled[0]
    assert desk.rows(
        "select outcome, detail from fetches where url = 'https://inside.example/robots.txt'"
    ) == [("refused_policy", "127.0.0.1 is not a public address")]
    assert desk.outcomes("feed")["https://inside.example/feed"] == "refused_robots"


def test_the_crawl_opens_no_door_and_stays_small(crawled: tuple[Desk, LocalSite, Canary]) -> None:
    watched = crawled[0].watched()
    assert watched.listening == 0
    assert watched.peak_mb <= 400
    assert watched.worker_mb <= 768
    assert watched.block_ms <= 250


def test_pages_that_say_the_same_for_ever_are_a_trap_or_a_wall(
    crawled: tuple[Desk, LocalSite, Canary],
) -> None:
    counts = crawled[0].rows(
        "select source_id, outcome, count(*) from fetches where purpose = 'page' "
        "and source_id in ('calendar', 'closed') group by 1, 2 order by 1, 2"
    )
    assert counts == [
        ("calendar", "stored", 51),
        ("calendar", "trap", SAME - 51),
        ("closed", "stored", 3),
        ("closed", "trap", SAME - 51),
        ("closed", "walled", 48),
    ]


def test_every_document_resolves_to_its_exact_bytes(crawled: tuple[Desk, LocalSite, Canary]) -> None:
    desk = crawled[0]
    code = (
        "import hashlib, sys; from pathlib import Path; from crawlers.evidence import read_payload\n"
        "for line in sys.stdin:\n"
        "    path, offset, sha256 = line.split()\n"
        "    payload = read_payload(Path(sys.argv[1]), path, int(offset))\n"
        "    assert hashlib.sha256(payload).hexdigest() == sha256\n"
    )
    rows = desk.rows("select warc_path, warc_offset, payload_sha256 from captures")
    assert len(rows) > 40
    desk.python(code, str(desk.folder / "evidence"), given="".join(f"{a} {b} {c}\n" for a, b, c in rows))
    assert desk.rows("select count(*) from documents d left join captures c using (capture_id) "
                     "where c.capture_id is null") == [(0,)]  # fmt: skip


def test_no_request_carries_credentials_cookies_or_a_name(crawled: tuple[Desk, LocalSite, Canary]) -> None:
    """Whatever a server offers to be sent back; the address with a name and a password is asked without."""
    desk, site, _ = crawled
    allowed = {"host", "user-agent", "accept", "accept-language", "accept-encoding", "connection"}
    assert len(site.asked) > 100
    for asked in site.asked:
        assert {name.lower() for name in asked.headers} <= allowed
        assert asked.headers["User-Agent"].endswith("(+https://tracker.example/about)")
    assert desk.rows("select count(*) from fetches where url like '%secret%'") == [(0,)]
