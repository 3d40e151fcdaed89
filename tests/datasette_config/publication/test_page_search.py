"""Search, filters, feeds, tables and ready queries: what readers find by asking."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tutelle", 2),
        ("TUTELLE", 2),
        ("«la tutelle est terminée»", 2),
        ("jekabaara", 1),
        ("l’AES", 0),
        ("marai*", 23),
        ("tutelle -contrats", 0),
        ('"', 0),
        ("xyzzy", 0),
        ("casques bleus", 12),
    ],
)
def test_search_understands_what_people_type(reader: Any, query: str, found: int) -> None:
    html = reader.get("/fr/documents", params={"q": query}).text
    assert len(re.findall(r"<li>\n<h3>", html)) == min(found, 25), query
    assert re.search(rf"<small>{found} documents?</small>", html), query


def test_search_shows_where_it_found_the_word(reader: Any) -> None:
    assert '<b class="hit">tutelle</b>' in reader.get("/fr/documents?q=tutelle").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("narrative=neocolonial-france&voice=own", 8),
        ("narrative=neocolonial-france", 14),
        ("family=anti-french", 27),
        ("partner=france&stance=-1&voice=own", 22),
        ("partner=russia", 12),
        ("source=le-fleuve&language=bm", 1),
        ("kind=state", 22),
        ("since=2025-03-20&until=2025-03-21", 6),
        ("undated=1", 1),
        ("voice=rejected", 15),
        ("narrative=nothing", 0),
        ("since=yesterday", 67),
        ("stance=9", 67),
        ("source=%00", 67),
    ],
)
def test_filters_agree_with_the_counts(reader: Any, query: str, found: int) -> None:
    html = reader.get(f"/en/documents?{query}").text
    assert re.search(rf"<small>{found} documents?</small>", html), query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("stance=9", "“9” is not a choice of this filter"),
        ("source=%00", "is not a choice of this filter"),
        ("narrative=nothing", "“nothing” does not exist in this publication"),
        ("voice=whispered", "“whispered” does not exist in this publication"),
        ("q=" + "a" * 501, "Only the first 500 characters were searched"),
    ],
)
def test_what_a_question_could_not_use_is_said(reader: Any, query: str, said: str) -> None:
    assert said in reader.get(f"/en/documents?{query}").text


def test_a_known_question_brings_no_notice(reader: Any) -> None:
    html = reader.get("/en/documents?narrative=neocolonial-france&voice=own&source=le-fleuve").text
    assert 'class="notice"' not in html


def test_a_filter_that_is_no_date_is_left_aside_and_said_so(reader: Any) -> None:
    assert "“yesterday” is not a date" in reader.get("/en/documents?since=yesterday").text


@pytest.mark.parametrize(
    "path",
    [
        "/fr/documents.atom",
        "/en/documents.atom?narrative=neocolonial-france&voice=own",
        "/fr/documents.atom?q=tutelle",
        "/fr/documents.atom?q=xyzzy",
    ],
)
def test_feeds_are_valid_atom(reader: Any, path: str) -> None:
    answer = reader.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    atom = "{http://www.w3.org/2005/Atom}"
    for name in ("id", "title", "updated", "author"):
        assert feed.find(f"{atom}{name}") is not None, name
    assert {link.get("rel") for link in feed.findall(f"{atom}link")} == {"self", "alternate"}
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    identities = []
    for entry in feed.findall(f"{atom}entry"):
        assert all(entry.findtext(f"{atom}{name}") for name in ("id", "title", "updated"))
        assert moment.fullmatch(entry.findtext(f"{atom}updated") or "")
        identities.append(entry.findtext(f"{atom}id"))
        assert (identities[-1] or "").startswith("http")
    assert len(identities) == len(set(identities))
    assert bool(identities) == ("xyzzy" not in path)


def test_tables_speak_human(reader: Any) -> None:
    html = reader.get("/public/predictions", headers={"Accept-Language": "fr"}).text
    assert "Référence publique de l’étiquette" in html
    assert "La France néocoloniale" in html, "a foreign key shows its title"
    assert reader.get("/public/who-first?narrative=neocolonial-france").status_code == 200
    assert (
        '<option value="neocolonial-france" selected>'
        in reader.get("/public/weekly-series?narrative=neocolonial-france").text
    )
    assert reader.get("/public/documents.json?_shape=array&_size=1").json()[0]["document_key"]


def test_every_ready_query_runs(reader: Any) -> None:
    page = reader.get("/public", headers={"Accept-Language": "en"}).text
    names = re.findall(r'<li><a href="/public/([^"]+)">', page)
    assert len(names) > 6
    for name in names:
        answer = reader.get(
            f"/public/{name}.json?narrative=neocolonial-france&source=le-fleuve&partner=france&voice=own&language=fr"
            "&event=coup-2020&since=2025-03-24&until=2025-03-30&week=2025-03-24&drawn_from=2024-10-01&as_of=2025-04-02"
        )
        assert answer.status_code == 200, name
        assert answer.json()["ok"] is not False, name


def test_the_filters_of_a_table_are_said_in_signs_that_both_languages_read(reader: Any) -> None:
    html = reader.get("/public/documents?language=fr&document_id__gte=3").text
    assert "<bdi>language = fr</bdi>" in html
    assert "<bdi>document_id ≥ 3</bdi>" in html
