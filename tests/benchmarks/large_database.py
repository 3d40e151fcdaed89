"""A working database of many documents, written by SQL: what a press of years looks like, without its words.

Everything is invented. Weekly volume, storylines, voices, copies and outlets have the proportions of forty
outlets over five years; one storyline changes level and one phrase is new, so that reports have finds.
"""

import random
import sys
from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database

from classifiers.codebook import load_codebook
from db.codebook import sync_codebook
from db.connection import transaction, working_database
from db.reference import sync_reference

LAST_DAY = date(2026, 6, 14)
DAYS = 5 * 364
OUTLETS = 40
_BATCH = 20_000
_OPENINGS = (
    "Le ministre a reçu",
    "Une délégation visite",
    "La radio annonce",
    "Le marché rouvre à",
    "On attend à",
)
_PLACES = ("Kalanfa", "Sirabougou", "Donkoro", "Tiénfala", "Wassou", "Baramandi")
_PHRASE = "pacte des trois rives"
AS_OF = "2026-06-15T06:00:00Z"
#: Share of documents that copy another, and weeks since the first storyline rose.
COPIED = 0.1
WEEKS_OF_RISE = 10


def fill(path: Path, documents: int, *, seed: int = 1) -> Path:
    """Make a working database with as many documents and return its path."""
    rng = random.Random(seed)
    with working_database(path, "create") as db:
        db.conn.execute("pragma synchronous = off")
        narratives = _reference(db)
        for start in range(0, documents, _BATCH):
            _documents(db, rng, start, min(start + _BATCH, documents), documents, narratives)
    return path


def _reference(db: Database) -> list[str]:
    codebook = load_codebook()
    with transaction(db):
        sync_reference(db)
        sync_codebook(db, codebook)
        db.conn.executemany(
            "insert into sources (source_id, title, platform, language, kind, enabled, first_listed_at) "
            "values (?, ?, 'feed', 'fr', 'private', 1, '2021-01-01T00:00:00Z')",
            [(f"journal-{number:02d}", f"Le Journal inventé {number}") for number in range(OUTLETS)],
        )
        db.execute(
            "insert into models (model_id, codebook_version, training_sha256, trained_at, versions, card, "
            "current) values ('m-large', ?, ?, '2026-01-01T00:00:00Z', '{}', '{}', 1)",
            [codebook.version, "ab" * 32],
        )
        db.execute(
            "insert into crawl_runs (started_at, finished_at, command, status, software) "
            "values ('2026-06-15T05:00:00Z', ?, 'crawl', 'finished', 'benchmark')",
            [AS_OF],
        )
    return [str(row[0]) for row in db.execute("select narrative_id from narratives order by position")]


def _documents(
    db: Database, rng: random.Random, start: int, end: int, total: int, narratives: list[str]
) -> None:
    documents, passages, labels, copies = [], [], [], []
    for number in range(start, end):
        identifier = number + 1
        day = LAST_DAY - timedelta(days=DAYS - 1 - number * DAYS // total)
        week = (day - LAST_DAY).days // 7
        text, told = _text(rng, number, week, narratives)
        copied = number > start + 50 and rng.random() < COPIED
        original = number - rng.randrange(1, 50) + 1 if copied else identifier
        moment = f"{day}T{rng.randrange(6, 22):02d}:{rng.randrange(60):02d}:00Z"
        key = f"{identifier * 2654435761 % 2**64:016x}"
        outlet = f"journal-{rng.randrange(OUTLETS):02d}"
        documents.append(
            (identifier, key, f"https://{outlet}.example/{number}", outlet, f"https://{outlet}.example/{number}",
             f"Titre inventé {number}", text, "fr", moment, "minute", "feed", moment, day.isoformat(),
             "article", f"{number:064x}")
        )  # fmt: skip
        if copied:
            copies.append((identifier, original, "identical", 1.0, 2))
        for position, (first, last, narrative_id, voice) in enumerate(told):
            passage_id = identifier * 4 + position
            passages.append((passage_id, identifier, position, first, last, "fr"))
            score = round(rng.random(), 3)
            labels.append(("m-large", passage_id, narrative_id, identifier, voice, score, "flagged"))
    originals = {row[1] for row in copies} - {row[0] for row in copies}
    copies += [(original, original, "original", 1.0, 1) for original in sorted(originals)]
    with transaction(db):
        db.conn.executemany(
            "insert into documents (document_id, document_key, identity, source_id, url, title, text, "
            "language, published_at, published_precision, published_origin, first_seen_at, placed_on, "
            "kind, text_sha256) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            documents,
        )
        db.conn.executemany(
            'insert into passages (passage_id, document_id, position, start, "end", language) '
            "values (?, ?, ?, ?, ?, ?)",
            passages,
        )
        db.conn.executemany(
            "insert into predictions (model_id, passage_id, narrative_id, document_id, voice, score, band) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            labels,
        )
        db.conn.executemany("insert or ignore into copies values (?, ?, ?, ?, ?)", copies)


def _text(
    rng: random.Random, number: int, week: int, narratives: list[str]
) -> tuple[str, list[tuple[int, int, str, str]]]:
    """Return a text and its labels: start, end, narrative, voice."""
    sentences = [f"{rng.choice(_OPENINGS)} {rng.choice(_PLACES)}, dossier {number % 9973}." for _ in range(3)]
    told, at = [], 0
    for sentence in sentences[: rng.choices((0, 1, 2), (65, 25, 10))[0]]:
        position = rng.randrange(len(narratives))
        if position == 0 and week < -WEEKS_OF_RISE and rng.random() < 0.5:
            position = 5  # the first storyline is told half as often before it turns
        if week == 0 and rng.random() < 0.05:
            sentences[0] = sentence = (
                f"Chacun parle du {_PHRASE} à {rng.choice(_PLACES)}, dossier {number % 9973}."
            )
        voice = rng.choices(("own", "attributed", "rejected"), (50, 40, 10))[0]
        told.append((at, at + len(sentence), narratives[position], voice))
        at += len(sentence) + 1
    return " ".join(sentences), told


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
