"""Is evidence still what it was? A pack, or the evidence folder of a deployment, checked without a database.

Three things are compared: the chain of manifest lines, every record with its line, and (in a pack) every
byte of the file with its seal. Someone who rewrites all of it leaves nothing to find: keep the head that an
export prints elsewhere, and give it as ``expected``.
"""

import hashlib
import mmap
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from db.errors import NarrativesError
from db.evidence_chain import BrokenEvidenceError, Line, read_chain
from db.evidence_scan import ScannedRecord, mapped, scan

MANIFEST = "manifest.jsonl"
RECORDS = "records.warc.gz"
#: Where an evidence folder keeps what private persons wrote: the only files that are ever removed.
PRIVATE_FOLDER = "private"
#: A pack ends with the SHA-256, in hex, of every byte before it; the archive keeps it as its comment.
SEAL_PREFIX = b"sha256:"
SEAL_BYTES = 64

#: Called with the bytes checked since the last call.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole: captures, other files, bytes of payload, and the hash of the last line.

    ``unlisted`` counts records that no line speaks of, at the end of files; more than none only where
    the caller allowed for a crash between writing a record and its line. ``let_go`` counts files of
    private texts that the manifest says were removed, on purpose: their lines have nothing left to check.
    """

    captures: int
    files: int
    payload_bytes: int
    head: str
    unlisted: int = 0
    let_go: int = 0


def verify(
    path: Path, *, expected: str | None = None, after_crash: bool = False, progress: Progress | None = None
) -> Verified:
    """Check a pack or an evidence folder. Raises :class:`BrokenEvidenceError` naming the broken line."""
    if path.is_dir():
        found = _verify_folder(path, after_crash, progress)
    elif path.is_file():
        found = _verify_pack(path, progress)
    else:
        raise NarrativesError(f"There is no evidence at {path}. Name a pack or an evidence folder.")
    if expected is not None and found.head != expected:
        raise BrokenEvidenceError(
            f"{path} ends with {found.head}, not with the expected {expected}: "
            "lines were added, removed or rewritten."
        )
    return found


def file_sha256(path: Path, length: int, progress: Progress | None = None) -> str:
    """Return the SHA-256 of the first bytes of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while length > 0 and (chunk := handle.read(min(1 << 20, length))):
            digest.update(chunk)
            length -= len(chunk)
            if progress is not None:
                progress(len(chunk))
    return digest.hexdigest()


def _verify_folder(folder: Path, after_crash: bool, progress: Progress | None) -> Verified:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise NarrativesError(f"{folder} holds no {MANIFEST}. Name the evidence folder of a deployment.")
    content = manifest.read_bytes()
    if after_crash:
        # The next writer cuts a line that was being written; no row speaks of it.
        content = content[: content.rfind(b"\n") + 1]
    lines = list(read_chain(content, MANIFEST))
    let_go = _let_go(lines)
    kept = [line for line in lines if not {line.fields.get("warc"), line.fields.get("removed")} & let_go]
    by_file: dict[str, list[Line]] = {}
    for line in kept:
        by_file.setdefault(str(line.fields.get("warc")), []).append(line)
    unlisted = 0
    # Checked in the order of the lines, so that the fault that is named is the first.
    for name, listed in by_file.items():
        path = folder / name
        if not path.is_file() or folder.resolve() not in path.resolve().parents:
            raise BrokenEvidenceError(f"{MANIFEST} line {listed[0].number}: its file {name} is not there.")
        with mapped(path) as data:
            unlisted += _compare(listed, scan(data), name, after_crash, progress)
    stray = sorted(
        name
        for found in folder.rglob("*.warc.gz")
        if (name := found.relative_to(folder).as_posix()) not in by_file
        and name not in let_go
        and _captures_in(found)
    )
    if stray and not after_crash:
        raise BrokenEvidenceError(f"{stray[0]} is a file of captures that no line of {MANIFEST} speaks of.")
    payload = sum(line.fields["bytes"] for line in kept)
    head = lines[-1].sha256 if lines else ""
    return Verified(len(kept), len(by_file), payload, head, unlisted + len(stray), len(let_go))


def _let_go(lines: Sequence[Line]) -> set[str]:
    """Return the files of private texts that the manifest says were let go when their time had come."""
    named = {str(line.fields["removed"]): line for line in lines if "removed" in line.fields}
    for name, line in named.items():
        if not name.startswith(f"{PRIVATE_FOLDER}/"):
            raise BrokenEvidenceError(f"{MANIFEST} line {line.number}: {name} may not be removed.")
    return set(named)


def _captures_in(path: Path) -> bool:
    with mapped(path) as data:
        try:
            return any(record.is_capture for record in scan(data))
        except ValueError:
            return True


