"""An evening's article that its outlet dates to the next day, and pages that only look like one."""

from datetime import UTC, datetime

import pytest

from crawlers.extraction import extract

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
PARAGRAPH = (
    "<p>La pluie est tombée toute la nuit sur la vallée, et les pistes sont coupées en deux endroits.</p>"
)
EVENING = "2024-03-04T19:30:00Z"
DATED = "<div class='edition'><span>mardi</span> <a>05.03.24</a></div>"


def page(published: str, beside: str, *, head: str = "", above: str = "") -> bytes:
    return (
        f"<html><head><meta property='article:published_time' content='{published}'>{head}</head>"
        f"<body>{above}"
        f"<article><h1>Les pistes sont coupées</h1>{beside}{PARAGRAPH * 3}</article></body></html>"
    ).encode()


def stated(body: bytes) -> tuple[str | None, str, str | None]:
    found = extract(body, "https://fleuve.example/pistes", now=NOW)
    return found.published_at, found.published_precision, found.published_origin


@pytest.mark.parametrize(
    "beside", [DATED, "<p>Édition du mardi 5 mars 2024</p>", "<time>Tuesday 5 March 2024</time>"]
)
def test_an_evening_article_dated_ahead_is_of_the_day_its_readers_see(beside: str) -> None:
    assert stated(page(EVENING, beside)) == ("2024-03-05", "day", "metadata")


@pytest.mark.parametrize(
    "body",
    [
        page(EVENING, "<p>05.03.24</p>"),
        page(EVENING, "<p>lundi 05.03.24</p>"),
        page(EVENING, "<p>mercredi 6 mars 2024</p>"),
        page(EVENING, "<p>mardi 5 mars 2024 à 8h15</p>"),
        page(EVENING, "<p>Mis à jour mardi 5 mars 2024</p>"),
        page(EVENING, f"<p>Publié le lundi 4 mars 2024</p>{DATED}"),
        page(EVENING, DATED, head="<meta property='article:modified_time' content='2024-03-05T07:00:00Z'>"),
        page(EVENING, "", above=DATED),
    ],
    ids=["no weekday", "another weekday", "two days on", "an hour", "a change", "both days", "changed then",
         "above the article"],
)  # fmt: skip
def test_what_only_looks_like_an_edition_keeps_what_machines_were_told(body: bytes) -> None:
    assert stated(body) == (EVENING, "minute", "metadata")


def test_a_morning_article_is_never_dated_ahead() -> None:
    assert stated(page("2024-03-04T09:30:00Z", DATED)) == ("2024-03-04T09:30:00Z", "minute", "metadata")
