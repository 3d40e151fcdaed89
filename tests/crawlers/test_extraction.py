"""What `narratives extract` says of a page, sound or hostile."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.extraction import extract
from narratives import cli
from tests.crawlers.hard_pages import CHARSETS

URL = "https://www.echo-du-fleuve.example/actualites/2024/03/05/reprise-des-echanges"
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
BODY = (
    "<p>Le marché central a rouvert mardi après trois semaines de travaux, selon la mairie.</p>"
    "<p>Les commerçants, qui avaient demandé un délai, disent que les allées sont mieux éclairées.</p>"
    "<p>Un second chantier, prévu pour la saison sèche, doit refaire les caniveaux.</p>"
)


def page(head: str = "", body: str = BODY, before: str = "", after: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html lang='fr'><head><meta charset='utf-8'>{head}</head><body>"
        "<nav><a href='/'>Accueil</a></nav>"
        "<article><h1>Le marché central rouvre ses portes</h1>"
        f"{before}{body}{after}</article></body></html>"
    ).encode()


def run_extract(tmp_path: Path, content: bytes, *options: str, name: str = "page.html") -> dict[str, Any]:
    path = tmp_path / name
    path.write_bytes(content)
    result = CliRunner().invoke(cli, ["extract", str(path), "--url", URL, *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_command_gives_every_field_of_the_contract(tmp_path: Path) -> None:
    head = (
        "<title>Le marché central rouvre ses portes - L'Écho du fleuve</title>"
        "<meta property='og:site_name' content=\"L'Écho du fleuve\">"
        "<link rel='canonical' href='/actualites/2024/03/05/reprise-des-echanges?utm_source=x'>"
        '<script type=\'application/ld+json\'>{"@type":"NewsArticle",'
        '"datePublished":"2024-03-05T08:30:00+01:00",'
        '"author":{"@type":"Person","name":"Awa Exemple"}}</script>'
    )
    found = run_extract(tmp_path, gzip.compress(page(head)), name="page.html.gz")
    assert found["title"] == "Le marché central rouvre ses portes"
    assert found["text"].split("\n")[0].startswith("Le marché central a rouvert mardi")
    assert (found["published_at"], found["published_precision"], found["published_origin"]) == (
        "2024-03-05T07:30:00Z",
        "minute",
        "metadata",
    )
    assert found["author"] == "Awa Exemple"
    assert found["language"] == "fr"
    assert found["canonical_url"] == URL
    assert found["links"] == ["https://www.echo-du-fleuve.example/"]
    assert found["suspect"] is None


def test_a_missing_fact_is_null_and_never_invented(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(page())
    found = json.loads(CliRunner().invoke(cli, ["extract", str(path)]).stdout)
    assert found["published_at"] is None
    assert found["published_precision"] == "unknown"
    assert found["author"] is None
    assert found["canonical_url"] is None


@pytest.mark.parametrize(
    ("og_title", "expected"),
    [
        ("Le marché central rouvre ses portes | Radio Delta", "Le marché central rouvre ses portes"),
        ("Radio Delta : Le marché central rouvre ses portes", "Le marché central rouvre ses portes"),
        ("Chantier - la mairie explique | Radio Delta", "Chantier - la mairie explique"),
        ("Radio Delta", "Le marché central rouvre ses portes"),
        ("Un titre\u202e retourné\u0007", "Un titre retourné"),
    ],
)
def test_the_title_is_the_headline_without_the_name_of_the_site(og_title: str, expected: str) -> None:
    head = (
        f"<meta property='og:site_name' content='Radio Delta'><meta property='og:title' content='{og_title}'>"
    )
    assert extract(page(head), URL, now=NOW).title == expected


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        (
            "https://www.echo-du-fleuve.example/actualites/autre",
            "https://www.echo-du-fleuve.example/actualites/autre",
        ),
        ("https://elsewhere.example/actualites/autre", URL),
        ("https://www.echo-du-fleuve.example/", URL),
        ("javascript:alert(1)", URL),
        ("http://[broken", URL),
    ],
)
def test_a_canonical_address_stays_on_its_site_and_is_no_front_page(canonical: str, expected: str) -> None:
    found = extract(page(f"<link rel='canonical' href='{canonical}'>"), URL, now=NOW)
    assert found.canonical_url == expected


def test_further_reading_share_bars_and_tails_are_not_text() -> None:
    after = (
        "<p>À lire aussi : <a href='/a'>Une autre nouvelle qui ne doit pas être là</a></p>"
        "<h3>Sur le même sujet</h3><ul><li><a href='/b'>Deuxième titre lié</a></li>"
        "<li><a href='/c'>Troisième</a></li></ul>"
        "<p>Facebook Twitter WhatsApp</p><p>Suivez-nous sur nos réseaux</p>"
        "<p>Source : Le Quotidien du Delta</p>"
    )
    found = extract(page(after=after), URL, now=NOW)
    assert len(found.text.split("\n")) == 3
    assert "titre lié" not in found.text and "autre nouvelle" not in found.text
    assert found.credited_source == "Le Quotidien du Delta"


def test_a_page_that_signs_with_its_own_name_credits_nobody() -> None:
    found = extract(page(after="<p>A. Exemple/Echo-du-fleuve.example</p>"), URL, now=NOW)
    assert found.credited_source is None
    assert "Exemple" not in found.text


@pytest.mark.parametrize("depth", [50, 255, 257, 500, 1500, 2047, 2100, 20_000])
def test_no_depth_of_nesting_loses_text_in_silence(depth: int) -> None:
    body = "<div>" * depth + BODY + "</div>" * depth
    found = extract(page(body=body), URL, now=NOW)
    assert "caniveaux" in found.text
    assert depth < 2_000 or found.suspect == "parse" or depth == 2047


@pytest.mark.parametrize(
    "bomb",
    [
        "<p " + " ".join(f"a{number}=1" for number in range(60_000)) + ">",
        "<p title='" + "x" * 300_000 + "'>",
        '<p a=">" ' + " ".join(f"b{number}" for number in range(5_000)) + ">",
    ],
)
def test_an_attribute_bomb_never_reaches_the_parser(bomb: str) -> None:
    found = extract(page(body=bomb + BODY), URL, now=NOW)
    assert found.suspect == "parse"
    assert found.detail is not None and "not parsed" in found.detail


@pytest.mark.parametrize(("codec", "header"), CHARSETS)
def test_accents_survive_honest_and_lying_charsets(codec: str, header: str) -> None:
    content = page().decode()
    if codec != "utf-8":
        content = content.replace("<meta charset='utf-8'>", "")
    found = extract(content.encode(codec), URL, content_type=header, now=NOW)
    assert "éclairées" in found.text
    honest = header.endswith(("utf-8", "8859-1", "html"))
    lies = not honest or (codec == "cp1252" and "utf-8" in header)
    assert found.suspect == ("encoding" if lies else None)


@pytest.mark.parametrize("control", ["\u202e", "\u2066", "\u200f", "\u061c", "\x00", "\x08", "\x1b", "\x9f"])
def test_controls_that_show_a_reader_another_text_are_taken_out(control: str) -> None:
    body = BODY.replace("mardi", f"mar{control}di")
    found = extract(page(f"<meta property='og:title' content='Le {control}pont'>", body), URL, now=NOW)
    assert (found.title, control in found.text) == ("Le pont", False)
    assert "a rouvert mardi après" in found.text


def test_unreadable_characters_make_a_page_suspect() -> None:
    garbled = BODY.encode().replace("é".encode(), b"\xff\xfe").decode("latin-1").encode("latin-1")
    found = extract(
        b"<html><head><meta charset=utf-8></head><body><article>" + garbled + b"\xc3\xa9" * 40, URL, now=NOW
    )
    assert found.suspect == "encoding"


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "text/html; charset=utf-8", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), None, "a picture"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(500), "text/html", "a film"),
        (b"PK\x03\x04" + bytes(500), "application/octet-stream", "a zip or office file"),
        (b"\x01\x02" + bytes(500), "audio/mpeg", "a file of type audio/mpeg"),
    ],
)
def test_a_file_that_is_no_page_gives_no_text(body: bytes, content_type: str | None, kind: str) -> None:
    found = extract(body, URL, content_type=content_type, now=NOW)
    assert (found.text, found.suspect, found.detail) == ("", "parse", f"no page: {kind}")


def test_a_page_with_the_label_of_a_file_is_read() -> None:
    assert "caniveaux" in extract(page(), URL, content_type="application/pdf", now=NOW).text


def test_a_page_without_article_says_so() -> None:
    found = extract(b"", URL, now=NOW)
    assert (found.text, found.suspect, found.detail) == ("", "parse", "empty page")


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([None, "text/html; charset=utf-7", "text/html; charset=\x00"])
)
def test_no_bytes_raise(body: bytes, content_type: str | None) -> None:
    found = extract(b"<html><body><p>" + body, URL, content_type=content_type, now=NOW)
    assert not set(found.text) & {"\x00", "\x08", "\x1f"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_markup_raises(markup: str) -> None:
    extract(("<html><body>" + markup).encode("utf-8", "replace"), URL, now=NOW)
