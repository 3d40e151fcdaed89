"""Documents that share texts, in a database of six invented outlets."""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from db.connection import transaction, working_database
from db.store import NewDocument, store_document


@contextmanager
def hub(path: Path) -> Iterator[Database]:
    with working_database(path, "create") as db:
        if not db.execute("select count(*) from sources").fetchone()[0]:
            with transaction(db):
                for number in range(6):
                    row = {
                        "source_id": f"outlet-{number}",
                        "title": f"Le Journal {number}",
                        "platform": "feed",
                    }
                    db.table("sources").insert(row | {"first_listed_at": "2024-01-01T00:00:00Z"})
        yield db


def document(
    name: str,
    text: str,
    *,
    source: int = 0,
    published: str | None = None,
    precision: str = "minute",
    seen: str = "2024-03-01T00:00:00Z",
    credit: str | None = None,
) -> NewDocument:
    return NewDocument(
        identity=f"https://outlet-{source}.example/{name}",
        source_id=f"outlet-{source}",
        text=text,
        kind="article",
        first_seen_at=seen,
        published_at=published,
        published_precision=precision if published else "unknown",  # type: ignore[arg-type]
        published_origin="feed" if published else None,
        credited_source=credit,
    )


def store(db: Database, documents: Iterable[NewDocument]) -> None:
    with transaction(db):
        for one in documents:
            store_document(db, one)


def relations(db: Database) -> dict[str, tuple[str, str, int]]:
    """Return name -> (name of the smallest document of the cluster, relation, rank)."""
    rows = db.execute(
        "select d.identity, c.identity, relation, first_seen_rank from copies join documents d "
        "using (document_id) join documents c on c.document_id = cluster_id"
    )
    return {one.rpartition("/")[2]: (other.rpartition("/")[2], *rest) for one, other, *rest in rows}


def prose(count: int, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(f"mot{chance.randrange(20_000)}" for _ in range(count))


def reworded(text: str, seed: int, changes: int) -> str:
    chance = random.Random(seed)
    found = text.split()
    for place in chance.sample(range(len(found)), changes):
        found[place] = f"autre{chance.randrange(1000)}"
    return " ".join(found)


def corpus(seed: int) -> list[NewDocument]:
    """Return documents with every kind of tie between them: chains, twins, excerpts, excerpts of excerpts."""
    chance = random.Random(seed)
    texts: list[str] = []
    made: list[NewDocument] = []
    for number in range(36):
        kind = chance.choice(["new", "new", "same", "reworded", "reworded", "excerpt", "excerpt", "short"])
        if kind == "new" or not texts:
            text = prose(chance.randrange(60, 200), seed * 1000 + number)
        elif kind == "same":
            text = chance.choice(texts)
        elif kind == "short":
            text = "Brève du jour"
        elif kind == "reworded":
            parent = chance.choice(texts)
            text = reworded(parent, seed * 1000 + number, min(chance.randrange(1, 5), len(parent.split())))
        else:
            parent = chance.choice(texts).split()
            text = f"{prose(50, seed * 1000 + number)} {' '.join(parent[: chance.randrange(30, 90)])}"
        if kind != "short":
            texts.append(text)
        day = chance.randrange(1, 28)
        published, precision = chance.choice(
            [
                (f"2024-01-{day:02}T{chance.randrange(24):02}:00:00Z", "minute"),
                (f"2024-01-{day:02}", "day"),
                (None, "unknown"),
            ]
        )
        made.append(
            document(
                f"d{number}",
                text,
                source=chance.randrange(6),
                published=published,
                precision=precision,
                seen=f"2024-03-{chance.randrange(1, 28):02}T00:00:00Z",
                credit=chance.choice([None, "Le Journal 2"]),
            )
        )
    return made


def table(db: Database) -> list[tuple[object, ...]]:
    return db.execute("select * from copies order by document_id").fetchall()
