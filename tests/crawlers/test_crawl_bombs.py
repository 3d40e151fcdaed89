# ruff: noqa: T201
"""What bombs cost a crawl: memory beside a crawl without them, seconds, and the other hosts' time."""

import asyncio
import gzip
import time
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import brotli
import pytest

from crawlers.exchange import Exchange
from crawlers.parser_pool import ParserPool, Reading
from tests.crawlers.crawl_desk import Desk, Watched
from tests.crawlers.hostile_pages import SENTENCES, drip, drip_headers, endless, endless_chunks, header_flood
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

DAY = "Mon, 15 Jun 2026 05:00:00 GMT"
MEGABYTE = 1 << 20
BOTH = ("/body", "/headers")
Answers = dict[str, Answer]


def zeros(megabytes: int, wrap: int = zlib.MAX_WBITS | 16) -> bytes:
    """Return so many megabytes of zeros, compressed piece by piece (gzip, or zlib with another ``wrap``)."""
    machine = zlib.compressobj(9, zlib.DEFLATED, wrap)
    pieces = [machine.compress(bytes(MEGABYTE)) for _ in range(megabytes)]
    return b"".join([*pieces, machine.flush()])


def brotli_zeros(megabytes: int) -> bytes:
    """Return so many megabytes of zeros in brotli, about a kilobyte of them."""
    machine = brotli.Compressor(quality=5)
    return b"".join([*(machine.process(bytes(MEGABYTE)) for _ in range(megabytes)), machine.finish()])


def encoded(body: bytes, encoding: str) -> Answer:
    return Answer(body, headers={"Content-Encoding": encoding})


def crawl_of(folder: Path, answers: Answers, robots: Answer | None = None) -> tuple[Watched, dict[str, str]]:
    """Crawl three good pages of one host and these answers of another; return its cost and the outcomes."""
    with local_site() as site:
        desk = Desk(folder, site)
        good = put_good(desk, site, "good", 3)
        host = desk.add("bombs", "https://bombs.example/feed")
        site.put(host, "/feed", rss(*((f"https://{host}{path}", "Titre", DAY) for path in answers)))
        site.put(host, "/robots.txt", robots or Answer("none", 404))
        for path, answer in answers.items():
            site.put(host, path, answer)
        desk.crawl()
        outcomes = desk.outcomes()
        assert [outcomes[url] for url in good] == ["stored"] * 3
        found = {path: outcomes[f"https://{host}{path}"] for path in answers}
        return desk.watched(), found


def put_good(desk: Desk, site: LocalSite, name: str, pages: int, wait: float = 0.0) -> list[str]:
    """Serve a feed of good articles, each answered after ``wait`` seconds; return their addresses."""
    host = desk.add(name, f"https://{name}.example/feed")
    urls = [f"https://{host}/{number}" for number in range(pages)]
    site.put(host, "/feed", rss(*((url, f"Commune {name}", DAY) for url in urls)))
    for number in range(pages):
        text = SENTENCES.format(n=f"{name} {number}")
        site.put(host, f"/{number}", Answer(article(f"Commune {number}", text), wait=wait))
    return urls


def test_bombs_make_a_crawl_no_larger_than_one_full_page_does(tmp_path: Path) -> None:
    bombs = {
        "/gzip": encoded(zeros(100), "gzip"),
        "/twice": encoded(gzip.compress(zeros(100)), "gzip, gzip"),
        "/brotli": encoded(brotli_zeros(300), "br"),
        "/endless": Answer(raw=endless),
        "/chunks": Answer(raw=endless_chunks),
        "/headers": Answer(raw=header_flood),
    }
    huge = Answer(
        b"User-agent: *\nDisallow: /closed\n" + b"# x\n" * (2 * MEGABYTE), content_type="text/plain"
    )
    before, _ = crawl_of(tmp_path / "before", {})
    after, outcomes = crawl_of(tmp_path / "after", bombs, huge)
    assert set(outcomes.values()) == {"too_big"}
    assert after.peak_mb - before.peak_mb <= 64
    assert after.worker_mb - before.worker_mb <= 64


