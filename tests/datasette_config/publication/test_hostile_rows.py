"""Hostile words in every column that comes from outside, on every route and in every export: always words.

The soak plants all payloads; the ordinary suite every sixth.
"""

import io
import re
import sys
import zipfile
from datetime import date
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from datasette_config.metadata import metadata
from datasette_config.plugins.routes import register_routes
from datasette_config.plugins.security import HEADERS
from datasette_config.report_model import load_reports
from datasette_config.report_shelf import format_module
from datasette_config.reporting import build_report, report_connection

_WAYS_OUT = ("", '">', "'>", "</title>", "</textarea>", "-->", "]]>", "</style></svg>")
_BODIES = (
    "<script>alert({n})</script>",
    "<img src=x onerror=alert({n})>",
    "<svg/onload=alert({n})>",
    "<iframe srcdoc='<b>{n}</b>'>",
    "<a href=javascript:alert({n})>x</a>",
    "<math><mi//xlink:href='data:x,{n}'>",
    "<details open ontoggle=alert({n})>",
    "<base href=//evil.example/{n}>",
)
PAYLOADS = [way + body.format(n=number) for number, (way, body) in enumerate(product(_WAYS_OUT, _BODIES), 1)]
_NEVER = {"script", "img", "iframe", "object", "embed", "math", "base", "form-x", "style"}
_KEY = "/fr/documents/{key}"
#: Addresses of the routes that name a thing; the others are found in the list of routes.
ROUTES = (
    "/fr/narratives/neocolonial-france",
    "/en/documents",
    "/en/documents.json",
    _KEY,
    "/fr/sources/le-fleuve",
    "/fr/partners/france",
    "/fr/events/coup-2020",
    "/fr/claims/{claim}",
    "/fr/reports/weekly",
    "/public/documents",
    "/public/documents/1",
    "/public/predictions",
    "/public/sources",
    "/public/narratives",
    "/public/source_statements",
    "/public/models",
    "/public/documents.csv",
    "/public/predictions.atom",
    "/public/sources.json",
    "/public/nothing.csv/other.csv",
    "/public/passages-of-narrative?narrative=neocolonial-france&voice=own",
    "/-/nothing",
    "/en/",
    "/en/narratives",
)


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.live: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NEVER or any(name.startswith("on") for name, _ in attrs):
            self.live.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "action") and re.match(r"\s*(javascript|data):", value or "", re.I):
                self.live.append(f"{tag} {name}={value}")


def plain_routes() -> list[str]:
    """Return the addresses of the routes that take nothing but a language."""
    found = []
    for pattern, _ in register_routes():
        path = pattern.strip("^$").replace("(?P<language>fr|en)", "fr").replace("/?", "").replace("\\.", ".")
        if re.fullmatch(r"[\w./]*", path):
            found.append(path or "/")
    return found


def planted(invented: Any, payloads: list[str]) -> None:
    """Put the payloads into texts and titles, and all of them together into the columns of the catalogue."""
    joined, db = " ".join(payloads), invented.db
    for number, payload in enumerate(payloads):
        document_id = invented.document(
            "le-fleuve", f"piege-{number}", f"Avant. {payload} Après.", date(2025, 3, 26), title=payload,
            credited_source=payload,
        )  # fmt: skip
        invented.label(document_id, payload, "neocolonial-france")
    db.table("sources").update(
        "le-fleuve", {"title": joined, "disabled_reason": joined, "country": joined, "language": joined}
    )
    for table in ("partners", "narratives", "narrative_families", "events"):
        db.execute(f"update {table} set title_fr = ?1, title_en = ?1", [joined])
    db.execute("update narratives set definition_fr = ?1, definition_en = ?1, include_fr = ?1", [joined])
    db.execute("update events set cited_as = ?1, url = 'javascript:alert(1)'", [joined])
    db.execute("update source_statements set property = ?1, value = ?1, stated_by = ?1, note = ?1", [joined])
    db.execute("update instrument_changes set subject = ?1, detail = ?1", [joined])


def raw_hits(text: str, payloads: list[str]) -> list[str]:
    """Return the payloads that stand in markup as they were written."""
    return [payload for payload in payloads if payload in text]


