"""What post platforms answer, written after their documentation, and the policy that lets them be asked.

Every account and text is invented.
"""

import json
from typing import Any

from tests.crawlers.crawl_desk import Desk

POLICY = (
    "controller: Observatoire fictif, Bamako\npurpose: suivre des récits\nlegal_ground: loi 2013-015\n"
    "retention: 24 mois\ncontact: https://tracker.example/contact\n"
    "public_accounts: [la_chaine, autre_chaine]\n"
)


def with_policy(desk: Desk, text: str = POLICY) -> None:
    """Give the deployment a policy file."""
    (desk.folder / "policy.yml").write_text(text, "utf-8")
    config = desk.folder / "narratives.toml"
    config.write_text('policy = "policy.yml"\n' + config.read_text("utf-8"), "utf-8")


def telegram_message(
    channel: str, number: int, text: str, *, at: str, extra: str = "", kind: str = ""
) -> str:
    """Return one message in the markup of a channel's public preview."""
    body = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>' if text else ""
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message {kind} js-widget_message" data-post="{channel}/{number}">'
        f'<div class="tgme_widget_message_bubble">'
        f'<div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" '
        f'href="https://t.me/{channel}"><span dir="auto">La chaîne</span></a></div>{extra}{body}'
        f'<div class="tgme_widget_message_footer compact"><div class="tgme_widget_message_info '
        f'short js-message_info"><span class="tgme_widget_message_views">1.2K</span><span '
        f'class="tgme_widget_message_meta"><a class="tgme_widget_message_date" href="https://t.me/{channel}/'
        f'{number}"><time datetime="{at}" class="time">06:00</time></a></span></div></div></div></div></div>'
    )


def telegram_page(*messages: str) -> str:
    """Return the public preview of a channel; the page shows the oldest message first."""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>La chaîne – Telegram</title></head><body>'
        '<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">La chaîne</div></div>'
        f'<section class="tgme_channel_history">{"".join(messages)}</section></body></html>'
    )


def mastodon_status(number: int, content: str, *, user: str, at: str, **fields: Any) -> dict[str, Any]:
    """Return a status entity of a public timeline."""
    account = {"id": f"9{len(user)}", "acct": user, "username": user, "noindex": False}
    account["uri"] = f"https://pouet.example/users/{user}"
    status = {
        "id": str(number), "created_at": at, "edited_at": None, "visibility": "public", "language": "fr",
        "spoiler_text": "", "reblog": None, "url": f"https://pouet.example/@{user}/{number}",
        "content": content, "account": account,
    }  # fmt: skip
    return status | fields


def bluesky_answer(*entries: dict[str, Any], cursor: str | None = None) -> str:
    """Return an answer of getAuthorFeed."""
    return json.dumps({"feed": list(entries)} | ({"cursor": cursor} if cursor else {}))


def bluesky_entry(
    key: str, text: str, *, at: str, indexed: str | None = None, **fields: Any
) -> dict[str, Any]:
    """Return one post view of an author's feed."""
    labels = fields.pop("labels", [])
    author = {
        "did": "did:plc:journal",
        "handle": "journal.example",
        "displayName": "Le Journal",
        "labels": labels,
    }
    post = {
        "uri": f"at://did:plc:journal/app.bsky.feed.post/{key}", "cid": "bafy", "author": author,
        "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": at, "langs": ["fr"]},
        "indexedAt": indexed or at,
    }  # fmt: skip
    return {"post": post} | fields


def youtube_feed(*videos: tuple[str, str, str, str]) -> str:
    """Return a channel's feed of ``(id, title, description, published)``."""
    entries = "".join(
        f"<entry><id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId>"
        f"<yt:channelId>{CHANNEL}</yt:channelId>"
        f'<title>{title}</title><link rel="alternate" href="https://www.youtube.com/watch?v={video}"/>'
        f"<author><name>La Télé</name></author><published>{at}</published><updated>{at}</updated>"
        f"<media:group><media:title>{title}</media:title>"
        f"<media:description>{description}</media:description></media:group></entry>"
        for video, title, description, at in videos
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
        f"<yt:channelId>{CHANNEL}</yt:channelId><title>La Télé</title>{entries}</feed>"
    )


#: A channel id that YouTube has not given: the right length, and words.
CHANNEL = "UCfictive_chaine_de_test"
