"""Every page, in both languages: it answers, says what it must, and holds no script."""

import itertools
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.datasette_config.publication.followed_counts import counts_lead_to_their_documents

PAGES = (
    "",
    "narratives",
    "narratives/neocolonial-france",
    "narratives/un-mission-useful",
    "documents",
    "documents?q=tutelle",
    "documents?narrative=neocolonial-france&voice=attributed",
    "documents?undated=1",
    "sources",
    "sources/le-fleuve",
    "sources/agence-du-sahel",
    "sources/ferme",
    "partners",
    "partners?kind=state&period=2025",
    "partners?period=2025-03&given=ecowas:-1&other=france:-1",
    "partners/france",
    "partners/france?month=2025-03",
    "partners/aes",
    "claims",
    "claims?narrative=ecowas-instrument&reviewed=1",
    "events",
    "events/coup-2020",
    "method",
    "method/quality",
    "method/model",
    "method/agreement",
    "method/symmetry",
    "method/codebook",
    "method/changes",
    "reports",
    "reports/weekly",
)
REPEATED = "https://le-fleuve.example/le-texte-repris"
WITHHELD = "https://agence-du-sahel.example/la-reprise"


class Outline(HTMLParser):
    """What assistive technology sees: headings, landmarks, ids, labels, language."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def outline(html: str) -> Outline:
    parsed = Outline()
    parsed.feed(html)
    return parsed


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_and_can_be_read_without_eyes(reader: Any, language: str, page: str) -> None:
    answer = reader.get(f"/{language}/{page}")
    assert answer.status_code == 200
    seen = outline(answer.text)
    assert seen.all("html")[0]["lang"] == language
    assert len(seen.all("h1")) == 1
    assert len(seen.all("main")) == 1
    assert seen.all("nav")[0]["aria-label"]
    ids = [attributes["id"] for _, attributes in seen.tags if attributes.get("id")]
    assert len(ids) == len(set(ids)), "two elements share an id"
    controls = {
        attributes.get("id")
        for attributes in seen.all("input", "select")
        if attributes.get("type") != "hidden"
    }
    assert controls <= {attributes.get("for") for attributes in seen.all("label")}, (
        "a control without a label"
    )
    named = [(attributes.get("aria-labelledby") or "").split() for _, attributes in seen.tags]
    for name in [name for names in named for name in names]:
        assert name in ids, f"aria-labelledby names {name}, which is not on the page"
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (
        "a heading level is skipped"
    )
    assert all(table is not None for table in seen.all("caption")) or not seen.all("table")
    assert len(seen.all("caption")) == len(seen.all("table")), "a table without a caption"
    assert not seen.all("script", "iframe", "object", "embed", "style")
    assert not [
        attributes for _, attributes in seen.tags if any(name.startswith("on") for name in attributes)
    ]
    assert not [attributes for _, attributes in seen.tags if "style" in attributes], (
        "an inline style that CSP would drop"
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_other_language_is_one_link_away(reader: Any, page: str) -> None:
    html = reader.get(f"/fr/{page}").text
    target = next(
        attributes["href"] for attributes in outline(html).all("a") if attributes.get("class") == "switch"
    )
    assert target is not None
    assert target.startswith("/en/")
    answer = reader.get(target)
    assert answer.status_code == 200
    assert f'href="/fr/{page.replace("&", "&amp;")}"' in answer.text


def test_every_link_of_every_page_leads_somewhere(reader: Any) -> None:
    asked: set[str] = set()
    waiting = ["/fr/"]
    while waiting:
        path = waiting.pop()
        if path in asked or len(asked) > 120:
            continue
        asked.add(path)
        answer = reader.get(path)
        assert answer.status_code == 200, path
        if "html" in answer.headers["content-type"]:
            ids = {attributes.get("id") for _, attributes in outline(answer.text).tags}
            for attributes in outline(answer.text).all("a"):
                href = attributes.get("href") or ""
                if href.startswith("#"):
                    assert href[1:] in ids, f"{path} links to {href}"
                elif href.startswith("/fr/") and href.count("&") < 2:
                    waiting.append(href.partition("#")[0])
    assert len(asked) > 80


def test_root_follows_the_browser_and_is_french_otherwise(reader: Any) -> None:
    for header, target in (
        ("", "/fr/"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "/fr/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("de,en;q=0.5", "/en/"),
        ("en;q=0.4,fr;q=0.6", "/fr/"),
        ("bm", "/fr/"),
        ("en;q=x", "/fr/"),
    ):
        answer = reader.get("/", headers={"Accept-Language": header})
        assert (answer.status_code, answer.headers["location"]) == (302, target), header
        assert "accept-language" in answer.headers["vary"].lower()


def test_home_says_what_is_here_and_what_cannot_be_seen(reader: Any) -> None:
    html = reader.get("/fr/").text
    for expected in (
        "67",
        "66",
        "Ce qu’on ne peut pas voir ici",
        "bambara",
        "Le Muet",
        "Radio fermée",
        "sans date sûre",
        "WhatsApp",
        "non mesurée",
        "7 cas codés, trop peu",
        "62\u202f% (n\u00a0=\u00a044 signalés)",
    ):
        assert expected in html, expected


def test_voices_stand_side_by_side_with_documents_and_texts(reader: Any) -> None:
    html = reader.get("/en/narratives/neocolonial-france").text
    for expected in (
        "8 documents</a>, 8 distinct texts",
        "5 documents</a>, 4 distinct texts",
        "2 documents</a>, 2 distinct",
    ):
        assert expected in html, expected
    assert "15 documents" not in html, "the voices must not be added up"


def test_a_narrative_shows_its_rules_its_chart_and_its_feed(reader: Any) -> None:
    html = reader.get("/fr/narratives/intervention-failed").text
    assert 'la mauvaise intention → <a href="/fr/narratives/neocolonial-france">' in html
    assert re.search(r'<svg[^>]+role="[^"]*"', html)
    assert "changement d’instrument" in html
    assert 'href="/fr/documents.atom?narrative=intervention-failed"' in html


def test_passages_are_marked_in_place(reader: Any, key_of: Callable[[str], str]) -> None:
    html = reader.get(f"/fr/documents/{key_of(REPEATED)}").text
    assert '<mark id="p0" class="voice-own flagged">Paris garde la main' in html
    assert '<mark id="p67" class="voice-attributed flagged">Et l&#39;on nous répète' in html
    assert 'class="voice-rejected flagged">Moscou tient parole' in html
    assert f"{key_of(REPEATED)}:0-66:neocolonial-france" in html
    assert "à vérifier" in html
    assert "maraîchers" in html, "the text around is republished here"
    assert 'rel="noreferrer nofollow"' in html
    for expected in (
        "selon le flux",
        "Vu ici pour la première fois",
        "Texte modifié, vu le 22",
        "remanié",
        "premier publié",
    ):
        assert expected in html, expected


def test_a_text_that_may_not_be_republished_shows_its_passages_only(
    reader: Any, key_of: Callable[[str], str]
) -> None:
    html = reader.get(f"/en/documents/{key_of(WITHHELD)}").text
    assert "maraîchers" not in html
    assert "The full text is not republished here" in html
    assert "[…]" in html
    assert 'class="voice-attributed flagged"><bdi>Et l&#39;on nous répète' in html


def test_statements_are_cited_or_marked(reader: Any) -> None:
    html = reader.get("/fr/sources/agence-du-sahel").text
    assert 'href="https://journal.example/1" rel="noreferrer nofollow"' in html
    assert "non sourcée" in html
    disputed = reader.get("/fr/sources/le-fleuve").text
    assert "contestée" in disputed
    assert "javascript:" not in disputed


def test_matrix_cells_lead_to_as_many_documents_as_they_say(reader: Any) -> None:
    html = reader.get("/en/partners?kind=private&period=2025").text
    counts_lead_to_their_documents(reader, html, r'<a href="([^"]*stance=[^"]*)">(\d+)</a>')


def test_events_say_that_nearness_is_no_cause(reader: Any) -> None:
    html = reader.get("/en/events").text
    first = re.search(r'href="(/en/events/[^"]+)"', html)
    assert first
    pages = [reader.get(path).text for path in re.findall(r'href="(/en/events/[^"]+)"', html)]
    compared = [page for page in pages if "Before and after" in page and "<tbody>" in page]
    assert compared
    assert all("Correlation only" in page for page in compared)


def test_method_says_how_labels_were_made(reader: Any) -> None:
    html = reader.get("/fr/method").text
    assert "rédigés et étiquetés par un modèle de langue" in html
    assert "personne ne les a relus" in html
