"""What a person types into a search box, as a safe FTS5 MATCH expression."""

import re
import unicodedata

from db.identity import folded

#: The expression that finds nothing; what a text without a single word becomes.
NOTHING = '""'

#: Terms beyond this many are ignored: nobody types them, and FTS5 limits the size of an expression.
MAX_TERMS = 32

#: A shorter beginning of a word would find nearly everything, slowly; it is looked for as a word.
SHORTEST_PREFIX = 2

_PHRASE_OR_WORD = re.compile(r'(-?)(?:["“”«»]([^"“”«»]*)["“”«»]?(\*?)|([^\s"“”«»]+))')
_APOSTROPHES = "'’‘ʼ´`＇"
#: Articles and pronouns that French elides; the tokenizer would make a one-letter word of each.
_ELISION = re.compile(
    rf"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)[{_APOSTROPHES}](?=\w)", re.IGNORECASE | re.UNICODE
)


def match_query(user_text: str) -> str:
    """Return a MATCH expression for ``documents_fts`` (and any table with the same tokenizer).

    Words are all required; ``"..."`` and ``« ... »`` are phrases; ``mot*`` is a prefix of two letters or
    more; ``-mot`` excludes (when something else is asked for). Case, accents and the shape of apostrophes do
    not matter, elided articles are dropped (``l'AES`` finds ``AES``), and a Bambara letter also finds its
    Latin spelling. Never a syntax error; :data:`NOTHING` when there is no word to look for.
    """
    wanted: list[str] = []
    refused: list[str] = []
    for found in _PHRASE_OR_WORD.finditer(_clean(user_text)):
        minus, phrase, star, word = found.groups()
        if word is not None:
            word, star = word.rstrip("*"), "*" if word.endswith("*") else ""
            word = _ELISION.sub("", word, count=1) if _ELISION.match(word) else word
        if (term := _term(phrase if word is None else word, prefix=bool(star))) is None:
            continue
        (refused if minus else wanted).append(term)
    if not wanted:
        return NOTHING
    expression = " AND ".join(dict.fromkeys(wanted[:MAX_TERMS]))
    exclusions = " OR ".join(dict.fromkeys(refused[:MAX_TERMS]))
    return f"({expression}) NOT ({exclusions})" if exclusions else expression


def has_prefix(expression: str) -> bool:
    """Return whether an expression of :func:`match_query` asks for a beginning of words."""
    return '" *' in expression


def _clean(text: str) -> str:
    """Drop what ends or breaks an expression: controls, NUL and halves of surrogate pairs."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in text)


def _term(text: str, *, prefix: bool) -> str | None:
    if not any(_is_token_letter(letter) for letter in text):
        return None
    star = " *" if prefix and sum(map(_is_token_letter, text)) >= SHORTEST_PREFIX else ""
    other = folded(text)
    term = f'"{text}"{star}'
    return term if other is None else f'({term} OR "{other}"{star})'


def _is_token_letter(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LN" or category == "Co"
