"""How wide the columns of a table are, for a format that does not work it out by itself."""

import re

from datasette_config.export.outline import Table

#: Centimetres: a sign of 8.5 points, generous for fonts that stand in, and what a cell keeps free.
_SIGN, _PADDING = 0.185, 0.42
#: Signs of a text that a column is made for, and of the longest word that is never cut.
_MOST_SIGNS, _LONGEST_WORD = 42, 22


def column_widths(block: Table, width: float) -> list[float]:
    """Share ``width`` centimetres among the columns: no word is cut, and longer texts get the rest."""
    columns = [[name, *(row[number].text for row in block.rows)] for number, name in enumerate(block.header)]
    needed = [
        _PADDING + _SIGN * max(len(word) for text in texts for word in _words_of(text)) for texts in columns
    ]
    longest = [max(map(len, texts[1:])) for texts in columns]
    wanted = [
        0.0 if numeric else max(0.0, _SIGN * min(long, _MOST_SIGNS) + _PADDING - least)
        for numeric, long, least in zip(block.numeric, longest, needed, strict=True)
    ]
    rest = max(0.0, width - sum(needed))
    shared = rest / sum(wanted) if any(wanted) else 0.0
    if not any(wanted):
        needed[0] += rest
    scale = min(1.0, width / sum(needed))
    return [least * scale + more * shared for least, more in zip(needed, wanted, strict=True)]


def _words_of(text: str) -> list[str]:
    """Return what stays on one line: words, a hyphen ends one; nothing longer than a name."""
    return [part[:_LONGEST_WORD] for part in re.split(r"[ -]", text)] or [""]
