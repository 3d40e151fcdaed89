"""Public posts through the command: what is stored of them, and that nobody can be told from it."""

import json
import re
import stat

import pytest

from tests.crawlers.crawl_desk import EVENING, Desk
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

JSON = "application/json; charset=utf-8"


def everything(desk: Desk) -> str:
    """Return every value of every table of the working database, for searching."""
    tables = [name for (name,) in desk.rows("select name from sqlite_master where type = 'table'")]
    return "\n".join(
        str(row)
        for name in tables
        if not name.startswith("sqlite_")
        for row in desk.rows(f"select * from {name}")
    )


def posts(desk: Desk) -> list[tuple[str, ...]]:
    return desk.rows("select url, text, published_at from documents order by url")


def test_no_post_platform_starts_without_a_policy_that_names_all_five(desk: Desk, site: LocalSite) -> None:
    host = desk.add("chaine", "https://t.me/s/la_chaine", platform="telegram")
    desk.add("journal", "https://journal.example/feed")
    site.put(host, "/s/la_chaine", telegram_page())
    desk.crawl("chaine", code=1)
    assert "policy" in desk.said and "narratives sources policy" in desk.said
    with_policy(desk, POLICY.replace("retention: 24 mois", "retention: ''"))
    desk.crawl("chaine", code=1)
    assert "retention" in desk.said
    # In a scheduled run the others go ahead.
    desk.crawl()
    assert "chaine: not visited" in desk.said and "journal: " in desk.said
    assert site.paths(host) == []
    assert not (desk.folder / "pseudonym.key").exists()


