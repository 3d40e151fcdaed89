"""A text as the model reads it: a title and normalised sentences with their languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.language import Language, identify
from classifiers.normalise import normalise
from classifiers.segment import passages

#: The languages that narratives are looked for in; other passages are stored and left to people.
READ_LANGUAGES = frozenset({"fr", "en"})


@dataclass(frozen=True, slots=True)
class Document:
    """A title and the sentences of a text, normalised; ``languages`` has one entry for each sentence."""

    title: str
    sentences: tuple[str, ...]
    languages: tuple[Language | None, ...]

    def __len__(self) -> int:
        return len(self.sentences)

    def language(self) -> Language | None:
        """Return the language that most letters stand in, or None."""
        letters: dict[Language, int] = {}
        for sentence, language in zip(self.sentences, self.languages, strict=True):
            if language is not None:
                letters[language] = letters.get(language, 0) + len(sentence)
        ordered: list[Language] = sorted(letters)
        return max(ordered, key=lambda name: letters[name], default=None)

    def readable(self) -> list[bool]:
        """Return for each sentence whether narratives are looked for in it.

        A sentence too short to have a language is read when its text is.
        """
        whole = self.language()
        return [(language or whole or "fr") in READ_LANGUAGES for language in self.languages]


def _set_off(text: str, start: int) -> str:
    """Return the mark of a block quotation for a later sentence of a line that is set as one."""
    line = text.rfind("\n", 0, start) + 1
    return "> " if line < start and text.startswith(">", line) else ""


def read_document(
    text: str, title: str | None = None, spans: Sequence[tuple[int, int]] = ()
) -> tuple[Document, list[tuple[int, int]]]:
    """Return the document and the offsets of its passages in ``text`` (code points, half-open).

    ``spans`` are passages found earlier: offsets that labels point at are never drawn anew.
    """
    found = list(spans) or passages(text)
    sentences = tuple(_set_off(text, start) + normalise(text[start:end]).text for start, end in found)
    document = Document(
        title=normalise(title).text if title else "",
        sentences=sentences,
        languages=tuple(identify(sentence) for sentence in sentences),
    )
    return document, found
