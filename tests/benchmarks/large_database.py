"""A working database of many documents, written by SQL: what a press of years looks like, without its words.

Everything is invented. Weekly volume, storylines, voices, copies and outlets have the proportions of forty
outlets and one private group over five years, with two labels a document; one storyline changes level and
one phrase is new, so that reports have finds.

    python -m tests.benchmarks.large_database /tmp/large.db 1000000
"""

import random
import sys
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from classifiers.codebook import load_codebook
from db.codebook import sync_codebook
from db.connection import transaction, working_database
from db.identity import document_key, text_sha256
from db.reference import sync_reference
from db.trends import recompute
from tests.benchmarks.large_texts import Text, Writer, places

LAST_DAY = date(2026, 6, 14)
DAYS = 5 * 364
OUTLETS = 40
AS_OF = "2026-06-15T06:00:00Z"
#: Weeks since the first storyline rose.
WEEKS_OF_RISE = 10
#: Share of documents that copy one of the last originals, of those without a usable date, of private pieces.
COPIED, UNDATED, PRIVATE = 0.15, 0.05, 0.02
#: Share of the copies that repeat one and the same text, such as a notice under every bulletin.
NOTICES = 0.02
_ORIGINALS_KEPT = 40
_BATCH = 20_000
_GROUP = "groupe-invente"
_KINDS = ("private", "private", "agency", "broadcaster", "state", "blog", "official", "think-tank")
_LANGUAGES = (("fr", "en", "bm", None), (80, 12, 5, 3))
_OUTCOMES = (("stored", "not_modified", "duplicate", "http_error", "timeout"), (70, 15, 8, 5, 2))
_SCHEMA = {
    "captures": "capture_id, url, captured_at, status, content_type, payload_sha256, payload_bytes, "
    "warc_path, warc_offset",
    "documents": "document_id, document_key, identity, source_id, url, title, text, language, published_at, "
    "published_precision, published_origin, first_seen_at, placed_on, kind, author_key, text_sha256, "
    "capture_id",
    "passages": 'passage_id, document_id, position, start, "end", language',
    "predictions": "model_id, passage_id, narrative_id, document_id, voice, score, band",
    "scorings": "model_id, document_id, passages",
    "mentions": "document_id, partner_id, count",
    "copies": "document_id, cluster_id, relation, similarity, first_seen_rank",
    "claims": "passage_id, document_id, narrative_id, voice, claim_key, cluster_key, similarity",
    "fetches": "crawl_run_id, source_id, url, purpose, outcome, http_status, fetched_at, milliseconds, "
    "capture_id, document_id",
}
Rows = dict[str, list[tuple[Any, ...]]]


def fill(
    path: Path,
    documents: int,
    *,
    days: int = DAYS,
    seed: int = 1,
    say: Callable[[str], None] = lambda text: None,
) -> Path:
    """Make a working database of so many documents, with trends and search index; return its path."""
    with working_database(path, "create") as db:
        db.conn.execute("pragma synchronous = off")
        db.conn.execute("pragma cache_size = -400000")
        press = _Press(db, random.Random(seed), documents, days)
        for start in range(0, documents, _BATCH):
            rows: Rows = {table: [] for table in _SCHEMA}
            for number in range(start, min(start + _BATCH, documents)):
                press.write(rows, number)
            with transaction(db):
                for table, columns in _SCHEMA.items():
                    marks = ", ".join("?" * (columns.count(",") + 1))
                    db.conn.executemany(f"insert into {table} ({columns}) values ({marks})", rows[table])
            say(f"{min(start + _BATCH, documents):,} documents")
        with transaction(db):
            db.execute("insert into documents_fts (documents_fts) values ('rebuild')")
        say("search index")
        recompute(db)
        say("trends")
    return path


