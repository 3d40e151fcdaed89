"""What people code stays as they coded it, counts for what it is, and goes only as a whole and on record."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.annotations import Label, adjudication_of, readings_of, store_review
from db.coded_items import coded_items, sentence_codes
from db.coders import add_coder, close_coder, coder_of, list_coders, remove_labels, set_password, sign_in
from db.connection import transaction, working_database
from db.errors import NarrativesError
from db.review_draws import top_up
from db.review_queue import Item, disagreements, item_of
from db.reviewed import audit_sample, coder_agreement, reviewed_passages
from tests.db.review_press import MONDAYS, PER_WEEK, review_press

FRANCE, ARMY = "neocolonial-france", "army-resurgent"


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = review_press(tmp_path_factory.mktemp("press") / "press.db")
    with working_database(path, "write") as db:
        top_up(db, size=20, seed="s", audit_per_week=2)
        with transaction(db):
            for name in ("ada", "bee", "cas"):
                add_coder(db, name, "long enough")
    return path


@pytest.fixture
def db(press: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "press.db"
    path.write_bytes(press.read_bytes())
    with working_database(path, "write") as opened:
        yield opened


def items(db: Database, reason: str) -> list[Item]:
    rows = db.execute(
        "select review_item_id from review_items where reason = ? order by 1", [reason]
    ).fetchall()
    return [item for row in rows if (item := item_of(db, row[0])) is not None]


def label(item: Item, sentence: int, narrative: str = FRANCE, voice: str = "own") -> Label:
    start, end, _ = item.sentences[sentence]
    return Label(start, end, narrative, voice)


def code(db: Database, item: Item, coder: str, *labels: Label, kind: str = "coding") -> None:
    with transaction(db):
        store_review(db, item.review_item_id, coder, labels, kind=kind, comment="")  # type: ignore[arg-type]


def test_a_reading_keeps_coder_time_codebook_and_whether_the_model_was_seen(db: Database) -> None:
    item = items(db, "uncertain")[0]
    with transaction(db):
        store_review(
            db, item.review_item_id, "ada", [label(item, 1)], comment=" une remarque ", model_shown=True
        )
    row = next(iter(db.query("select * from annotations join reviews using (review_id)")))
    assert (row["coder"], row["codebook_version"], row["voice"]) == ("ada", "v1", "own")
    assert (row["outcome"], row["comment"], row["model_shown"]) == ("labels", "une remarque", 1)
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize(
    "sql",
    [
        "update annotations set voice = 'own'",
        "delete from annotations",
        "update reviews set outcome = 'nothing'",
        "delete from reviews",
        "update annotations set coder = 'bee' where 1",
    ],
)
def test_annotations_are_append_only(db: Database, sql: str) -> None:
    item = items(db, "uncertain")[0]
    code(db, item, "ada", label(item, 1))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(sql)


def test_a_later_reading_counts_and_the_first_stays(db: Database) -> None:
    item = items(db, "uncertain")[0]
    code(db, item, "ada", label(item, 1))
    code(db, item, "ada")
    assert [(one.outcome, one.labels) for one in readings_of(db, item.review_item_id)] == [("nothing", ())]
    assert db.table("annotations").count == 1


def test_a_label_outside_its_text_or_the_codebook_is_refused(db: Database) -> None:
    item = items(db, "uncertain")[0]
    beyond = Label(item.end - 3, item.end + 1, FRANCE, "own")
    for wrong, words in (
        (beyond, "outside the text"),
        (label(item, 0, "no-such-narrative"), "no narrative"),
        (label(item, 0, FRANCE, "ironic"), "none of own, attributed, rejected"),
    ):
        with pytest.raises(NarrativesError, match=words):
            code(db, item, "ada", wrong)
    assert db.table("reviews").count == 0


def test_a_label_covers_the_sentences_it_shares_half_of() -> None:
    assert sentence_codes([Label(0, 40, FRANCE, "own")], 0, 40) == {FRANCE: "own"}
    assert sentence_codes([Label(10, 20, FRANCE, "own")], 0, 40) == {FRANCE: "own"}
    assert sentence_codes([Label(0, 42, FRANCE, "own")], 41, 80) == {}
    assert sentence_codes([Label(0, 90, FRANCE, "rejected")], 41, 80) == {FRANCE: "rejected"}


def test_standing_goes_from_single_to_agreed_or_open_to_adjudicated(db: Database) -> None:
    first, second = items(db, "uncertain")[:2]
    code(db, first, "ada", label(first, 1))
    code(db, second, "ada", label(second, 1))
    code(db, second, "bee", label(second, 1, voice="attributed"))
    assert [item.standing for item in coded_items(db)] == ["single", "open"]
    code(db, first, "bee", label(first, 1))
    assert [item.standing for item in coded_items(db)] == ["agreed", "open"]
    assert [item.review_item_id for item in disagreements(db)] == [second.review_item_id]
    code(db, second, "cas", label(second, 1, voice="attributed"), kind="adjudication")
    assert [item.standing for item in coded_items(db)] == ["agreed", "adjudicated"]
    assert disagreements(db) == []
    settled = adjudication_of(db, second.review_item_id)
    assert settled is not None and settled.coder == "cas"


def test_reviewed_passages_have_the_shape_of_training_texts(db: Database) -> None:
    single, agreed, differing = items(db, "uncertain")[:3]
    audit = items(db, "audit")[0]
    code(db, single, "ada")
    for name in ("ada", "bee"):
        code(db, agreed, name, label(agreed, 1, voice="rejected"))
        code(db, audit, name, label(audit, 1))
    code(db, differing, "ada")
    code(db, differing, "bee", label(differing, 0))
    found = {text.review_item_id: text for text in reviewed_passages(db)}
    assert set(found) == {single.review_item_id, agreed.review_item_id}, "no audit, nothing undecided"
    assert [found[one.review_item_id].weight for one in (single, agreed)] == [0.5, 1.0]
    line = found[agreed.review_item_id].training_line()
    assert line["sentences"][1]["codes"] == [{"narrative": FRANCE, "voice": "rejected"}]
    assert all(sentence["codes"] == [] for number, sentence in enumerate(line["sentences"]) if number != 1)
    assert line["sentences"][1]["text"] == agreed.text[slice(*agreed.sentences[1][:2])]


def test_the_audit_sample_carries_inclusion_probabilities(db: Database) -> None:
    item = items(db, "audit")[0]
    code(db, item, "ada", label(item, 1), label(item, 2, ARMY, "attributed"))
    code(db, item, "bee", label(item, 1), label(item, 2, ARMY, "attributed"))
    sample = audit_sample(db)
    assert [(one.period_start, one.population, one.drawn) for one in sample] == [
        (monday, PER_WEEK, 2) for monday in MONDAYS
    ]
    ((document,),) = [one.documents for one in sample if one.documents]
    assert document.inclusion_probability == pytest.approx(2 / 20)
    assert document.weight == pytest.approx(20 / 1)
    assert document.narratives == {(FRANCE, "own"), (ARMY, "attributed")}
    assert audit_sample(db, since=MONDAYS[3]) == sample[3:]


def test_a_week_without_a_coded_text_has_no_weight(db: Database) -> None:
    assert all(one.documents == () for one in audit_sample(db))


def test_agreement_is_counted_by_sentence(db: Database) -> None:
    first, second = items(db, "uncertain")[:2]
    for name in ("ada", "bee"):
        code(db, first, name, label(first, 1))
    code(db, second, "ada", label(second, 1))
    code(db, second, "bee", label(second, 1, voice="attributed"), label(second, 2, ARMY))
    measured = coder_agreement(db)
    assert measured.narratives[FRANCE].alpha == 1
    assert (measured.narratives[FRANCE].units, measured.narratives[FRANCE].found) == (9, 2)
    army = measured.narratives[ARMY]
    assert army.alpha == pytest.approx(0.0), "one finds it once, the other never: agreement as by chance"
    assert measured.voice.units == 2 and measured.voice.alpha == pytest.approx(0.0)
    assert set(measured.coders) == {"ada", "bee"}
    assert (measured.overall.units, measured.overall.texts) == (27, 2)


def test_all_that_one_coder_did_goes_in_one_step_and_is_logged(db: Database) -> None:
    one, two = items(db, "uncertain")[:2]
    code(db, one, "ada", label(one, 1))
    code(db, one, "bee", label(one, 1))
    code(db, two, "bee", label(two, 1), label(two, 2))
    with transaction(db):
        removed = remove_labels(db, "bee", reason="codes at random", actor="custodian")
    assert (removed.reviews, removed.annotations) == (2, 3)
    assert list_coders(db) == [("ada", True, 1, 1), ("bee", False, 0, 0), ("cas", True, 0, 0)]
    log = next(iter(db.query("select * from coder_removals")))
    assert (log["coder"], log["reason"], log["actor"], log["reviews"], log["annotations"]) == (
        "bee", "codes at random", "custodian", 2, 3,
    )  # fmt: skip
    for sql in ("delete from coder_removals", "update coder_removals set reason = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(sql)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("delete from annotations")


def test_a_removal_wants_a_reason_and_a_coder(db: Database) -> None:
    for name, reason in (("bee", " "), ("nobody", "why not")):
        with pytest.raises(NarrativesError), transaction(db):
            remove_labels(db, name, reason=reason, actor="custodian")
    assert db.table("coder_removals").count == 0


def test_passwords_are_kept_as_salted_hashes(db: Database) -> None:
    with transaction(db):
        made = add_coder(db, "dan")
    salt, stored, must_change = db.execute(
        "select password_salt, password_hash, must_change from coders where coder = 'dan'"
    ).fetchone()
    assert made.encode() not in stored and len(salt) == 16 and len(stored) == 32 and must_change == 1
    account = sign_in(db, "dan", made)
    assert account is not None and account.must_change
    assert sign_in(db, "dan", "wrong") is None and sign_in(db, "nobody", made) is None
    with transaction(db):
        set_password(db, "dan", "one of my own")
    changed = coder_of(db, "dan")
    assert changed is not None and not changed.must_change and changed.stamp != account.stamp
    with transaction(db):
        close_coder(db, "dan")
    assert sign_in(db, "dan", "one of my own") is None and coder_of(db, "dan") is None


@pytest.mark.parametrize("name", ["Aïssata", "a", "ada lovelace", "1ada", "ada@example.org", ""])
def test_a_name_is_a_pseudonym_of_small_letters(db: Database, name: str) -> None:
    with pytest.raises(NarrativesError, match="pseudonym"):
        add_coder(db, name)
