"""From a post in a listing to what is stored of it: no name, a keyed pseudonym, a masked text. Pure."""

from collections.abc import Collection

from crawlers.addresses import canonical_url
from crawlers.catalog import Source
from crawlers.encoding import clean, undirected
from crawlers.listing import Item
from crawlers.masking import masked
from crawlers.page_facts import language_of_words
from crawlers.pseudonyms import Pseudonyms
from crawlers.results import Article
from db.clock import timestamp

_LANGUAGES = {"fr": "fr", "en": "en", "bm": "bm", "bam": "bm"}


def post_of(
    item: Item,
    *,
    source: Source,
    pseudonyms: Pseudonyms,
    public_accounts: Collection[str] = (),
    identity: str | None = None,
) -> Article | None:
    """Return the document that a post becomes, or None for one without text (a picture, a poll).

    Mentions, telephone numbers and e-mail addresses are masked, but for ``public_accounts``; a channel it
    was forwarded from is named only when it is one of them.
    """
    text = masked(undirected(clean(item.text or "")).strip(), public_accounts)
    if not any(character.isalnum() for character in text):
        return None
    return Article(
        identity=identity or canonical_url(item.url) or item.url,
        source_id=source.id,
        text=text,
        kind="post",
        first_seen_at=timestamp(),
        url=item.url,
        canonical_url=canonical_url(item.url),
        title=masked(item.title, public_accounts) if item.title else None,
        language=language_of_words(text) or _stated_language(item.language) or source.language,
        published_at=item.published_at,
        published_precision=item.published_precision,
        published_origin="feed" if item.published_at else None,
        claimed_published_at=item.published_at,
        claimed_origin="feed" if item.published_at else None,
        page_published_at=None,
        page_published_origin=None,
        author=None,
        author_key=pseudonyms.of(source.platform, item.author_id) if item.author_id else None,
        credited_source=item.credited if item.credited in public_accounts else None,
    )


def _stated_language(code: str | None) -> str | None:
    return _LANGUAGES.get(code.lower().partition("-")[0], "other") if code else None
