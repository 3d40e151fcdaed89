"""A text as word 5-shingles: its MinHash signature, and the exact measures on the shingles themselves.

MinHash and banding after Broder (1997) and Indyk and Motwani (1998), computed by datasketch; passage
fingerprints by winnowing, after Schleimer, Wilkerson and Aiken (2003).
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

SHINGLE_WORDS = 5
#: Texts with this Jaccard similarity of their shingle sets are one text.
SAME_TEXT_JACCARD = 0.8
#: A passage of this many words found in another text makes an excerpt.
EXCERPT_WORDS = 40
_EXCERPT_SHINGLES = EXCERPT_WORDS - SHINGLE_WORDS + 1

#: 16 bands of 5 rows: a pair at Jaccard 0.8 shares a band with probability 1 - (1 - 0.8^5)^16 = 0.998.
BANDS = 16
_ROWS = 5
#: Pairs whose signatures agree less than this are not compared exactly: 4.5 standard errors below 0.8.
_SIGNATURE_FLOOR = 0.6
#: Stored signatures hang on these: never change them without emptying ``copy_signatures``.
_SEED = 1
_SCHEME = "affine32"
_MULTIPLIERS = (
    0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F,
)  # fmt: skip

#: Shingles hashed at once: bounds the memory of one very long text to about 7 MB.
_CHUNK = 20_000

_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, eq=False)
class Shingles:
    """What is compared of a text; everything is empty when it has fewer than five words.

    ``sequence`` holds the 64-bit hash of every shingle in order, ``distinct`` the sorted set of them.
    ``words_sha256`` (16 bytes) is equal for texts with the same words. ``bands`` are the hashed bands
    of the MinHash ``signature``; ``passages`` the winnowed fingerprints: two texts that share a passage
    of ``EXCERPT_WORDS`` words share at least one of them.
    """

    sequence: Hashes
    distinct: Hashes
    words_sha256: bytes
    signature: bytes
    bands: tuple[bytes, ...]
    passages: tuple[bytes, ...]


def words(text: str) -> list[str]:
    """Return the words of a text without case, accents, punctuation and invisible characters."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return _WORD.findall(plain)


def shingles(text: str) -> Shingles:
    """Return the shingles of a text and what is derived from them."""
    found = words(text)
    if len(found) < SHINGLE_WORDS:
        nothing = np.empty(0, dtype=np.uint64)
        return Shingles(nothing, nothing, b"", b"", (), ())
    hashes = np.fromiter((_word_hash(word) for word in found), dtype=np.uint64, count=len(found))
    length = len(found) - SHINGLE_WORDS + 1
    sequence = np.zeros(length, dtype=np.uint64)
    for offset, multiplier in enumerate(_MULTIPLIERS):
        sequence += hashes[offset : offset + length] * np.uint64(multiplier)
    sequence ^= sequence >> np.uint64(31)
    sequence *= np.uint64(_MULTIPLIERS[0])
    sequence ^= sequence >> np.uint64(29)
    distinct = np.unique(sequence)
    signature = _signature(distinct)
    return Shingles(
        sequence=sequence,
        distinct=distinct,
        words_sha256=hashlib.sha256(" ".join(found).encode()).digest()[:16],
        signature=signature.tobytes(),
        bands=tuple(
            hashlib.blake2b(band.tobytes(), digest_size=8).digest()
            for band in signature.reshape(BANDS, _ROWS)
        ),
        passages=_winnow(sequence),
    )


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the exact Jaccard similarity of the two shingle sets; 0 when either is empty."""
    if not one.distinct.size or not other.distinct.size:
        return 0.0
    shared = int(np.intersect1d(one.distinct, other.distinct, assume_unique=True).size)
    return shared / (one.distinct.size + other.distinct.size - shared)


def may_be_same_text(one: bytes, other: bytes) -> bool:
    """Return False when two signatures differ too much for a Jaccard similarity of 0.8."""
    left, right = (np.frombuffer(signature, dtype="<u4") for signature in (one, other))
    return bool(np.count_nonzero(left == right) >= _SIGNATURE_FLOOR * left.size)


def excerpt_share(text: Shingles, other: Shingles) -> float | None:
    """Return the share of ``text`` (0-1, of its distinct shingles) that stands in ``other``.

    None unless a run of at least ``EXCERPT_WORDS`` words of ``text`` does.
    """
    inside = np.isin(text.sequence, other.distinct)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inside, [False])).astype(np.int8)))
    if not edges.size or int((edges[1::2] - edges[::2]).max()) < _EXCERPT_SHINGLES:
        return None
    shared = int(np.intersect1d(text.distinct, other.distinct, assume_unique=True).size)
    return shared / text.distinct.size


@lru_cache(maxsize=1 << 18)
def _word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


_PERMUTATIONS = MinHash(num_perm=BANDS * _ROWS, seed=_SEED, scheme=_SCHEME).permutations


def _signature(distinct: Hashes) -> NDArray[np.uint32]:
    sketch = MinHash(
        seed=_SEED, num_perm=BANDS * _ROWS, permutations=_PERMUTATIONS, scheme=_SCHEME, hashfunc=int
    )
    low = distinct & np.uint64(0xFFFFFFFF)
    for start in range(0, low.size, _CHUNK):
        sketch.update_batch(low[start : start + _CHUNK].tolist())
    return np.ascontiguousarray(sketch.hashvalues, dtype="<u4")


def _winnow(sequence: Hashes) -> tuple[bytes, ...]:
    if sequence.size < _EXCERPT_SHINGLES:
        return ()
    windows = np.lib.stride_tricks.sliding_window_view(sequence, _EXCERPT_SHINGLES)
    return tuple(value.tobytes() for value in np.unique(windows.min(axis=1)).astype(">u8"))
