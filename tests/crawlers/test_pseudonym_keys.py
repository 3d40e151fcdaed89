"""One database, one key: another key is refused by name, and beginning anew is a decision."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawlers.crawl_desk import EVENING, Desk
from tests.crawlers.local_site import local_site
from tests.crawlers.post_answers import telegram_message, telegram_page, with_policy


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A deployment that has collected one post with its first key."""
    with local_site() as site:
        desk = Desk(tmp_path, site)
        host = desk.add("chaine", "https://t.me/s/la_chaine", platform="telegram")
        with_policy(desk)
        message = telegram_message("la_chaine", 1, "Un message.", at="2026-06-01T06:00:00+00:00")
        site.put(host, "/s/la_chaine", telegram_page(message))
        desk.crawl("chaine")
        yield desk


def rekey(desk: Desk) -> None:
    desk.python(
        "import sys; from narratives import cli; cli(['sources', 'rekey', sys.argv[1]])", str(desk.database)
    )


def test_another_key_is_refused_before_anything_is_asked(desk: Desk) -> None:
    key = desk.folder / "pseudonym.key"
    first = key.read_bytes()
    asked = len(desk.site.asked)
    key.write_bytes(secrets.token_bytes(32))
    desk.crawl("chaine", now=EVENING, code=1)
    assert "is not the one that the pseudonyms" in desk.said
    assert "narratives sources rekey DB" in desk.said
    assert len(desk.site.asked) == asked
    key.write_bytes(first)
    desk.crawl("chaine", now=EVENING)
    ((fingerprint,),) = desk.rows("select fingerprint from pseudonym_keys")
    assert len(fingerprint) == 16 and fingerprint not in first.hex()


def test_rekeying_takes_the_old_pseudonyms_from_the_file_and_begins_anew(desk: Desk) -> None:
    ((old,),) = desk.rows("select author_key from documents")
    rekey(desk)
    assert desk.rows("select author_key from documents") == [(None,)]
    beside = [path for path in desk.folder.glob("press.db*") if path.is_file()]
    assert not any(old.encode() in path.read_bytes() for path in beside)
    (desk.folder / "pseudonym.key").unlink()
    page = telegram_page(
        telegram_message("la_chaine", 2, "Un autre.", at="2026-06-15T09:00:00+00:00"),
        telegram_message("la_chaine", 1, "Un message.", at="2026-06-01T06:00:00+00:00"),
    )
    desk.site.put("t.me", "/s/la_chaine", page)
    desk.crawl("chaine", now=EVENING)
    assert "was made: keep a copy" in desk.said
    rows = dict(desk.rows("select text, author_key from documents"))
    assert rows["Un message."] is None
    assert rows["Un autre."] not in (None, old)
