"""A month after a post was collected it is asked for once more; what was deleted at its source goes."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers.post_checks import check_address, still_there
from db.clock import timestamp
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import Answer, LocalSite
from tests.crawlers.post_answers import (
    CHANNEL,
    POLICY,
    bluesky_answer,
    bluesky_entry,
    mastodon_status,
    telegram_message,
    telegram_page,
    with_policy,
    youtube_feed,
)

START = datetime(2026, 6, 15, 6, tzinfo=UTC)
JSON = "application/json; charset=utf-8"
ERROR = '<div class="tgme_widget_message_error">Post not found</div>'
AUTHOR = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=journal.example&limit=50&filter=posts_no_replies"
STATUS = mastodon_status(40, "<p>Le pont est fermé.</p>", user="awa", at="2026-06-14T06:00:00.000Z")
POST = telegram_message("la_chaine", 1, "Un message.", at="2026-06-14T06:00:00+00:00")
SINCE = telegram_message("la_chaine", 9, "Depuis lors.", at="2026-07-14T06:00:00+00:00")
VIDEO = "https://www.youtube.com/watch?v=video_0001"

#: platform -> (source, its listing then, its listing a month later, the listing's address, the post).
PLATFORMS: dict[str, tuple[str, str, str, str, str]] = {
    "telegram": (
        "https://t.me/s/la_chaine", telegram_page(POST), telegram_page(SINCE),
        "https://t.me/s/la_chaine", "https://t.me/la_chaine/1",
    ),
    "mastodon": (
        "https://pouet.example/tags/Mali", json.dumps([STATUS]), "[]",
        "https://pouet.example/api/v1/timelines/tag/Mali?limit=40", "https://pouet.example/api/v1/statuses/40",
    ),
    "bluesky": (
        "https://bsky.app/profile/journal.example",
        bluesky_answer(bluesky_entry("a3", "Le pont.", at="2026-06-14T06:00:00.000Z")), bluesky_answer(),
        AUTHOR, "https://bsky.app/profile/did:plc:journal/post/a3",
    ),
    "youtube": (
        f"https://www.youtube.com/channel/{CHANNEL}",
        youtube_feed(("video_0001", "Le journal", "Au sommaire.", "2026-06-14T20:00:00+00:00")),
        youtube_feed(("video_0002", "Le journal", "Autre chose.", "2026-07-14T20:00:00+00:00")),
        f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}", VIDEO,
    ),
}  # fmt: skip
#: platform -> what it answers for a post that is there, that was deleted, and something in between.
ANSWERS: dict[str, tuple[Answer, Answer, Answer]] = {
    "telegram": (Answer(telegram_page(POST)), Answer(ERROR), Answer("<p>Une panne</p>")),
    "mastodon": (Answer(json.dumps(STATUS), content_type=JSON), Answer("{}", 404), Answer("", 503)),
    "bluesky": (
        Answer('{"posts": [{"uri": "at://did:plc:journal/app.bsky.feed.post/a3"}]}', content_type=JSON),
        Answer('{"posts": []}', content_type=JSON),
        Answer('{"error": "InvalidRequest"}', 400),
    ),
    "youtube": (
        Answer('{"title": "Le journal"}', content_type=JSON),
        Answer("Not Found", 404),
        Answer("", 401),
    ),
}


def at(days: float) -> str:
    return timestamp(START + timedelta(days=days))


def put(site: LocalSite, url: str, answer: Any) -> None:
    host, path = url.removeprefix("https://").split("/", 1)
    site.put(host, f"/{path}", answer)


def collect(desk: Desk, *platforms: str) -> None:
    """Collect one post of each platform; a month later the listings hold it no more."""
    for platform in platforms:
        source, then, _, listing, _ = PLATFORMS[platform]
        desk.add(platform, source, platform=platform)
        desk.hosts.add(listing.split("/")[2])
        put(desk.site, listing, then)
    desk.write_config()
    with_policy(desk)
    desk.crawl(now=at(0))
    posts = {PLATFORMS[platform][4] for platform in platforms}
    assert set(desk.rows("select url, kind, gone_at from documents")) == {
        (url, "post", None) for url in posts
    }
    for platform in platforms:
        put(desk.site, PLATFORMS[platform][3], PLATFORMS[platform][2])


def let_go(desk: Desk) -> int:
    """Do what `narratives run` does after the crawl; return how many deleted posts went."""
    desk.python(
        "import sys; from pathlib import Path; from crawlers.retention import let_old_posts_go\n"
        "Path(sys.argv[2]).write_text(str(let_old_posts_go(Path(sys.argv[1])).deleted))\n",
        str(desk.database),
        str(desk.folder / "deleted"),
    )
    return int((desk.folder / "deleted").read_text())


def test_deleted_posts_are_noticed_after_a_month_and_removed(desk: Desk, site: LocalSite) -> None:
    collect(desk, *PLATFORMS)
    for platform, (*_, post) in PLATFORMS.items():
        put(site, check_address(platform, post) or "", ANSWERS[platform][1])
    desk.crawl(now=at(30))
    gone = dict(desk.rows("select url, gone_at from documents where gone_at is not null"))
    assert gone == {post: at(30) for *_, post in PLATFORMS.values()}
    assert {desk.outcomes("item")[post] for post in gone} == {"http_error"}
    assert desk.rows("select status from crawl_runs") == [("finished",)] * 2
    assert let_go(desk) == len(PLATFORMS)
    assert not set(gone) & {url for (url,) in desk.rows("select url from documents")}
    assert desk.rows("select distinct reason from tombstones") == [("deleted-at-source",)]


def test_a_post_that_is_there_is_asked_for_once_and_a_policy_may_keep_deleted_ones(
    desk: Desk, site: LocalSite
) -> None:
    collect(desk, "telegram")
    post = PLATFORMS["telegram"][4]
    put(site, check_address("telegram", post) or "", ANSWERS["telegram"][0])
    for days in (27, 30, 32):
        desk.crawl(now=at(days))
    (asked,) = [asked for asked in site.asked if asked.path == "/la_chaine/1?embed=1"]
    assert asked.headers["Accept-Encoding"] == "identity"
    assert desk.outcomes("item")[post] == "duplicate"
    assert desk.rows("select gone_at from documents where url = ?", post) == [(None,)]

    (desk.folder / "policy.yml").write_text(POLICY + "remove_deleted: false\n", "utf-8")
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("update documents set gone_at = '2026-07-16T00:00:00Z'")
    assert let_go(desk) == 0


@pytest.mark.parametrize("platform", PLATFORMS)
def test_only_a_clear_answer_counts(platform: str) -> None:
    post = PLATFORMS[platform][4]
    verdicts = [
        still_there(platform, post, answer.status, str(answer.body).encode()) for answer in ANSWERS[platform]
    ]
    assert verdicts == [True, False, None]
    assert still_there(platform, post, 429, b"") is None
