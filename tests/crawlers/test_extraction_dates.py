"""When a page was published: as machines, addresses and French or English words say it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.date_words import read_date
from crawlers.extraction import extract

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
PARAGRAPH = (
    "<p>La pluie est tombée toute la nuit sur la vallée, et les pistes sont coupées en deux endroits.</p>"
)


@pytest.mark.parametrize(
    ("written", "at", "precision"),
    [
        ("2024-03-05", "2024-03-05", "day"),
        ("2024-03-05T10:00:00Z", "2024-03-05T10:00:00Z", "minute"),
        ("2024-03-05T10:00:00+0200", "2024-03-05T08:00:00Z", "minute"),
        ("2024-03-05 10:00:00.000000", "2024-03-05T09:00:00Z", "minute"),
        ("2024-03-05T00:00:00-05:00", "2024-03-05", "day"),
        ("20240305", "2024-03-05", "day"),
        ("2024-03", "2024-03-01", "month"),
        ("Tue, 05 Mar 2024 10:00:00 GMT", "2024-03-05T10:00:00Z", "minute"),
        ("March 5, 2024, 07:47 PM EST", "2024-03-06T00:47:00Z", "minute"),
        ("05/03/2024", "2024-03-05", "day"),
        ("05.03.24", "2024-03-05", "day"),
        ("Publié le 05/03/2024 - 16:00", "2024-03-05T15:00:00Z", "minute"),
        ("mardi 5 mars 2024 à 14h30", "2024-03-05T13:30:00Z", "minute"),
        ("5 mars 2024 à 14 h est", "2024-03-05T13:00:00Z", "minute"),
        ("1er avril 2024", "2024-04-01", "day"),
        ("15 févr. 2024", "2024-02-15", "day"),
        ("15 fe\u0301vrier 2024", "2024-02-15", "day"),
        ("5 août 2024", "2024-08-05", "day"),
        ("mars 2024", "2024-03-01", "month"),
        ("10 ɔkutɔburu 2024", "2024-10-10", "day"),
        ("5 de marzo de 2024", "2024-03-05", "day"),
        ("5. März 2024", "2024-03-05", "day"),
        ("il y a 3 heures", "2026-06-15T09:00:00Z", "minute"),
        ("il y a 2 jours", "2026-06-13", "day"),
        ("hier à 14h30", "2026-06-14T12:30:00Z", "minute"),
        ("3 hours ago", "2026-06-15T09:00:00Z", "minute"),
        # French, as newspapers print it.
        ("Publié le mardi 5 mars 2024 à 14:30", "2024-03-05T13:30:00Z", "minute"),
        ("05 mars 2024 | 10h05", "2024-03-05T09:05:00Z", "minute"),
        ("Bamako, le 5 mars 2024", "2024-03-05", "day"),
        ("Mis en ligne le 05/03/24 à 08h", "2024-03-05T07:00:00Z", "minute"),
        ("Dimanche 31 décembre 2023 23:59", "2023-12-31T22:59:00Z", "minute"),
        ("10 Juil. 2024", "2024-07-10", "day"),
        ("5 aou\u0302t 2023", "2023-08-05", "day"),
        ("vendredi 8 mars 2024, 7h45 GMT", "2024-03-08T07:45:00Z", "minute"),
        ("il y a une heure", "2026-06-15T11:00:00Z", "minute"),
        ("il y a 2 semaines", "2026-06-01", "day"),
        ("publié il y a 3 mois", "2026-03-01", "month"),
        ("il y a un an", "2025-01-01", "year"),
        ("avant-hier", "2026-06-13", "day"),
        ("Aujourd’hui, 08:15", "2026-06-15T06:15:00Z", "minute"),
        # English.
        ("5th March 2024", "2024-03-05", "day"),
        ("Tuesday 05 March 2024 14:30 GMT", "2024-03-05T14:30:00Z", "minute"),
        ("an hour ago", "2026-06-15T11:00:00Z", "minute"),
        ("yesterday at 09:15", "2026-06-14T07:15:00Z", "minute"),
        ("Tue Mar 05 10:00:00 UTC 2024", "2024-03-05T10:00:00Z", "minute"),
        ("05/13/2024", "2024-05-13", "day"),
        # Bambara.
        ("marisi kalo tile 5 san 2024", "2024-03-05", "day"),
        ("san 2024 awirili kalo tile 13", "2024-04-13", "day"),
        ("ɔkutɔburukalo tile 5, san 2023", "2023-10-05", "day"),
        ("Mɛ kalo tile 12 san 2024", "2024-05-12", "day"),
        ("5 zuwɛnkalo 2024", "2024-06-05", "day"),
        # Spanish and Portuguese.
        ("martes, 5 de marzo de 2024", "2024-03-05", "day"),
        ("hace 3 horas", "2026-06-15T09:00:00Z", "minute"),
        ("5 de março de 2024", "2024-03-05", "day"),
        ("05/03/2024 às 14h30", "2024-03-05T13:30:00Z", "minute"),
        ("há 2 dias", "2026-06-13", "day"),
        # Machines.
        ("20240305T100000Z", "2024-03-05T10:00:00Z", "minute"),
        ("1709632800000", "2024-03-05T10:00:00Z", "minute"),
    ],
)
def test_a_written_date_is_read(written: str, at: str, precision: str) -> None:
    found = read_date(written, "Europe/Paris", NOW, relative=True)
    assert found is not None
    assert (found.at, found.precision) == (at, precision)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "30/02/2024",
        "2024-13-01",
        "2004-12-31",
        "2026-06-19",
        "9999-01-01",
        "-1-01-01",
        "2024-" * 20_000,
        "mai",
        "12",
        "30 février 2024",
        "Mon, 30 Feb 2026",
        "31/04/2024",
        "99/99/9999",
        "0000-00-00",
        "10000-01-01",
        "il y a 99 ans",
        "Il y a vingt ans, la ville avait deux marchés",
        "Il y a 20 ans, la ville avait deux marchés",
        "le 5 mars",
        "-62135596800",
        "12:30",
    ],
)
def test_what_is_no_date_of_a_document_is_refused(written: str) -> None:
    assert read_date(written, "UTC", NOW, relative=True) is None


@given(st.text(alphabet="0123456789-/.: TZ+hàilyjoursmac,", max_size=100), st.booleans())
def test_whatever_is_written_a_date_is_in_range(written: str, relative: bool) -> None:
    found = read_date(written, "Africa/Bamako", NOW, relative=relative)
    assert found is None or "2005-01-01" <= found.at <= "2026-06-17T12:00:00Z"


@given(st.datetimes(datetime(2005, 1, 2), datetime(2026, 6, 14)))
def test_an_iso_time_comes_back_as_it_was(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, second=1)
    found = read_date(moment.isoformat() + "Z", "UTC", NOW)
    assert found is not None and found.at == moment.isoformat() + "Z"


def page(head: str = "", beside_headline: str = "", after: str = "") -> bytes:
    shown = f"<h1>La pluie coupe les pistes</h1>{beside_headline}{PARAGRAPH * 3}{after}"
    return f"<html><head>{head}</head><body>{shown}".encode()


def published(
    body: bytes, path: str = "/une-page", timezone: str = "UTC"
) -> tuple[str | None, str, str | None]:
    found = extract(body, f"https://fleuve.example{path}", timezone=timezone, now=NOW)
    return found.published_at, found.published_precision, found.published_origin


def test_metadata_beats_address_and_text() -> None:
    head = "<meta property='article:published_time' content='2024-03-05 10:00'>"
    found = published(page(head, "<p>Publié le 7 mars 2024</p>"), "/2024/03/06/pluie", "Africa/Niamey")
    assert found == ("2024-03-05T09:00:00Z", "minute", "metadata")


def test_address_beats_text() -> None:
    assert published(page(beside_headline="<p>7 mars 2024</p>"), "/2024/03/06/pluie") == (
        "2024-03-06",
        "day",
        "url",
    )


def test_a_day_in_the_text_sharpens_a_month_in_the_address() -> None:
    assert published(page(beside_headline="<p>7 mars 2024</p>"), "/2024/03/pluie") == (
        "2024-03-07",
        "day",
        "text",
    )
    assert published(page(), "/2024/03/pluie") == ("2024-03-01", "month", "url")


def test_dates_of_comments_related_pieces_and_changes_are_not_taken() -> None:
    after = (
        "<div class='comments'><time datetime='2024-01-01T10:00:00Z'>1 janvier 2024</time></div>"
        "<aside><time datetime='2023-01-01'>2023</time></aside>"
    )
    assert published(page(beside_headline="<p>Mis à jour le 9 mars 2024</p>", after=after)) == (
        None,
        "unknown",
        None,
    )


def test_the_article_of_the_page_is_told_from_the_articles_it_lists() -> None:
    nodes = (
        '[{"@type":"NewsArticle","url":"https://fleuve.example/autre","datePublished":"2021-01-01T08:00:00Z"},'
        '{"@type":"NewsArticle","mainEntityOfPage":{"@id":"https://fleuve.example/une-page"},'
        '"datePublished":"2024-03-05T08:00:00Z"}]'
    )
    head = f"<script type='application/ld+json'>{nodes}</script>"
    assert published(page(head))[0] == "2024-03-05T08:00:00Z"
    listed_only = f"<script type='application/ld+json'>{nodes}</script>"
    assert published(page(listed_only), "/troisieme")[0] is None


@pytest.mark.parametrize(
    "head",
    [
        '<script type=\'application/ld+json\'>{"@type":"NewsArticle","datePublished":"'
        + "2024-" * 20_000
        + '"}</script>',
        "<meta property='article:published_time' content='2031-01-01'>",
        "<meta property='article:published_time' content='1111-11-11'>",
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
    ],
)
def test_poisoned_metadata_gives_no_date(head: str) -> None:
    assert published(page(head)) == (None, "unknown", None)


def test_broken_json_still_tells_its_date() -> None:
    head = (
        '<script type=\'application/ld+json\'>{"@type":"NewsArticle","datePublished":"2024-03-05",}</script>'
    )
    assert published(page(head)) == ("2024-03-05", "day", "metadata")
