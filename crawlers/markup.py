"""One linear pass over the markup of a page, whatever its depth: a second opinion on the parser.

libxml2 stops silently at its nesting limit, and attributes on one tag cost it quadratic time. This
pass depends on neither depth nor attributes: it finds tags that must not reach the parser and counts
the text that the parser should have seen.
"""

import html
import re
from dataclasses import dataclass

#: A tag beyond either limit is an attribute bomb: no real page comes near.
LARGEST_TAG_CHARACTERS = 200_000
MOST_ATTRIBUTES = 2_000

# Quotes count only after "=", as in the parser. Possessive: each character is read once.
_TAG = re.compile(r"""</?([a-zA-Z][^\s/>]{0,40})(?:=\s*+"[^"]*+"|=\s*+'[^']*+'|[^>])*+>?""")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
_ATTRIBUTE = re.compile(r"[\s/]++[^\s/>=]")
_NEXT = re.compile(r"<(?=[a-zA-Z/!?])")
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\s*\n\s*")

_SILENT = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "textarea", "title", "select"}
)
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
        "i", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
        "sup", "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scan:
    """The visible text of a page (one line per block) and the fault that forbids parsing it, if any."""

    text: str
    bomb: str | None


def scan(markup: str) -> Scan:
    """Read a page once, in time linear in its length, without building a tree."""
    pieces: list[str] = []
    position, length = 0, len(markup)
    lower: str | None = None
    never_closed: set[str] = set()
    while position < length:
        found = _NEXT.search(markup, position)
        if found is None:
            pieces.append(markup[position:])
            break
        start = found.start()
        pieces.append(markup[position:start])
        if markup.startswith("<!--", start):
            end = markup.find("-->", start + 4)
            position = length if end < 0 else end + 3
            continue
        tag = _TAG.match(markup, start)
        if tag is None:
            end = markup.find(">", start)
            position = length if end < 0 else end + 1
            continue
        position = tag.end()
        if fault := _fault(tag.group()):
            return Scan("", fault)
        name = tag.group(1).lower()
        if name in _SILENT and markup[start + 1] != "/" and name not in never_closed:
            lower = markup.lower() if lower is None else lower
            # str.lower() changes the length of a few letters; then the tag is only passed over.
            end = lower.find(f"</{name}", position) if len(lower) == length else -1
            if end < 0:
                never_closed.add(name)
            else:
                position = end
        elif name not in _INLINE:
            pieces.append("\n")
    return Scan(_tidy("".join(pieces)), None)


def visible_characters(text: str) -> int:
    """Return how many characters of ``text`` are not white space."""
    return len("".join(text.split()))


def _fault(tag: str) -> str | None:
    if len(tag) > LARGEST_TAG_CHARACTERS:
        return f"a tag of {len(tag)} characters"
    if len(tag) > 2 * MOST_ATTRIBUTES:
        attributes = len(_ATTRIBUTE.findall(_QUOTED.sub("=x ", tag)))
        if attributes > MOST_ATTRIBUTES:
            return f"a tag with {attributes} attributes"
    return None


def _tidy(text: str) -> str:
    text = _BLANKS.sub(" ", html.unescape(text))
    return _NEWLINES.sub("\n", text).strip()
