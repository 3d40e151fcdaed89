"""A text with what coders and model say of it, and how the two meet at three levels."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["sentence", "document", "family"]
LEVELS: tuple[Level, ...] = ("sentence", "document", "family")
HIT, FALSE_FLAG, MISS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class JudgedText:
    """One text with what coders and model say of it.

    ``agreed`` and ``said`` map (sentence, narrative) to a voice; ``agreed`` may say ``disputed``. ``unsure``
    holds pairs that one coder of two gave: meeting one is neither rewarded nor punished. ``flagged`` are the
    narratives of the whole text, which may stand on passages that meet no coded sentence. ``kind`` is the
    kind of text, ``outlet`` who published it, as the file says.
    """

    language: str
    agreed: Mapping[tuple[int, str], str]
    said: Mapping[tuple[int, str], str]
    flagged: frozenset[str]
    unsure: frozenset[tuple[int, str]] = frozenset()
    kind: str = "other"
    outlet: str = "unknown"

    @property
    def uncoded(self) -> bool:
        """Whether no coder found anything: every flag is a false one."""
        return not self.agreed and not self.unsure


def outcomes(text: JudgedText, families: Mapping[str, str], voice: str) -> list[tuple[Level, str, int]]:
    """Return (level, label, HIT | FALSE_FLAG | MISS) for one text, in one voice or in ``any``.

    ``families`` maps every narrative that is scored to its family; others are left out.
    """
    wanted = {pair for pair, said in text.agreed.items() if voice in ("any", said) and pair[1] in families}
    found = {pair for pair, said in text.said.items() if voice in ("any", said) and pair[1] in families}
    left_out = (text.unsure - text.agreed.keys()) | {
        pair for pair, said in text.agreed.items() if voice != "any" and said == "disputed"
    }
    met: list[tuple[Level, str, int]] = [
        ("sentence", narrative, _outcome((sentence, narrative), wanted, found))
        for sentence, narrative in sorted((wanted | found) - left_out)
    ]
    flagged = text.flagged & families.keys() if voice == "any" else {narrative for _, narrative in found}
    names: tuple[tuple[Level, Callable[[str], str]], ...] = (
        ("document", str),
        ("family", families.__getitem__),
    )
    for level, name in names:
        labels = {name(narrative) for _, narrative in wanted}
        predicted = {name(narrative) for narrative in flagged}
        open_labels = {name(narrative) for _, narrative in left_out if narrative in families} - labels
        met.extend(
            (level, label, _outcome(label, labels, predicted))
            for label in sorted((labels | predicted) - open_labels)
        )
    return met


def _outcome(item: object, wanted: Collection[object], found: Collection[object]) -> int:
    if item in wanted:
        return HIT if item in found else MISS
    return FALSE_FLAG
