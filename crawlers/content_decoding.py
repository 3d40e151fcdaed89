"""Undoing Content-Encoding with a cap on what comes out: a bomb is cut, not unpacked. Pure."""

import zlib

import brotli  # type: ignore[import-untyped]

#: What we ask servers to use; everything else comes back as an UnknownEncodingError. Zstandard is left out:
#: the evidence keeps bodies as they came, and few programs that replay WARC files can undo it.
ACCEPT_ENCODING = "gzip, deflate, br"
_MAX_LAYERS = 3


class TooBigError(ValueError):
    """More bytes come out than the cap allows."""


class UnknownEncodingError(ValueError):
    """The body is encoded in a way we never offered."""


class BrokenEncodingError(ValueError):
    """The body is not what its Content-Encoding says."""


def decode_content(body: bytes, content_encoding: str | None, cap: int) -> bytes:
    """Return the body without its content encodings, at most ``cap`` bytes long.

    Also unpacks a gzip file that is served as such (``sitemap.xml.gz``).
    """
    layers = [name.strip().lower() for name in (content_encoding or "").split(",") if name.strip()]
    if len(layers) > _MAX_LAYERS:
        raise UnknownEncodingError(f"{len(layers)} layers of content encoding")
    for layer in reversed(layers):
        if layer in ("gzip", "x-gzip"):
            body = _inflate(body, zlib.MAX_WBITS | 16, cap)
        elif layer == "deflate":
            body = _deflate(body, cap)
        elif layer == "br":
            body = _unbrotli(body, cap)
        elif layer != "identity":
            raise UnknownEncodingError(f"content encoding {layer[:40]!r}")
    if body[:3] == b"\x1f\x8b\x08":
        body = _inflate(body, zlib.MAX_WBITS | 16, cap)
    if len(body) > cap:
        raise TooBigError(f"more than {cap} bytes")
    return body


def _deflate(body: bytes, cap: int) -> bytes:
    """``deflate`` is zlib by the standard and raw deflate with some servers."""
    try:
        return _inflate(body, zlib.MAX_WBITS, cap)
    except BrokenEncodingError:
        return _inflate(body, -zlib.MAX_WBITS, cap)


def _unbrotli(body: bytes, cap: int) -> bytes:
    """At most twice the cap is unpacked before it is seen to be too much."""
    if not body:
        return body
    machine, out, given = brotli.Decompressor(), bytearray(), body
    try:
        while not machine.is_finished():
            piece = machine.process(given, output_buffer_limit=cap + 1 - len(out))
            out += piece
            if len(out) > cap:
                raise TooBigError(f"more than {cap} bytes after decompression of {len(body)}")
            if not piece and not machine.is_finished():
                raise BrokenEncodingError("the compressed body is cut short")
            given = b""
    except brotli.error as error:
        raise BrokenEncodingError(str(error)) from error
    return bytes(out)


def _inflate(body: bytes, window: int, cap: int) -> bytes:
    if not body:
        return body
    out = bytearray()
    rest = body
    try:
        while rest:
            machine = zlib.decompressobj(window)
            out += machine.decompress(rest, cap + 1 - len(out))
            if len(out) > cap:
                raise TooBigError(f"more than {cap} bytes after decompression of {len(body)}")
            if not machine.eof:
                raise BrokenEncodingError("the compressed body is cut short")
            rest = machine.unused_data if window == zlib.MAX_WBITS | 16 else b""
            if rest and rest[:2] != b"\x1f\x8b":
                break  # padding after the last member
    except zlib.error as error:
        raise BrokenEncodingError(str(error)) from error
    return bytes(out)
