"""The day of a page, over pages of ten shapes that also name other days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.extraction import extract

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
SHAPES = (
    "meta", "json", "itemprop", "time", "address", "words", "numbers", "below", "english", "month",
)  # fmt: skip


def in_words(on: datetime, names: Sequence[str] = MONTHS) -> str:
    return f"{on.day} {names[on.month - 1]} {on.year}"


def page(on: datetime, head: str = "", beside: str = "", after: str = "") -> bytes:
    """Return an article whose text, comments, change mark and neighbours name other days."""
    before, later = on - timedelta(days=400), on + timedelta(days=2)
    return (
        f"<html><head>{head}</head><body><div class='ticker'><span>{in_words(later)}</span></div>"
        f"<article><h1>Les pistes sont coupées</h1>{beside}"
        f"<p class='updated'>Mis à jour le {in_words(on + timedelta(days=1))}</p>"
        f"<p>Le {in_words(before)}, la même crue avait déjà emporté le pont de bois.</p>"
        "<p>La pluie est tombée toute la nuit sur la vallée, et les pistes sont coupées en deux endroits.</p>"
        f"{after}</article>"
        f"<div class='comments'><time datetime='{later:%Y-%m-%d}'>{in_words(later)}</time></div>"
        f"<aside class='related'><time datetime='{before:%Y-%m-%d}'>{in_words(before)}</time></aside>"
    ).encode()


def shaped(shape: str, on: datetime) -> tuple[bytes, str]:
    """Return a page that states its day in one of ten ways, and the path of its address."""
    day = f"{on:%Y-%m-%d}"
    match shape:
        case "meta":
            stamp = f"<meta property='article:published_time' content='{on:%Y-%m-%dT%H:%M:%SZ}'>"
            return page(on, stamp), "/a"
        case "json":
            node = f'{{"@type":"NewsArticle","datePublished":"{day}","dateModified":"2026-06-01"}}'
            return page(on, f"<script type='application/ld+json'>{node}</script>"), "/a"
        case "itemprop":
            return page(on, beside=f"<span itemprop='datePublished' content='{day}'>x</span>"), "/a"
        case "time":
            return page(on, beside=f"<time datetime='{on:%Y-%m-%dT%H:%M}'>{in_words(on)}</time>"), "/a"
        case "address":
            return page(on), f"/{on:%Y/%m/%d}/pistes"
        case "words":
            return page(on, beside=f"<p>Publié le {in_words(on)}</p>"), "/a"
        case "numbers":
            return page(on, beside=f"<div>Par A. Exemple | {on:%d/%m/%Y} à {on:%Hh%M}</div>"), "/a"
        case "below":
            mark = f"<abbr class='published' title='{day}'>{on:%d/%m}</abbr>"
            return page(on, after=f"<div class='post-footer'>{mark}</div>"), "/a"
        case "english":
            written = f"{ENGLISH[on.month - 1]} {on.day}, {on.year}"
            return page(on, beside=f"<p>By A. Exemple, {written}</p>"), "/a"
        case _:
            return page(on, beside=f"<span>{in_words(on)}</span>"), f"/{on:%Y/%m}/pistes"


@pytest.mark.parametrize("count", [40, pytest.param(200, marks=pytest.mark.soak)])
def test_at_most_two_in_a_hundred_days_are_wrong(count: int) -> None:
    wrong, missing = [], []
    for number in range(count):
        shape = SHAPES[number % len(SHAPES)]
        on = datetime(2012, 3, 9, 10, 20, tzinfo=UTC) + timedelta(days=23 * number, minutes=number)
        body, path = shaped(shape, on)
        found = extract(body, f"https://fleuve.example{path}", now=NOW).published_at
        if found is None:
            missing.append(shape)
        elif found[:10] != f"{on:%Y-%m-%d}":
            wrong.append((shape, f"{on:%Y-%m-%d}", found))
    print(f"\n{count} pages: {len(wrong)} days wrong, {len(missing)} missing")  # noqa: T201
    assert len(wrong) <= 0.02 * count, wrong
    assert len(missing) <= 0.02 * count, missing
