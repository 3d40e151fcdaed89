"""No pattern of the codebook is slow on hostile text (hazard M-07): at most 50 ms for each on 100 kB."""

import sys
import time

import pytest

from classifiers.codebook import Codebook, Narrative, load_codebook
from classifiers.pattern_syntax import parse_pattern
from classifiers.patterns import PatternMatcher

SIZE = 100_000
MOST_SECONDS = 0.05


def words_of(narrative: Narrative, pattern: str, book: Codebook) -> list[str]:
    """Return words that make the elements of a pattern fire again and again."""
    groups = {**book.vocabulary, **narrative.words}
    found: list[str] = []

    def collect(name: str) -> None:
        for item in groups.get(name, ())[:2]:
            if item.startswith("{@"):
                found.append("France")
            elif item.startswith("{"):
                collect(item[1:-1])
            else:
                found.append(item.replace("*", "er"))

    parsed = parse_pattern(pattern)
    for clause in (*parsed.clauses, *parsed.near, *parsed.without):
        for element in clause.elements:
            if element.term is not None:
                found.append(element.term.replace("*", "er"))
            for name in element.groups:
                if name.startswith("@"):
                    found.append("France Russie Mali")
                else:
                    collect(name)
    return found


def hostile(words: list[str]) -> list[str]:
    """Return texts of 100 kB: the words in a row, each many times before the next, and out of order."""
    turn = " ".join(words) + " "
    each = SIZE // max(1, len(words))
    runs = "".join((word + " ") * (each // (len(word) + 1)) for word in words)
    back = " ".join(reversed(words)) + " "
    return [(turn * (SIZE // len(turn) + 1))[:SIZE], runs[:SIZE], (back * (SIZE // len(back) + 1))[:SIZE]]


def slowest(narrative: Narrative, pattern: str, book: Codebook) -> float:
    """Return the seconds of the slowest text, beyond what reading its words takes anyhow."""
    alone = narrative.model_copy(
        update={"patterns": narrative.patterns.model_copy(update={"fr": (pattern,), "en": ()})}
    )
    matcher = PatternMatcher(Codebook({narrative.id: alone}, book.vocabulary))
    worst = 0.0
    for text in hostile(words_of(narrative, pattern, book)):
        matcher._analyse(text)  # the words are split and looked up once for all patterns
        taken = []
        for _ in range(2):
            matcher._fire.cache_clear()
            start = time.process_time()
            matcher.matches(text)
            taken.append(time.process_time() - start)
        worst = max(worst, min(taken))
    return worst


def patterns(book: Codebook) -> list[tuple[Narrative, str]]:
    return [
        (narrative, pattern)
        for narrative in book.narratives.values()
        for pattern in (
            *narrative.patterns.fr,
            *narrative.patterns.en,
            *narrative.denials.fr,
            *narrative.denials.en,
        )
    ]


def test_a_sample_of_patterns_is_quick_on_hostile_text() -> None:
    book = load_codebook()
    for narrative, pattern in patterns(book)[::60]:
        assert slowest(narrative, pattern, book) <= MOST_SECONDS, pattern


@pytest.mark.soak
def test_every_pattern_is_quick_on_hostile_text() -> None:
    book = load_codebook()
    times = sorted(((slowest(*one, book), one[1]) for one in patterns(book)), reverse=True)
    sys.stdout.write(f"\n{len(times)} patterns, three texts of {SIZE // 1000} kB each; slowest in ms:\n")
    for seconds, pattern in times[:5]:
        sys.stdout.write(f"  {1000 * seconds:6.1f}  {pattern}\n")
    assert times[0][0] <= MOST_SECONDS


def test_all_patterns_together_grow_with_the_text_and_no_faster() -> None:
    matcher = PatternMatcher(load_codebook())
    words = "la France et la Russie pillent, trahissent et sauvent le Mali, la CEDEAO et l'AES à genoux. "

    def seconds(size: int) -> float:
        text = (words * (size // len(words) + 1))[:size]
        taken = []
        for offset in range(3):
            start = time.process_time()
            matcher.matches(text + "." * offset)
            taken.append(time.process_time() - start)
        return min(taken)

    assert seconds(80_000) < 12 * seconds(10_000)
