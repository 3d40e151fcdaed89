"""Search: what people type finds what they mean, and never an error."""

import sqlite3
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.search import NOTHING, match_query

TEXTS = {
    "aes": "L’AES affirme sa souveraineté ; la France s'en va.",
    "bm": "Kɛlɛ bɛ ban, ɲɛtaa bɛ na, ŋaniya ka ɲi.",
    "capitals": "LA SOUVERAINETE DU MALI N’EST PAS NEGOCIABLE AUJOURD’HUI",
    "wagner": "Les instructeurs russes quittent l'Assemblée et l'état-major.",
}


@pytest.fixture
def find(put: Callable[..., int], db: Database) -> Callable[[str], set[str]]:
    names = {put(name, text): name for name, text in TEXTS.items()}

    def find_(query: str) -> set[str]:
        rows = db.execute("select rowid from documents_fts where documents_fts match ?", [match_query(query)])
        return {names[row[0]] for row in rows}

    return find_


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("souveraineté", {"aes", "capitals"}),
        ("SOUVERAINETE", {"aes", "capitals"}),
        ("Souverainete mali", {"capitals"}),
        ("l'AES", {"aes"}),
        ("l’AES", {"aes"}),
        ("L'aes souveraineté", {"aes"}),
        ("AES", {"aes"}),
        ("qu'AES", {"aes"}),
        ('"sa souverainete"', {"aes"}),
        ("« la souveraineté du Mali »", {"capitals"}),
        ('"l\'AES affirme"', {"aes"}),
        ('"AES sa"', set()),
        ("souver*", {"aes", "capitals"}),
        ("souver", set()),
        ("aujourd'hui", {"capitals"}),
        ("état-major", {"wagner"}),
        ("major état", {"wagner"}),
        ("l'assemblee", {"wagner"}),
        ("souveraineté -france", {"capitals"}),
        ('souveraineté -"la France"', {"capitals"}),
        ("kɛlɛ", {"bm"}),
        ("kele", {"bm"}),
        ("KƐLƐ", {"bm"}),
        ("nyetaa", {"bm"}),
        ("ŋaniya", {"bm"}),
        ("ngani*", {"bm"}),
        ("France OR Mali", set()),
        ("text:france", set()),
        ("russes)", {"wagner"}),
        ("russes AND", set()),
        ("", set()),
        ("-france", set()),
        ('"', set()),
        ("😀 !", set()),
    ],
)
def test_what_people_type_finds_what_they_mean(
    find: Callable[[str], set[str]], query: str, found: set[str]
) -> None:
    assert find(query) == found


@given(
    st.text()
    | st.text(alphabet="\"«»'’*-()^+:{}aé NOTRAD\0\ud800")
    | st.lists(st.text(min_size=1)).map(" ".join)
)
@example("NEAR(a b)")
@example('a* ** -* -"')
@example(" ".join(f"mot{number}" for number in range(5000)))
@settings(max_examples=500, deadline=None)
def test_no_text_is_a_syntax_error(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table f using fts5 (text, tokenize='unicode61 remove_diacritics 2')")
    connection.execute("insert into f values ('un mot')")
    expression = match_query(text)
    assert expression
    connection.execute("select * from f where f match ?", [expression]).fetchall()
    connection.close()


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=1))
def test_every_plain_word_asks_for_something(word: str) -> None:
    assert match_query(word) != NOTHING
