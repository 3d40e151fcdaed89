"""A sentence as the groups of words and the partners it holds: what it speaks of, however it is worded."""

from collections.abc import Mapping
from itertools import combinations, product

from classifiers.codebook import Codebook
from classifiers.lexicon import Lexicon, split_words
from classifiers.partners import named


class ConceptReader:
    """Finds the groups of words of the codebook, its partners, and pairs of both in a sentence."""

    def __init__(self, codebook: Codebook) -> None:
        self._lexicon: Lexicon[str] = Lexicon()
        self._included_in: dict[str, list[str]] = {}
        self._add_all(codebook.vocabulary, "")
        for narrative in codebook.narratives.values():
            self._add_all(narrative.words, f"{narrative.id}/")

    def read(self, text: str) -> str:
        """Return the concepts of a text and the pairs in which a partner is one, without repetition.

        They are parted by spaces. Pairs without a partner are ten times as many and say no more.
        """
        words = split_words(text)
        found = {concept for concept, _, _ in self._lexicon.find(words.words)}
        found |= {f"@{mention.partner_id}" for mention in named(words)}
        waiting = list(found)
        while waiting:
            for wider in self._included_in.get(waiting.pop(), ()):
                if wider not in found:
                    found.add(wider)
                    waiting.append(wider)
        single = sorted(found)
        partners, others = (
            [one for one in single if one.startswith("@") is wanted] for wanted in (True, False)
        )
        pairs = (*combinations(partners, 2), *product(partners, others))
        return " ".join([*single, *(f"{first}+{second}" for first, second in pairs)])

    def _add_all(self, groups: Mapping[str, tuple[str, ...]], prefix: str) -> None:
        for name, items in groups.items():
            for item in items:
                if item.startswith("{"):
                    self._included_in.setdefault(item[1:-1], []).append(prefix + name)
                else:
                    self._lexicon.add(item, prefix + name)
