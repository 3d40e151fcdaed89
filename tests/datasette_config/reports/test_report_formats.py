"""Every format of every report: the same rows, the same bytes, nothing live, nothing asked of the network."""

import csv as csv_reader
import io
import re
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_config.export import csv
from datasette_config.export.cells import Cell
from datasette_config.export.column_widths import column_widths
from datasette_config.export.outline import Table
from datasette_config.report_cli import FORMATS
from datasette_config.report_shelf import format_module
from datasette_config.reporting import BuiltReport, build_report, report_connection
from tests.datasette_config.reports.test_report_yaml import REPORTS, parameters

BASE = "https://observatory.example"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
WEEK = {"since": "2025-03-24", "until": "2025-03-30"}


def built(database: Path, report_id: str, language: str = "fr", base_url: str | None = BASE) -> BuiltReport:
    with report_connection(database) as connection:
        return build_report(
            connection, REPORTS[report_id], language=language, parameters=parameters(report_id),
            base_url=base_url, **WEEK,
        )  # fmt: skip


def rendered(found: BuiltReport, format_name: str) -> bytes:
    content = format_module(format_name).render(found)
    assert isinstance(content, bytes)
    return content


def sheet_rows(content: bytes) -> list[list[Any]]:
    """Return the first sheet's rows: text as str, numbers as float, days as ISO, empty cells as None."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        shared = [
            "".join(part.text or "" for part in item.iter(f"{SHEET}t"))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        cells: dict[str, Any] = {}
        for cell in row.iter(f"{SHEET}c"):
            column = re.sub(r"\d", "", cell.attrib["r"])
            text = cell.findtext(f"{SHEET}v")
            assert text is not None
            cells[column] = shared[int(text)] if cell.attrib.get("t") == "s" else float(text)
        rows.append(cells)
    columns = list(rows[0])
    for column, name in rows[0].items():
        if name in ("period_start", "period_end", "since", "until"):
            for row in rows[1:]:
                # A date of the format is a number: days since 30 December 1899.
                row[column] = (date(1899, 12, 30) + timedelta(days=row[column])).isoformat()
    return [[row.get(column) for column in columns] for row in rows]


def inflated(pdf: bytes) -> bytes:
    """Return a PDF with its compressed streams in the clear."""
    parts = [pdf]
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def members(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode("utf-8", "replace")
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }


@pytest.mark.parametrize("report_id", sorted(REPORTS))
def test_built_twice_every_format_has_the_same_bytes(report_id: str, press: Path) -> None:
    for language in ("fr", "en"):
        first, second = built(press, report_id, language), built(press, report_id, language)
        for format_name in FORMATS:
            assert rendered(first, format_name) == rendered(second, format_name), (report_id, format_name)


@pytest.mark.parametrize("report_id", sorted(REPORTS))
def test_xlsx_and_csv_hold_the_rows_of_the_database(report_id: str, press: Path) -> None:
    found = built(press, report_id)
    tidy = next(section for section in found.sections if section.section.layout == "tidy")
    with report_connection(press) as connection:
        cursor = connection.execute(tidy.sql, {name: found.bound[name] for name in found.bound})
        expected = cursor.fetchall()
    header, *lines = csv_reader.reader(io.StringIO(rendered(found, "csv").decode(), newline=""))
    sheet_header, *sheet = sheet_rows(rendered(found, "xlsx"))
    assert header == sheet_header
    width = len(tidy.names)
    read = [tuple("" if value is None else str(value) for value in row) for row in expected]
    assert [tuple(csv.restored(cell) for cell in line[:width]) for line in lines] == read
    assert [
        tuple(
            "" if cell is None else f"{cell:g}" if isinstance(cell, float) else cell for cell in row[:width]
        )
        for row in sheet
    ] == [
        tuple(
            "" if value is None else f"{value:g}" if isinstance(value, int | float) else value
            for value in row
        )
        for row in expected
    ]
    assert expected


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_says_where_its_figures_come_from(format_name: str, press: Path) -> None:
    found = built(press, "weekly")
    content = rendered(found, format_name)
    if format_name == "pdf":
        return  # its words are glyphs; the structure is looked at below
    text = "".join(members(content).values()) if format_name in ("docx", "xlsx") else content.decode()
    told = text.replace("&amp;amp;", "&").replace("&amp;", "&").replace("\\u0026", "&")
    for value in ("c0deb00c1234", "m-2025-03", str(found.about["data_sha256"]), found.rows_sha256):
        assert value in told, value
    assert f"{BASE}/fr/reports/weekly?since=2025-03-24&until=2025-03-30" in told
    beside = format_module("csvw").render(found, "weekly.csv").decode() if format_name == "csv" else told
    if format_name != "atom":
        assert "group by 1, 2, 3, 4" in beside, "the query"
    assert "WhatsApp" in beside, "what the collection cannot see"


def test_the_pdf_is_tagged_has_bookmarks_and_its_fonts_inside(press: Path) -> None:
    plain = inflated(rendered(built(press, "weekly"), "pdf"))
    assert b"pdfuaid:part" in plain and b"/StructTreeRoot" in plain and b"/Marked true" in plain
    assert b"/Outlines" in plain and b"/Lang" in plain and b"fr-FR" in plain
    assert b"/FontFile3" in plain and b"LibertinusSerif" in plain
    for live in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/GoToR", b"/SubmitForm"):
        assert live not in plain


def test_the_document_navigates_and_describes_its_pictures(press: Path) -> None:
    parts = members(rendered(built(press, "weekly", "en"), "docx"))
    body = parts["word/document.xml"]
    assert body.count('w:val="Heading2"') >= 8 and "<w:tblHeader" in body
    pictures = re.findall(r"<wp:docPr [^>]*>", body)
    assert pictures and all('descr="' in picture for picture in pictures)
    assert 'w:val="en-GB"' in parts["word/styles.xml"]


def test_a_sheet_that_is_full_goes_on_in_the_next(press: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datasette_config.export import xlsx

    found = built(press, "weekly")
    rows = len(found.with_layout("tidy")[0].rows)
    monkeypatch.setattr(xlsx, "ROWS_OF_A_SHEET", 4)
    parts = members(rendered(found, "xlsx"))
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/sheet")]
    kept = sum(text.count("<row ") for text in sheets[:-1]) - len(sheets[:-1])
    assert len(sheets) > 2 and kept == rows


@pytest.mark.parametrize(
    ("format_name", "package"), [("pdf", "typst"), ("docx", "docx"), ("xlsx", "xlsxwriter")]
)
def test_a_missing_package_is_named_with_the_remedy(
    format_name: str, package: str, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.errors import NarrativesError

    module = format_module(format_name)
    real = module.importlib.import_module
    monkeypatch.setattr(
        module.importlib, "import_module",
        lambda name: (_ for _ in ()).throw(ImportError(name)) if name.startswith(package) else real(name),
    )  # fmt: skip
    with pytest.raises(NarrativesError, match=r"mali-narratives\[reports\]"):
        module.render(built(press, "weekly"))


texts = st.text(st.sampled_from("abcde -\N{NO-BREAK SPACE}"), max_size=60)
tables = st.integers(1, 8).flatmap(
    lambda columns: st.tuples(
        st.lists(st.booleans(), min_size=columns, max_size=columns),
        st.lists(st.lists(texts, min_size=columns, max_size=columns), min_size=2, max_size=5),
    )
)


@given(tables)
def test_columns_fill_the_page_and_never_more(table: tuple[list[bool], list[list[str]]]) -> None:
    numeric, (header, *rows) = table
    cells = tuple(tuple(Cell(text) for text in row) for row in rows)
    found = column_widths(
        Table("", (), tuple(header), tuple(numeric), cells, tuple(False for _ in cells)), 17.2
    )
    assert sum(found) == pytest.approx(17.2) and min(found) > 0


def test_a_word_keeps_its_line_beside_a_long_text() -> None:
    rows = ((Cell("financement"), Cell("un énoncé bien plus long que la ligne " * 3), Cell("12")),)
    subject, statement, number = column_widths(
        Table("", (), ("Sujet", "Énoncé", "n"), (False, False, True), rows, (False,)), 17.2
    )
    assert number < subject < statement and subject > 2.3
