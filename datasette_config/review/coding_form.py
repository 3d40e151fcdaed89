"""The coding form: what was posted becomes labels, or words about what is missing. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from db.annotations import VOICES, Label
from db.review_queue import Item

Form = Mapping[str, Sequence[str]]

_LABEL = re.compile(r"(\d{1,9})-(\d{1,9})\|([a-z0-9-]{1,80})\|(own|attributed|rejected)")
_MOST_LABELS = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands: labels given so far, what is picked at the moment, and what was wrong with it.

    ``error`` is a key of the wording, with ``about`` filled in; ``at`` is the sentence to go on from.
    """

    labels: tuple[Label, ...] = ()
    picked: tuple[int, ...] = ()
    narrative: str = ""
    voice: str = ""
    words: str = ""
    comment: str = ""
    error: str | None = None
    about: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Narratives:
    """Finds a narrative by what somebody typed: its id, its title, or a part that only one title has."""

    titles: Mapping[str, Mapping[str, str]]

    def find(self, typed: str) -> list[str]:
        """Return the ids that fit: one when it is clear, several when it is not, none when nothing fits."""
        wanted = _plain(typed)
        if not wanted:
            return []
        exact = [
            one
            for one, titles in self.titles.items()
            if wanted in {_plain(one), *(_plain(title) for title in titles.values())}
        ]
        parts = [
            one
            for one, titles in self.titles.items()
            if any(wanted in _plain(text) for text in (one, *titles.values()))
        ]
        return exact or parts


def read_draft(form: Form, item: Item) -> Draft:
    """Return the form as posted; what no form of ours can have sent is dropped."""
    labels = []
    for value in form.get("label", ())[:_MOST_LABELS]:
        found = _LABEL.fullmatch(value)
        if found is not None:
            label = Label(int(found[1]), int(found[2]), found[3], found[4])
            if item.start <= label.start < label.end <= item.end:
                labels.append(label)
    picked = sorted({int(one) for one in form.get("sentence", ()) if one.isdecimal() and len(one) < 6})
    picked = [one for one in picked if one < len(item.sentences)]
    voice = _first(form, "voice")
    return Draft(
        labels=tuple(dict.fromkeys(labels)),
        picked=tuple(picked),
        narrative=_first(form, "narrative")[:200],
        voice=voice if voice in VOICES else "",
        words=_first(form, "words"),
        comment=_first(form, "comment"),
        at=picked[-1] if picked else 0,
    )


def add_label(draft: Draft, item: Item, narratives: Narratives, position: int | None = None) -> Draft:
    """Return the draft with one more label, or with the error that kept it out.

    ``position`` is where the words begin in the text, when a script knows; it is checked.
    """
    if not draft.picked:
        return replace(draft, error="error_no_sentence")
    fitting = narratives.find(draft.narrative)
    if len(fitting) != 1:
        error = "error_which_narrative" if fitting else "error_no_narrative"
        return replace(draft, error=error, about=draft.narrative)
    if not draft.voice:
        return replace(draft, error="error_no_voice")
    start, end = item.sentences[draft.picked[0]][0], item.sentences[draft.picked[-1]][1]
    if draft.words.strip():
        found = _place(item.text, draft.words.strip(), start, end, position)
        if found is None:
            return replace(draft, error="error_words", about=draft.words.strip()[:80])
        start, end = found
    label = Label(max(start, item.start), min(end, item.end), fitting[0], draft.voice)
    labels = (*(one for one in draft.labels if one != label), label)
    return Draft(labels=labels, comment=draft.comment, at=draft.picked[-1])


def remove_label(draft: Draft, number: str) -> Draft:
    """Return the draft without the label of this number."""
    kept = tuple(label for index, label in enumerate(draft.labels) if str(index) != number)
    return replace(draft, labels=kept)


def take_label(draft: Draft, value: str, item: Item) -> Draft:
    """Return the draft with a label of one of the readings taken over."""
    taken = read_draft({"label": [value]}, item).labels
    return replace(draft, labels=tuple(dict.fromkeys((*draft.labels, *taken))))


def label_value(label: Label) -> str:
    """Write a label as a form carries it."""
    return f"{label.start}-{label.end}|{label.narrative_id}|{label.voice}"


def _place(text: str, words: str, start: int, end: int, position: int | None) -> tuple[int, int] | None:
    if position is not None and start <= position and text[position : position + len(words)] == words:
        return (position, position + len(words)) if position + len(words) <= end else None
    found = text.find(words, start, end)
    if found >= 0:
        return found, found + len(words)
    # A browser may hand over line breaks and no-break spaces as other white space.
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    match = re.compile(pattern).search(text, start, end)
    return None if match is None else match.span()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(letters.replace("’", "'").split())


def _first(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "")
