"""A text with its flagged passages in place, as pieces that a template can write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from db.reading.finding import HIT_END, HIT_START

Label = Mapping[str, Any]

#: Where a passage carries several voices or bands, the first of these is the one it is drawn in.
_VOICES = ("own", "attributed", "rejected")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text (code points, half-open) and the labels it carries, the flagged ones first."""

    number: int | None
    start: int
    end: int
    quote: str
    labels: tuple[Label, ...]

    @property
    def flagged(self) -> bool:
        """Whether any label passed its threshold."""
        return any(label["band"] == "flagged" for label in self.labels)

    @property
    def voice(self) -> str:
        """The voice the passage is drawn in: that of its first flagged label."""
        drawn = [label["voice"] for label in self.labels if label["band"] == "flagged" or not self.flagged]
        return str(min(drawn, key=_VOICES.index))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``passage`` is set where it is a labelled one."""

    text: str
    passage: Passage | None = None
    #: Whether this is where its passage begins (a passage may run over a line break).
    first: bool = True


def passages(labels: Sequence[Label]) -> list[Passage]:
    """Group labels of the same stretch into passages, in order of the text; the flagged ones are numbered."""
    ordered = sorted(labels, key=lambda label: (label["start"], label["end"], label["band"] != "flagged"))
    groups = groupby(ordered, key=lambda label: (label["start"], label["end"]))
    found = []
    number = 0
    for (start, end), group in groups:
        together = tuple(group)
        flagged = together[0]["band"] == "flagged"
        number += flagged
        found.append(Passage(number if flagged else None, start, end, together[0]["quote"], together))
    return found


def in_place(text: str, marked: Sequence[Passage]) -> list[list[Piece]]:
    """Cut a text into paragraphs of pieces; joined with line breaks they give the text back.

    A passage that overlaps an earlier one is not drawn twice: it begins where that one ends.
    """
    paragraphs: list[list[Piece]] = [[]]
    position = 0
    for passage in marked:
        start, end = max(passage.start, position), min(passage.end, len(text))
        if start >= end:
            continue
        _append(paragraphs, text[position:start], None)
        _append(paragraphs, text[start:end], passage)
        position = end
    _append(paragraphs, text[position:], None)
    return paragraphs


def _append(paragraphs: list[list[Piece]], text: str, passage: Passage | None) -> None:
    for number, line in enumerate(text.split("\n")):
        if number:
            paragraphs.append([])
        if line:
            paragraphs[-1].append(Piece(line, passage, first=number == 0))


def snippet(text: str | None) -> Markup:
    """Return a search snippet with its found words marked, everything else escaped."""
    if not text:
        return Markup("")
    safe = str(escape(text))
    return Markup(  # noqa: S704 - escaped on the line before
        safe.replace(HIT_START, '<b class="hit">').replace(HIT_END, "</b>")
    )
