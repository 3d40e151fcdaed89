"""``narratives evidence``: a pack that proves its rows on a machine that has nothing else."""

import json
import random
import sys
import zipfile
from pathlib import Path

import pytest

from db.connection import working_database
from db.evidence_chain import BrokenEvidenceError
from db.evidence_verify import verify
from tests.datasette_config.reports.commands import refused, run

MARCH = ("--report", "coverage", "--since", "2025-03-01", "--until", "2025-03-31")


def imported(folder: Path, documents: int) -> Path:
    lines = [
        {"id": f"a{number}", "text": f"Une nouvelle inventée, numéro {number}. " * 8,
         "title": f"Titre {number}",
         "url": f"https://le-fleuve.example/é/{number}", "published": f"2025-03-{1 + number % 28:02d}",
         "published_precision": "day", "language": "fr", "source": "Le Fleuve inventé"}
        for number in range(documents)
    ]  # fmt: skip
    file = folder / "texts.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    run("import", folder / "press.db", file)
    return folder / "press.db"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory.mktemp("evidence"), 30)


@pytest.fixture(scope="module")
def pack(database: Path) -> Path:
    path = database.with_name("pack.zip")
    run("evidence", "export", database, *MARCH, "-o", path)
    return path


def test_a_pack_of_a_report_holds_everything_and_verifies_alone(pack: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere.zip"
    moved.write_bytes(pack.read_bytes())
    head = run("evidence", "verify", moved).strip()
    assert run("evidence", "verify", moved, "--expect", head).strip() == head
    assert "not with the expected" in refused("evidence", "verify", moved, "--expect", "00")
    with zipfile.ZipFile(moved) as archive:
        assert archive.namelist() == [
            "records.warc.gz", "README.txt", "documents.jsonl", "labels.jsonl", "capture-log.jsonl",
            "query.json", "codebook.json", "manifest.jsonl",
        ]  # fmt: skip
        documents = [json.loads(line) for line in archive.read("documents.jsonl").splitlines()]
        question = json.loads(archive.read("query.json"))["report"]
        log = [json.loads(line) for line in archive.read("capture-log.jsonl").splitlines()]
    assert len(documents) == 30 and all(row["payload_sha256"] for row in documents)
    assert question["parameters"]["since"] == "2025-03-01" and "placed_on" in question["sql"]
    assert len([line for line in log if "manifest" in line]) == 30


def test_the_same_rows_give_the_same_bytes(database: Path, pack: Path, tmp_path: Path) -> None:
    run("evidence", "export", database, *MARCH, "-o", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == pack.read_bytes()


def test_single_documents_are_chosen_by_key(database: Path, tmp_path: Path) -> None:
    with working_database(database, "read") as db:
        keys = [row[0] for row in db.execute("select document_key from documents limit 2").fetchall()]
    run("evidence", "export", database, *keys, keys[0], "-o", tmp_path / "two.zip")
    assert verify(tmp_path / "two.zip").captures == 2


def test_what_cannot_be_proven_is_refused_with_the_remedy(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "none.zip"
    assert "Say what to export" in refused("evidence", "export", database, "-o", out)
    assert "unknown, or a message of a private person" in refused(
        "evidence", "export", database, "ffff", "-o", out
    )
    assert "There are: coverage" in refused("evidence", "export", database, "--report", "x", "-o", out)
    assert "chose no document" in refused(
        "evidence", "export", database, "--report", "weekly", "--since", "2025-03-03", "-o", out
    )
    assert "no evidence at" in refused("evidence", "verify", tmp_path / "nothing.zip")
    with working_database(database, "read") as db:
        key = db.execute("select document_key from documents limit 1").fetchone()[0]
    assert "No label" in refused("evidence", "export", database, f"{key}:0-5:army-resurgent", "-o", out)
    public = tmp_path / "public.db"
    run("publish", database, "-o", public)
    assert "is a publication" in refused("evidence", "export", public, "--report", "coverage", "-o", out)
    assert not out.exists()


def test_a_document_of_a_private_person_is_not_exported(tmp_path: Path) -> None:
    path = imported(tmp_path, 2)
    with working_database(path, "write") as db:
        db.execute("update documents set kind = 'comment'")
        db.conn.commit()
        key = db.execute("select document_key from documents limit 1").fetchone()[0]
    assert "private person" in refused("evidence", "export", path, key, "-o", tmp_path / "p.zip")


def test_evidence_that_changed_is_not_packed(tmp_path: Path) -> None:
    path = imported(tmp_path, 3)
    warc = next((tmp_path / "evidence").rglob("*.warc.gz"))
    content = bytearray(warc.read_bytes())
    content[len(content) // 2] ^= 4
    warc.write_bytes(content)
    said = refused(
        "evidence", "export", path, *MARCH, "-o", tmp_path / "x.zip",
    )  # fmt: skip
    assert "cannot be read" in said or "is not what it was" in said
    assert "line" in refused("evidence", "verify", tmp_path / "evidence")


def tampered(pack: Path, target: Path, rng: random.Random, number: int) -> Path:
    """Flip one bit anywhere, or (every third time) put the pack together again without one manifest line."""
    if number % 3:
        content = bytearray(pack.read_bytes())
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        target.write_bytes(content)
        return target
    with zipfile.ZipFile(pack) as source, zipfile.ZipFile(target, "w") as copy:
        copy.comment = source.comment
        for name in source.namelist():
            lines = source.read(name)
            if name == "manifest.jsonl":
                parts = lines.splitlines(keepends=True)
                del parts[rng.randrange(len(parts))]
                lines = b"".join(parts)
            copy.writestr(name, lines)
    return target


def found_of(pack: Path, target: Path, attempts: int) -> int:
    rng, found = random.Random(6), 0
    for number in range(attempts):
        try:
            verify(tampered(pack, target, rng, number))
        except BrokenEvidenceError:
            found += 1
    return found


def test_single_bits_and_removed_lines_of_a_pack_are_found(pack: Path, tmp_path: Path) -> None:
    assert found_of(pack, tmp_path / "tampered.zip", 60) == 60


@pytest.mark.soak
def test_a_thousand_tamperings_of_a_pack(pack: Path, tmp_path: Path) -> None:
    found = found_of(pack, tmp_path / "tampered.zip", 1_000)
    sys.stdout.write(f"\n{found} of 1000 tamperings of a pack found\n")
    assert found == 1_000
