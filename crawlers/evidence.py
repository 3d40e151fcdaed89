"""Evidence: exact bytes in WARC files, on disk before any row speaks of them, in a chained manifest.

Order of writes: WARC record, fsync, manifest line, fsync; the caller then commits its rows. A torn
tail after a crash is harmless: a WARC file is never opened again for writing, a torn manifest line is
cut at the next start, and no row points at either. What private persons wrote lies in files of its own
below ``private/``, so that it can be let go when its time has come.
"""

import fcntl
import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders

from crawlers.warc_files import MAX_WARC_BYTES, TOOL, WarcFiles, sync_folder
from db.errors import NarrativesError
from db.evidence_verify import PRIVATE_FOLDER

MANIFEST_NAME = "manifest.jsonl"
#: Extension fields of a response record, as WARC 1.1 (ISO 28500, 5.1) allows.
CERTIFICATE_FIELD = "WARC-TLS-Certificate-SHA256"
UNVERIFIED_FIELD = "WARC-TLS-Unverified"

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
        self._files = WarcFiles(folder)
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
        certificate_sha256: str | None = None,
        tls_unverified: str | None = None,
        private: bool = False,
    ) -> Evidence:
        """Append one capture: a ``response`` (and its ``request``), or without status a ``resource``.

        ``url`` may be None for imported lines; the record then carries the payload's hash as address.
        ``certificate_sha256`` is the fingerprint (of the DER form) that the server proved its name with, or
        failed to for the reason ``tls_unverified``; ``private`` says that private persons wrote what is kept.
        """
        sha256 = hashlib.sha256(payload).hexdigest()
        warc = self._files.of(PRIVATE_FOLDER if private else "", captured_at)
        self._lock_manifest()
        offset = warc.file.tell()
        target = url or f"urn:sha256:{sha256}"
        extra = {"WARC-Date": captured_at}
        if truncated:
            extra["WARC-Truncated"] = "length"
        if address:
            extra["WARC-IP-Address"] = address
        if certificate_sha256:
            extra[CERTIFICATE_FIELD] = certificate_sha256
        if tls_unverified:
            extra[UNVERIFIED_FIELD] = tls_unverified
        if status is None:
            record = warc.writer.create_warc_record(
                target,
                "resource",
                payload=io.BytesIO(payload),
                length=len(payload),
                warc_content_type=content_type or "application/octet-stream",
                warc_headers_dict=extra,
            )
            warc.writer.write_record(record)
        else:
            self._write_response(warc.writer, target, payload, status, headers, request_headers, extra)
        evidence = Evidence(sha256, len(payload), warc.path, offset, truncated, self._previous)
        self._add_line(
            {
                "url": url,
                "time_utc": captured_at,
                "status": status,
                "sha256": evidence.payload_sha256,
                "bytes": evidence.payload_bytes,
                "truncated": evidence.truncated,
                "warc": evidence.warc_path,
                "offset": evidence.warc_offset,
                "tool": TOOL,
            }
        )
        return evidence

    @staticmethod
    def _write_response(
        writer: Any,
        url: str,
        payload: bytes,
        status: int,
        headers: Sequence[tuple[str, str]],
        request_headers: Sequence[tuple[str, str]] | None,
        extra: dict[str, str],
    ) -> None:
        answer = _ExactHeaders(str(status), list(headers), protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(payload),
            length=len(payload),
            http_headers=answer,
            warc_headers_dict=extra,
        )
        writer.write_record(record)
        if request_headers is None:
            return
        parts = urlsplit(url)
        line = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1"
        asked = _ExactHeaders(line, list(request_headers), protocol="GET", is_http_request=True)
        related = {
            "WARC-Date": extra["WARC-Date"],
            "WARC-Concurrent-To": record.rec_headers.get_header("WARC-Record-ID"),
        }
        writer.write_record(
            writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=related)
        )

    def sync(self) -> None:
        """Put everything written so far on disk, then its manifest lines, then let the manifest go."""
        if self._manifest is None:
            return
        self._files.sync()
        self._manifest.write(b"".join(self._lines))
        self._manifest.flush()
        os.fsync(self._manifest.fileno())
        self._lines.clear()
        fcntl.flock(self._manifest, fcntl.LOCK_UN)
        self._manifest.close()
        self._manifest = None
        self._files.close(larger_than=MAX_WARC_BYTES)

    def remove(self, warc_path: str, *, at: str, reason: str) -> None:
        """Say in the manifest that a file of private texts is let go, then delete it."""
        if Path(warc_path).parts[0] != PRIVATE_FOLDER:
            raise ValueError(f"{warc_path} does not lie below {PRIVATE_FOLDER}/")
        self._lock_manifest()
        self._add_line({"removed": warc_path, "time_utc": at, "reason": reason, "tool": TOOL})
        self.sync()
        path = self._folder / warc_path
        path.unlink(missing_ok=True)
        sync_folder(path.parent)

    def close(self) -> None:
        """Sync and close; the writer may be used again and then begins a new file."""
        self.sync()
        self._files.close()

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

    def _add_line(self, fields: Mapping[str, Any]) -> None:
        self._sequence += 1
        content = {**fields, "seq": self._sequence, "prev": self._previous}
        line = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        self._lines.append(line + b"\n")
        self._previous = hashlib.sha256(line).hexdigest()


def read_payload(folder: Path, warc_path: str, warc_offset: int) -> bytes:
    """Return the bytes of one capture. Raises NarrativesError when the file no longer holds them."""
    return read_answer(folder, warc_path, warc_offset)[0]


def read_answer(folder: Path, warc_path: str, warc_offset: int) -> tuple[bytes, str | None]:
    """Return the bytes of one capture and their Content-Encoding, if any; raises as read_payload does."""
    path = folder / warc_path
    try:
        with path.open("rb") as stream:
            stream.seek(warc_offset)
            record = next(iter(ArchiveIterator(stream)))
            payload: bytes = record.raw_stream.read()
            headers = record.http_headers
            return payload, headers.get_header("Content-Encoding") if headers else None
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
