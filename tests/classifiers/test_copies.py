"""Copies: which documents share a text, and how they are related."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from classifiers.copies import update_copies
from classifiers.shingles import jaccard, shingles
from tests.classifiers.copied_texts import document, hub, prose, relations, reworded, store


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with hub(tmp_path / "hub.db") as opened:
        yield opened


def test_the_same_words_are_identical_whatever_their_case_accents_and_quotes(db: Database) -> None:
    store(
        db,
        [
            document("a", "L'armée a repris la ville de Ménaka, dit-on.", published="2024-02-01T10:00:00Z"),
            document(
                "b",
                "L’ARMEE a repris la ville de Menaka — dit-on !",
                source=1,
                published="2024-02-02T10:00:00Z",
            ),
            document("c", "Une autre phrase sans rapport avec la première.", source=2),
        ],
    )
    counts = update_copies(db)
    assert relations(db) == {"a": ("a", "original", 1), "b": ("a", "identical", 2)}
    assert (counts.compared, counts.clusters, counts.identical) == (3, 1, 1)
    assert update_copies(db).compared == 0


def test_a_reworded_text_is_in_the_cluster_with_its_similarity(db: Database) -> None:
    text = prose(300, 1)
    other = reworded(text, 2, 4)
    store(db, [document("a", text), document("b", other, source=1)])
    update_copies(db)
    assert relations(db) == {"a": ("a", "reworded", 1), "b": ("a", "reworded", 2)}
    expected = pytest.approx(jaccard(shingles(text), shingles(other)), abs=1e-4)
    assert [row[0] for row in db.execute("select similarity from copies")] == [expected, expected]


@pytest.mark.parametrize(
    ("text", "found"),
    [("", 0), ("Mali", 0), ("À bas les sanctions", 0), ("À bas les sanctions injustes", 2)],
)
def test_texts_of_fewer_than_five_words_are_never_copies(db: Database, text: str, found: int) -> None:
    store(db, [document("a", text), document("b", text.upper(), source=1)])
    assert update_copies(db).compared == 2
    assert [relation for _, relation, _ in relations(db).values()] == ["identical"] * found


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        ([("2024-02-02T09:00:00Z", "minute"), ("2024-02-01T09:00:00Z", "minute")], "b"),
        ([("2024-02-01T09:00:00Z", "minute"), ("2024-02-01T09:00:00Z", "minute")], None),
        ([("2024-02-02T09:00:00Z", "minute"), (None, "unknown")], "a"),
        ([("2024-02-02T09:00:00Z", "minute"), ("2024-02-01", "day")], None),
        ([("2024-02-02T09:00:00Z", "minute"), ("2024-02-03", "day")], "a"),
        ([("2024-02-02", "day"), ("2024-02-03", "day")], None),
        ([(None, "unknown"), (None, "unknown")], None),
        ([("2034-02-02T09:00:00Z", "minute"), (None, "unknown")], None),
    ],
)
def test_the_first_mover_is_known_only_from_a_trusted_minute(
    db: Database, dates: list[tuple[str | None, str]], first: str | None
) -> None:
    text = prose(60, 3)
    store(
        db,
        [
            document(name, text, source=number, published=published, precision=precision)
            for number, (name, (published, precision)) in enumerate(zip("ab", dates, strict=True))
        ],
    )
    update_copies(db)
    found = [name for name, (_, relation, _) in relations(db).items() if relation == "original"]
    assert found == ([first] if first else [])


def test_first_seen_only_ranks(db: Database) -> None:
    text = prose(60, 4)
    store(
        db,
        [
            document("late", text, seen="2024-03-02T00:00:00Z"),
            document("early", text, source=1, seen="2024-03-01T00:00:00Z"),
        ],
    )
    update_copies(db)
    assert relations(db) == {"early": ("late", "identical", 1), "late": ("late", "identical", 2)}


def test_a_chain_of_rewordings_is_one_cluster(db: Database) -> None:
    steps = [prose(300, 5)]
    for number in range(4):
        steps.append(reworded(steps[-1], 50 + number, 5))
    ends = jaccard(shingles(steps[0]), shingles(steps[-1]))
    assert ends < 0.8, "the ends of the chain must not be near copies of each other"
    store(db, [document(f"d{number}", text, source=number) for number, text in enumerate(steps)])
    update_copies(db)
    assert {cluster for cluster, _, _ in relations(db).values()} == {"d0"}
    assert len(relations(db)) == 5


def test_a_text_between_two_clusters_joins_them_under_the_smallest_id(db: Database) -> None:
    start = prose(300, 6)
    middle = reworded(start, 61, 6)
    end = reworded(middle, 62, 6)
    assert jaccard(shingles(start), shingles(end)) < 0.8
    store(db, [document("a1", start), document("a2", start, source=1)])
    store(db, [document("z1", end, source=2), document("z2", end, source=3)])
    update_copies(db)
    clusters = {name: cluster for name, (cluster, _, _) in relations(db).items()}
    assert clusters == {"a1": "a1", "a2": "a1", "z1": "z1", "z2": "z1"}
    store(db, [document("m", middle, source=4)])
    update_copies(db)
    assert {cluster for cluster, _, _ in relations(db).values()} == {"a1"}
    assert [rank for *_, rank in sorted(relations(db).values(), key=lambda row: row[2])] == [1, 2, 3, 4, 5]


def test_a_long_passage_in_another_outlet_is_an_excerpt_that_does_not_merge(db: Database) -> None:
    dispatch = prose(200, 7)
    article = f"{prose(150, 71)} {' '.join(dispatch.split()[50:110])} {prose(100, 72)}"
    store(
        db,
        [
            document("dispatch", dispatch, published="2024-02-01T10:00:00Z"),
            document("article", article, source=1, published="2024-02-02T10:00:00Z"),
        ],
    )
    counts = update_copies(db)
    assert relations(db) == {"article": ("dispatch", "excerpt", 2)}
    assert (counts.clusters, counts.excerpts) == (0, 1)
    similarity = db.execute("select similarity from copies where relation = 'excerpt'").fetchone()[0]
    assert similarity == pytest.approx(56 / (310 - 4), abs=1e-3)


def test_an_excerpt_that_names_its_source_is_credited(db: Database) -> None:
    dispatch = prose(200, 8)
    article = f"{prose(150, 81)} {' '.join(dispatch.split()[50:110])}"
    store(
        db,
        [
            document("dispatch", dispatch, published="2024-02-01T10:00:00Z"),
            document(
                "article", article, source=1, published="2024-02-02T10:00:00Z", credit="Source : Le Journal 0"
            ),
        ],
    )
    update_copies(db)
    assert relations(db)["article"] == ("dispatch", "credited", 2)


def test_a_passage_too_short_or_of_the_same_outlet_or_site_is_no_excerpt(db: Database) -> None:
    dispatch = prose(200, 9)
    short = f"{prose(100, 91)} {' '.join(dispatch.split()[50:85])}"
    own = f"{prose(100, 92)} {' '.join(dispatch.split()[50:150])}"
    furniture = document("furniture", f"{prose(100, 93)} {' '.join(dispatch.split()[:60])}", source=2)
    store(
        db,
        [
            replace(document("dispatch", dispatch), url="https://site.example/dispatch"),
            document("short", short, source=1),
            document("own", own),
            replace(furniture, url="https://www.site.example/furniture"),
        ],
    )
    update_copies(db)
    assert relations(db) == {}


def test_boilerplate_of_very_many_texts_is_no_excerpt(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.copy_batch.BOILERPLATE_TEXTS", 4)
    footer = prose(60, 10)
    for number in range(6):
        store(db, [document(f"d{number}", f"{prose(100, 100 + number)} {footer}", source=number)])
        update_copies(db)
        assert len(relations(db)) == (number if number < 4 else 0)


@pytest.mark.parametrize("seed", range(3))
def test_clusters_are_the_connected_near_copies(seed: int, db: Database) -> None:
    chance = random.Random(seed)
    originals = [prose(chance.randrange(60, 400), seed * 10_000 + number) for number in range(60)]
    texts = list(originals)
    for number, text in enumerate(originals):
        size = len(text.split())
        texts.append(reworded(text, number, max(1, round(size * chance.uniform(0.005, 0.03)))))
        texts.append(" ".join(text.split()[: round(size * chance.uniform(0.75, 1))]))
    store(db, [document(f"d{number}", text, source=number % 6) for number, text in enumerate(texts)])
    update_copies(db)
    same_text = "select document_id, cluster_id from copies where relation not in ('excerpt', 'credited')"
    clusters = dict(db.execute(same_text).fetchall())
    made = [shingles(text) for text in texts]
    every = itertools.combinations(range(len(made)), 2)
    pairs = [(one, other) for one, other in every if jaccard(made[one], made[other]) >= 0.8]
    met = [pair for pair in pairs if clusters.get(pair[0] + 1, -1) == clusters.get(pair[1] + 1, -2)]
    assert len(pairs) > 60
    assert len(met) / len(pairs) >= 0.99, f"recall {len(met)}/{len(pairs)}"
    # Nothing else is joined: every cluster lies inside one connected set of near copies.
    component = list(range(len(made)))
    for one, other in pairs:
        old, new = component[other], component[one]
        component = [new if name == old else name for name in component]
    for document_id, cluster in clusters.items():
        assert component[document_id - 1] == component[cluster - 1]
