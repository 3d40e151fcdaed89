"""Care: faults are found, backups are sound, and the way back works."""

import gzip
import hashlib
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from crawlers.evidence import EvidenceWriter
from db.connection import transaction, working_database
from db.integrity import integrity_faults
from narratives import cli

PAYLOAD = b"<html><p>Un texte.</p></html>"


def narratives(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def record(kind: str, payload: bytes, *, compressed: bool) -> bytes:
    """Return one WARC record as ISO 28500 writes it."""
    block, type_ = payload, "text/html"
    if kind == "response":
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + payload
        type_ = "application/http; msgtype=response"
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nContent-Type: {type_}\r\nContent-Length: {len(block)}\r\n\r\n"
    whole = head.encode() + block + b"\r\n\r\n"
    return gzip.compress(whole) if compressed else whole


@pytest.fixture(params=[True, False], ids=["gzip", "plain"])
def whole(hub: Path, db: Database, put: Callable[..., int], request: pytest.FixtureRequest) -> Path:
    """The hub with two documents whose evidence stands in a WARC file; returns that file."""
    path = hub.parent / "evidence" / "2024-06" / "a.warc"
    path.parent.mkdir(parents=True)
    content = record("warcinfo", b"software: test\r\n", compressed=request.param)
    long = PAYLOAD + bytes(range(256)) * 2000
    for name, kind, payload in [("a", "response", PAYLOAD), ("b", "resource", long)]:
        with transaction(db):
            capture = db.execute(
                "insert into captures (captured_at, payload_sha256, payload_bytes, warc_path, warc_offset) "
                "values ('2024-06-01T00:00:00Z', ?, ?, '2024-06/a.warc', ?)",
                [hashlib.sha256(payload).hexdigest(), len(payload), len(content)],
            ).lastrowid
        content += record(kind, payload, compressed=request.param)
        document_id = put(name, f"Le texte {name} de Ségou.", capture_id=capture)
        with transaction(db):
            db.execute("insert into passages values (null, ?, 0, 0, 20, null)", [document_id])
    path.write_bytes(content)
    return path


def test_a_whole_database_has_no_fault(hub: Path, whole: Path) -> None:
    result = narratives("db", "check", hub)
    assert result.exit_code == 0, result.output
    assert {line.split()[0] for line in result.stdout.splitlines()} == {"none"}
    assert "evidence that is missing or differs from its hash (2 examined)" in result.stdout


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("update documents set text = 'Autre chose entièrement.' where document_id = 1", "search index"),
        ("update documents set text = 'Autre chose entièrement.' where document_id = 1", ": text"),
        ("update documents set document_key = 'x' where document_id = 1", "x: identity"),
        ("update documents set capture_id = null where document_id = 1", "documents without evidence"),
        ('update passages set "end" = 21 where document_id = 1', ":0-21"),
        ("update captures set payload_sha256 = 'x' where capture_id = 1", "the bytes differ"),
        ("update captures set warc_offset = warc_offset + 1 where capture_id = 1", "capture 1"),
        ("update captures set warc_path = 'lost.warc' where capture_id = 1", "lost.warc"),
        ("insert into copies values (1, 77, 'identical', 1, 1)", "cluster 77"),
        ("delete from sources where source_id = 'alpha'", "rows that point at nothing"),
        ("delete from documents_fts where rowid = 1", "search index"),
    ],
)
def test_a_fault_is_found_and_named(hub: Path, whole: Path, harm: str, said: str) -> None:
    with working_database(hub, "write") as db:
        db.execute("pragma foreign_keys = off")
        db.execute(harm)
    result = narratives("db", "check", hub)
    assert result.exit_code == 1
    assert said in result.stdout
    assert "narratives db restore" in result.stderr


def test_evidence_as_crawls_and_imports_write_it_is_read_back(hub: Path, db: Database) -> None:
    writer = EvidenceWriter(hub.parent / "evidence")
    written = [
        writer.write(
            url,
            payload,
            status=status,
            headers=headers,
            captured_at="2024-06-01T00:00:00Z",
            content_type="text/html",
        )
        for url, payload, status, headers in [
            (
                "https://alpha.example/a",
                PAYLOAD * 9000,
                200,
                [("Content-Type", "text/html"), ("X-Odd", "é\u00a0")],
            ),
            ("https://alpha.example/b", b"", 404, []),
            (None, b'{"text": "une ligne"}', None, []),
        ]
    ]
    writer.close()
    with transaction(db):
        for one in written:
            db.execute(
                "insert into captures (captured_at, payload_sha256, payload_bytes, warc_path, warc_offset) "
                "values ('2024-06-01T00:00:00Z', ?, ?, ?, ?)",
                [one.payload_sha256, one.payload_bytes, one.warc_path, one.warc_offset],
            )
    result = narratives("db", "check", hub)
    assert result.exit_code == 0, result.output
    assert "(3 examined)" in result.stdout


