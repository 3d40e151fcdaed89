"""Reading one capture back from a WARC file, with nothing but the standard library."""

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16
#: The longest block of WARC or HTTP headers that is accepted.
_MAX_HEADERS = 1 << 20


def payload_sha256(path: Path, offset: int) -> str:
    """Return the SHA-256 of the payload recorded at a byte of a WARC file.

    The payload of a ``response`` is what follows its HTTP headers, of any other record its whole
    block (ISO 28500). Raises OSError when the file cannot be read and ValueError, with the reason,
    when no whole record stands there.
    """
    with path.open("rb") as handle:
        handle.seek(offset)
        chunks = _plain_bytes(handle)
        head, rest = _until_blank_line(chunks, b"")
        fields = _fields(head)
        if not head.startswith(b"WARC/"):
            raise ValueError("no WARC record begins there")
        length = int(fields["content-length"])
        if fields.get("warc-type") == "response" and fields.get("content-type", "").startswith(
            "application/http"
        ):
            http, rest = _until_blank_line(chunks, rest)
            length -= len(http)
        digest = hashlib.sha256(rest[:length])
        length -= min(length, len(rest))
        while length > 0:
            if (chunk := next(chunks, None)) is None:
                raise ValueError(f"the record is cut short by {length} bytes")
            digest.update(chunk[:length])
            length -= min(length, len(chunk))
    return digest.hexdigest()


def _plain_bytes(handle: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of the record, decompressed where each record is a gzip member."""
    first = handle.read(_CHUNK)
    inflate = zlib.decompressobj(wbits=31) if first.startswith(_GZIP_MAGIC) else None
    chunk = first
    while chunk:
        if inflate is None:
            yield chunk
        else:
            try:
                yield inflate.decompress(chunk)
            except zlib.error as error:
                raise ValueError(f"the compressed record is damaged: {error}") from error
            if inflate.eof:
                return
        chunk = handle.read(_CHUNK)


def _until_blank_line(chunks: Iterator[bytes], begun: bytes) -> tuple[bytes, bytes]:
    """Return the bytes up to and including the blank line, and what was read beyond it."""
    while (end := begun.find(b"\r\n\r\n")) < 0:
        chunk = next(chunks, None)
        if chunk is None or len(begun) > _MAX_HEADERS:
            raise ValueError("no WARC record begins there")
        begun += chunk
    return begun[: end + 4], begun[end + 4 :]


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    return {
        name.strip().lower(): value.strip()
        for name, colon, value in (line.partition(":") for line in lines)
        if colon
    }
