"""Evidence: exact bytes in WARC files, on disk before any row speaks of them, in a chained manifest.

Order of writes: WARC record, fsync, manifest line, fsync; the caller then commits its rows. A torn
tail after a crash is harmless: a WARC file is never opened again for writing, a torn manifest line is
cut at the next start, and no row points at either.
"""

import fcntl
import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from db.errors import NarrativesError

MANIFEST_NAME = "manifest.jsonl"
#: A new WARC file is begun beyond this many bytes.
MAX_WARC_BYTES = 256 * 1024 * 1024
TOOL = f"mali-narratives/{version('mali-narratives')}"

_FIRST_PREVIOUS = "0" * 64
_LAST_LINE_WINDOW = 64 * 1024


class _ExactHeaders(StatusAndHeaders):
    """Header lines as they were received; the library would percent-encode or refuse odd bytes."""

    def compute_headers_buffer(self, header_filter: Any) -> None:
        self.headers_buff = self.to_str(header_filter).encode("latin-1", "replace") + b"\r\n"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where one capture lies. ``previous_sha256`` is the hash of the manifest line before its own."""

    payload_sha256: str
    payload_bytes: int
    warc_path: str
    warc_offset: int
    truncated: bool
    previous_sha256: str


class EvidenceWriter:
    """Writes captures below one folder; call :meth:`sync` before the rows are committed.

    Between the first :meth:`write` and :meth:`sync` it holds the lock of the manifest, so that a crawl
    and an import on one deployment take turns.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._warc: IO[bytes] | None = None
        self._path = ""
        self._writer: Any = None
        self._manifest: IO[bytes] | None = None
        self._lines: list[bytes] = []
        self._previous = _FIRST_PREVIOUS
        self._sequence = 0

    def __enter__(self) -> "EvidenceWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(
        self,
        url: str | None,
        payload: bytes,
        *,
        status: int | None,
        headers: Sequence[tuple[str, str]],
        captured_at: str,
        content_type: str | None,
        request_headers: Sequence[tuple[str, str]] | None = None,
        truncated: bool = False,
        address: str | None = None,
    ) -> Evidence:
        """Append one capture: a ``response`` (and its ``request``), or without status a ``resource``.

        ``url`` may be None for imported lines; the record then carries the payload's hash as address.
        """
        sha256 = hashlib.sha256(payload).hexdigest()
        warc = self._open_warc(captured_at)
        self._lock_manifest()
        offset = warc.tell()
        target = url or f"urn:sha256:{sha256}"
        extra = {"WARC-Date": captured_at}
        if truncated:
            extra["WARC-Truncated"] = "length"
        if address:
            extra["WARC-IP-Address"] = address
        if status is None:
            record = self._writer.create_warc_record(
                target,
                "resource",
                payload=io.BytesIO(payload),
                length=len(payload),
                warc_content_type=content_type or "application/octet-stream",
                warc_headers_dict=extra,
            )
            self._writer.write_record(record)
        else:
            self._write_response(target, payload, status, headers, request_headers, extra)
        evidence = Evidence(sha256, len(payload), self._path, offset, truncated, self._previous)
        self._add_line(evidence, url, captured_at, status)
        return evidence

    def _write_response(
        self,
        url: str,
        payload: bytes,
        status: int,
        headers: Sequence[tuple[str, str]],
        request_headers: Sequence[tuple[str, str]] | None,
        extra: dict[str, str],
    ) -> None:
        answer = _ExactHeaders(str(status), list(headers), protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(payload),
            length=len(payload),
            http_headers=answer,
            warc_headers_dict=extra,
        )
        self._writer.write_record(record)
        if request_headers is None:
            return
        parts = urlsplit(url)
        line = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1"
        asked = _ExactHeaders(line, list(request_headers), protocol="GET", is_http_request=True)
        related = {
            "WARC-Date": extra["WARC-Date"],
            "WARC-Concurrent-To": record.rec_headers.get_header("WARC-Record-ID"),
        }
        self._writer.write_record(
            self._writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=related)
        )

    def sync(self) -> None:
        """Put everything written so far on disk, then its manifest lines, then let the manifest go."""
        if self._warc is None or self._manifest is None:
            return
        self._warc.flush()
        os.fsync(self._warc.fileno())
        self._manifest.write(b"".join(self._lines))
        self._manifest.flush()
        os.fsync(self._manifest.fileno())
        self._lines.clear()
        fcntl.flock(self._manifest, fcntl.LOCK_UN)
        self._manifest.close()
        self._manifest = None
        if self._warc.tell() > MAX_WARC_BYTES:
            self._warc.close()
            self._warc = None

    def close(self) -> None:
        """Sync and close; the writer may be used again and then begins a new file."""
        self.sync()
        if self._warc is not None:
            self._warc.close()
            self._warc = None

    def _open_warc(self, captured_at: str) -> IO[bytes]:
        if self._warc is not None:
            return self._warc
        stamp = captured_at.replace("-", "").replace(":", "").rstrip("Z")
        day = self._folder / captured_at[:7]
        day.mkdir(parents=True, exist_ok=True)
        for number in range(10_000):
            path = day / f"{stamp}-{number:04d}.warc.gz"
            try:
                self._warc = path.open("xb")
                break
            except FileExistsError:
                continue
        else:
            raise NarrativesError(f"No free file name for evidence in {day}. Move old files elsewhere.")
        _sync_folder(day)
        self._path = path.relative_to(self._folder).as_posix()
        self._writer = WARCWriter(self._warc, gzip=True, warc_version="1.1")
        info = self._writer.create_warcinfo_record(path.name, {"software": TOOL, "format": "WARC 1.1"})
        info.rec_headers.replace_header("WARC-Date", captured_at)
        self._writer.write_record(info)
        return self._warc

    def _lock_manifest(self) -> None:
        if self._manifest is not None:
            return
        manifest = (self._folder / MANIFEST_NAME).open("a+b")
        fcntl.flock(manifest, fcntl.LOCK_EX)
        self._manifest = manifest
        last = _last_whole_line(manifest)
        if last is None:
            self._previous, self._sequence = _FIRST_PREVIOUS, 0
        else:
            self._previous = hashlib.sha256(last).hexdigest()
            self._sequence = int(json.loads(last)["seq"])

    def _add_line(self, evidence: Evidence, url: str | None, captured_at: str, status: int | None) -> None:
        self._sequence += 1
        line = json.dumps(
            {
                "seq": self._sequence,
                "url": url,
                "time_utc": captured_at,
                "status": status,
                "sha256": evidence.payload_sha256,
                "bytes": evidence.payload_bytes,
                "truncated": evidence.truncated,
                "warc": evidence.warc_path,
                "offset": evidence.warc_offset,
                "tool": TOOL,
                "prev": self._previous,
            },
            ensure_ascii=False,
            sort_keys=True,
        ).encode()
        self._lines.append(line + b"\n")
        self._previous = hashlib.sha256(line).hexdigest()


def read_payload(folder: Path, warc_path: str, warc_offset: int) -> bytes:
    """Return the bytes of one capture. Raises NarrativesError when the file no longer holds them."""
    path = folder / warc_path
    try:
        with path.open("rb") as stream:
            stream.seek(warc_offset)
            record = next(iter(ArchiveIterator(stream)))
            payload: bytes = record.raw_stream.read()
            return payload
    except (OSError, StopIteration, ValueError) as error:
        raise NarrativesError(
            f"The evidence {warc_path} at byte {warc_offset} cannot be read below {folder} ({error!r}). "
            "Restore the file from a copy."
        ) from error


def _last_whole_line(manifest: IO[bytes]) -> bytes | None:
    """Return the last line without its newline; a torn line at the end is cut off."""
    end = manifest.seek(0, os.SEEK_END)
    manifest.seek(max(0, end - _LAST_LINE_WINDOW))
    tail = manifest.read()
    whole, newline, torn = tail.rpartition(b"\n")
    if torn:
        manifest.truncate(end - len(torn))
    if not newline:
        return None
    return whole.rpartition(b"\n")[2]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
