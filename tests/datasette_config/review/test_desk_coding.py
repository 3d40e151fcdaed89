"""Coding with plain forms: what a person does at the desk, without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from datasette_config.page_wording import phrases
from datasette_config.review.coding_form import Narratives
from db.connection import working_database
from db.review_queue import Item, item_of, next_item
from narratives import cli
from tests.datasette_config.review.conftest import Person, words

Sit = Callable[..., Person]
FRANCE = "La France néocoloniale"


@pytest.fixture
def item(press_db: Path) -> Item:
    """The first text that everybody is given: one the model is unsure of."""
    with working_database(press_db, "read") as db:
        found = item_of(db, next_item(db, "ada") or 0)
    assert found is not None
    return found


@pytest.fixture
def ada(person: Sit) -> Person:
    someone = person()
    someone.sign_in("ada")
    return someone


def labels_in(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="label" value="')[1:]]


def stored(path: Path) -> list[tuple[str, int, int, str, str]]:
    with working_database(path, "read") as db:
        return db.execute('select coder, start, "end", narrative_id, voice from annotations').fetchall()


def test_a_sentence_is_coded_and_the_next_text_comes(ada: Person, item: Item, press_db: Path) -> None:
    assert ada.get("/fr/next").headers["location"] == f"/fr/texts/{item.review_item_id}"
    path = f"/fr/texts/{item.review_item_id}"
    added = ada.post(path, action="add", sentence="1", narrative=FRANCE, voice="attributed")
    assert added.status_code == 200
    start, end, _ = item.sentences[1]
    assert labels_in(added.text) == [f"{start}-{end}|neocolonial-france|attributed"]
    done = ada.post(path, action="done", label=labels_in(added.text), comment="Citation indirecte")
    assert (done.status_code, done.headers["location"]) == (303, "/fr/next")
    assert stored(press_db) == [("ada", start, end, "neocolonial-france", "attributed")]
    following = ada.get("/fr/next").headers["location"]
    assert following != path
    assert "Citation indirecte" in ada.get(path).text, "one's own reading can be corrected"


def test_the_language_of_a_text_is_said_in_words(ada: Person, item: Item) -> None:
    for language, word in (("fr", "français"), ("en", "French")):
        page = ada.get(f"/{language}/texts/{item.review_item_id}").text
        assert f"<span>{word}</span>" in page and "<span>fr</span>" not in page


def test_a_label_may_span_sentences_or_be_a_few_words(ada: Person, item: Item, press_db: Path) -> None:
    path = f"/fr/texts/{item.review_item_id}"
    two = ada.post(path, action="add", sentence=["1", "2"], narrative=FRANCE, voice="own")
    few = ada.post(
        path, action="add", sentence="1", narrative="army", voice="own", words="la tutelle  d’hier",
        label=labels_in(two.text),
    )  # fmt: skip
    both = labels_in(few.text)
    assert both[0].startswith(f"{item.sentences[1][0]}-{item.sentences[2][1]}|")
    at = item.text.index("la tutelle d’hier")
    assert both[1] == f"{at}-{at + len('la tutelle d’hier')}|army-resurgent|own"
    removed = ada.post(path, action="remove:0", label=both)
    assert labels_in(removed.text) == both[1:]
    ada.post(path, action="done", label=both)
    assert len(stored(press_db)) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"action": "add", "narrative": FRANCE, "voice": "own"}, "Pick a sentence first"),
        ({"action": "add", "sentence": "1", "narrative": "zzz", "voice": "own"}, "No narrative is"),
        ({"action": "add", "sentence": "1", "narrative": "", "voice": "own"}, "No narrative is called"),
        ({"action": "add", "sentence": "1", "narrative": "the a", "voice": "own"}, "Several narratives"),
        ({"action": "add", "sentence": "1", "narrative": FRANCE}, "Say in which voice"),
        ({"action": "add", "sentence": "1", "narrative": FRANCE, "voice": "own", "words": "z"}, "not in"),
        ({"action": "done"}, "There is no label"),
        ({"action": "done", "sentence": "1", "narrative": "x", "label": "0-9|army-resurgent|own"}, "begun"),
        ({"action": "nothing", "label": "0-9|army-resurgent|own"}, "There are labels"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_lost(
    ada: Person, item: Item, press_db: Path, fields: dict[str, str], said: str
) -> None:
    with working_database(press_db, "write") as db:
        db.execute("update review_items set start = 0 where review_item_id = ?", [item.review_item_id])
    answer = ada.post(f"/en/texts/{item.review_item_id}", comment="kept", **fields)
    assert answer.status_code == 400
    assert said in words(answer) and 'role="alert"' in answer.text
    assert ">kept</textarea>" in answer.text
    assert stored(press_db) == []


def test_nothing_here_and_skipping_are_answers(ada: Person, item: Item, press_db: Path) -> None:
    ada.post(f"/en/texts/{item.review_item_id}", action="nothing")
    following = ada.get("/en/next").headers["location"]
    ada.post(following, action="skip")
    with working_database(press_db, "read") as db:
        assert db.execute("select outcome from reviews order by 1").fetchall() == [("nothing",), ("skipped",)]
    home = words(ada.get("/en/"))
    assert "Nothing here" in home and "Skipped" in home


def test_labels_that_no_form_of_ours_sends_are_dropped(ada: Person, item: Item, press_db: Path) -> None:
    strange = [
        "0-999999|army-resurgent|own",
        "5-2|army-resurgent|own",
        "a-b|x|own",
        "1-9|army-resurgent|ironic",
    ]
    answer = ada.post(f"/en/texts/{item.review_item_id}", action="done", label=strange)
    assert answer.status_code == 400 and stored(press_db) == []
    unknown = ada.post(
        f"/en/texts/{item.review_item_id}", action="done", label=f"{item.start}-{item.end}|no-such-one|own"
    )
    assert unknown.status_code == 400 and "no narrative" in words(unknown)


def test_two_people_are_blind_to_each_other_until_both_have_coded(
    person: Sit, ada: Person, item: Item
) -> None:
    path = f"/en/texts/{item.review_item_id}"
    start, end, _ = item.sentences[0]
    ada.post(path, action="done", label=f"{start}-{end}|aes-emancipation|rejected", comment="seen by ada")
    bee = person()
    bee.sign_in("bee")
    assert bee.get("/en/next").headers["location"] == path
    page = bee.get(path)
    assert (
        labels_in(page.text) == [] and "seen by ada" not in page.text and "Rejected</span>" not in page.text
    )
    assert "ada" not in words(page).split()
    assert bee.get(f"/en/disagreements/{item.review_item_id}").status_code == 409
    bee.post(path, action="nothing")
    cas = person()
    cas.sign_in("cas")
    settling = words(cas.get(f"/en/disagreements/{item.review_item_id}"))
    assert "seen by ada" in settling and "Nothing here" in settling
    assert "ada" not in settling.replace("seen by ada", "").split(), "readings stand without names"


def test_the_machine_is_shown_where_it_doubts_and_not_on_audit_texts(ada: Person, press_db: Path) -> None:
    with working_database(press_db, "read") as db:
        numbers = dict(
            db.execute("select reason, min(review_item_id) from review_items group by reason").fetchall()
        )
    shown = {reason: ada.get(f"/en/texts/{number}").text for reason, number in numbers.items()}
    assert "Machine:" in shown["uncertain"] and "in doubt" in shown["uncertain"]
    assert 'class="machine"' not in shown["audit"] and "in doubt" not in shown["audit"]
    assert "0.4" not in shown["audit"] and "without machine labels" in shown["audit"]


def test_a_disagreement_is_settled_by_who_took_no_part(
    person: Sit, ada: Person, item: Item, press_db: Path
) -> None:
    path = f"/en/texts/{item.review_item_id}"
    settle = f"/en/disagreements/{item.review_item_id}"
    bee, cas = person(), person()
    bee.sign_in("bee")
    cas.sign_in("cas")
    shared = "|".join([f"{item.sentences[1][0]}-{item.sentences[1][1]}", "neocolonial-france", "own"])
    extra = "|".join([f"{item.sentences[2][0]}-{item.sentences[2][1]}", "army-resurgent", "own"])
    ada.post(path, action="done", label=[shared, extra])
    bee.post(path, action="done", label=[shared])
    assert ada.get(settle).status_code == bee.get(settle).status_code == 409
    assert ada.get(path).status_code == 200, "until it is settled, a reading may be corrected"
    assert f"Text {item.review_item_id}" in words(cas.get("/en/disagreements"))
    page = cas.get(settle)
    assert labels_in(page.text) == [shared], "what both found is there to begin with"
    taken = cas.post(settle, action=f"take:{extra}", label=shared)
    assert labels_in(taken.text) == [shared, extra]
    assert cas.post(settle, action="done", label=[shared, extra]).headers["location"] == "/en/disagreements"
    assert "nothing to settle" in words(cas.get("/en/disagreements"))
    assert ada.get(path).status_code == 409
    with working_database(press_db, "read") as db:
        assert db.execute("select coder, kind from reviews order by review_id").fetchall() == [
            ("ada", "coding"), ("bee", "coding"), ("cas", "adjudication"),
        ]  # fmt: skip
    exported = CliRunner().invoke(cli, ["review", str(press_db), "--export"])
    assert '"standing": "adjudicated"' in exported.stdout
    assert "1.00" in words(ada.get("/en/agreement"))
    printed = CliRunner().invoke(cli, ["review", str(press_db), "--agreement"])
    rows = {line.split("\t")[0]: line.split("\t")[1] for line in printed.stdout.splitlines()}
    assert rows["neocolonial-france"] == "1.000" and rows["army-resurgent"] == "0.000"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_speaks_its_language_and_has_one_heading(ada: Person, language: str) -> None:
    other = "en" if language == "fr" else "fr"
    pages = ("", "texts/1", "disagreements", "agreement", "agreement?of=audit", "codebook", "password")
    for path in pages:
        answer = ada.get(f"/{language}/{path}")
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text and answer.text.count("<h1>") == 1
        assert f'href="/{other}/{path.split("?")[0]}"' in answer.text
        assert "{" not in words(answer), "a value was not filled in"


def test_every_text_of_the_desk_is_used() -> None:
    folder = Path(__file__).parents[3] / "datasette_config" / "review"
    code = "".join(path.read_text() for path in (*folder.rglob("*.html"), *folder.rglob("*.py")))
    built = ("reason_", "outcome_")
    unused = [key for key in phrases("review") if f'"{key}"' not in code and f"'{key}'" not in code
              and not key.startswith(built)]  # fmt: skip
    assert not unused


def test_a_narrative_is_found_by_what_people_type() -> None:
    known = Narratives({
        "neocolonial-france": {"fr": "La France néocoloniale", "en": "Neocolonial France"},
        "france-scapegoat": {"fr": "La France, bouc émissaire", "en": "France as a scapegoat"},
    })  # fmt: skip
    assert known.find("NEOCOLONIALE") == ["neocolonial-france"]
    assert known.find("scapegoat") == ["france-scapegoat"]
    assert known.find("france-scapegoat") == ["france-scapegoat"]
    assert known.find("France") == ["neocolonial-france", "france-scapegoat"]
    assert known.find("") == known.find("  ") == known.find("russie") == []


def test_accounts_and_removals_on_the_command_line(ada: Person, item: Item, press_db: Path) -> None:
    def review(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli, ["review", str(press_db), *arguments])
        return done.exit_code, done.stdout, done.stderr

    ada.post(
        f"/en/texts/{item.review_item_id}", action="done", label=f"{item.start}-{item.end}|army-resurgent|own"
    )
    assert review("--coders")[1].splitlines()[0] == "ada\topen\t1\t1"
    code, _, said = review("--remove-coder", "ada")
    assert code == 1 and "needs a --reason" in said
    assert review("--remove-coder", "ada", "--reason", "left the project")[1] == "ada\t1\t1\n"
    assert review("--coders")[1].splitlines()[0] == "ada\tclosed\t0\t0"
    assert review("--agreement")[0] == 1
    assert review("--draw", "--coders")[0] == 2
    assert ada.get("/en/").status_code == 303
