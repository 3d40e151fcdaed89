"""Content encodings: what was squeezed comes back, what is broken is named, and a bomb is cut."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.content_decoding import (
    ACCEPT_ENCODING,
    BrokenEncodingError,
    TooBigError,
    UnknownEncodingError,
    decode_content,
)

CAP = 1 << 20


@given(st.binary(max_size=5_000))
def test_encoded_bodies_come_back(body: bytes) -> None:
    if body[:3] == b"\x1f\x8b\x08":
        return
    assert decode_content(gzip.compress(body), "gzip", 10_000) == body
    assert decode_content(zlib.compress(body), "deflate", 10_000) == body
    assert decode_content(zlib.compress(body)[2:-4], "deflate", 10_000) == body
    assert decode_content(gzip.compress(gzip.compress(body)), "gzip, gzip", 10_000) == body
    assert decode_content(brotli.compress(body), "br", 10_000) == body
    assert decode_content(brotli.compress(gzip.compress(body)), "gzip, br", 10_000) == body


@given(st.binary(max_size=300))
def test_no_bytes_break_the_decoder(body: bytes) -> None:
    for encoding in ("gzip", "deflate", "br", "gzip, deflate", "br, gzip"):
        try:
            assert len(decode_content(body, encoding, 1_000)) <= 1_000
        except (BrokenEncodingError, TooBigError):
            continue


def zeros(megabytes: int) -> bytes:
    """Return so many megabytes of zeros in brotli: about a kilobyte."""
    machine = brotli.Compressor(quality=5)
    pieces = [machine.process(bytes(CAP)) for _ in range(megabytes)]
    return b"".join([*pieces, machine.finish()])


@pytest.mark.parametrize(("layers", "encoding"), [(1, "br"), (2, "br, br")])
def test_a_brotli_bomb_is_cut_before_it_is_unpacked(layers: int, encoding: str) -> None:
    bomb = zeros(300)
    for _ in range(layers - 1):
        bomb = brotli.compress(bomb)
    assert len(bomb) < 10_000
    tracemalloc.start()
    with pytest.raises(TooBigError):
        decode_content(bomb, encoding, CAP)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 8 * CAP


def test_what_is_cut_short_or_never_offered_is_named() -> None:
    squeezed = brotli.compress(b"Un texte assez long. " * 50)
    with pytest.raises(BrokenEncodingError, match="cut short"):
        decode_content(squeezed[:-4], "br", CAP)
    with pytest.raises(UnknownEncodingError, match="zstd"):
        decode_content(squeezed, "zstd", CAP)
    assert decode_content(b"", "br", CAP) == b""
    assert {name.strip() for name in ACCEPT_ENCODING.split(",")} == {"gzip", "deflate", "br"}
