"""A hostile reader: nothing private answers, nothing leads away, nothing is written, nothing breaks."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasette_config.plugins.security import HEADERS
from tests.datasette_config.publication.page_paths import PATHS


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
