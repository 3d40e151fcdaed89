"""Copies are the same whatever the order and the portions in which documents arrive."""

import random
from pathlib import Path

import pytest

from classifiers.copies import update_copies
from db.connection import transaction
from tests.classifiers.copied_texts import corpus, hub, store, table


@pytest.mark.parametrize("seed", range(12))
def test_portions_give_the_same_rows_as_one_batch(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifiers.copy_batch.BOILERPLATE_TEXTS", 5)
    documents = corpus(seed)
    with hub(tmp_path / "batch.db") as db:
        store(db, documents)
        update_copies(db)
        expected = table(db)
    assert {"reworded", "excerpt"} <= {row[2] for row in expected}
    with hub(tmp_path / "portions.db") as db:
        chance = random.Random(seed)
        rest = list(documents)
        while rest:
            portion = chance.randrange(1, 8)
            store(db, rest[:portion])
            rest = rest[portion:]
            monkeypatch.setattr("classifiers.copies.BATCH", chance.randrange(1, 5))
            update_copies(db)
        assert table(db) == expected


@pytest.mark.parametrize("seed", range(12, 16))
def test_the_order_of_comparison_does_not_matter(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = corpus(seed)
    with hub(tmp_path / "hub.db") as db:
        store(db, documents)
        update_copies(db)
        expected = table(db)
        # Compare the second half first: holes in the middle are found and filled.
        with transaction(db):
            for name in ("copies", "copy_bands", "copy_signatures"):
                db.execute(f"delete from {name}")
            db.execute(
                "create temp table kept as select document_id, text from documents where document_id <= 18"
            )
        monkeypatch.setattr("db.copies.last_compared", lambda _: 18)
        monkeypatch.setattr("classifiers.copies.BATCH", 3)
        update_copies(db)
        assert table(db) == expected


def test_a_kill_between_batches_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = corpus(30)
    monkeypatch.setattr("classifiers.copies.BATCH", 5)
    with hub(tmp_path / "whole.db") as db:
        store(db, documents)
        update_copies(db)
        expected = table(db)

    def stop(done: int, total: int) -> None:
        if done >= 15:
            raise KeyboardInterrupt

    with hub(tmp_path / "killed.db") as db:
        store(db, documents)
        with pytest.raises(KeyboardInterrupt):
            update_copies(db, stop)
        assert 0 < db.execute("select count(*) from copy_signatures").fetchone()[0] < 36
        update_copies(db)
        assert table(db) == expected
