"""Whose words: signs in a sentence that it reports, asks, doubts, denies or mocks.

The signs are rules; how much each one weighs is learned by ``estimators.voice_scorer``.
"""

import re
from collections.abc import Sequence

import numpy as np
import re2
from numpy.typing import NDArray

from classifiers.normalise import plain

Floats = NDArray[np.float64]

_SAID_FR = (
    "declar|affirm|estim(?:e|ent|ait)|accus|denonc|jug(?:e|ent|eait)\\b|souten|soutien(?:t|nent)|assur|martel|"
    "pretend|reproch|soulign|rappel|expliqu|confi(?:e|ait)|lanc(?:e|ait)|insist|indiqu|precis|ajout|poursui|"
    "conclu|deplor|regrett|critiqu|salu(?:e|ait|ent)|promet|promis|annonc|revel|ecri(?:t|vait|vent)|"
    "dit|disent|disait|disaient|consider|pense|pensent|croit|croient|argu|invoqu|evoqu|avert|repet|tweet|"
    "relev|fait savoir|fait valoir|fustig|pointe|vante|qualifi|plaid|met(?:tent)? en garde"
)
_SAID_EN = (
    "said|says|say|claim\\w*|argu(?:e|es|ed|ing)|accus\\w*|insist\\w*|stat(?:ed|es)|declar\\w*|told|tells|"
    "believ\\w*|describ\\w*|warn\\w*|denounc\\w*|prais\\w*|wrote|writes|think\\w*|assert\\w*|alleg\\w*|"
    "blam\\w*|add(?:ed|s)|explain\\w*|announc\\w*|call(?:ed|s) (?:it|the|for|on)|condemn\\w*|critici[sz]\\w*"
)
_PEOPLE = (
    "certains|d'aucuns|plusieurs|nombre de|beaucoup|les uns|d'autres|la rue|l'opinion|des voix|on entend|"
    "on dit|on raconte|manifestant|partisan|detracteur|observateur|analyste|expert|habitant|militant|critics|"
    "some|many|supporters|protesters|demonstrators|observers|analysts"
)
_OFFICE = (
    "ministre|president|porte-parole|ambassadeur|chef d|colonel|general|depute|secretaire|diplomate|"
    "responsable|chercheur|politologue|professeur|leader|minister|spokes\\w+|ambassador|official"
)
_UNTRUE = (
    "dement|nie|nient|niait|rejett|refut|recus|contest|balay|infond|sans fondement|aucune preuve|"
    "pas la moindre preuve|mensong|calomni|contre-verite|fausse?s?\\b|intox|fake|mythe|legende|"
    "den(?:y|ies|ied)|reject|refut|dismiss|unfounded|baseless|no evidence|myth\\b|untrue|debunk"
)
_NOT = (
    "n'est pas|ne sont pas|n'etait pas|n'a pas|n'ont pas|ne saurait|ne s'agit pas|n'y a pas|n'a jamais|"
    "n'ont jamais|ne fut pas|loin de|loin d'|contrairement a|au contraire|is not|isn't|are not|aren't|"
    "was not|wasn't|were not|never|far from|contrary to|on the contrary|rather than"
)
_MOCKERY = (
    "soi-disant|pretendue?|pseudo|comme par hasard|mdr+|lol|ptdr|haha|hihi|bravo|sacres?|bla ?bla|"
    "fameu(?:x|se)|so-called|self-styled|quelle blague|risible|ridicul|naif|naivete|faire croire|"
    "croire au pere noel"
)

