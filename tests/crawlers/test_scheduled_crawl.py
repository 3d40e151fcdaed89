"""What a scheduled crawl heeds and tells: room on the disk, Retry-After, lying servers, moves, gaps."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import Answer, LocalSite, article, rss

START = datetime(2026, 6, 15, 6, tzinfo=UTC)


def after(**span: float) -> str:
    return (START + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def feed_of(site: LocalSite, host: str, *numbers: int, on: str | None = None) -> str:
    """Serve articles and return the feed that lists them, one a day before START."""
    at = on or host
    for n in numbers:
        text = f"La note {n} de {at} raconte la vie du quartier en une phrase assez longue."
        site.put(at, f"/{n}", article(f"Note {n}", text))
    days = {n: format_datetime(START - timedelta(days=30 - n)) for n in numbers}
    return rss(*((f"https://{at}/{n}", f"Note {n}", days[n]) for n in numbers))


def status_of(desk: Desk) -> dict[str, dict[str, object]]:
    content = json.loads((desk.folder / "press.db.status.json").read_text())
    return {alarm["source"]: alarm for alarm in content["alarms"]}


#: The command on a disk that has room for the first few looks at it only.
LITTLE_ROOM = """
import shutil, sys
from collections import namedtuple
usage = namedtuple("usage", "total used free")
looks = int(sys.argv.pop(1))

def disk_usage(path):
    global looks
    looks -= 1
    return usage(10**12, 10**12, 10**12 if looks >= 0 else 10**9)

shutil.disk_usage = disk_usage
from narratives import cli
sys.exit(cli())
"""


@pytest.mark.parametrize("looks", [0, 2])
def test_collection_stops_while_there_is_still_room(desk: Desk, site: LocalSite, looks: int) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/feed", feed_of(site, host, 1, 2, 3))
    done = subprocess.run(
        [sys.executable, "-c", LITTLE_ROOM, str(looks), "crawl", str(desk.database)],
        env=os.environ | {"NARRATIVES_NOW": after(), "NARRATIVES_CONFIG": ""},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "no space: only 0.9 GB are free" in done.stderr
    assert "Free space or move the evidence" in done.stderr
    assert "Traceback" not in done.stderr
    if looks:
        ((status, problems),) = desk.rows("select status, problems from crawl_runs")
        assert status == "failed"
        assert "no space" in problems
        desk.crawl(now=after(hours=1))
        assert desk.rows("select count(*) from documents") == [(3,)], "the next run goes on"
    else:
        assert site.asked == []


def test_a_server_that_asks_for_peace_is_left_alone_until_then(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/feed", Answer("doucement", 429, headers={"Retry-After": "50000"}))
    other = desk.add("gazette", "https://gazette.example/feed")
    site.put(other, "/feed", feed_of(site, other, 1))
    site.put(other, "/1", Answer("doucement", 503, headers={"Retry-After": "86000"}))
    desk.crawl(now=after())
    due = "select next_due_at from feeds order by source_id"
    assert desk.rows(due) == [(after(seconds=86_000),), (after(seconds=50_000),)]
    asked = len(site.asked)
    desk.crawl(now=after(hours=13))
    assert len(site.asked) == asked


def test_a_server_that_lies_is_caught_once_and_believed_no_more(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    held = {"body": feed_of(site, host, 1, 2, 3)}

    def feed(headers: Mapping[str, str]) -> Answer:
        frozen = {"ETag": '"same"'}
        return (
            Answer(status=304, headers=frozen)
            if "If-None-Match" in headers
            else Answer(held["body"], headers=frozen)
        )

    site.put(host, "/feed", feed)
    desk.crawl(now=after())
    held["body"] = feed_of(site, host, 2, 3, 4)
    for day in (1, 7):
        desk.crawl(now=after(days=day))
    assert desk.rows("select count(*) from documents") == [(4,)]
    ((caught,),) = desk.rows("select validators_lied_at from feeds")
    assert caught is not None and caught <= after(days=7)
    held["body"] = feed_of(site, host, 3, 4, 5)
    desk.crawl(now=after(days=8, hours=1))
    assert desk.rows("select count(*) from documents") == [(5,)]


def test_a_source_that_moves_keeps_its_articles(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    desk.hosts.add("new.example")
    desk.write_config()
    site.put(host, "/feed", feed_of(site, host, 1, 2, 3))
    desk.crawl(now=after())
    site.put(host, "/feed", Answer(status=301, headers={"Location": "https://new.example/feed"}))
    kept = {n: site.routes[host, f"/{n}"] for n in (1, 2, 3)}
    for n in (1, 2, 3):
        site.put(host, f"/{n}", Answer(status=301, headers={"Location": f"https://new.example/{n}"}))
    feed_of(site, host, 1, 2, 3, 4, on="new.example")
    for n in (1, 2, 3):
        site.routes["new.example", f"/{n}"] = kept[n]
    days = [format_datetime(START - timedelta(days=30 - n)) for n in range(5)]
    site.put(
        "new.example",
        "/feed",
        rss(*((f"https://new.example/{n}", f"Note {n}", days[n]) for n in (1, 2, 3, 4))),
    )
    desk.crawl(now=after(days=2))
    assert [row[0] for row in desk.rows("select url from documents order by url")] == [
        *(f"https://journal.example/{n}" for n in (1, 2, 3)), "https://new.example/4",
    ]  # fmt: skip
    assert status_of(desk)["journal"]["state"] == "moved"
    assert "journal is moved: redirects for good to https://new.example/feed" in desk.said


def test_a_gap_between_two_visits_is_told_with_its_remedy(desk: Desk, site: LocalSite) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/feed", feed_of(site, host, 1, 2, 3))
    first = desk.crawl("--log", "json", now=after())
    lines = [json.loads(line) for line in first.stderr.splitlines() if not line.startswith("watched")]
    (visited,) = [line for line in lines if line["event"] == "source_visited"]
    assert (visited["source"], visited["new"], visited["complete"]) == ("journal", 3, True)
    assert visited["outcomes"] == {"stored": 4}
    assert [line["status"] for line in lines if line["event"] == "crawl_ended"] == ["finished"]
    site.put(host, "/feed", feed_of(site, host, 7, 8, 9))
    desk.crawl(now=after(days=2))
    assert "none of its 3 items was known" in desk.said
    assert "--backfill --since 2026-06-15" in desk.said


def test_a_dead_source_is_told_at_the_second_visit_and_given_up_in_the_end(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    whole = feed_of(site, host, 1, 2, 3)
    site.put(host, "/feed", whole)
    desk.crawl(now=after())
    site.put(host, "/feed", Answer("nothing", 404))
    desk.crawl(now=after(days=1))
    assert status_of(desk) == {}
    desk.crawl(now=after(days=1, hours=6))
    alarm = status_of(desk)["journal"]
    assert (alarm["state"], alarm["since"]) == ("failing", after(days=1))
    assert "answer 404" in str(alarm["trouble"])
    desk.python(
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
        "db.execute('update feeds set failures = 29.5'); db.commit()",
        str(desk.database),
    )
    desk.crawl(now=after(days=3))
    assert status_of(desk)["journal"]["state"] == "given_up"
    assert "journal is given up since 2026-06-16" in desk.said
    assert desk.rows("select next_due_at from feeds") == [(after(days=33),)]
    site.put(host, "/feed", whole)
    desk.crawl(now=after(days=33))
    assert status_of(desk) == {}
    assert desk.rows("select failures, failed_polls, failing_since from feeds") == [(0.0, 0, None)]