@pytest.mark.soak
def test_every_bomb_alone(tmp_path: Path) -> None:
    bombs: dict[str, Callable[[], Answer]] = {
        "gzip 900 MB": lambda: encoded(zeros(900), "gzip"),
        "gzip 2 GB": lambda: encoded(zeros(2048), "gzip"),
        "gzip twice 900 MB": lambda: encoded(gzip.compress(zeros(900)), "gzip, gzip"),
        "deflate 900 MB": lambda: encoded(zeros(900, zlib.MAX_WBITS), "deflate"),
        "brotli 900 MB": lambda: encoded(brotli_zeros(900), "br"),
        "endless body": lambda: Answer(raw=endless),
        "endless chunks": lambda: Answer(raw=endless_chunks),
        "endless headers": lambda: Answer(raw=header_flood),
        "one node of 10 MB": lambda: Answer(f"<html><body><p>{'mot ' * 2_600_000}</p></body></html>"),
        "robots.txt of 52 MB": lambda: Answer("gone", 410),
    }
    before, _ = crawl_of(tmp_path / "before", {})
    print(f"\n{'':20} outcome     crawl  worker  (MB more than {before.peak_mb} and {before.worker_mb})")
    for number, (name, make) in enumerate(bombs.items()):
        huge = Answer(b"# x\n" * (13 * MEGABYTE), content_type="text/plain") if "robots" in name else None
        after, outcomes = crawl_of(tmp_path / str(number), {"/bomb": make()}, huge)
        crawl, worker = after.peak_mb - before.peak_mb, after.worker_mb - before.worker_mb
        print(f"{name:20} {outcomes['/bomb']:10} {crawl:6} {worker:7}")
        assert outcomes["/bomb"] == ("http_error" if huge else "too_big")
        assert max(crawl, worker) <= (20 if huge else 64)


@pytest.mark.soak
def test_no_page_holds_a_worker_for_more_than_twelve_seconds() -> None:
    pages = pages_of_many_kinds()
    print()
    for name, (reading, seconds) in timed_readings({name: body for name, (body, _) in pages.items()}).items():
        value = reading.value or {}
        said = f"{len(value['text']):8} characters, {value['suspect']}" if value else str(reading.outcome)
        print(f"{name:20} {len(pages[name][0]) / MEGABYTE:5.1f} MB {seconds:6.1f} s  {said}")
        assert seconds <= pages[name][1]
        assert reading.outcome in ("too_big", "parse_failed") or value["suspect"] == "parse" or value["text"]


