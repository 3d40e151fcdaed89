"""Evidence that was changed is found, and the first broken line is named."""

import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawlers.evidence import EvidenceWriter
from db.evidence_chain import BrokenEvidenceError
from db.evidence_scan import mapped, scan
from db.evidence_verify import MANIFEST, verify

AT = "2026-06-15T06:00:00Z"


def fill(folder: Path, captures: int, size: int = 900) -> Path:
    """Write captures of odd kinds in two files: answers, imported lines, cut ones, odd addresses."""
    rng = random.Random(captures)
    folder.mkdir()
    with EvidenceWriter(folder) as writer:
        for number in range(captures):
            if number == captures // 2:
                writer.close()
            imported = number % 4 == 3
            writer.write(
                None if number % 8 == 7 else f"https://journal.example/é {number}?q=a%20b&c=[1]",
                rng.randbytes(size) if number % 5 else b"",
                status=None if imported else 200 + number % 3,
                headers=(("Content-Type", "text/html; charset=utf-8"), ("X-Odd", "caf\xe9")),
                captured_at=AT,
                content_type="application/json" if imported else "text/html",
                request_headers=None if imported else (("Host", "journal.example"),),
                truncated=number % 6 == 5,
            )
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("evidence") / "evidence", 24)


def test_what_our_writer_made_is_whole(folder: Path) -> None:
    found = verify(folder)
    assert (found.captures, found.files, found.unlisted) == (24, 2, 0)
    assert verify(folder, expected=found.head) == found
    with pytest.raises(BrokenEvidenceError, match="not with the expected 0000"):
        verify(folder, expected="0000")


def test_a_scan_finds_every_record_with_its_kind(folder: Path) -> None:
    kinds = []
    for path in sorted(folder.rglob("*.warc.gz")):
        with mapped(path) as data:
            kinds += [record.kind for record in scan(data)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "warcinfo": 2, "response": 18, "request": 18, "resource": 6
    }  # fmt: skip


def lines_of(folder: Path) -> list[bytes]:
    return (folder / MANIFEST).read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("removed", [0, 11, 23])
def test_a_removed_line_is_found_and_the_place_named(folder: Path, tmp_path: Path, removed: int) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    lines = lines_of(copy)
    (copy / MANIFEST).write_bytes(b"".join(lines[:removed] + lines[removed + 1 :]))
    with pytest.raises(BrokenEvidenceError, match=f"line {min(removed + 1, 23)}\\b"):
        verify(copy)


def test_records_of_a_crash_are_told_apart_on_demand(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / MANIFEST).write_bytes(b"".join(lines_of(copy)[:-1]))
    with pytest.raises(BrokenEvidenceError, match="--after-crash"):
        verify(copy)
    assert verify(copy, after_crash=True).unlisted == 1


def test_a_file_put_in_or_taken_away_is_found(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    first = sorted(copy.rglob("*.warc.gz"))[0]
    shutil.copy(first, first.with_name("stray.warc.gz"))
    with pytest.raises(BrokenEvidenceError, match=r"stray\.warc\.gz is a file of captures that no line"):
        verify(copy)
    first.with_name("stray.warc.gz").unlink()
    first.unlink()
    with pytest.raises(BrokenEvidenceError, match=r"line 1: its file .* is not there"):
        verify(copy)


def flipped(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def tampered(original: Path, copy: Path, rng: random.Random, number: int) -> None:
    """Every third time a line is removed, otherwise one bit of a file is flipped, files by their size."""
    if copy.exists():
        shutil.rmtree(copy)
    shutil.copytree(original, copy)
    if number % 3 == 0:
        lines = lines_of(copy)
        del lines[rng.randrange(len(lines))]
        (copy / MANIFEST).write_bytes(b"".join(lines))
        return
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    flipped(rng.choices(files, [path.stat().st_size for path in files])[0], rng)


def caught(attempts: int, tamper: Callable[[int], Path]) -> int:
    found = 0
    for number in range(attempts):
        try:
            verify(tamper(number))
        except BrokenEvidenceError as error:
            assert "line" in str(error) or "record" in str(error) or "sealed" in str(error), error
            found += 1
    return found


def test_single_bits_and_removed_lines_of_a_folder_are_found(folder: Path, tmp_path: Path) -> None:
    rng = random.Random(4)

    def tamper(number: int) -> Path:
        tampered(folder, tmp_path / "copy", rng, number)
        return tmp_path / "copy"

    assert caught(40, tamper) == 40


@pytest.mark.soak
def test_a_thousand_tamperings_and_the_speed(tmp_path: Path) -> None:
    small = fill(tmp_path / "small", 40)
    rng = random.Random(5)

    def tamper(number: int) -> Path:
        tampered(small, tmp_path / "copy", rng, number)
        return tmp_path / "copy"

    found = caught(1_000, tamper)
    large = fill(tmp_path / "large", 600, 1 << 20)
    started = time.perf_counter()
    payload = verify(large).payload_bytes
    speed = payload / 1e6 / (time.perf_counter() - started)
    sys.stdout.write(
        f"\n{found} of 1000 tamperings found; verify {payload / 1e6:.0f} MB at {speed:.0f} MB/s\n"
    )
    assert found == 1_000
    assert speed >= 100
