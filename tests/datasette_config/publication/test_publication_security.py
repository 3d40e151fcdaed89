"""A hostile reader and hostile texts: nothing runs, nothing private answers, nothing breaks."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasette_config.plugins.security import HEADERS

PATHS = (
    "/",
    "/fr/",
    "/en/",
    "/fr/narratives",
    "/fr/narratives/neocolonial-france",
    "/fr/documents",
    "/fr/documents?q=paris",
    "/fr/documents.atom",
    "/fr/sources",
    "/fr/sources/le-fleuve",
    "/fr/partners",
    "/fr/events",
    "/fr/method",
    "/fr/reports",
    "/robots.txt",
    "/public",
    "/public/documents",
    "/public/documents/1",
    "/public/predictions",
    "/public/documents.json",
    "/public/documents.csv",
    "/public/weekly-series?narrative=neocolonial-france",
    "/public/documents?_search=paris",
    "/-/static-plugins/mali-narratives/narratives.css",
    "/-/versions",
    "/nothing",
    "/fr/documents/0000",
    "/fr/nothing",
    "/public/nothing",
    "/favicon.ico",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(reader: Any, path: str) -> None:
    answer = reader.get(path)
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name.decode()) == [value.decode()], name
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "page",
    [
        "versions",
        "databases",
        "threads",
        "metadata",
        "settings",
        "plugins",
        "config",
        "actor",
        "permissions",
        "messages",
        "allow-debug",
        "patterns",
        "auth-token",
        "logout",
        "",
    ],
)
def test_introspection_is_closed(reader: Any, page: str) -> None:
    for suffix in ("", ".json"):
        answer = reader.get(f"/-/{page}{suffix}")
        assert answer.status_code == 404
        assert "/" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/\\evil.example/",
        "//evil.example/",
        "/%5Cevil.example/",
        "/%5cevil.example",
        "/fr/\\evil",
        "///evil.example",
        "/%2F%2Fevil.example/",
        "/%2fevil.example/",
        "/.\\evil.example/",
    ],
)
def test_no_address_redirects_elsewhere(reader: Any, path: str) -> None:
    answer = _raw(reader, path)
    assert answer[0] in (400, 404)
    assert b"location" not in dict(answer[1])


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "evil.example:80"]
)
def test_unknown_hosts_are_refused(reader: Any, host: str) -> None:
    assert _raw(reader, "/fr/", host=host)[0] == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8001", "127.0.0.1:8001", "[::1]:8001", "LOCALHOST"])
def test_this_machine_is_a_known_host(reader: Any, host: str) -> None:
    assert _raw(reader, "/fr/", host=host)[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(reader: Any, method: str) -> None:
    assert reader.ask(method, "/public/documents").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/public?sql=select+1",
        "/public.json?sql=select+hex(zeroblob(100000000))",
        "/public/documents?_where=1=1",
        "/public.db",
        "/public/documents?_facet=title",
        "/_internal",
        "/_memory",
        "/public/documents/1.csv",
    ],
)
def test_sql_and_downloads_are_closed(reader: Any, path: str) -> None:
    answer = reader.get(path)
    assert answer.status_code in (302, 400, 403, 404)
    if answer.status_code == 302:
        assert answer.headers["location"] in ("/_memory", "/public", "/_internal")
    assert str(Path.home()) not in answer.text


def test_csv_cells_are_no_formulas(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any
) -> None:
    payloads = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"]

    def plant(invented: Any) -> None:
        for number, payload in enumerate(payloads):
            invented.document("le-fleuve", f"formule-{number}", "Texte.", date(2025, 3, 3), title=payload)

    public = publish_rows(make_press(tmp_path / "w.db", plant), tmp_path / "public.db")
    text = open_publication(public).get("/public/documents.csv").text
    import csv
    import io

    titles = [
        row["title"] for row in csv.DictReader(io.StringIO(text, newline="")) if "formule" in row["url"]
    ]
    assert len(titles) == len(payloads)
    assert all(title.startswith(("'", "\ufffd")) for title in titles), titles


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
            from xml.etree import ElementTree

            ElementTree.fromstring(answer.content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        ["q", "narrative", "voice", "source", "since", "until", "page", "sort", "stance", "partner", "kind"]
    ),
    value=st.text(max_size=40),
)
def test_no_question_breaks_the_search(reader: Any, name: str, value: str) -> None:
    encoded = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert reader.get("/fr/documents", params={name: encoded}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "_sort=nope",
        "_sort_desc=nope",
        "_size=-1",
        "_size=zz",
        "_next=zz",
        "_col=nope",
        "_facet=zz",
        "_through=1&_extra=1",
        "_through=%7B",
        "_through=true",
        "_shape=zz",
        "_labels=zz",
        "document_id__gt=zz",
        "_search_x=1",
        "_nocount=1&_sort=title&_next=a~2Cb",
    ],
)
def test_odd_table_questions_show_no_inside(reader: Any, query: str) -> None:
    for path in ("/public/documents", "/public/documents.json"):
        answer = reader.get(f"{path}?{query}")
        assert answer.status_code in (200, 400), (path, query)
        for inside in ("Traceback", "site-packages", str(Path.cwd()), "File &#34;"):
            assert inside not in answer.text


def test_a_new_build_is_served_without_a_restart(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any, open_publication: Any
) -> None:
    work = make_press(tmp_path / "w.db")
    public = publish_rows(work, tmp_path / "public.db")
    reader = open_publication(public)
    assert "67" in reader.get("/fr/").text

    async def while_swapping() -> list[int]:
        asked = [reader.datasette.client.get("/fr/documents") for _ in range(20)]
        return [answer.status_code for answer in await asyncio.gather(*asked)]

    from db.connection import transaction, working_database

    with working_database(work, "write") as db, transaction(db):
        db.execute("update sources set title = 'Le Nouveau Fleuve' where source_id = 'le-fleuve'")
    publish_rows(work, public)
    assert set(asyncio.run(while_swapping())) == {200}
    assert "Le Nouveau Fleuve" in reader.get("/fr/sources").text
    assert "Le Nouveau Fleuve" in reader.get("/public/sources").text


def test_the_served_file_is_never_written(reader: Any, public: Path) -> None:
    before = public.read_bytes()
    for path in PATHS:
        reader.get(path)
    assert public.read_bytes() == before
    with closing(sqlite3.connect(public)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def _raw(reader: Any, path: str, host: str = "localhost") -> tuple[int, list[tuple[bytes, bytes]]]:
    """Send a request past every client library, so that nothing tidies the path."""
    messages: list[Any] = []

    async def ask() -> None:
        application = reader.datasette.app()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", host.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "root_path": "",
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        await application(scope, receive, send)

    asyncio.run(ask())
    return messages[0]["status"], [(key.lower(), value) for key, value in messages[0]["headers"]]