#: name -> what counts as the sign, on text in lower case without accents (RE2 syntax, no backtracking).
CUES = {
    "according to": r"\b(?:selon|d'apres|a en croire|aux yeux d|de l'avis d|aux? dires? d|"
    r"pour (?:lui|elle|eux|ce dernier|ces derniers)|pour (?:le|la|les) (?:\w+ ){0,3}(?:ministre|general|"
    r"colonel|president|porte-parole)|according to|in the (?:view|eyes|words) of|"
    r"in (?:his|her|their) (?:view|words))",
    "reporting verb": rf"\b(?:{_SAID_FR}|{_SAID_EN})",
    "reporting verb with that": rf"\b(?:{_SAID_FR})\w*(?: \w+)?(?: \w+)? qu(?:e |')|\b(?:{_SAID_EN}) that\b",
    "says he": r"(?:-t-il|-t-elle|-t-on|-ils|-elles|-il|-elle)\b|\b(?:he|she|they) (?:said|added|says)",
    "noun of saying": r"\b(?:discours|declaration|communique|accusation|rumeur|these|argument|rhetorique|"
    r"propagande|slogan|theorie|recit|narratif|narrative|claim|rhetoric|allegation|speech|statement|belief|"
    r"perception|sentiment|opinion publique|critique)s?\b",
    "people think": rf"\b(?:{_PEOPLE})s?\b",
    "conditional": r"\b(?:aurai(?:t|ent)|serai(?:t|ent)|viserai(?:t|ent)|fournirai(?:t|ent)|pourrai(?:t|ent)|"
    r"devrai(?:t|ent)|would (?:have|be)|may have|might have|reportedly|allegedly|supposedly)\b",
    "question": r"\?\s*[\"»”')\]]*$",
    "question word": r"^[\s\"«“(>–—-]*(?:est-ce|pourquoi|comment|qui|que|quels?|quelles?|ou|faut-il|"
    r"peut-on|why|how|who|what|is|are|does|do|did|can|should)\b.*\?",
    "denial": rf"\b(?:{_UNTRUE})",
    "it is not": rf"\b(?:{_NOT})\b",
    "negation": r"\b(?:ne|n'\w+|pas|jamais|aucune?|nullement|ni|not|no|nor|without|sans)\b",
    "mockery": rf"\b(?:{_MOCKERY})\b|!{{2,}}|\?!",
    "but": r"\b(?:mais|pourtant|cependant|toutefois|or|neanmoins|en realite|en verite|but|however|yet|"
    r"in fact|actually)\b",
    "first person singular": r"\b(?:je|j'\w*|mon|ma|mes|i|my)\b",
    "first person plural": r"\b(?:nous|notre|nos|we|our|us)\b",
    "second person": r"\b(?:vous|votre|vos|tu|toi|tes|you|your)\b",
    "he or they": r"\b(?:il|ils|elle|elles|he|she|they|son|sa|ses|leur|leurs|his|her|their)\b",
    "exclamation": r"!",
    "office": rf"\b(?:{_OFFICE})",
    "announces words": r":\s*[\"«“']*\s*$",
}
_QUOTED = (
    "inside quotation marks",
    "quotation opens",
    "quotation closes",
    "a few words quoted",
    "stands in an open quotation",
)
_REACH = ("words announced before", "reported before", "reported after")
SIGNS = (*CUES, *_QUOTED, *_REACH)
_COMPILED = {name: re2.compile(pattern) for name, pattern in CUES.items()}
_REPORTED = [SIGNS.index(name) for name in ("according to", "reporting verb with that", "says he")]
_ANNOUNCED = SIGNS.index("announces words")
_MARK = re.compile(r"[«»“”\"]|''")
#: Sentences that a quotation may run over: guillemets say where they open and close, straight marks do not.
_LONGEST = {"«": 15, "“": 15, '"': 3, "''": 6}
_CLOSING = {"«": "»", "“": "”", '"': '"', "''": "''"}
#: A quotation of at most this many code points is a few words, often held at arm's length.
_FEW_WORDS = 30
#: How fast an announcement or a report fades, per sentence.
_FADING = 0.8


def voice_signs(sentences: Sequence[str]) -> Floats:
    """Return the signs of each sentence of a text, shape (sentences, len(SIGNS)), values 0-1."""
    rows = np.zeros((len(sentences), len(SIGNS)))
    first, last = len(CUES), len(CUES) + len(_QUOTED)
    for index, sentence in enumerate(sentences):
        flat = plain(sentence)
        for column, pattern in enumerate(_COMPILED.values()):
            rows[index, column] = float(pattern.search(flat) is not None)
    _add_quotations(sentences, rows[:, first:last])
    for index, sentence in enumerate(sentences):
        # A line set as a quotation is one from end to end.
        if sentence.lstrip().startswith(">"):
            rows[index, first] = 1.0
    reported = rows[:, _REPORTED].max(axis=1) if len(rows) else np.zeros(0)
    rows[:, last] = _faded(rows[:, _ANNOUNCED])
    rows[:, last + 1] = _faded(reported)
    rows[:, last + 2] = _faded(reported[::-1])[::-1]
    return rows


def _faded(sign: Floats) -> Floats:
    """Return how strongly a sign in earlier sentences still holds: 1 just after it, then less and less."""
    result = np.zeros(len(sign))
    strength = 0.0
    for index, value in enumerate(sign):
        result[index] = strength
        strength = max(float(value), strength * _FADING)
    return result


def _add_quotations(sentences: Sequence[str], rows: Floats) -> None:
    """Fill in the columns of ``_QUOTED``; a mark without a partner nearby quotes nothing."""
    share, opens, closes, few, stands = range(5)
    marks = [
        (index, mark.start(), mark.end(), mark.group())
        for index, sentence in enumerate(sentences)
        for mark in _MARK.finditer(sentence)
    ]
    position = 0
    while position < len(marks):
        begin, _, start, _ = marks[position]
        partner = _partner(marks, position)
        position += 1
        if partner is None:
            continue
        end, stop = marks[partner][0], marks[partner][1]
        position = partner + 1
        rows[begin, opens] = rows[end, closes] = 1.0
        rows[begin, few] = max(rows[begin, few], float(begin == end and stop - start <= _FEW_WORDS))
        for index in range(begin, end + 1):
            low = start if index == begin else 0
            high = stop if index == end else len(sentences[index])
            rows[index, share] += max(0, high - low) / max(1, len(sentences[index]))
            rows[index, stands] = max(rows[index, stands], float(index > begin))


def _partner(marks: Sequence[tuple[int, int, int, str]], position: int) -> int | None:
    """Return the place of the mark that closes the one at ``position``, or None."""
    sentence, _, _, sign = marks[position]
    if sign not in _CLOSING:
        return None
    for other in range(position + 1, len(marks)):
        if marks[other][0] - sentence > _LONGEST[sign]:
            return None
        if marks[other][3] == _CLOSING[sign]:
            return other
    return None


def rule_voice(signs: Floats) -> str:
    """Return the voice that the signs of one sentence suggest, without anything learned."""
    sign = dict(zip(SIGNS, signs.tolist(), strict=True))
    if sign["denial"] or sign["mockery"]:
        return "rejected"
    told = sign["according to"] or sign["reporting verb with that"] or sign["says he"] or sign["conditional"]
    quoted = sign["inside quotation marks"] > 0.3
    return "attributed" if told or quoted or sign["question"] else "own"