def _compare(
    listed: Sequence[Line],
    records: Iterable[ScannedRecord],
    name: str,
    after_crash: bool,
    progress: Progress | None = None,
) -> int:
    """Hold every line against its record; return how many captures stand after the last listed one."""
    waiting, unlisted = list(reversed(listed)), 0
    try:
        for record in records:
            if progress is not None:
                progress(record.end - record.offset)
            if not record.is_capture:
                continue
            if not waiting:
                unlisted += 1
                continue
            line = waiting.pop()
            _hold_against(line, record, name)
    except ValueError as error:
        if waiting:
            raise BrokenEvidenceError(f"{MANIFEST} line {waiting[-1].number}: {name}: {error}.") from error
        if not after_crash:
            raise BrokenEvidenceError(f"{name}, after its last listed record: {error}.") from error
    if waiting:
        raise BrokenEvidenceError(f"{MANIFEST} line {waiting[-1].number}: {name} ends before its record.")
    if unlisted and not after_crash:
        raise BrokenEvidenceError(
            f"{name} holds {unlisted} captures after the last of {MANIFEST} (line {listed[-1].number}): "
            "lines were removed, or a crash came between a record and its line. "
            "If it was a crash, add --after-crash."
        )
    return unlisted


def _hold_against(line: Line, record: ScannedRecord, name: str) -> None:
    fields = line.fields
    address = fields.get("url") or f"urn:sha256:{record.payload_sha256}"
    told = {
        "offset": record.offset,
        "sha256": record.payload_sha256,
        "bytes": record.payload_bytes,
        "status": record.status,
        "truncated": record.truncated,
        "time_utc": record.date,
    }
    for field, found in told.items():
        if fields.get(field) != found:
            raise BrokenEvidenceError(
                f"{MANIFEST} line {line.number}: {field} is {fields.get(field)!r}, but {name} at byte "
                f"{record.offset} has {found!r}."
            )
    if _plain(address) != _plain(record.url):
        raise BrokenEvidenceError(
            f"{MANIFEST} line {line.number}: url is {address!r}, but {name} at byte {record.offset} has "
            f"{record.url!r}."
        )


def _plain(url: str) -> str:
    """Write an address as WARC headers hold it: letters outside ASCII in per cent."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]<>\"{}|\\^`")


def _verify_pack(path: Path, progress: Progress | None) -> Verified:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename: info for info in archive.infolist()}
            sealed = archive.comment
            if MANIFEST not in names:
                raise NarrativesError(f"{path} is no evidence pack: it holds no {MANIFEST}.")
            lines = list(read_chain(archive.read(MANIFEST), MANIFEST))
            _check_files(archive, names, lines)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise BrokenEvidenceError(
            f"{path} is damaged before its manifest can be read whole ({error}), or is no pack. "
            "Name a pack that `narratives evidence export` wrote, or an evidence folder."
        ) from error
    captures = [line for line in lines if "warc" in line.fields]
    if captures:
        with mapped(path) as data:
            start = _content_start(data, names[RECORDS])
            records = scan(data, start, start + names[RECORDS].file_size)
            _compare(captures, (_moved(record, start) for record in records), RECORDS, False, progress)
    length = path.stat().st_size - SEAL_BYTES
    seal = file_sha256(path, length).encode()
    if sealed != SEAL_PREFIX + seal:
        raise BrokenEvidenceError(
            f"{path}: every line holds, but the file is not byte for byte the one that was sealed."
        )
    payload = sum(line.fields["bytes"] for line in captures)
    return Verified(len(captures), len(names), payload, lines[-1].sha256)


def _check_files(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], lines: Sequence[Line]) -> None:
    if not lines or lines[-1].fields.get("end") != len(lines):
        raise BrokenEvidenceError(
            f"{MANIFEST} line {len(lines) + 1}: the closing line is missing; lines were removed."
        )
    listed = {MANIFEST}
    for line in lines:
        name = line.fields.get("file")
        if name is None:
            continue
        listed.add(name)
        if name not in names:
            raise BrokenEvidenceError(
                f"{MANIFEST} line {line.number}: the file {name} is missing from the pack."
            )
        found = _member_sha256(archive, name)
        if name != RECORDS and found != line.fields.get("sha256"):
            raise BrokenEvidenceError(
                f"{MANIFEST} line {line.number}: the file {name} is not what it was ({found})."
            )
    if surplus := sorted(set(names) - listed - {RECORDS}):
        raise BrokenEvidenceError(f"{surplus[0]} is in the pack, but no line of {MANIFEST} speaks of it.")


def _member_sha256(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as content:
            while chunk := content.read(1 << 20):
                digest.update(chunk)
    except zipfile.BadZipFile:
        return "damaged bytes"
    return digest.hexdigest()


def _content_start(data: "mmap.mmap | bytes", info: zipfile.ZipInfo) -> int:
    """Return the byte at which the content of a stored archive member begins (APPNOTE 6.3, 4.3.7)."""
    at = info.header_offset
    return (
        at
        + 30
        + int.from_bytes(data[at + 26 : at + 28], "little")
        + int.from_bytes(data[at + 28 : at + 30], "little")
    )


def _moved(record: ScannedRecord, start: int) -> ScannedRecord:
    fields = {name: getattr(record, name) for name in ScannedRecord.__slots__}
    return ScannedRecord(**{**fields, "offset": record.offset - start, "end": record.end - start})
