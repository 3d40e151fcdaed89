"""Letter statistics: how often groups of one to four letters occur in a language.

``classifiers/languages/letters.tsv`` holds such counts for the Universal Declaration of Human Rights (its
official translations) and, for French and English, for the passages of ``classifiers/training`` as well.
Counts are facts about a language; no sentence can be read back from them. To make the file again::

  python -m classifiers.letter_counts FOLDER > classifiers/languages/letters.tsv

where FOLDER holds one ``<language>.txt`` for each language (ISO 639-1 for fr, en, bm; 639-3 for the rest).
"""

import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

LONGEST_GROUP = 4
_WORD = re.compile(r"[^\W\d_]+'?")
#: Groups rarer than this are left out of the file: they are chance, and most of its size.
_RAREST = {"fr": 4, "en": 3}
_RAREST_OTHERWISE = 2


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, elided words with their apostrophe (``l'``)."""
    return _WORD.findall(unicodedata.normalize("NFC", text.lower().replace("’", "'")))


def letter_groups(word: str) -> list[str]:
    """Return the groups of one to four characters of a word between two spaces; no group is a bare space."""
    padded = f" {word} "
    return [
        group
        for size in range(1, LONGEST_GROUP + 1)
        for start in range(len(padded) - size + 1)
        if (group := padded[start : start + size]) != " "
    ]


def count(text: str) -> Counter[str]:
    """Return how often each letter group occurs in a text."""
    return Counter(group for word in words(text) for group in letter_groups(word))


def main(folder: Path) -> None:
    for path in sorted(folder.glob("*.txt")):
        rarest = _RAREST.get(path.stem, _RAREST_OTHERWISE)
        for group, number in sorted(count(path.read_text(encoding="utf-8")).items()):
            if number >= rarest or len(group) == 1:
                sys.stdout.write(f"{path.stem}\t{group.replace(' ', '_')}\t{number}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
