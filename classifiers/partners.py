"""Which partners a text names, and where: metonyms, acronyms, people in office, inflected forms."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from classifiers.lexicon import Lexicon, Words, split_words
from db.reference import Partner, partners

#: Names that are common words in lower case (``des paris``, ``to the west``): matched as they are written.
AS_WRITTEN = frozenset(
    {
        "Paris",
        "Sabre",
        "Licorne",
        "Séjourné",
        "AFD",
        "the West",
        "The West",
        "Turkey",
        "Turks",
        "Danes",
        "La Haye",
    }
)
#: What contains the name of a partner and names something else.
NOT_A_PARTNER = (
    # The river and what is named after it.
    "Office du Niger",
    "(fleuve|bassin|boucle|pont|vallée) du? Niger",
    "rive* (du|droite du|gauche du) Niger",
    "delta (intérieur|central)? du Niger",
    "Niger (River|Delta|bend|basin)",
    "River Niger",
    # Points of the compass.
    "Afrique (de l'Ouest|occidentale)",
    "West Africa*",
    "Sahara occidental",
    "Western (Sahara|Sahel|Africa*|region*|part|province*|Mali)",
    "(Mali|côte|région*|partie*|province*) occidental*",
    # Sport, languages, firms.
    "Paris (2024|SG|Match)",
    "Paris Saint-Germain",
    "American Airlines",
    "langue* (française|russe|chinoise|turque|allemande)",
    "(français|French) (facile|language)",
    "(French|Russian|Chinese|German) (speaking|speaker*)",
    "(Empire|Fédération) du Mali",
    "Mali (Empire|Federation)",
)


class Mention(NamedTuple):
    """A partner named in a text: code points ``start`` to ``end``, half-open."""

    start: int
    end: int
    partner_id: str


class WordSpan(NamedTuple):
    """A partner named by the words ``first`` up to, not including, ``after``."""

    first: int
    after: int
    partner_id: str


def spans(text: str) -> tuple[Mention, ...]:
    """Return the partners that a text names, in reading order; where names overlap, the longest one."""
    words = split_words(text)
    return tuple(
        Mention(words.starts[found.first], words.ends[found.after - 1], found.partner_id)
        for found in named(words)
    )


def mentions(text: str) -> dict[str, int]:
    """Return how often a text names each partner, by partner id."""
    return dict(Counter(found.partner_id for found in spans(text)))


def named(words: Words) -> list[WordSpan]:
    """Return the partners named by words already split, without overlaps, in reading order."""
    lexicon = (_shouted if words.shouted else _written)()
    longest: dict[int, tuple[int, tuple[str, ...]]] = {}
    for names, places in lexicon.places(words.words).items():
        for first, after in places:
            if first not in longest or after > longest[first][0]:
                longest[first] = (after, names)
    found: list[WordSpan] = []
    reached = 0
    for first in sorted(longest):
        after, names = longest[first]
        if first >= reached:
            found.extend(WordSpan(first, after, name) for name in names)
            reached = after
    return found


@cache
def _written() -> Lexicon[tuple[str, ...]]:
    return _lexicon(partners(), shouted=False)


@cache
def _shouted() -> Lexicon[tuple[str, ...]]:
    """Words all in capitals: case says nothing, so acronyms that are also words are left out."""
    return _lexicon(partners(), shouted=True)


def _lexicon(catalogue: Mapping[str, Partner], *, shouted: bool) -> Lexicon[tuple[str, ...]]:
    aliases: dict[str, list[str]] = {}
    for partner_id, partner in catalogue.items():
        for alias in (partner.fr, partner.en, *partner.aliases_fr, *partner.aliases_en):
            owners = aliases.setdefault(alias, [])
            if partner_id not in owners:
                owners.append(partner_id)
    lexicon: Lexicon[tuple[str, ...]] = Lexicon()
    for alias, owners in aliases.items():
        short = _is_short_acronym(alias)
        if not (short and shouted):
            lexicon.add(alias, tuple(owners), exact=not shouted and (short or alias in AS_WRITTEN))
    for term in NOT_A_PARTNER:
        lexicon.add(term, ())
    return lexicon


def _is_short_acronym(alias: str) -> bool:
    letters = [char for char in alias if char.isalpha()]
    return alias.isupper() and len(letters) <= 2
