"""One normalisation for training and serving, with offsets that still point into the original."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

#: Letters of other scripts that look like Latin ones. Greek epsilon stands for Bambara ɛ when people type it,
#: so it is folded to that letter; Latin, Arabic and N'Ko letters are never touched.
LOOK_ALIKES = {
    **dict(zip("аАвВеЕёЁіІїЇјЈкКмМнНоОрРсС", "aAbBeEëËiIïÏjJkKmMhHoOpPcC", strict=True)),
    **dict(zip("тТуУхХѕЅԁԛԝһӀ", "tTyYxXsSdqwhI", strict=True)),
    **dict(zip("αΑβΒεΕηΗιΙκΚμΜνΝοΟρΡτΤυΥχΧζΖ", "aAbBɛEnHiIkKuMvNoOpPtTuYxXzZ", strict=True)),
    **dict(zip("ıɑɡᴀᴄᴅᴇɪᴊᴋᴍɴᴏᴘᴛᴜᴠᴡᴢꜱ", "iagacdeijkmnoptuvwzs", strict=True)),
}
#: Signs that say the same thing; one code point each, so that nothing moves.
_SAME_SIGN = {"’": "'", "‘": "'", "ʼ": "'", "′": "'", "`": "'"}
_WORD = re.compile(r"[^\W\d_]+")
#: Four or more single letters with one and the same sign between them: ``R.u.s.s.i.e``, ``W a g n e r``.
_SPACED_OUT = re.compile(r"(?<!\w)\w(?:(?P<between>[ .\-_*·])\w)(?:(?P=between)\w){2,}(?!\w)")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and where each of its code points came from.

    ``origins`` has one entry per code point of ``text`` plus one for its end. ``tampered`` is the share (0-1)
    of original code points that were invisible, look-alike, or signs set between single letters.
    """

    text: str
    origins: tuple[int, ...] | None
    tampered: float

    def origin(self, offset: int) -> int:
        """Return the offset in the original of an offset in ``text``."""
        return offset if self.origins is None else self.origins[offset]


def normalise(text: str) -> Normalised:
    """Apply NFKC, drop invisible characters, fold look-alikes and spaced-out words; keep case and accents."""
    special = {char for char in set(text) if _is_special(char)}
    pieces: list[str] = []
    origins: list[int] = []
    tampered = 0
    if special:
        marks = "".join(re.escape(char) for char in special if unicodedata.combining(char))
        singles = "".join(re.escape(char) for char in special)
        pattern = re.compile(rf".[{marks}]+|[{singles}]" if marks else f"[{singles}]", re.DOTALL)
        position = 0
        for found in pattern.finditer(text):
            start, end = found.span()
            pieces.append(text[position:start])
            origins.extend(range(position, start))
            made = _replacement(found.group())
            tampered += not made
            pieces.append(made)
            origins.extend([start] * len(made))
            position = end
        pieces.append(text[position:])
        origins.extend(range(position, len(text) + 1))
    result = "".join(pieces) if special else text
    result, changed = _fold_look_alikes(result)
    dropped = _separators(result)
    tampered += changed + len(dropped)
    if dropped:
        origins = origins or list(range(len(text) + 1))
        gone = set(dropped)
        result = "".join(char for index, char in enumerate(result) if index not in gone)
        origins = [origin for index, origin in enumerate(origins) if index not in gone]
    return Normalised(result, tuple(origins) if origins else None, tampered / max(1, len(text)))


def plain(text: str) -> str:
    """Return lower-case text without accents, one-to-one in length with its input.

    Letters that have no one-letter form (``œ``, ``ß``) stay as they are; ``ɛ ɔ ɲ ŋ`` stay too.
    """
    return "".join(_plain_char(char) for char in text)


@cache
def _plain_char(char: str) -> str:
    base = unicodedata.normalize("NFD", char.lower())
    return base[0] if base and all(unicodedata.combining(mark) for mark in base[1:]) else char


@cache
def _is_special(char: str) -> bool:
    if char in "\n\t ":
        return False
    return (
        char in _SAME_SIGN
        or unicodedata.category(char) in ("Cf", "Cc")
        or unicodedata.combining(char) > 0
        or unicodedata.normalize("NFKC", char) != char
    )


@cache
def _replacement(cluster: str) -> str:
    kept = "".join(char for char in cluster if unicodedata.category(char) not in ("Cf", "Cc"))
    if not kept:
        return " " if cluster in "\r\v\f\x85" else ""
    return "".join(_SAME_SIGN.get(char, char) for char in unicodedata.normalize("NFKC", kept))


def _fold_look_alikes(text: str) -> tuple[str, int]:
    """Fold words that mix Latin with look-alikes, and words of nothing but look-alikes in a Latin text."""
    present = LOOK_ALIKES.keys() & set(text)
    if not present:
        return text, 0
    latin_text = _latin_share(text) > 0.5
    changed = 0

    def fold(found: re.Match[str]) -> str:
        nonlocal changed
        word = found.group()
        strange = sum(char in present for char in word)
        if not strange:
            return word
        others = [char for char in word if char not in present]
        if not all(_is_latin(char) for char in others) or not (others or latin_text):
            return word
        changed += strange
        return "".join(LOOK_ALIKES.get(char, char) for char in word)

    return _WORD.sub(fold, text), changed


def _separators(text: str) -> list[int]:
    return [
        found.start() + step
        for found in _SPACED_OUT.finditer(text)
        if not any(char.isdigit() for char in found.group())
        for step in range(1, found.end() - found.start(), 2)
    ]


def _latin_share(text: str) -> float:
    letters = [char for char in text if char.isalpha()]
    return sum(map(_is_latin, letters)) / max(1, len(letters))


@cache
def _is_latin(char: str) -> bool:
    return char not in LOOK_ALIKES and unicodedata.name(char, "").startswith("LATIN")


def normalised_texts(texts: Iterable[str]) -> list[str]:
    """Normalise many texts where nobody needs the offsets."""
    return [normalise(text).text for text in texts]
