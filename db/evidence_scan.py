"""Reading a WARC file from one end to the other: what each record holds, hashed on the way.

Only what our own writer makes is taken for sound: every record a gzip member of its own with the header that
zlib writes, so that no byte of a file can change unseen.
"""

import hashlib
import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Bytes given to the decompressor at once.
_CHUNK = 1 << 18
#: What zlib puts before a member at its highest level: no name, no time, made under Unix.
_GZIP_HEADER = bytes.fromhex("1f8b0800000000000203")
#: The longest block of WARC or HTTP headers that is accepted.
_MAX_HEADERS = 1 << 20
_RECORD_END = b"\r\n\r\n"
_STATUS = re.compile(rb"HTTP/\d\.\d (\d{3})")

#: Record types that hold a capture; the others describe one.
CAPTURES = ("response", "resource")


@dataclass(frozen=True, slots=True)
class ScannedRecord:
    """One record: its bytes ``offset`` to ``end`` in the file, and what it says of its payload.

    ``status`` is that of the HTTP answer, None for a record without one. ``truncated`` means that the
    capture stopped at a cap, not that the record is damaged.
    """

    offset: int
    end: int
    kind: str
    url: str
    date: str
    status: int | None
    truncated: bool
    software: str | None
    payload_sha256: str
    payload_bytes: int

    @property
    def is_capture(self) -> bool:
        """Return whether the record holds captured bytes, as a line of a manifest describes them."""
        return self.kind in CAPTURES


@contextmanager
def mapped(path: Path) -> Iterator["mmap.mmap | bytes"]:
    """Give the bytes of a file without reading them all; an empty file is no bytes."""
    with path.open("rb") as handle:
        if path.stat().st_size == 0:
            yield b""
            return
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


def scan(data: "mmap.mmap | bytes", start: int = 0, end: int | None = None) -> Iterator[ScannedRecord]:
    """Yield the records between two bytes, in order. Raises ValueError with place and reason at damage."""
    offset, end = start, len(data) if end is None else end
    while offset < end:
        record = record_at(data, offset, end)
        yield record
        offset = record.end


def record_at(data: "mmap.mmap | bytes", offset: int, end: int | None = None) -> ScannedRecord:
    """Return the record that begins at a byte. Raises ValueError with place and reason at damage."""
    member = _Member(data, offset, len(data) if end is None else end)
    head = member.until_blank_line()
    fields = _fields(head)
    if not head.startswith(b"WARC/") or "content-length" not in fields:
        raise ValueError(f"no WARC record begins at byte {offset}")
    length = int(fields["content-length"])
    kind = fields.get("warc-type", "")
    status = None
    if kind == "response" and fields.get("content-type", "").startswith("application/http"):
        http = member.until_blank_line()
        length -= len(http)
        found = _STATUS.match(http)
        status = int(found[1]) if found else None
    digest = hashlib.sha256()
    software = b""
    for chunk in member.take(length):
        digest.update(chunk)
        if kind == "warcinfo":
            software += chunk
    if b"".join(member.take(None)) != _RECORD_END:
        raise ValueError(f"the record at byte {offset} does not end as a record does")
    return ScannedRecord(
        offset=offset,
        end=member.end,
        kind=kind,
        url=fields.get("warc-target-uri", ""),
        date=fields.get("warc-date", ""),
        status=status,
        truncated="warc-truncated" in fields,
        software=_fields(b"\r\n" + software).get("software"),
        payload_sha256=digest.hexdigest(),
        payload_bytes=length,
    )


class _Member:
    """One gzip member, read once from its first byte to its last."""

    def __init__(self, data: "mmap.mmap | bytes", offset: int, limit: int) -> None:
        self._data, self._offset, self._limit = data, offset, limit
        self._at = offset
        self._plain = b""
        self._inflate = zlib.decompressobj(wbits=31)
        if bytes(data[offset : offset + len(_GZIP_HEADER)]) != _GZIP_HEADER:
            raise ValueError(f"no record of ours begins at byte {offset}")

    @property
    def end(self) -> int:
        """Return the byte after the member; known once everything was taken."""
        return self._at - len(self._inflate.unused_data)

    def until_blank_line(self) -> bytes:
        """Return the bytes up to and including the next blank line."""
        while (found := self._plain.find(b"\r\n\r\n")) < 0:
            if len(self._plain) > _MAX_HEADERS or not self._more():
                raise ValueError(f"the record at byte {self._offset} has no end of its headers")
        head, self._plain = self._plain[: found + 4], self._plain[found + 4 :]
        return head

    def take(self, length: int | None) -> Iterator[bytes]:
        """Yield as many bytes, or all that are left; a member that ends before is damage."""
        wanted = length
        while wanted is None or wanted > 0:
            if not self._plain and not self._more():
                if wanted is None:
                    return
                raise ValueError(f"the record at byte {self._offset} is cut short by {wanted} bytes")
            chunk = self._plain if wanted is None else self._plain[:wanted]
            self._plain = self._plain[len(chunk) :]
            wanted = None if wanted is None else wanted - len(chunk)
            yield chunk

    def _more(self) -> bool:
        """Decompress on; return False where the member ends."""
        while not self._inflate.eof:
            if self._at >= self._limit:
                raise ValueError(f"the record at byte {self._offset} is cut short")
            raw = self._data[self._at : min(self._at + _CHUNK, self._limit)]
            self._at += len(raw)
            try:
                plain = self._inflate.decompress(raw)
            except zlib.error as error:
                raise ValueError(f"the record at byte {self._offset} is damaged: {error}") from error
            if plain:
                self._plain += plain
                return True
        return False


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    return {
        name.strip().lower(): value.strip()
        for name, colon, value in (line.partition(":") for line in lines)
        if colon
    }
