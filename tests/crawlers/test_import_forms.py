"""Files of other forms than JSON lines: CSV, saved pages, compressed and truncated ones."""

import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.crawlers.import_desk import rows, run


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_keeps_quoted_lines_together_and_their_bytes(database: Path, delimiter: str) -> None:
    path = database.with_name("texts.csv")
    row = f'"Une ligne,\nune autre; et ""voilà""."{delimiter}https://a.example/c{delimiter}2024-03-05'
    path.write_bytes(f"text{delimiter}url{delimiter}published\r\n{row}\r\ncourt{delimiter}x\r\n".encode())
    result = run(database, path)
    assert result.exit_code == 1
    assert "texts.csv#L4: 2 values under 3 columns" in result.stderr
    found = rows(database, "select text, published_at from documents")
    assert found == [{"text": 'Une ligne,\nune autre; et "voilà".', "published_at": "2024-03-05"}]
    assert (
        rows(database, "select payload_sha256 from captures")[0]["payload_sha256"]
        == hashlib.sha256(row.encode()).hexdigest()
    )


def test_csv_without_a_text_column_is_refused_with_the_remedy(database: Path) -> None:
    path = database.with_name("texts.csv")
    path.write_text("titre,corps\nx,y\n")
    result = run(database, path)
    assert result.exit_code == 1
    assert "no column `text`" in result.stderr


def test_a_saved_page_keeps_its_own_date_and_bytes(database: Path) -> None:
    path = database.with_name("page.html")
    sentence = "<p>Une phrase assez longue pour être lue comme le paragraphe d'un article de presse.</p>"
    path.write_text(
        "<html><head><meta property='article:published_time' content='2024-03-05 08:30'></head>"
        f"<body><article><h1>Un titre de page</h1>{sentence}{sentence.replace('Une', 'Cette')}</article>"
    )
    result = run(database, path, "--url", "https://www.echo-du-fleuve.example/a")
    assert result.exit_code == 0, result.stderr
    found = rows(database, "select * from documents")[0]
    assert (found["source_id"], found["identity"]) == ("echo", "https://www.echo-du-fleuve.example/a")
    assert (found["published_at"], found["published_origin"]) == ("2024-03-05T07:30:00Z", "metadata")
    kept = rows(database, "select payload_sha256 from captures")[0]["payload_sha256"]
    assert kept == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "duplicate 1" in run(database, path, "--url", "https://www.echo-du-fleuve.example/a").stderr


def test_a_page_of_an_unknown_site_without_address_is_kept_by_its_text(database: Path) -> None:
    path = database.with_name("page.html")
    path.write_text(
        "<html><body><h1>Un titre</h1>" + "<p>Une phrase de cet article, complète et assez longue.</p>" * 3
    )
    assert run(database, path, "--source", "Radio Delta").exit_code == 0
    found = rows(database, "select url, identity, source_id from documents")[0]
    assert found["url"] is None
    assert found["identity"].startswith("import:radio-delta:")


def test_a_file_of_unknown_form_is_refused(database: Path) -> None:
    path = database.with_name("texts.dat")
    path.write_text("x")
    result = run(database, path)
    assert result.exit_code == 1
    assert "--format" in result.stderr


def test_texts_of_another_encoding_are_named_with_the_way_to_utf_8(database: Path) -> None:
    path = database.with_name("texts.csv")
    path.write_bytes("text\nUn été à Ségou, loin de la ville.\n".encode("cp1252"))
    result = run(database, path)
    assert result.exit_code == 1
    assert "texts.csv#L2: not UTF-8 at byte 3" in result.stderr
    assert "iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW" in result.stderr


def test_what_is_no_archive_is_named_without_its_bytes(database: Path) -> None:
    path = database.with_name("texts.warc")
    path.write_bytes(bytes(range(128, 250)) * 20)
    result = run(database, path)
    assert result.exit_code == 1
    assert "cannot be read beyond record 0 (Unknown archive format)" in result.stderr
    assert result.stderr.isascii()


def test_a_truncated_archive_stores_what_came_before(database: Path) -> None:
    path = database.with_name("texts.jsonl.gz")
    lines = b"".join(
        json.dumps({"text": f"Texte {os.urandom(40).hex()}."}).encode() + b"\n" for _ in range(500)
    )
    compressed = gzip.compress(lines)
    path.write_bytes(compressed[: len(compressed) // 2])
    result = run(database, path)
    assert result.exit_code == 1
    assert "cannot be read to its end" in result.stderr
    assert len(rows(database, "select 1 from documents")) > 100
    assert rows(database, "select status from crawl_runs") == [{"status": "failed"}]
