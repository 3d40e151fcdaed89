"""Hostile texts in every column and every question: no page runs them, no spreadsheet does."""

import csv
import io
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.datasette_config.publication.page_paths import PATHS

XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\"><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "{{7*7}}",
    "</mark><script>alert(1)</script>",
    "<!--",
    "]]><script>alert(1)</script>",
    "\u202ealert",
    "&lt;script&gt;",
    "%3Cscript%3E",
    '<b class="hit">',
    "\x02<script>\x03",
]


class Tags(HTMLParser):
    """Every tag that a browser would see, with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_csv_cells_are_no_formulas(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any
) -> None:
    payloads = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"]

    def plant(invented: Any) -> None:
        for number, payload in enumerate(payloads):
            invented.document("le-fleuve", f"formule-{number}", "Texte.", date(2025, 3, 3), title=payload)

    public = publish_rows(make_press(tmp_path / "w.db", plant), tmp_path / "public.db")
    text = open_publication(public).get("/public/documents.csv").text
    titles = [
        row["title"] for row in csv.DictReader(io.StringIO(text, newline="")) if "formule" in row["url"]
    ]
    assert len(titles) == len(payloads)
    assert all(title.startswith(("'", "\ufffd")) for title in titles), titles


def test_hostile_texts_stay_texts(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any, key_of: Any
) -> None:
    """Every payload in every text column that comes from the web or the catalogue, on every kind of page."""
    joined = " ".join(payload.replace("\x02", "").replace("\x03", "") for payload in XSS)

    def plant(invented: Any) -> None:
        db = invented.db
        columns = {
            "title": joined,
            "disabled_reason": joined,
            "country": joined,
            "kind": joined,
            "language": joined,
        }
        db.table("sources").update("le-fleuve", columns)
        db.table("sources").update("le-muet", {"title": joined, "url": "javascript:alert(1)"})
        for table in ("partners", "narratives", "narrative_families", "events"):
            db.execute(f"update {table} set title_fr = ?, title_en = ?", [joined, joined])
        db.execute(
            "update narratives set definition_fr = ?1, definition_en = ?1, include_fr = ?1, exclude = ?1",
            [joined],
        )
        db.execute("update events set url = 'javascript:alert(1)', cited_as = ?", [joined])
        db.execute(
            "update source_statements set property = ?1, value = ?1, stated_by = ?1, note = ?1, valid_from "
            "= ?1",
            [joined],
        )
        db.execute("update instrument_changes set kind = ?1, subject = ?1, detail = ?1", [joined])
        db.execute("update feeds set url = ?1, status = ?1", [joined])
        db.execute("update models set card = ?1, versions = ?1", [joined])
        db.execute("update evaluations set made_by = ?1, split = ?1", [joined])
        document_id = invented.document(
            "le-fleuve",
            "hostile",
            f"Avant. {joined} Après.",
            date(2025, 3, 28),
            title=joined,
            language=None,
            credited_source=joined,
            kind=joined,
        )
        invented.label(document_id, joined, "neocolonial-france")

    public = publish_rows(make_press(tmp_path / "w.db", plant), tmp_path / "public.db")
    reader = open_publication(public)
    key = key_of("https://le-fleuve.example/hostile")
    paths = [
        *PATHS[1:],
        f"/fr/documents/{key}",
        f"/en/documents/{key}",
        "/en/documents?q=alert",
        "/fr/sources/le-muet",
        "/fr/events/coup-2020",
        "/public/documents?_search=alert",
        "/public/sources",
        "/public/events",
        "/public/narratives",
        "/public/source_statements",
        "/public/models",
    ]
    for payload in XSS[:6]:
        paths += [
            f"/fr/documents?q={payload}",
            f"/fr/documents?narrative={payload}",
            f"/fr/partners?kind={payload}",
            f"/fr/documents.atom?q={payload}",
            f"/fr/narratives/{payload}",
            f"/public/documents?_search={payload}",
            f"/public/documents?title={payload}",
            f"/fr/documents?since={payload}",
        ]
    for path in paths:
        answer = reader.get(path)
        assert answer.status_code < 500, path
        if not answer.headers["content-type"].startswith(("text/html", "application/atom")):
            continue
        parsed = Tags()
        parsed.feed(answer.text)
        for tag, attributes in parsed.found:
            assert tag not in ("script", "img", "iframe", "style"), path
            assert not [name for name in attributes if name.startswith("on")], (path, tag, attributes)
            for name in ("href", "src", "action"):
                assert not (attributes.get(name) or "").strip().lower().startswith("javascript:"), path
        assert "{{7*7}}" in answer.text or "49 " not in answer.text, path
        if answer.headers["content-type"].startswith("application/atom"):
            ElementTree.fromstring(answer.content)
