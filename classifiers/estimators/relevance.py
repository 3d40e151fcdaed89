"""First gate: whether a text speaks of the region and its foreign partners at all. Rules, nothing learned."""

from collections.abc import Mapping
from enum import IntEnum

#: Shorter texts are measured as if they were this long (code points): one name does not make a topic.
_SHORTEST = 600
#: Comments and posts of at most this length often leave out what their readers know.
_COMMENT = 1700
#: Names of the region for each 1,000 code points, and names at least, from which on there is no doubt.
_DENSE = 0.8
_TWICE = 2
#: The same, from which on the text may be about the region.
_SPARSE = 0.5
#: A neighbour named more often than this for each name of the region is what the text is about.
_ELSEWHERE = 2


class Relevance(IntEnum):
    """How sure it is that a text is about the region and a partner."""

    NONE = 0
    POSSIBLE = 1
    CERTAIN = 2


def relevance(named: Mapping[str, int], places: Mapping[str, str], length: int) -> Relevance:
    """Judge a text by the partners it names (id -> times); ``places`` says which are ``home``, in the
    ``region`` or a ``neighbour``.

    ``length`` is in code points. A text so short that its topic may lie outside it is never ruled out.
    """
    near = sum(count for partner, count in named.items() if places.get(partner) in ("home", "region"))
    beside = max((count for partner, count in named.items() if places.get(partner) == "neighbour"), default=0)
    abroad = any(places.get(partner) != "home" for partner in named)
    density = 1000 * near / max(_SHORTEST, length)
    if length >= _COMMENT and beside > _ELSEWHERE * max(1, near):
        return Relevance.NONE
    if abroad and near >= _TWICE and density >= _DENSE:
        return Relevance.CERTAIN
    if (abroad and density >= _SPARSE) or length < _SHORTEST or (abroad and length < _COMMENT):
        return Relevance.POSSIBLE
    return Relevance.NONE
