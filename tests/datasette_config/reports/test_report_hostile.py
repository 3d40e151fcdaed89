"""Hostile texts in every format (X-01 to X-06): nothing live, fetched or long, no file named by them."""

import csv as csv_reader
import io
import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from datasette_config.report_cli import FORMATS
from db.connection import transaction, working_database
from narratives import cli
from tests.datasette_config.publication.chromium import DESKTOP, INSTALLED, MISSING, chromium
from tests.datasette_config.reports.test_report_csv import PAYLOADS
from tests.datasette_config.reports.test_report_formats import BASE, built, inflated, members, rendered
from tests.datasette_config.reports.test_report_yaml import REPORTS

HOSTILE = "\x00\x0b\x1b‮🇲🇱ߒߞߏⵜ中\U0001f600\ufffe"
LIVE = tuple("=+-@＝＋－＠\t\r\n")
NUMBER = re.compile(r"-?[\d.]+")
#: Columns of the catalogue and the reference data that reports show.
TEXTS = {
    "sources": ("title", "kind", "country"), "narratives": ("title_fr", "title_en", "definition_fr"),
    "narrative_families": ("title_fr", "title_en"), "partners": ("title_fr", "title_en"),
    "events": ("title_fr", "title_en", "cited_as"), "instrument_changes": ("subject",),
    "evaluations": ("made_by",),
}  # fmt: skip


def hostile(world: Any, canary: str) -> None:
    """Put payloads into every text that readers see, one document for each."""
    payloads = [
        *PAYLOADS, HOSTILE, f'<img src="{canary}">', f"<style>@import '{canary}'</style>",
        f'#image("{canary}")', "#read(\"/etc/passwd\")", f"]]><!DOCTYPE x SYSTEM '{canary}'>",
        "'; drop table documents; --", "../../../etc/cron.d/x", "{{ 7 * 7 }}", "x" * 5_000,
    ]  # fmt: skip
    for number, payload in enumerate(payloads):
        document_id = world.document(
            "le-fleuve", date(2025, 3, 25), f"Un {payload}", title=payload, url=f"{canary}?{number}={payload}"
        )
        world.flag(document_id, "neocolonial-france")
    everything = " ".join(PAYLOADS) + HOSTILE + canary
    for table, columns in TEXTS.items():
        for column in columns:
            world.db.execute(f"update {table} set {column} = ?", [everything])
    world.db.execute(
        "insert into source_statements (source_id, property, value, stated_by, url, status) "
        "values ('le-fleuve', ?1, ?1, ?1, 'javascript:alert(1)', 'cited')",
        [everything],
    )


@contextmanager
def canary_server() -> Iterator[tuple[str, list[Any]]]:
    """Listen on loopback and note every connection."""
    heard: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                heard.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/canary", heard
        finally:
            done.set()
            thread.join()


def test_no_payload_is_live_in_any_format_and_nothing_is_fetched(make_world: Callable[..., Path]) -> None:
    with canary_server() as (canary, heard):
        path = make_world(lambda world: hostile(world, canary))
        for report_id in REPORTS:
            found = built(path, report_id)
            for format_name in FORMATS:
                _assert_dead(format_name, rendered(found, format_name), report_id)
    assert heard == []


def _assert_dead(format_name: str, content: bytes, report_id: str) -> None:
    place = f"{report_id} {format_name}"
    if format_name == "csv":
        for row in csv_reader.reader(io.StringIO(content.decode(), newline="")):
            assert not [cell for cell in row if cell.startswith(LIVE) and not NUMBER.fullmatch(cell)], place
    elif format_name == "pdf":
        plain = inflated(content)
        addresses = re.findall(rb"/URI \((.*?)\)", plain)
        assert all(address.startswith(BASE.encode()) for address in addresses if b"127.0.0.1" not in address)
        assert not [address for address in addresses if not re.match(rb"https?://", address)], place
        assert b"/Launch" not in plain and b"/JavaScript" not in plain, place
    elif format_name in ("docx", "xlsx"):
        parts = members(content)
        for name, text in parts.items():
            ElementTree.fromstring(text)  # well formed: no control slipped through
            if name.endswith(".rels"):
                for target in re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', text):
                    assert re.match(r"https?://", target), place
                assert not re.search(r'relationships/image"[^>]*TargetMode="External"', text), place
        if format_name == "xlsx":
            sheets = "".join(text for name, text in parts.items() if "worksheets" in name)
            assert "<f>" not in sheets and "<hyperlink" not in sheets, place
    elif format_name == "json":
        assert json.loads(content)["report"] == report_id  # texts as they are: programs read them
    else:
        text = content.decode()
        assert "<img" not in text and "<script" not in text, place
        if format_name == "atom":
            ElementTree.fromstring(content)
            assert "&lt;img" not in text and "&lt;script" not in text, place