class _Press:
    """The invented press: what it has published so far, and what it publishes next."""

    def __init__(self, db: Database, rng: random.Random, documents: int, days: int) -> None:
        self._rng, self._total, self._days = rng, documents, days
        _reference(db)
        rows = db.execute("select narrative_id, falsifiable from narratives order by position").fetchall()
        self._narratives = [(str(name), bool(falsifiable)) for name, falsifiable in rows]
        self._partners = [str(row[0]) for row in db.execute("select partner_id from partners order by 1")]
        self._writer = Writer(rng, len(self._narratives))
        self._originals: deque[tuple[int, Text]] = deque(maxlen=_ORIGINALS_KEPT)
        self._notice: tuple[int, Text] | None = None
        self._sizes: dict[int, int] = {}

    def write(self, rows: Rows, number: int) -> None:
        """Add the rows of one more document."""
        rng, document_id = self._rng, number + 1
        day = LAST_DAY - timedelta(days=self._days - 1 - number * self._days // self._total)
        week = (day - LAST_DAY).days // 7
        private = rng.random() < PRIVATE
        source = _GROUP if private else f"journal-{min(int(rng.expovariate(0.08)), OUTLETS - 1):02d}"
        text = self._copy(rows, document_id) if not private and rng.random() < COPIED else None
        if text is None:
            text = self._writer.text(number, quiet=week < -WEEKS_OF_RISE, last_week=week == 0)
            if not private:
                self._originals.append((document_id, text))
        language = rng.choices(*_LANGUAGES)[0]
        self._page(rows, number, source, day, text, language)
        self._labels(rows, document_id, text, language)
        if rng.random() < 0.6:
            named = rng.sample(self._partners, k=rng.randrange(1, 4))
            rows["mentions"] += [(document_id, partner, rng.randrange(1, 6)) for partner in sorted(named)]

    def _copy(self, rows: Rows, document_id: int) -> Text | None:
        """Let the document copy one of the last originals, the newest most; none at the very start."""
        if not self._originals:
            return None
        back = min(int(self._rng.expovariate(0.15)), len(self._originals) - 1)
        self._notice = self._notice or self._originals[0]
        original, text = self._notice if self._rng.random() < NOTICES else self._originals[-1 - back]
        if original not in self._sizes:
            rows["copies"].append((original, original, "original", 1.0, 1))
        self._sizes[original] = rank = self._sizes.get(original, 1) + 1
        relation = self._rng.choices(("identical", "reworded", "excerpt"), (60, 30, 10))[0]
        rows["copies"].append((document_id, original, relation, 0.95, rank))
        return text

    def _page(
        self, rows: Rows, number: int, source: str, day: date, text: Text, language: str | None
    ) -> None:
        rng, document_id = self._rng, number + 1
        moment = f"{day}T{rng.randrange(6, 22):02d}:{rng.randrange(60):02d}:00Z"
        url = f"https://{source}.example/{number}"
        dated = rng.random() >= UNDATED
        private = source == _GROUP
        rows["captures"].append(
            (
                document_id,
                url,
                moment,
                200,
                "text/html",
                f"{number:064x}",
                9_000,
                "warc/large.warc.gz",
                number,
            )
        )
        words = " ".join(text.sentences)
        rows["documents"].append(
            (document_id, document_key(url), url, source, url,
             None if private else f"Titre inventé {number}", words, language,
             moment if dated else None, "minute" if dated else "unknown", "feed" if dated else None, moment,
             day.isoformat() if dated else None, "post" if private else "article",
             f"compte-{rng.randrange(400)}" if private else None, text_sha256(words), document_id)
        )  # fmt: skip
        outcome = rng.choices(*_OUTCOMES)[0]
        stored = (document_id, document_id) if outcome == "stored" else (None, None)
        rows["fetches"].append((1, source, url, "page", outcome, 200, moment, 120, *stored))

    def _labels(self, rows: Rows, document_id: int, text: Text, language: str | None) -> None:
        first = document_id * len(text.sentences)
        for position, (start, end) in enumerate(places(text.sentences)):
            rows["passages"].append((first + position, document_id, position, start, end, language))
        rows["scorings"].append(("m-large", document_id, len(text.sentences)))
        for label in text.labels:
            narrative_id, falsifiable = self._narratives[label.narrative]
            passage_id = first + label.sentence
            rows["predictions"].append(
                ("m-large", passage_id, narrative_id, document_id, label.voice, label.score, label.band)
            )
            if falsifiable and label.band == "flagged" and label.voice != "rejected":
                wording = min(int(self._rng.paretovariate(0.7)), 50_000)
                key = f"{label.narrative:04x}{wording:012x}"
                rows["claims"].append((passage_id, document_id, narrative_id, label.voice, key, key, 1.0))


def _reference(db: Database) -> None:
    codebook = load_codebook()
    with transaction(db):
        sync_reference(db)
        sync_codebook(db, codebook)
        sources = [
            (f"journal-{number:02d}", f"Le Journal inventé {number}", "feed", _KINDS[number % len(_KINDS)],
             int(number % 4 == 0))
            for number in range(OUTLETS)
        ]  # fmt: skip
        db.conn.executemany(
            "insert into sources (source_id, title, platform, language, kind, enabled, republish, "
            "first_listed_at) values (?, ?, ?, 'fr', ?, 1, ?, '2021-01-01T00:00:00Z')",
            [*sources, (_GROUP, "Le Groupe inventé", "telegram", "group", 0)],
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


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]), say=lambda text: print(text, file=sys.stderr))  # noqa: T201