def test_damaged_evidence_is_found(hub: Path, whole: Path) -> None:
    content = bytearray(whole.read_bytes())
    place = content.rindex(b"\r\n\r\n") if b"WARC/" in content[:8] else len(content) // 2
    content[place - 40] ^= 0xFF
    whole.write_bytes(bytes(content))
    assert narratives("db", "check", hub).exit_code == 1
    whole.write_bytes(bytes(content)[: len(content) // 2])
    assert narratives("db", "check", hub).exit_code == 1


def test_without_its_folder_evidence_is_skipped_and_says_so(hub: Path, whole: Path) -> None:
    whole.parent.parent.rename(hub.parent / "elsewhere")
    result = narratives("db", "check", hub)
    assert result.exit_code == 0
    assert "skipped  evidence" in result.stdout
    assert narratives("db", "check", hub, "--evidence", hub.parent / "elsewhere").stdout.count("skipped") == 0


def test_a_flipped_byte_in_a_page_is_noticed(hub: Path, whole: Path) -> None:
    narratives("db", "backup", hub, "-o", hub.parent / "sound.db")
    sound = (hub.parent / "sound.db").read_bytes()
    chance = random.Random(7)
    noticed = 0
    for _ in range(12):
        content = bytearray(sound)
        # In a row; a byte of a page's free space would change nothing.
        place = content.find(chance.choice([b"Le texte a", b"https://alpha"])) + chance.randrange(10)
        content[place] ^= 1 << chance.randrange(7)
        (hub.parent / "flipped.db").write_bytes(content)
        result = narratives("db", "check", hub.parent / "flipped.db")
        noticed += result.exit_code == 1
    assert noticed == 12


def test_a_backup_of_a_database_in_use_is_sound_and_printed_with_its_hash(hub: Path, whole: Path) -> None:
    target = hub.parent / "copy.db"
    with working_database(hub, "write") as db:
        db.execute("update sources set title = 'Nouveau' where source_id = 'alpha'")
        result = narratives("db", "backup", hub, "-o", target)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{hashlib.sha256(target.read_bytes()).hexdigest()}  {target}\n"
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("select title from sources where source_id = 'alpha'").fetchone() == (
            "Nouveau",
        )
        assert connection.execute("pragma journal_mode").fetchone() == ("delete",)
    assert narratives("db", "check", target).exit_code == 0
    again = narratives("db", "backup", hub, "-o", target)
    assert again.exit_code == 1
    assert "exists already" in again.stderr


def test_a_backup_is_named_after_the_moment(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATIVES_NOW", "2024-06-01T06:00:00Z")
    assert narratives("db", "backup", hub).stdout.split()[1] == str(hub.parent / "hub-20240601T060000Z.db")


def test_a_restore_goes_back_and_keeps_what_was_there(
    hub: Path, put: Callable[..., int], db: Database
) -> None:
    put("a", "Un texte.")
    backup = hub.parent / "copy.db"
    narratives("db", "backup", hub, "-o", backup)
    sha256 = hashlib.sha256(backup.read_bytes()).hexdigest()
    put("b", "Un autre texte.")
    busy = narratives("db", "restore", hub, backup)
    assert busy.exit_code == 1
    assert "in use" in busy.stderr
    assert db.execute("select count(*) from documents").fetchone() == (2,)
    db.close()
    result = narratives("db", "restore", hub, backup)
    assert result.exit_code == 0, result.output
    with working_database(hub, "read") as opened:
        assert opened.execute("select count(*) from documents").fetchone() == (1,)
    kept = [path for path in hub.parent.iterdir() if ".replaced-" in path.name]
    assert len(kept) == 1
    with closing(sqlite3.connect(kept[0])) as connection:
        assert connection.execute("select count(*) from documents").fetchone() == (2,)
    assert hashlib.sha256(backup.read_bytes()).hexdigest() == sha256, "the backup itself must not change"


def test_restoring_over_a_damaged_database_and_where_there_is_none(hub: Path) -> None:
    backup = hub.parent / "copy.db"
    narratives("db", "backup", hub, "-o", backup)
    hub.write_bytes(b"\0" * 5000)
    assert narratives("db", "restore", hub, backup).exit_code == 0
    other = hub.parent / "other.db"
    assert narratives("db", "restore", other, backup).exit_code == 0
    for path in (hub, other):
        with working_database(path, "read") as opened:
            assert opened.execute("select count(*) from sources").fetchone() == (2,)


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_what_is_no_sound_backup_is_not_restored(hub: Path, content: bytes | None) -> None:
    backup = hub.parent / "copy.db"
    if content is None:
        narratives("db", "backup", hub, "-o", backup)
        whole = bytearray(backup.read_bytes())
        whole[8192:12288] = bytes(4096)
        content = bytes(whole)
    backup.write_bytes(content)
    before = hub.read_bytes()
    result = narratives("db", "restore", hub, backup)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert hub.read_bytes() == before
    assert not list(hub.parent.glob("*.restoring*"))


def test_a_database_is_not_restored_from_itself_or_from_nothing(hub: Path) -> None:
    assert "is the database itself" in narratives("db", "restore", hub, hub).stderr
    assert "No backup at" in narratives("db", "restore", hub, hub.parent / "no.db").stderr


def test_migrating_a_database_that_is_up_to_date_says_so(hub: Path) -> None:
    result = narratives("db", "migrate", hub)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "up to date" in result.stderr


def test_a_full_table_of_labels_is_not_called_damaged() -> None:
    """SQLite 3.40 calls values of such a table NULL; what is really wrong is still found."""
    connection = sqlite3.connect(":memory:")
    connection.execute("create table later (v text not null, k integer, primary key (k)) without rowid")
    connection.executemany("insert into later (k, v) values (?, 'x')", [(number,) for number in range(300)])
    assert integrity_faults(connection) == []
    connection.execute("create table other (v text check (v <> 'bad'))")
    connection.execute("pragma ignore_check_constraints = on")
    connection.execute("insert into other values ('bad')")
    connection.execute("pragma ignore_check_constraints = off")
    assert integrity_faults(connection) == ["CHECK constraint failed in other"]
