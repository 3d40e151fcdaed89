"""Who reads what next: blind to each other, and on audit texts to the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.annotations import Reading, adjudication_of, readings_of
from db.coded_items import CodedItem, coded_items, sentences
from db.labels import current_model
from db.review_draws import CODINGS, SHARES, waiting

#: The reasons of ten texts in a row, spread so that every stretch of a session has some of each.
TURNS = (
    "uncertain", "disagreeing", "audit", "uncertain", "disagreeing",
    "uncertain", "new_outlet", "audit", "disagreeing", "uncertain",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MachineLabel:
    """What the current model says of a passage."""

    start: int
    end: int
    narrative_id: str
    voice: str
    score: float
    band: str


@dataclass(frozen=True, slots=True)
class Item:
    """A text to be coded: its stretch, its sentences (start, end, language) and where it comes from."""

    review_item_id: int
    document_id: int
    document_key: str
    reason: str
    start: int
    end: int
    focus: tuple[int, int] | None
    narrative_id: str | None
    score: float | None
    detail: str | None
    text: str
    title: str | None
    language: str | None
    source_title: str
    kind: str
    url: str | None
    placed_on: str | None
    sentences: tuple[tuple[int, int, str | None], ...]

    @property
    def blind(self) -> bool:
        """Whether the coder must not see what the model says."""
        return self.reason == "audit"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the queue is: texts by reason that wait, readings of one coder, texts to be settled."""

    waiting: dict[str, int]
    mine: int
    to_settle: int


def next_item(db: Database, coder: str) -> int | None:
    """Return the text that a coder is given next, or None when nothing waits for this coder.

    Reasons take turns in their shares; one that has run out leaves its turn to the others. A text that
    somebody else has coded comes first, so that pairs are completed. Audit texts come in the order of
    their random numbers within a week, so the coded ones are a random sample at any time. Nobody audits a
    document on which they have seen machine labels.
    """
    done = db.execute(
        "select count(*) from latest_readings where coder = ? and outcome <> 'skipped'", [coder]
    ).fetchone()[0]
    turn = TURNS[done % len(TURNS)]
    for reason in (turn, *(other for other in SHARES if other != turn)):
        row = db.execute(
            "select review_item_id, (select count(*) from latest_readings r where "
            "r.review_item_id = i.review_item_id and outcome <> 'skipped') as codings from review_items i "
            "where reason = ? and codings < ? and not exists (select 1 from reviews r where "
            "r.review_item_id = i.review_item_id and (r.coder = ? or r.kind = 'adjudication')) "
            "and not (i.reason = 'audit' and exists (select 1 from reviews r where r.coder = ? "
            "and r.document_id = i.document_id and r.model_shown)) "
            "order by codings desc, period_start desc, draw_number, review_item_id limit 1",
            [reason, CODINGS, coder, coder],
        ).fetchone()
        if row is not None:
            return int(row[0])
    return None


def item_of(db: Database, review_item_id: int) -> Item | None:
    """Return a text with its sentences, or None when it is not (or no longer) in the queue."""
    row = db.execute(
        'select i.document_id, document_key, reason, i.start, i."end", focus_start, focus_end, narrative_id, '
        "score, detail, d.text, d.title, d.language, s.title, d.kind, d.url, d.placed_on "
        "from review_items i join documents d using (document_id) join sources s using (source_id) "
        "where review_item_id = ?",
        [review_item_id],
    ).fetchone()
    if row is None:
        return None
    document_id, key, reason, start, end, focus_start, focus_end, *rest = row
    focus = None if focus_start is None else (focus_start, focus_end)
    narrative_id, score, detail, text, title, language, source, kind, url, placed_on = rest
    return Item(
        review_item_id, document_id, key, reason, start, end, focus, narrative_id, score, detail,
        text, title, language, source, kind, url, placed_on,
        tuple(sentences(db, document_id, start, end)),
    )  # fmt: skip


def machine_labels(db: Database, item: Item) -> list[MachineLabel]:
    """Return what the current model says of the text's passages; nothing for a blind text."""
    model = current_model(db)
    if item.blind or model is None:
        return []
    rows = db.execute(
        'select p.start, p."end", l.narrative_id, l.voice, l.score, l.band from predictions l '
        "join passages p using (passage_id) where l.model_id = ? and l.document_id = ? "
        'and p."end" > ? and p.start < ? order by p.start, l.score desc',
        [model["model_id"], item.document_id, item.start, item.end],
    )
    return [MachineLabel(*row) for row in rows.fetchall()]


def may_read(db: Database, review_item_id: int, coder: str) -> bool:
    """Return whether a coder may (still) code a text: it is not settled, nor coded by enough others."""
    readings = readings_of(db, review_item_id)
    if adjudication_of(db, review_item_id) is not None:
        return False
    if any(reading.coder == coder for reading in readings):
        return True
    return sum(reading.outcome != "skipped" for reading in readings) < CODINGS


def disagreements(db: Database) -> list[CodedItem]:
    """Return the texts on which readings differ and that nobody has settled, oldest first."""
    return [item for item in coded_items(db, doubly=True, unsettled=True) if item.standing == "open"]


def may_settle(db: Database, readings: Sequence[Reading], coder: str) -> bool:
    """Return whether a coder may settle a disagreement: one who did not take part in it.

    Where nobody else has an open account, the one who coded second may.
    """
    party = [reading.coder for reading in readings]
    if coder not in party:
        return True
    accounts = [row[0] for row in db.execute("select coder from coders where disabled_at is null").fetchall()]
    return all(name in party for name in accounts) and coder == party[-1] != party[0]


def progress(db: Database, coder: str) -> Progress:
    """Return how far the queue is, for one coder."""
    mine = db.execute("select count(*) from latest_readings where coder = ?", [coder]).fetchone()[0]
    to_settle = sum(may_settle(db, item.codings, coder) for item in disagreements(db))
    return Progress(waiting(db), mine, to_settle)


def own_readings(db: Database, coder: str, limit: int = 10) -> list[dict[str, Any]]:
    """Return the latest readings of a coder: review_item_id, title, outcome, labels, created_at."""
    return list(
        db.query(
            "select r.review_item_id, coalesce(d.title, substr(d.text, 1, 80)) as title, r.outcome, "
            "(select count(*) from annotations a where a.review_id = r.review_id) as labels, r.created_at, "
            "exists (select 1 from reviews x where x.review_item_id = r.review_item_id "
            "and x.kind = 'adjudication') as settled from latest_readings r join documents d "
            "using (document_id) where r.coder = ? order by r.review_id desc limit ?",
            [coder, limit],
        )
    )


def codebook(db: Database) -> list[dict[str, Any]]:
    """Return every narrative with its family, definition, rules and examples, in codebook order."""
    return list(
        db.query(
            "select n.*, f.title_fr as family_fr, f.title_en as family_en from narratives n "
            "join narrative_families f using (family_id) order by f.position, n.position"
        )
    )
