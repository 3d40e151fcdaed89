"""What readers find on the pages about partners, claims, versions and people, and in the files of each."""

import csv
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from db.reading.document_filter import DocumentFilter
from db.reading.finding import Found, count_found, find_documents
from db.reading.partner import Stance, stances_together
from tests.datasette_config.publication.invented_texts import SENTENCES

REPEATED = "https://le-fleuve.example/le-texte-repris"
ATOM = "{http://www.w3.org/2005/Atom}"


def plain(html: str) -> str:
    return html.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_stances_that_go_together_are_counted_in_distinct_texts(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any
) -> None:
    """Twelve texts against France, three of them for Russia too; one copied, one only reporting."""

    def add(invented: Any) -> None:
        invented.db.execute("delete from predictions")
        for number in range(12):
            text = (
                f"{SENTENCES['neocolonial-france']} {SENTENCES['russia-reliable-partner']} Dossier {number}."
            )
            document_id = invented.document("le-fleuve", f"joint-{number}", text, date(2025, 1, 6))
            invented.label(document_id, SENTENCES["neocolonial-france"], "neocolonial-france")
            if number < 4:
                voice = "own" if number < 3 else "attributed"
                invented.label(
                    document_id, SENTENCES["russia-reliable-partner"], "russia-reliable-partner", voice
                )

    public = publish_rows(make_press(tmp_path / "w.db", add), tmp_path / "public.db")
    with closing(sqlite3.connect(public)) as connection:
        found = stances_together(connection, Stance("france", -1), Stance("russia", 1))
    everywhere = found["all", "all"]
    assert (everywhere.given, everywhere.both, everywhere.other) == (12, 3, 3)
    assert everywhere.collected == 66 + 12
    assert found["private", "2025"].both == 3
    assert found["state", "all"].given == 0
    html = plain(open_publication(public).get("/fr/partners").text)
    assert '25 % <span class="texts">[9 % à 53 %]</span>' in html, "3 of 12, with its score interval"


def test_a_storyline_that_takes_two_stances_makes_no_pair_by_itself(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any
) -> None:
    """Twelve texts of a storyline against France and the UN; two are against the UN in another too."""

    def add(invented: Any) -> None:
        invented.db.execute("delete from predictions")
        invented.db.execute("delete from narrative_partners where narrative_id <> 'neocolonial-france'")
        invented.db["narrative_partners"].insert_all(
            [
                {"narrative_id": "neocolonial-france", "partner_id": "un", "stance": -1},
                {"narrative_id": "russia-reliable-partner", "partner_id": "un", "stance": -1},
            ]
        )
        for number in range(12):
            text = f"{SENTENCES['neocolonial-france']} {SENTENCES['russia-reliable-partner']} Note {number}."
            document_id = invented.document("le-fleuve", f"joint-{number}", text, date(2025, 1, 6))
            invented.label(document_id, SENTENCES["neocolonial-france"], "neocolonial-france")
            if number < 2:
                invented.label(document_id, SENTENCES["russia-reliable-partner"], "russia-reliable-partner")

    public = publish_rows(make_press(tmp_path / "w.db", add), tmp_path / "public.db")
    with closing(sqlite3.connect(public)) as connection:
        found = stances_together(connection, Stance("france", -1), Stance("un", -1))["all", "all"]
    assert (found.given, found.both, found.by_one, found.other) == (12, 2, 10, 12)
    html = plain(open_publication(public).get("/en/partners?given=france:-1&other=un:-1").text)
    assert "Not counted: 10 texts" in html
    assert "17% " in html, "2 of 12"
    assert "Not counted" not in open_publication(public).get("/en/partners?given=un:-1&other=mali:1").text


def test_the_page_of_a_partner_says_what_where_since_when_and_by_whom(reader: Any) -> None:
    html = plain(reader.get("/fr/partners/france?month=2025-03").text)
    row = re.search(
        r"<tr><th scope=\"row\"><a href=\"/fr/narratives/neocolonial-france\">.*?</tr>", html, re.S
    )
    assert row
    precision = "62 % (n = 44 signalés)"
    for expected in ("Le Fleuve</a> (1)", "3 septembre 2024", "Agence du Sahel</a>", precision):
        assert expected in row[0], expected
    assert reader.get("/fr/partners/nobody").status_code == 404


def test_a_claim_shows_its_wordings_and_reviews_but_no_verdict(reader: Any) -> None:
    listed = reader.get("/fr/claims").text
    assert "Cet outil ne dit pas si une affirmation est vraie" in listed
    path = re.search(r'href="(/fr/claims/[0-9a-f]{16})"', listed)
    assert path
    html = plain(reader.get(path[1]).text)
    for expected in ("Balance Vérif", "Sans preuve", "importée", "Rapprochées par leurs mots seulement"):
        assert expected in html, expected
    assert 'href="https://balance-verif.example/1" rel="noreferrer nofollow"' in html
    assert "La CEDEAO obéit" in html
    assert reader.get("/fr/claims/0000000000000000").status_code == 404


