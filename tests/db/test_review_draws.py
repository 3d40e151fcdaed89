"""Which texts people are given: shares, blindness, and a random audit that no model can touch."""

from collections import Counter
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.annotations import Label, readings_of, store_review
from db.coders import add_coder
from db.connection import transaction, working_database
from db.errors import NarrativesError
from db.review_draws import SHARES, draw_number, top_up, waiting
from db.review_queue import TURNS, item_of, machine_labels, may_read, may_settle, next_item
from db.store import NewDocument, store_document
from tests.db.review_press import MONDAYS, PER_WEEK, fill, read_by_models, review_press, text_of


def audit_of(db: Database) -> list[tuple[str, str, float]]:
    return db.execute(
        "select document_key, period_start, draw_number from review_items join documents using (document_id) "
        "where reason = 'audit' order by document_key"
    ).fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A database with a drawn queue and three accounts."""
    path = review_press(tmp_path / "press.db")
    with working_database(path, "write") as db:
        top_up(db, size=20, seed="s", audit_per_week=3)
        with transaction(db):
            for name in ("ada", "bee", "cas"):
                add_coder(db, name, "long enough")
    return path


def test_the_same_seed_gives_the_same_queue(tmp_path: Path) -> None:
    def drawn(name: str, seed: str) -> list[tuple[object, ...]]:
        with working_database(review_press(tmp_path / name), "write") as db:
            top_up(db, size=30, seed=seed)
            return db.execute(
                'select document_id, reason, start, "end", draw_number from review_items'
            ).fetchall()

    assert drawn("a.db", "one") == drawn("b.db", "one")
    assert drawn("a2.db", "one") != drawn("c.db", "two")


def test_the_audit_is_the_same_before_and_after_a_model_has_read(tmp_path: Path) -> None:
    with working_database(review_press(tmp_path / "before.db", models=False), "write") as db:
        top_up(db, size=0, seed="s", audit_per_week=5)
        before = audit_of(db)
        with transaction(db):
            read_by_models(db)
        top_up(db, size=50, seed="s", audit_per_week=5)
        assert audit_of(db) == before
    with working_database(review_press(tmp_path / "after.db"), "write") as db:
        top_up(db, size=50, seed="s", audit_per_week=5)
        assert audit_of(db) == before
    assert Counter(week for _, week, _ in before) == dict.fromkeys(MONDAYS, 5)


def test_a_document_that_comes_late_is_drawn_when_it_would_have_been(tmp_path: Path) -> None:
    with working_database(tmp_path / "late.db", "create") as db:
        with transaction(db):
            fill(db)
        top_up(db, size=0, seed="s", audit_per_week=4)
        before = audit_of(db)
        threshold = max(number for _, week, number in before if week == MONDAYS[0])
        with transaction(db):
            for number in range(40):
                store_document(
                    db,
                    NewDocument(
                        identity=f"https://ancien.example/late/{number}", source_id="ancien",
                        text=text_of(900 + number), kind="article", first_seen_at="2024-06-09T00:00:00Z",
                        published_at="2024-06-04", published_precision="day", published_origin="feed",
                    ),
                )  # fmt: skip
        top_up(db, size=0, seed="s", audit_per_week=4)
        late = [row for row in audit_of(db) if row not in before]
        keys = [
            row[0] for row in db.execute("select document_key from documents where placed_on = '2024-06-04'")
        ]
        assert set(before) <= set(audit_of(db)), "what was drawn stays drawn"
        due = {key for key in keys if draw_number("s", key) <= threshold} - {row[0] for row in before}
        assert {row[0] for row in late} == due and due


def test_the_random_numbers_are_even() -> None:
    numbers = [draw_number("seed", str(key)) for key in range(20_000)]
    counts = Counter(int(number * 10) for number in numbers)
    assert all(abs(count - 2_000) < 170 for count in counts.values()), "four standard deviations"


def test_another_seed_is_refused_once_one_is_in_use(desk: Path) -> None:
    wrong = pytest.raises(NarrativesError, match="began with another seed")
    with working_database(desk, "write") as db, wrong:
        top_up(db, seed="other")


def test_the_queue_holds_its_shares_and_fills_up_once(desk: Path) -> None:
    with working_database(desk, "write") as db:
        assert waiting(db) == {"uncertain": 8, "disagreeing": 6, "audit": 12, "new_outlet": 2}
        assert top_up(db, size=20, audit_per_week=3).total == 0
        kinds = Counter(
            row[0] for row in db.execute("select detail from review_items where reason = 'disagreeing'")
        )
        assert kinds == {"this model, but not the one before": 6}
        new = db.execute(
            "select distinct source_id from review_items join documents using (document_id) "
            "where reason = 'new_outlet'"
        ).fetchall()
        assert ("nouveau",) in new
    assert sum(SHARES.values()) == len(TURNS) == 10
    assert Counter(TURNS) == SHARES


def test_patterns_and_model_that_differ_are_drawn(tmp_path: Path) -> None:
    with working_database(review_press(tmp_path / "press.db"), "write") as db:
        with transaction(db):
            db.execute(
                "insert into pattern_hits select passage_id, document_id, 'neocolonial-france' from passages "
                "where position = 1 and document_id <= 10"
            )
        top_up(db, size=40, seed="s", audit_per_week=1)
        kinds = {row[0] for row in db.execute("select detail from review_items where reason = 'disagreeing'")}
    assert {"a pattern, but not the model", "the model, but no pattern"} <= kinds


def test_a_sentence_in_doubt_is_coded_with_its_neighbours(desk: Path) -> None:
    with working_database(desk, "read") as db:
        number = db.execute(
            "select review_item_id from review_items where narrative_id = 'army-resurgent' "
            "and reason = 'uncertain'"
        ).fetchone()[0]
        item = item_of(db, number)
        assert item is not None and item.focus is not None
        assert item.text[slice(*item.focus)] == "La troupe inventée avance, dit encore le texte."
        assert len(item.sentences) == 5
        assert item.score == 0.45


def test_ten_readings_come_in_the_shares(desk: Path) -> None:
    with working_database(desk, "write") as db:
        given = []
        for _ in range(10):
            number = next_item(db, "ada")
            assert number is not None
            given.append(
                db.execute("select reason from review_items where review_item_id = ?", [number]).fetchone()[0]
            )
            with transaction(db):
                store_review(db, number, "ada", [])
    assert Counter(given) == SHARES


def test_pairs_are_completed_first_and_a_third_is_not_asked(desk: Path) -> None:
    with working_database(desk, "write") as db:
        number = next_item(db, "ada")
        assert number is not None
        with transaction(db):
            store_review(db, number, "ada", [])
        assert next_item(db, "bee") == number
        with transaction(db):
            store_review(db, number, "bee", [], outcome="skipped")
        assert next_item(db, "cas") == number, "a skipped text still wants its second coding"
        with transaction(db):
            store_review(db, number, "cas", [])
        assert [reading.outcome for reading in readings_of(db, number)] == ["nothing", "skipped", "nothing"]
        assert not may_read(db, number, "dan")
        assert may_read(db, number, "ada"), "whoever coded it may correct it until it is settled"


def test_audit_texts_show_nothing_of_the_machine(desk: Path) -> None:
    with working_database(desk, "read") as db:
        for reason, shown in (("audit", False), ("uncertain", True)):
            number = db.execute(
                "select review_item_id from review_items where reason = ?", [reason]
            ).fetchone()[0]
            item = item_of(db, number)
            assert item is not None
            assert bool(machine_labels(db, item)) is shown
            assert item.blind is not shown


def test_nobody_audits_what_they_saw_the_machine_say(desk: Path) -> None:
    with working_database(desk, "write") as db:
        audit, document = db.execute(
            "select review_item_id, document_id from review_items where reason = 'audit' "
            "order by period_start desc, draw_number"
        ).fetchone()
        other = db.execute(
            "insert into review_items (document_id, reason, start, \"end\", draw_number, drawn_at) "
            "values (?, 'uncertain', 0, 40, 0.5, 't')", [document]
        ).lastrowid  # fmt: skip
        with transaction(db):
            db.execute("delete from review_items where reason <> 'audit' and review_item_id <> ?", [other])
            store_review(db, int(other or 0), "ada", [], model_shown=True)
        seen = set()
        while (number := next_item(db, "ada")) is not None:
            seen.add(number)
            with transaction(db):
                store_review(db, number, "ada", [])
        assert audit not in seen and len(seen) == 4 * 3 - 1


def test_who_may_settle(desk: Path) -> None:
    label = Label(0, 20, "army-resurgent", "own")
    with working_database(desk, "write") as db:
        number = next_item(db, "ada")
        assert number is not None
        item = item_of(db, number)
        assert item is not None
        start = item.start
        with transaction(db):
            store_review(db, number, "ada", [Label(start, start + 20, label.narrative_id, "own")])
            store_review(db, number, "bee", [])
        readings = readings_of(db, number)
        assert [may_settle(db, readings, name) for name in ("ada", "bee", "cas")] == [False, False, True]
        with transaction(db):
            db.execute("update coders set disabled_at = 't' where coder = 'cas'")
        assert [may_settle(db, readings, name) for name in ("ada", "bee")] == [False, True]


def test_every_week_is_audited_in_full_when_it_is_small(tmp_path: Path) -> None:
    with working_database(review_press(tmp_path / "press.db"), "write") as db:
        drawn = top_up(db, size=0, seed="s", audit_per_week=500)
        assert drawn.audit == PER_WEEK * len(MONDAYS)
