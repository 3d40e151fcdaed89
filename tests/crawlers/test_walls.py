"""Walls are named and never stored; short articles that speak of walls are stored."""

import pytest

from crawlers.article import MIN_CHARACTERS
from crawlers.parse_worker import read_one
from tests.crawlers.wall_pages import ARTICLES, WALLS, Wall, article_page


def reading(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> tuple[str, str]:
    """Return the outcome of a page in a worker, and what was found."""
    task = {
        "kind": "page", "url": "https://journal.example/a", "status": status, "timezone": "UTC", "cap": 10**6,
        "headers": {"content-type": "text/html; charset=utf-8", **(headers or {})},
    }  # fmt: skip
    answer = read_one(task, body)
    if "outcome" in answer:
        return answer["outcome"], answer["detail"]
    text = answer["value"]["text"].strip()
    return ("stored" if len(text) >= MIN_CHARACTERS else "parse_failed"), text


def test_at_least_38_of_40_walls_are_named_and_none_is_stored() -> None:
    found = {wall.name: reading(wall.page, wall.status, wall.headers) for wall in WALLS}
    assert len(found) == 40
    missed = {name: answer for name, answer in found.items() if answer[0] != "walled"}
    assert len(missed) <= 2, missed
    # A status other than 200 is an http_error where the wall is not recognised.
    stored = [wall.name for wall in WALLS if found[wall.name][0] == "stored" and wall.status == 200]
    assert not stored


@pytest.mark.parametrize(("title", "words"), ARTICLES)
def test_a_short_article_that_uses_the_words_of_walls_is_stored(title: str, words: str) -> None:
    outcome, text = reading(article_page(title, words))
    assert outcome == "stored", text
    assert words[-40:] in text


@pytest.mark.parametrize("wall", [wall for wall in WALLS if wall.status == 200], ids=lambda wall: wall.name)
def test_words_around_a_whole_article_make_no_wall(wall: Wall) -> None:
    article = "".join(article_page(title, words).decode() for title, words in ARTICLES)
    assert reading(article.encode() + wall.page)[0] == "stored"