def test_an_edit_is_shown_in_place_where_the_text_may_be(reader: Any, key_of: Callable[[str], str]) -> None:
    html = plain(reader.get(f"/fr/documents/{key_of(REPEATED)}").text)
    assert re.search(r"<ins>\s*Corrigé depuis\.</ins>", html)
    assert "<del>" not in html, "nothing was removed"
    assert "Titre : <bdi>Le texte repris, corrigé</bdi>" in html


def test_people_are_shown_beside_the_machine_once_two_have_read(
    make_press: Callable[..., Path],
    tmp_path: Path,
    publish_rows: Any,
    open_publication: Any,
    key_of: Callable[[str], str],
) -> None:
    def add(invented: Any) -> None:
        db = invented.db
        for coder in ("ndiaye", "traore"):
            db.table("coders").insert(
                {"coder": coder, "password_salt": b"s", "password_hash": b"h", "created_at": "2025-01-01"}
            )
        ids = dict(db.execute("select url, document_id from documents where url is not null").fetchall())
        for url, coders in ((REPEATED, ("ndiaye", "traore")), (REPEATED.replace("le-texte", "x"), ())):
            if url not in ids:
                continue
            item = db.table("review_items").insert(
                {"document_id": ids[url], "reason": "uncertain", "start": 0, "end": 66, "draw_number": 0.1,
                 "drawn_at": "2025-01-01"}
            ).last_pk  # fmt: skip
            for coder in coders:
                review = db.table("reviews").insert(
                    {"review_item_id": item, "document_id": ids[url], "coder": coder, "kind": "coding",
                     "outcome": "labels", "model_shown": 0, "codebook_version": "c",
                     "created_at": "2025-02-01"}
                ).last_pk  # fmt: skip
                if coder == "ndiaye":
                    db.table("annotations").insert(
                        {"review_id": review, "document_id": ids[url], "start": 0, "end": 66,
                         "narrative_id": "neocolonial-france", "voice": "own", "coder": coder,
                         "created_at": "2025-02-01", "codebook_version": "c"}
                    )  # fmt: skip

    public = publish_rows(make_press(tmp_path / "w.db", add), tmp_path / "public.db")
    html = plain(open_publication(public).get(f"/fr/documents/{key_of(REPEATED)}").text)
    assert "posée par 1 personne(s) sur 2" in html
    assert b"ndiaye" not in public.read_bytes()


def test_a_search_can_be_had_as_a_table(reader: Any) -> None:
    answer = reader.get("/fr/documents.csv?narrative=neocolonial-france&voice=own")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len({row["document_key"] for row in rows}) == 8
    assert {row["voice"] for row in rows} == {"own"}
    found = reader.get("/fr/documents.json?narrative=neocolonial-france&voice=own").json()["documents"]
    assert [document["document_key"] for document in found] == list(
        dict.fromkeys(row["document_key"] for row in rows)
    )


@pytest.mark.parametrize(
    "path",
    ["events.atom", "claims.atom", "documents.atom?source_id=le-fleuve",
     "passages-of-narrative.atom?narrative=neocolonial-france&voice=own&since=&until="],
)  # fmt: skip
def test_any_table_and_query_is_a_feed(reader: Any, path: str) -> None:
    answer = reader.get(f"/public/{path}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    identities = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(identities)) == len(identities)
    assert all(entry.findtext(f"{ATOM}title") and entry.findtext(f"{ATOM}updated") for entry in entries)


QUESTIONS = [
    {"narrative": "neocolonial-france"},
    {"family": "anti-french", "voice": "own"},
    {"partner": "france", "stance": "-1", "source": "le-fleuve"},
    {"partner": "russia", "since": "2025-01-01"},
    {"kind": "state", "language": "fr", "voice": "attributed"},
    {"undated": "1"},
    {"q": "fin*"},
    {"q": "dossier", "narrative": "neocolonial-france", "voice": "own"},
    {"q": "semaine", "source": "le-fleuve", "since": "2025-01-01", "until": "2025-03-01"},
    {"q": "semaine", "until": "2024-12-01"},
    {"q": "sans", "undated": "1"},
    {"q": "dossier", "kind": "state", "partner": "ecowas"},
    {"q": "repris", "since": "2031-01-01"},
    {},
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_both_ways_of_reading_give_the_same_documents(
    public: Path, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = DocumentFilter(**asked)
    answers = []
    with closing(sqlite3.connect(public)) as connection:
        for many in (0, 20, 1_000_000):
            monkeypatch.setattr("db.reading.question._MANY", many)
            for order in ("newest", "seen"):
                rows = find_documents(connection, wanted, order=order, limit=200).rows
                answers.append((order, [row["document_id"] for row in rows]))
            assert count_found(connection, wanted) == Found(len(rows), exact=True)
    for order in ("newest", "seen"):
        assert len({tuple(answer) for given, answer in answers if given == order}) == 1
    assert answers[0][1] or asked.get("kind") or "2031" in str(asked), "the question must have an answer"
