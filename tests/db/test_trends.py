"""Trends: every row counted at its own grain, from the documents themselves."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from db.clock import iso_week_start
from db.connection import transaction, working_database
from db.reference import sync_reference
from db.trends import recompute
from narratives import cli

NARRATIVES = ("one", "two")
MODELS = ("old", "new")
COUNTED = {"original": True, "identical": True, "reworded": True, "excerpt": False, "credited": False}


@pytest.fixture
def labelled(db: Database) -> Database:
    """The hub with two narratives and two models, of which ``new`` is current."""
    with transaction(db):
        sync_reference(db)
        family = db.execute("select family_id from narrative_families").fetchone()[0]
        for position, name in enumerate(NARRATIVES):
            db.table("narratives").insert(
                {
                    "narrative_id": name, "family_id": family, "title_fr": name, "title_en": name,
                    "definition_fr": name, "definition_en": name, "kind": "grievance", "falsifiable": 0,
                    "status": "core", "codebook_version": "0", "position": position,
                }
            )  # fmt: skip
        for name in MODELS:
            db.execute(
                "insert into models (model_id, codebook_version, training_sha256, trained_at, versions, "
                "card, current) values (?, '0', '0', '2024-01-01T00:00:00Z', '{}', '{}', ?)",
                [name, name == "new"],
            )
    return db


def label(
    db: Database, document_id: int, narrative: str, voice: str, band: str = "flagged", model: str = "new"
) -> None:
    position = db.execute("select count(*) from passages where document_id = ?", [document_id]).fetchone()[0]
    passage = db.execute(
        'insert into passages (document_id, position, start, "end") values (?, ?, 0, 1)',
        [document_id, position],
    ).lastrowid
    db.execute(
        "insert into predictions (passage_id, document_id, narrative_id, voice, score, band, model_id) "
        "values (?, ?, ?, ?, 0.9, ?, ?)",
        [passage, document_id, narrative, voice, band, model],
    )


def rows(db: Database, where: str = "1") -> set[tuple[object, ...]]:
    return set(
        db.execute(
            "select period, period_start, narrative_id, source_id, language, voice, documents, "
            f"distinct_texts from trends where {where}"
        ).fetchall()
    )


def test_documents_and_distinct_texts_of_each_voice_and_of_any(
    labelled: Database, put: Callable[..., int]
) -> None:
    dated = {
        "published_at": "2024-05-01",
        "published_precision": "day",
        "published_origin": "feed",
        "language": "fr",
    }
    first = put("a", **dated)
    copy = put("b", identity="https://beta.example/b", source_id="beta", **dated)
    undated = put("c", language="fr")
    db = labelled
    with transaction(db):
        for document_id in (first, copy, undated):
            label(db, document_id, "one", "own")
            label(db, document_id, "one", "own")
        label(db, copy, "one", "rejected")
        label(db, first, "two", "own", band="review")
        label(db, first, "two", "own", model="old")
        for rank, (document_id, relation) in enumerate([(first, "original"), (copy, "identical")], 1):
            db.execute("insert into copies values (?, ?, ?, 1, ?)", [document_id, first, relation, rank])
    recompute(db)
    assert rows(db, "period = 'week'") == {
        ("week", "2024-04-29", "one", "all", language, voice, documents, texts)
        for language, (voice, documents, texts) in product(
            ("all", "fr"), [("own", 2, 1), ("rejected", 1, 1), ("any", 2, 1)]
        )
    } | {
        ("week", "2024-04-29", "one", source, language, voice, 1, 1)
        for language, (source, voice) in product(
            ("all", "fr"),
            [("alpha", "own"), ("alpha", "any"), ("beta", "own"), ("beta", "rejected"), ("beta", "any")],
        )
    }
    assert {row[1] for row in rows(db, "period = 'month'")} == {"2024-05-01"}
    assert {row[1] for row in rows(db, "period = 'day'")} == {"2024-05-01"}
    assert db.execute("select * from collected_daily order by source_id").fetchall() == [
        ("2024-05-01", "alpha", "fr", 1, 1),
        ("2024-05-01", "beta", "fr", 1, 1),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_every_row_is_what_counting_the_documents_gives(
    seed: int, labelled: Database, put: Callable[..., int]
) -> None:
    chance = random.Random(seed)
    db = labelled
    facts = []
    collected: dict[tuple[str, str, str], set[tuple[int, int]]] = defaultdict(set)
    for number in range(60):
        # Around the turn of a year, where ISO weeks, months and years part ways.
        day = (date(2023, 12, 20) + timedelta(days=chance.randrange(25))).isoformat()
        source, language = chance.choice(["alpha", "beta"]), chance.choice(["fr", "en", None])
        placed = chance.random() < 0.8
        document_id = put(
            f"d{number}",
            source_id=source,
            language=language,
            published_at=day,
            published_precision="day",
            published_origin="feed" if placed else "text",
        )
        text = document_id
        with transaction(db):
            if chance.random() < 0.5:
                cluster, relation = chance.randrange(1, 8), chance.choice(list(COUNTED))
                db.execute("insert into copies values (?, ?, ?, 1, 1)", [document_id, cluster, relation])
                text = -cluster if COUNTED[relation] else document_id
            for _ in range(chance.randrange(4)):
                narrative, voice = chance.choice(NARRATIVES), chance.choice(["own", "attributed", "rejected"])
                band, model = chance.choice(["flagged", "flagged", "review"]), chance.choice(MODELS)
                label(db, document_id, narrative, voice, band, model)
                if placed and band == "flagged" and model == "new":
                    facts.append((day, narrative, source, language or "unknown", voice, document_id, text))
        if placed:
            collected[day, source, language or "unknown"].add((document_id, text))
    # A cluster's id is one of its documents: those of the fake clusters are among the first seven.
    recompute(db)
    expected: dict[tuple[str, ...], set[tuple[int, int]]] = defaultdict(set)
    for day, narrative, source, language, voice, document_id, text in facts:
        moment = date.fromisoformat(day)
        starts = {
            "day": day,
            "week": iso_week_start(moment).isoformat(),
            "month": moment.replace(day=1).isoformat(),
        }
        for (period, start), s, lang, v in product(
            starts.items(), (source, "all"), (language, "all"), (voice, "any")
        ):
            expected[period, start, narrative, s, lang, v].add((document_id, text))

    def named(pairs: set[tuple[int, int]]) -> tuple[int, int]:
        return len({one for one, _ in pairs}), len({abs(text) for _, text in pairs})

    assert rows(db) == {(*key, *named(pairs)) for key, pairs in expected.items()}
    assert set(db.execute("select * from collected_daily").fetchall()) == {
        (*key, *named(pairs)) for key, pairs in collected.items()
    }


def test_a_second_call_writes_nothing_and_a_change_only_what_changed(
    labelled: Database, put: Callable[..., int]
) -> None:
    dated = {"published_precision": "day", "published_origin": "feed", "language": "fr"}
    db = labelled
    first = put("a", published_at="2024-05-01", **dated)
    second = put("b", published_at="2024-03-01", **dated)
    with transaction(db):
        label(db, first, "one", "own")
        label(db, second, "one", "own")
    assert recompute(db).changed > 0
    assert recompute(db).changed == 0
    kept = rows(db)
    with transaction(db):
        label(db, second, "two", "attributed")
    assert recompute(db).changed == 3 * 2 * 2 * 2
    assert kept < rows(db)
    with transaction(db):
        db.execute("update models set current = (model_id = 'old')")
    counts = recompute(db)
    assert (counts.trends, counts.collected_daily) == (0, 2)


def test_the_command_says_what_it_did(hub: Path) -> None:
    result = CliRunner().invoke(cli, ["trends", str(hub)])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == (
        "0 trend rows, 0 collection rows, 0 changed; 0 checkable sentences in 0 wordings, 0 changed.\n"
    )


def test_another_writer_is_not_locked_out_while_it_counts(hub: Path, labelled: Database) -> None:
    written = []

    def write_meanwhile(sql: str, parameters: object) -> None:
        if "insert into temp.new_trends" in sql and not written:
            with working_database(hub, "write") as other, transaction(other):
                written.append(other.execute("update sources set title = 'Alpha'").rowcount)

    with labelled.tracer(write_meanwhile):
        recompute(labelled)
    assert written == [2]