def count_hits(
    payloads: list[str], working: Path, public: Path, reader: Any, key: str
) -> tuple[int, int, list[str]]:
    """Return how many answers and exports were looked at, and what was live in them."""
    listed = reader.get("/fr/claims").text
    found = re.search(r"/fr/claims/([0-9a-f]{16})", listed)
    paths = [path.format(key=key, claim=found[1] if found else "0") for path in ROUTES]
    paths += plain_routes()
    for payload in payloads:
        asked = quote(payload)
        paths += [f"/fr/documents?q={asked}", f"/fr/partners?kind={asked}", f"/fr/sources/{asked}",
                  f"/public/documents?_search={asked}", f"/public/documents?title={asked}"]  # fmt: skip
    live = []
    for path in paths:
        answer = reader.get(path)
        assert answer.status_code < 500, path
        assert all(answer.headers[name.decode()] == value.decode() for name, value in HEADERS.items()), path
        kind = answer.headers["content-type"]
        if not kind.startswith(("text/html", "application/atom", "image/svg")):
            continue
        live += [f"{path}: {hit}" for hit in raw_hits(answer.text, payloads)]
        if kind.startswith("text/html"):
            elements = _Elements()
            elements.feed(answer.text)
            live += [f"{path}: {hit}" for hit in elements.live]
    exports = _exports(working)
    for name, text in exports.items():
        live += [f"{name}: {hit}" for hit in raw_hits(text, payloads)]
    return len(paths), len(exports), live


def _exports(working: Path) -> dict[str, str]:
    """Return the markup of the weekly report in every format that has any, by format and part."""
    texts = {}
    with report_connection(working) as connection:
        built = build_report(connection, load_reports([])["weekly"], language="fr", since="2025-03-24")
    for name in ("html", "atom", "docx", "xlsx"):
        content = format_module(name).render(built)
        if name in ("html", "atom"):
            texts[name] = content.decode()
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.namelist():
                if part.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(part))
                    texts[f"{name}/{part}"] = archive.read(part).decode()
    return texts


def _tried(
    payloads: list[str], make_press: Any, folder: Path, publish_rows: Any, open_publication: Any, key_of: Any
) -> tuple[int, int, list[str]]:
    working = make_press(folder / "w.db", lambda invented: planted(invented, payloads))
    public = publish_rows(working, folder / "public.db")
    key = key_of("https://le-fleuve.example/piege-0")
    return count_hits(payloads, working, public, open_publication(public), key)


def test_hostile_words_stay_words_everywhere(
    make_press: Any, tmp_path: Path, publish_rows: Any, open_publication: Any, key_of: Any
) -> None:
    _, exports, live = _tried(PAYLOADS[::6], make_press, tmp_path, publish_rows, open_publication, key_of)
    assert exports > 10
    assert not live


@pytest.mark.soak
def test_all_payloads_stay_words_on_all_routes_and_exports(
    make_press: Any, tmp_path: Path, publish_rows: Any, open_publication: Any, key_of: Any
) -> None:
    answers, exports, live = _tried(PAYLOADS, make_press, tmp_path, publish_rows, open_publication, key_of)
    sys.stdout.write(
        f"\n{len(PAYLOADS)} payloads, {answers} answers, {exports} parts of exports: {len(live)} live\n"
    )
    assert len(PAYLOADS) >= 60
    assert not live


def test_every_route_is_tried() -> None:
    key = "0123456789abcdef"
    tried = [path.partition("?")[0].format(key=key, claim=key) for path in ROUTES] + plain_routes()
    untried = [
        pattern for pattern, _ in register_routes() if not any(re.match(pattern, path) for path in tried)
    ]
    assert not untried


def test_crawled_words_are_no_part_of_the_metadata(public: Path) -> None:
    """Datasette makes links and raw markup of some keys; ours come from the files of the package alone."""

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {str(key) for key in value} | {key for part in value.values() for key in keys(part)}
        return {key for part in value for key in keys(part)} if isinstance(value, list) else set()

    found = keys(metadata("public"))
    assert not [key for key in found if key.endswith(("_html", "_url")) or key in ("source", "license")]
