"""From bytes to text: only the encodings that the WHATWG standard names, and never a codec of Python's own.

Source of the labels and of the order (byte order mark, then header, then ``meta``):
https://encoding.spec.whatwg.org/ and https://html.spec.whatwg.org/ (determining the character encoding).
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from charset_normalizer import from_bytes

#: More replacement characters than this share of a text mark it as suspect.
SUSPECT_SHARE = 0.01
#: How many bytes of a page are searched for ``<meta charset>``, and how many are shown to the sniffer.
_META_BYTES = 4096
_SNIFFED_BYTES = 262_144

# Python codec -> labels. The standard reads the ISO-8859-1 and ASCII labels as windows-1252.
_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    "cp866": "ibm866 866 cp866 csibm866",
    "iso8859-2": "iso-8859-2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 l2 latin2",
    "iso8859-3": "iso-8859-3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 l3 latin3",
    "iso8859-4": "iso-8859-4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 l4 latin4",
    "iso8859-5": "iso-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5",
    "iso8859-6": "iso-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6",
    "iso8859-7": "iso-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 "
    "iso_8859-7 sun_eu_greek",
    "iso8859-8": "iso-8859-8 csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8-e iso-8859-8-i "
    "iso-ir-138 iso8859-8 iso88598 iso_8859-8 logical visual",
    "iso8859-10": "iso-8859-10 csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "iso-8859-15 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi8-r cskoi8r koi koi8 koi8_r",
    "koi8-u": "koi8-u koi8-ru",
    "mac-roman": "macintosh csmacintosh mac x-mac-roman",
    "cp874": "windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251",
    "cp1252": "windows-1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
    "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252",
    "cp1253": "windows-1253 cp1253 x-cp1253",
    "cp1254": "windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 l5 latin5 "
    "x-cp1254",
    "cp1255": "windows-1255 cp1255 x-cp1255",
    "cp1256": "windows-1256 cp1256 x-cp1256",
    "cp1257": "windows-1257 cp1257 x-cp1257",
    "cp1258": "windows-1258 cp1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "gbk chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "euc-jp cseucpkdfmtjapanese x-euc-jp",
    "iso2022-jp": "iso-2022-jp csiso2022jp",
    "cp932": "shift_jis csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis",
    "cp949": "euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
    "windows-949",
    "utf-16-be": "utf-16be unicodefffe",
    "utf-16-le": "utf-16le utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff",
}
CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_ALLOWED_CODECS = frozenset(codecs.lookup(codec).name for codec in _LABELS)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: What French and English pages write beyond ASCII; a statistical guess often takes it for Central European.
_WESTERN = frozenset("àâäçéèêëîïôöœùûüÿÀÂÄÇÉÈÊËÎÏÔÖŒÙÛÜáíóúñÁÍÓÚÑ«»’‘“”…–—€°·•®©\xa0")
# Accents stand alone between plain letters in French; in Cyrillic read as windows-1252 they stand in rows.
_LONG_RUN = re.compile(r"[^\x00-\x7f]{3,}")

_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,60})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,60})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,60})", re.IGNORECASE)
_FORBIDDEN_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_NO_LETTERS = re.compile(r"[\W_]+")
_BIDI_CONTROLS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that gave it, and whether the bytes contradict what they were declared to be."""

    text: str
    encoding: str
    contradicted: bool


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page as a browser would; where its declaration is not true of the bytes, guess and say so.

    A declaration is dropped when it is no WHATWG label, or when most of the characters beyond ASCII
    come out as U+FFFD; a stray byte in an otherwise true encoding is no reason. Never raises.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(codec, "replace"), codec, False)
    label = _declared(body, content_type)
    codec_of_label = CODECS.get(label.lower()) if label else None
    if codec_of_label is not None and not (codec_of_label.startswith("utf-16") and not _has_wide_zeros(body)):
        text = body.decode(codec_of_label, "replace")
        if not _mostly_replaced(text):
            return Decoded(text, codec_of_label, False)
    guessed, codec = _guess(body)
    return Decoded(guessed, codec, label is not None)


def replaced_share(text: str) -> float:
    """Return the share of U+FFFD among the characters of a text, 0 for an empty one."""
    return text.count("\ufffd") / len(text) if text else 0.0


def clean(text: str) -> str:
    """Remove NUL and control characters (not tab or newline) and lone surrogates, one form of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return _SURROGATES.sub("\ufffd", _FORBIDDEN_CONTROLS.sub("", text))


def undirected(text: str) -> str:
    """Remove the controls that turn the direction of writing: they make a reader see another text."""
    return _BIDI_CONTROLS.sub("", text)


def clean_line(text: str) -> str:
    """Return ``text`` as one displayable line: no controls, no direction overrides, single blanks."""
    return " ".join(undirected(clean(text)).split())


def letters(text: str) -> str:
    """Return the letters and digits of a text in lower case: what two renderings of it share."""
    return _NO_LETTERS.sub("", text.lower())


def folded(text: str) -> str:
    """Return letters and digits without accents in lower case: what two spellings of a name share."""
    return letters(unicodedata.normalize("NFKD", text))


def _declared(body: bytes, content_type: str | None) -> str | None:
    if content_type and (found := _HEADER_CHARSET.search(content_type)):
        return found.group(1)
    head = body[:_META_BYTES]
    for pattern in (_XML_ENCODING, _META_CHARSET):
        if match := pattern.search(head):
            label = match.group(1).decode("ascii", "replace")
            # The standard: a page that can be read this far is not UTF-16, whatever its meta says.
            return "utf-8" if CODECS.get(label.lower(), "").startswith("utf-16") else label
    return None


def _mostly_replaced(text: str) -> bool:
    """UTF-16 read as something else shows NULs; a false label shows U+FFFD where letters should be."""
    if text.count("\x00") > len(text) * 0.2:
        return True
    replaced = text.count("\ufffd")
    return replaced > 0 and replaced * 2 > sum(character > "\x7f" for character in text)


def _has_wide_zeros(body: bytes) -> bool:
    """Markup in UTF-16 is half zeros; nothing else holds so many."""
    sample = body[:_SNIFFED_BYTES]
    return sample.count(0) > len(sample) * 0.2


def _guess(body: bytes) -> tuple[str, str]:
    sample = body[:_SNIFFED_BYTES]
    if _has_wide_zeros(sample):
        odd_zeros = sample[1::2].count(0) > sample[0::2].count(0)
        codec = "utf-16-le" if odd_zeros else "utf-16-be"
        return body.decode(codec, "replace"), codec
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    as_utf8 = body.decode("utf-8", "replace")
    if not _mostly_replaced(as_utf8):
        return as_utf8, "utf-8"
    as_western = body.decode("cp1252", "replace")
    beyond_ascii = [character for character in as_western if character > "\x7f"]
    in_runs = sum(len(run) for run in _LONG_RUN.findall(as_western))
    known = sum(character in _WESTERN for character in beyond_ascii)
    if known >= 0.8 * len(beyond_ascii) and in_runs <= 0.2 * len(beyond_ascii):
        return as_western, "cp1252"
    best = from_bytes(sample).best()
    guessed = codecs.lookup(best.encoding).name if best else ""
    codec = guessed if guessed in _ALLOWED_CODECS else "cp1252"
    return body.decode(codec, "replace"), codec
