"""A text into passages: sentences with their offsets."""

import re
import unicodedata

#: Words that end in a full stop without ending a sentence (lower case, without the stop).
ABBREVIATIONS = frozenset(
    {
        "m", "mm", "mme", "mlle", "mmes", "dr", "me", "mgr", "st", "ste", "pr", "prof", "gal", "gén",
        "col", "cdt", "cne", "lt", "sgt", "adj", "capt", "cap", "gen", "maj", "sen", "rep", "gov",
        "art", "al", "av", "bd", "blvd", "cf", "chap", "ch", "coll", "éd", "ed", "env", "etc", "ex",
        "fig", "hab", "id", "ibid", "inf", "op", "p", "pp", "par", "réf", "ref", "s", "sq", "suiv",
        "sup", "t", "tel", "tél", "vol", "vs", "v", "n", "no", "nos", "nº", "n°", "nr", "mr", "mrs",
        "ms", "jr", "sr", "inc", "ltd", "co", "corp", "dept", "univ", "jan", "janv", "fév", "févr",
        "feb", "mar", "avr", "apr", "jun", "juil", "jul", "août", "aug", "sep", "sept", "oct", "nov",
        "déc", "dec", "approx", "est", "i.e", "e.g", "c.-à-d", "r.-v",
    }
)  # fmt: skip
#: Abbreviations that may well stand at the end of a sentence: a capital after them decides.
_MAY_END = frozenset(
    ("etc", "s", "al", "hab", "env", "jr", "sr", "inc", "ltd", "co", "sup", "suiv", "ibid", "t")
)

_END = re.compile(
    r"(?P<stop>[.!?…]+|\.{2,})"
    r"(?P<close>[\"'”’»)\]]*(?:\s?»)?)"
    r"(?P<gap>\s+|(?=[A-ZÀÂÇÉÈÊÎÔÛ«“][^\s.]))"
)
_LINE = re.compile(r"[^\n\r\u2028\u2029\v\f]+")
_OPENERS = "«“\"'‘’([—–-•*·>#"
_INITIAL = re.compile(r"(?:^|[\s(«\"'’.-])(?:[A-ZÀÂÇÉÈÊÎÔÛ]|[A-Z][a-z]?\.-[A-Z])$")
_LAST_WORD = re.compile(r"([^\W\d_][\w.'’-]*|n[°º])$")
#: A passage longer than this many code points is cut at a semicolon, colon or comma near its middle.
LONGEST = 1_200


def passages(text: str) -> list[tuple[int, int]]:
    """Return the passages of a text as half-open code point offsets, in order, without overlap.

    A line break always ends a passage. A full stop ends one when what follows looks like a beginning
    and what precedes is neither an abbreviation, an initial nor an ordinal.
    """
    found: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for boundary in _END.finditer(text, line.start(), line.end()):
            end = boundary.end("close")
            if _ends_sentence(text, start, boundary, line.end()):
                _add(text, start, end, found)
                start = boundary.end()
        _add(text, start, line.end(), found)
    return found


def _ends_sentence(text: str, start: int, boundary: re.Match[str], line_end: int) -> bool:
    stop, close = boundary.group("stop"), boundary.group("close")
    following = text[boundary.end() : boundary.end() + 3].lstrip()
    if boundary.end() >= line_end or not following:
        return False
    if following[0].islower():
        return False
    if not boundary.group("gap"):
        # No space after the stop: "pays.Le", but neither "U.S.A" nor "www.Site.ml".
        attached = stop in (".", "!", "?", "…") and text[boundary.start() - 1].islower()
        return attached and not _in_address(text, boundary.start())
    if not (following[0].isupper() or following[0].isdigit() or following[0] in _OPENERS):
        return following[0].isalpha()
    if stop != "." or close:
        return True
    before = unicodedata.normalize("NFC", text[max(start, boundary.start() - 24) : boundary.start()])
    word = _LAST_WORD.search(before)
    if word is None:
        return not (before[-2:].strip().isdigit() and len(before.strip()) <= 2)
    last = re.split("['’]", word.group().lower())[-1]
    if _INITIAL.search(before):
        return False
    if last in ABBREVIATIONS or (last.rsplit(".", 1)[-1] in ABBREVIATIONS and "." in last):
        return last in _MAY_END and following[0].isupper() and len(last) > 2
    return True


def _in_address(text: str, stop: int) -> bool:
    word = re.split(r"\s", text[max(0, stop - 40) : stop])[-1] + re.split(r"\s", text[stop : stop + 40])[0]
    return "www" in word or "://" in word or "@" in word


def _add(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = _cut(text, start, end)
        found.append((start, cut))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start and any(char.isalnum() for char in text[start:end]):
        found.append((start, end))


def _cut(text: str, start: int, end: int) -> int:
    """Return where to cut a passage that is too long: after a sign, else after a space, else anywhere."""
    for signs in (";", ":", ",", " "):
        cut = max(text.rfind(sign, start + LONGEST // 3, start + LONGEST) for sign in signs)
        if cut > start:
            return cut + 1
    return start + LONGEST