def pages_of_many_kinds() -> dict[str, tuple[bytes, float]]:
    """Return pages that are hard to read, each with the seconds it may take."""
    text = "".join(f"<p>{line}</p>" for line in SENTENCES.format(n=1).split("\n")).encode()
    depths = (50, 300, 2_100, 20_000, 1_000_000)
    paragraphs = "".join(f"<p>Un paragraphe de plus, le {n}e.</p>" for n in range(105_000)).encode()
    return {
        "gzip 900 MB": (zeros(900), 2),
        "gzip 2 GB": (zeros(2048), 2),
        "gzip twice 900 MB": (gzip.compress(zeros(900)), 2),
        "60,000 attributes": (b"<p " + b" ".join(b"a%d=1" % n for n in range(60_000)) + b">" + text, 2),
        "200,000 attributes": (b"<p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">" + text, 2),
        **{f"{depth:,} nested": (b"<div>" * depth + text, 12) for depth in depths},
        "10 MB in one node": (b"<p>" + b"mot " * 2_600_000, 2),
        "7.9 MB in one node": (b"<p>" + b"mot " * 1_975_000, 12),
        "40,000 same": (b"<p>Un paragraphe de plus.</p>" * 40_000, 12),
        "105,000 paragraphs": (paragraphs, 12),
        "500,000 breaks": (b"mot<br>" * 500_000, 12),
        "400,000 links": (b"<a href=/x>x</a>" * 400_000, 12),
    }


def timed_readings(bodies: dict[str, bytes]) -> dict[str, tuple[Reading, float]]:
    """Read every body as a page in one disposable worker; return readings with the seconds each took."""

    async def read() -> dict[str, tuple[Reading, float]]:
        pool, found = ParserPool(workers=1), {}
        try:
            for name, body in bodies.items():
                await pool.read("page", page(b"<p>ready</p>"), timezone="UTC")
                began = time.monotonic()
                encoding = ", ".join(["gzip"] * (2 if "twice" in name else 1)) if "gzip" in name else ""
                reading = await pool.read("page", page(body, encoding), timezone="UTC")
                found[name] = reading, time.monotonic() - began
        finally:
            pool.close()
        return found

    return asyncio.run(read())


def page(body: bytes, encoding: str = "") -> Exchange:
    return Exchange(
        url="https://journal.example/a", method="GET", request_headers=(), status=200, body=body,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", encoding)),
        truncated=False, captured_at="2026-06-15T06:00:00Z", milliseconds=1,
    )  # fmt: skip


def fast_span(
    folder: Path,
    fast: int,
    slow: int,
    *,
    pages: int,
    wait: float,
    timeout: float,
    paths: tuple[str, ...] = BOTH,
) -> tuple[float, list[float]]:
    """Crawl fast hosts beside slow ones; return the fast hosts' seconds and the length of every slow try."""
    with local_site() as site:
        desk = Desk(folder, site)
        for number in range(slow):
            host = desk.add(f"slow{number}", f"https://slow{number}.example/feed")
            site.put(host, "/feed", rss(*((f"https://{host}{path}", "Titre", DAY) for path in paths)))
            for path in paths:
                site.put(host, path, Answer(raw=drip if path == "/body" else drip_headers))
        urls = [url for number in range(fast) for url in put_good(desk, site, f"fast{number}", pages, wait)]
        desk.crawl(TEST_TIMEOUT=str(timeout), within=200)
        outcomes = desk.outcomes()
        assert [outcomes[url] for url in urls] == ["stored"] * len(urls)
        assert sum(outcome == "timeout" for outcome in outcomes.values()) == len(paths) * slow
        at = [asked.at for asked in site.asked if asked.host.startswith("fast")]
        tries = []
        for number in range(slow):
            asked = [each for each in site.asked if each.host == f"slow{number}.example"]
            tries += [after.at - one.at for one, after in pairwise(asked) if one.path in paths]
        return max(at) - min(at), tries


def test_slow_hosts_are_cut_and_hold_up_nobody(tmp_path: Path) -> None:
    alone, _ = fast_span(tmp_path / "alone", 3, 0, pages=4, wait=0.3, timeout=1.5)
    beside, tries = fast_span(tmp_path / "beside", 3, 2, pages=4, wait=0.3, timeout=1.5)
    assert len(tries) == 6
    # A try ends with the timeout; the next begins when the host's turn has come again.
    assert max(tries) <= 4
    assert beside <= 1.5 * alone + 1


@pytest.mark.soak
def test_five_slow_hosts_among_twenty(tmp_path: Path) -> None:
    alone, _ = fast_span(tmp_path / "alone", 15, 0, pages=8, wait=2.0, timeout=30)
    beside, tries = fast_span(tmp_path / "beside", 15, 5, pages=8, wait=2.0, timeout=30, paths=("/body",))
    print(f"\n120 pages of 15 hosts: alone {alone:.1f} s, beside 5 slow hosts {beside:.1f} s")
    print(f"{len(tries)} slow tries with the limit of 30 s: longest {max(tries):.1f} s")
    assert beside <= 1.1 * alone
    assert max(tries) <= 31