@pytest.mark.browser
@pytest.mark.skipif(not INSTALLED, reason=MISSING)
def test_a_browser_that_opens_the_files_asks_for_nothing(
    make_world: Callable[..., Path], tmp_path: Path
) -> None:
    with canary_server() as (canary, heard), chromium(tmp_path / "profile", DESKTOP) as browser:
        path = make_world(lambda world: hostile(world, canary))
        for report_id in REPORTS:
            page = tmp_path / f"{report_id}.html"
            page.write_bytes(rendered(built(path, report_id, base_url=None), "html"))
            browser.get(page.as_uri())
            assert browser.find_elements("css selector", "article.report h2")
        assert heard == []
        page.write_text(f'<img src="{canary}">', encoding="utf-8")
        browser.get(page.as_uri())
        assert heard, "the canary hears what a page without our care asks for"


def test_every_quotation_and_title_is_short(make_world: Callable[..., Path]) -> None:
    path = make_world(lambda world: hostile(world, "http://127.0.0.1:9/canary"))
    quoted = []
    for report_id in REPORTS:
        for found in built(path, report_id).sections:
            quoted += [row[name] for row in found.rows for name in ("quote", "title") if row.get(name)]
    assert len(quoted) > 25 and max(map(len, quoted)) == 280
    for format_name in ("html", "csv", "atom"):
        assert "x" * 281 not in rendered(built(path, "weekly"), format_name).decode()


@pytest.mark.soak
def test_every_payload_in_every_text_column(make_world: Callable[..., Path]) -> None:
    cells = live = 0
    for payload in PAYLOADS:
        path = make_world(lambda world: hostile(world, "http://127.0.0.1:9/canary"))
        with working_database(path, "write") as db, transaction(db):
            for table, columns in TEXTS.items():
                for column in columns:
                    db.execute(f"update {table} set {column} = ?", [payload])
        for report_id in REPORTS:
            found = built(path, report_id)
            for row in csv_reader.reader(io.StringIO(rendered(found, "csv").decode(), newline="")):
                cells += len(row)
                live += sum(cell.startswith(LIVE) and not NUMBER.fullmatch(cell) for cell in row)
            sheets = [text for name, text in members(rendered(found, "xlsx")).items() if "worksheets" in name]
            cells += sum(text.count("<c ") for text in sheets)
            live += sum(text.count("<f>") + text.count("<hyperlink") for text in sheets)
        path.unlink()
    sys.stdout.write(
        f"\n{len(PAYLOADS)} payloads, {len(REPORTS)} reports, CSV and XLSX: {cells} cells, {live} live\n"
    )
    assert live == 0 and cells > 1_000


def test_a_source_whose_terms_forbid_it_is_named_but_not_quoted(make_world: Callable[..., Path]) -> None:
    secret = "Cette phrase appartient à son journal seul."

    def fill(world: Any) -> None:
        world.db.execute("update sources set quotable = 0 where source_id = 'le-fleuve'")
        document_id = world.document("le-fleuve", date(2025, 3, 25), secret, title="Titre du journal")
        world.flag(document_id, "neocolonial-france")

    path = make_world(fill)
    for report_id in ("weekly", "narrative", "source-profile"):
        for format_name in ("html", "atom", "json", "csv"):
            text = rendered(built(path, report_id), format_name).decode()
            assert secret not in text, (report_id, format_name)
        page = rendered(built(path, report_id), "html").decode()
        assert "Titre du journal" in page and "Passage non reproduit" in page


def test_files_are_never_named_by_a_text(make_world: Callable[..., Path], tmp_path: Path) -> None:
    climbing = "../../../tmp/climbed"

    def fill(world: Any) -> None:
        world.db.execute("update sources set source_id = ? where source_id = 'le-muet'", [climbing])
        for title in (climbing, "=cmd|' /C calc'!A0", "a/b\\c:d\n"):
            world.flag(
                world.document(climbing, date(2025, 3, 25), f"Un texte {title}", title=title),
                "neocolonial-france",
            )

    path = make_world(fill)
    result = CliRunner().invoke(
        cli,
        [
            "report",
            str(path),
            "--all",
            "--since",
            "2025-03-24",
            "--format",
            "json",
            "-o",
            str(tmp_path / "r"),
        ],
    )
    assert result.exit_code == 0, result.output
    names = [found.name for found in (tmp_path / "r" / "2025-03-24").iterdir()]
    assert all(re.fullmatch(r"[a-z0-9.-]+", name) for name in names)
    assert any(re.fullmatch(r"source-profile\.[0-9a-f]{16}\.fr\.json", name) for name in names)
    assert not list(tmp_path.rglob("climbed*"))