def test_a_telegram_channel_is_read_page_by_page_and_only_new_posts_the_next_time(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add("chaine", "https://t.me/s/la_chaine", platform="telegram")
    with_policy(desk)
    forwarded = (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from '
        '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/autre_chaine/55">'
        '<span dir="auto">Autre</span></a></div>'
    )
    answered = (
        '<a class="tgme_widget_message_reply" href="https://t.me/la_chaine/2">'
        '<div class="tgme_widget_message_text js-message_reply_text">ce qui est cité</div></a>'
    )
    old = telegram_page(
        telegram_message("la_chaine", 1, "Le premier message.", at="2026-06-01T06:00:00+00:00")
    )
    new = telegram_page(
        telegram_message("la_chaine", 2, "", at="2026-06-02T06:00:00+00:00"),
        telegram_message(
            "la_chaine", 3, "Channel created", at="2026-06-02T06:00:00+00:00", kind="service_message"
        ),
        telegram_message(
            "la_chaine", 4, "<b>Le barrage</b><br/>Appelez le 76 12 34 56 ou écrivez à @moussa_t",
            at="2026-06-03T06:00:00+00:00", extra=forwarded,
        ),
        telegram_message(
            "la_chaine", 5, "Réponse <i class='emoji'><b>🇲🇱</b></i> du jour", at="2026-06-14T08:30:00+02:00",
            extra=answered,
        ),
    )  # fmt: skip
    site.put(host, "/s/la_chaine", new)
    site.put(host, "/s/la_chaine?before=2", old)
    desk.crawl("chaine")
    assert "was made: keep a copy" in desk.said
    assert posts(desk) == [
        ("https://t.me/la_chaine/1", "Le premier message.", "2026-06-01T06:00:00Z"),
        (
            "https://t.me/la_chaine/4",
            "Le barrage\nAppelez le [numéro] ou écrivez à [compte]",
            "2026-06-03T06:00:00Z",
        ),
        ("https://t.me/la_chaine/5", "Réponse 🇲🇱 du jour", "2026-06-14T06:30:00Z"),
    ]
    assert desk.outcomes("item")["https://t.me/la_chaine/2"] == "parse_failed"
    assert desk.rows("select distinct kind, author, length(author_key) from documents") == [
        ("post", None, 32)
    ]
    assert desk.rows("select credited_source from documents order by url") == [
        (None,),
        ("autre_chaine",),
        (None,),
    ]
    assert stat.S_IMODE((desk.folder / "pseudonym.key").stat().st_mode) == 0o600
    # Each post's evidence is the page it came in.
    assert desk.rows(
        "select distinct c.url from documents d join captures c using (capture_id) where d.url like '%/5'"
    ) == [("https://t.me/s/la_chaine",)]
    before = len(site.asked)
    desk.crawl("chaine", now=EVENING)
    assert [asked.path for asked in site.asked[before:]] == ["/s/la_chaine"]
    assert desk.rows("select count(*) from documents") == [(3,)]


def test_a_hashtag_holds_private_persons_and_nothing_stored_says_who_they_are(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add("mot", "https://pouet.example/tags/Mali", platform="mastodon")
    with_policy(desk)
    mention = '<span class="h-card"><a href="https://pouet.example/@awa">@<span>awa</span></a>'
    statuses = [
        mastodon_status(40, f"<p>Bonjour {mention}</span></p><p>Le pont est fermé.</p>", user="moussa_traore",
                        at="2026-06-14T06:00:00.000Z"),
        mastodon_status(39, "<p>De la part d’un autre.</p>", user="fanta_k", at="2026-06-14T05:00:00.000Z",
                        reblog={"id": "1"}),
        mastodon_status(38, "<p>Entre nous.</p>", user="fanta_k", at="2026-06-14T04:00:00.000Z",
                        visibility="unlisted"),
        mastodon_status(37, "<p>Le marché a rouvert.</p>", user="moussa_traore",
                        at="2026-06-14T03:00:00.000Z"),
        mastodon_status(36, "<p>Ne m’indexez pas.</p>", user="bintou", at="2026-06-14T02:00:00.000Z",
                        account={"id": "7", "acct": "bintou", "noindex": True}),
    ]  # fmt: skip
    site.put(host, "/api/v1/timelines/tag/Mali?limit=40", json.dumps(statuses), content_type=JSON)
    site.put(host, "/api/v1/timelines/tag/Mali?limit=40&max_id=36", "[]", content_type=JSON)
    desk.crawl("mot")
    assert [row[:2] for row in posts(desk)] == [
        ("https://pouet.example/api/v1/statuses/37", "Le marché a rouvert."),
        ("https://pouet.example/api/v1/statuses/40", "Bonjour [compte]\nLe pont est fermé."),
    ]
    kept = everything(desk)
    assert not re.search("moussa|fanta|bintou|@awa|Entre nous", kept)
    # One person is one pseudonym, and it is not a hash that a list of names would undo.
    keys = {key for (key,) in desk.rows("select author_key from documents")}
    assert len(keys) == 1
    refused = dict(desk.rows("select url, detail from fetches where outcome = 'refused_policy'"))
    assert sorted(refused.values()) == ["its account opted out of being indexed", "not public"]


def test_a_mastodon_account_is_looked_up_and_an_edited_post_becomes_a_version(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add("journal", "https://pouet.example/@journal", platform="mastodon")
    with_policy(desk)
    entry = {"id": "88", "acct": "journal", "url": "https://pouet.example/@journal"}
    statuses = "/api/v1/accounts/88/statuses?limit=40&exclude_reblogs=true&exclude_replies=true"
    first = mastodon_status(50, "<p>Le barrage reprend.</p>", user="journal", at="2026-06-14T06:00:00.000Z")
    site.put(host, "/api/v1/accounts/lookup?acct=journal", Answer(
        json.dumps(entry), content_type=JSON, headers={"ETag": '"always"'}))  # fmt: skip
    site.put(host, statuses, json.dumps([first]), content_type=JSON)
    site.put(host, statuses + "&max_id=50", "[]", content_type=JSON)
    desk.crawl("journal")
    edited = first | {"content": "<p>Le barrage reprend jeudi.</p>", "edited_at": "2026-06-15T07:00:00.000Z"}
    site.put(host, statuses, json.dumps([edited]), content_type=JSON)
    desk.crawl("journal", now=EVENING)
    assert [row[1] for row in posts(desk)] == ["Le barrage reprend."]
    assert desk.rows("select text from document_versions") == [("Le barrage reprend jeudi.",)]
    # The entry leads to the statuses, so it is never asked for conditionally.
    assert not any("If-None-Match" in asked.headers for asked in site.asked)


def test_bluesky_posts_leave_out_reposts_and_accounts_that_want_a_login(desk: Desk, site: LocalSite) -> None:
    desk.add("journal", "https://bsky.app/profile/journal.example", platform="bluesky")
    desk.hosts.add("public.api.bsky.app")
    desk.write_config()
    with_policy(desk)
    path = "/xrpc/app.bsky.feed.getAuthorFeed?actor=journal.example&limit=50&filter=posts_no_replies"
    site.put("public.api.bsky.app", path, bluesky_answer(
        bluesky_entry("a3", "Le pont, écrivez à info@journal.example", at="2026-06-14T06:00:00.000Z"),
        bluesky_entry("a2", "D’un autre", at="2026-06-13T06:00:00.000Z",
                      reason={"$type": "app.bsky.feed.defs#reasonRepost"}),
        bluesky_entry("a1", "L’horloge avance", at="2027-01-01T00:00:00.000Z",
                      indexed="2026-06-12T06:00:00.000Z"),
        cursor="2026-06-12T06:00:00Z"), content_type=JSON)  # fmt: skip
    site.put("public.api.bsky.app", path + "&cursor=2026-06-12T06%3A00%3A00Z", bluesky_answer(
        bluesky_entry("a0", "Seulement connectés", at="2026-06-11T06:00:00.000Z",
                      labels=[{"val": "!no-unauthenticated"}])), content_type=JSON)  # fmt: skip
    desk.crawl("journal")
    assert posts(desk) == [
        ("https://bsky.app/profile/did:plc:journal/post/a1", "L’horloge avance", "2026-06-12T06:00:00Z"),
        (
            "https://bsky.app/profile/did:plc:journal/post/a3",
            "Le pont, écrivez à [adresse]",
            "2026-06-14T06:00:00Z",
        ),
    ]
    assert desk.outcomes("item")["https://bsky.app/profile/did:plc:journal/post/a0"] == "refused_policy"


def test_a_youtube_channel_gives_title_and_description(desk: Desk, site: LocalSite) -> None:
    host = desk.add("tele", f"https://www.youtube.com/channel/{CHANNEL}", platform="youtube")
    with_policy(desk)
    feed = youtube_feed(
        (
            "video_0001",
            "Le journal de 20 h",
            "Au sommaire : le barrage.\nTél. 20 22 33 44",
            "2026-06-14T20:00:00+00:00",
        ),
        ("video_0002", "Sans description", "", "2026-06-13T20:00:00+00:00"),
    )
    site.put(host, f"/feeds/videos.xml?channel_id={CHANNEL}", feed, content_type="text/xml; charset=UTF-8")
    desk.crawl("tele")
    assert desk.rows("select title, text, published_origin from documents order by url") == [
        ("Le journal de 20 h", "Au sommaire : le barrage.\nTél. [numéro]", "feed"),
        ("Sans description", "Sans description", "feed"),
    ]


@pytest.mark.parametrize(
    ("url", "platform", "path", "answer", "outcome"),
    [
        ("https://t.me/s/la_chaine", "telegram", "/s/la_chaine", "<html><title>Telegram</title></html>",
         "parse_suspect"),
        ("https://pouet.example/tags/Mali", "mastodon", "/api/v1/timelines/tag/Mali?limit=40",
         '{"error": "This API requires an authenticated user"}', "parse_failed"),
        (f"https://www.youtube.com/channel/{CHANNEL}", "youtube", f"/feeds/videos.xml?channel_id={CHANNEL}",
         "<html><body>sign in</body></html>", "parse_suspect"),
    ],
)  # fmt: skip
def test_what_is_no_channel_is_named_so(
    desk: Desk, site: LocalSite, url: str, platform: str, path: str, answer: str, outcome: str
) -> None:
    host = desk.add("source", url, platform=platform)
    with_policy(desk)
    site.put(host, path, answer)
    desk.crawl("source")
    assert list(desk.outcomes("api").values()) == [outcome]
    assert "source: " + outcome in desk.said


def test_a_lost_key_and_a_key_that_others_can_read_are_refused(desk: Desk, site: LocalSite) -> None:
    host = desk.add("chaine", "https://t.me/s/la_chaine", platform="telegram")
    with_policy(desk)
    site.put(host, "/s/la_chaine", telegram_page(
        telegram_message("la_chaine", 1, "Un message.", at="2026-06-01T06:00:00+00:00")))  # fmt: skip
    desk.crawl("chaine")
    key = desk.folder / "pseudonym.key"
    key.chmod(0o640)
    desk.crawl("chaine", code=1)
    assert "chmod 600" in desk.said
    key.unlink()
    desk.crawl("chaine", code=1)
    assert "Restore the file from its copy" in desk.said
    assert not key.exists()
