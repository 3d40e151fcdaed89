"""Texts with everything that people said of them, and what follows from it: agreed, settled or open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from db.annotations import Label, Reading

#: adjudicated: somebody settled it; agreed: two or more coded it alike; single: one reading so far;
#: open: readings that differ; unread: skipped by all.
Standing = Literal["adjudicated", "agreed", "single", "open", "unread"]
#: narrative -> voice, for one sentence.
Codes = Mapping[str, str]

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class CodedItem:
    """A text that at least one person has read; ``sentences`` are (start, end, language) in its stretch."""

    review_item_id: int
    document_id: int
    reason: str
    period_start: str | None
    sentences: tuple[tuple[int, int, str | None], ...]
    readings: tuple[Reading, ...]
    adjudication: Reading | None

    @property
    def codings(self) -> tuple[Reading, ...]:
        """The readings that coded the text instead of skipping it."""
        return tuple(reading for reading in self.readings if reading.outcome != "skipped")

    def codes(self, reading: Reading) -> list[Codes]:
        """Return what a reading says of each sentence."""
        return [sentence_codes(reading.labels, start, end) for start, end, _ in self.sentences]

    @property
    def standing(self) -> Standing:
        """Return how far the text is from being settled."""
        if self.adjudication is not None and self.adjudication.outcome != "skipped":
            return "adjudicated"
        if not self.codings:
            return "unread"
        if len(self.codings) == 1:
            return "single"
        first, *others = (self.codes(reading) for reading in self.codings)
        return "agreed" if all(other == first for other in others) else "open"

    def final(self) -> list[Codes] | None:
        """Return the codes of each sentence that count, or None while readings differ."""
        match self.standing:
            case "adjudicated" if self.adjudication is not None:
                return self.codes(self.adjudication)
            case "agreed" | "single":
                return self.codes(self.codings[0])
            case _:
                return None


def sentence_codes(labels: Sequence[Label], start: int, end: int) -> Codes:
    """Return narrative -> voice of the labels that cover at least half of a sentence, or lie in it by half.

    Two labels of one narrative on one sentence in different voices keep the author's own voice first.
    """
    found: dict[str, str] = {}
    for label in labels:
        shared = min(label.end, end) - max(label.start, start)
        if shared > 0 and 2 * shared >= min(end - start, label.end - label.start):
            voices = [voice for voice in (found.get(label.narrative_id), label.voice) if voice is not None]
            found[label.narrative_id] = min(voices, key=("own", "attributed", "rejected").index)
    return found


def coded_items(
    db: Database, *, reason: str | None = None, doubly: bool = False, unsettled: bool = False
) -> Iterator[CodedItem]:
    """Yield every text that was read, by number: of one ``reason``, coded ``doubly``, or not adjudicated."""
    rows = db.execute(
        'select review_item_id, document_id, reason, period_start, start, "end" from review_items i '
        "where (? is null or reason = ?) and (select count(*) from latest_readings r "
        "where r.review_item_id = i.review_item_id and (not ? or outcome <> 'skipped')) > ? "
        "and not (? and exists (select 1 from reviews r where r.review_item_id = i.review_item_id "
        "and kind = 'adjudication')) order by review_item_id",
        [reason, reason, doubly, int(doubly), unsettled],
    ).fetchall()
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        readings = _readings(db, [row[0] for row in chunk])
        for item_id, document_id, why, period_start, first, last in chunk:
            codings, settled = readings.get(item_id, ([], None))
            yield CodedItem(
                item_id, document_id, why, period_start,
                tuple(sentences(db, document_id, first, last)), tuple(codings), settled,
            )  # fmt: skip


def sentences(db: Database, document_id: int, first: int, last: int) -> list[tuple[int, int, str | None]]:
    """Return the sentences (start, end, language) in a stretch of a text.

    A text that has not been segmented yet gives its lines.
    """
    rows = db.execute(
        'select start, "end", language from passages where document_id = ? and "end" > ? and start < ? '
        "order by position",
        [document_id, first, last],
    ).fetchall()
    if rows:
        return [(start, end, language) for start, end, language in rows]
    row = db.execute("select text, language from documents where document_id = ?", [document_id]).fetchone()
    found, position = [], 0
    for line in (row[0] if row else "").splitlines(keepends=True):
        start, end = position, position + len(line.rstrip())
        position += len(line)
        if start < end and end > first and start < last:
            found.append((start, end, row[1]))
    return found


def _readings(db: Database, items: Sequence[int]) -> dict[int, tuple[list[Reading], Reading | None]]:
    marks = ", ".join("?" * len(items))
    rows: list[tuple[Any, ...]] = db.execute(
        "select review_item_id, review_id, kind, coder, outcome, comment, model_shown, created_at "  # noqa: S608
        f"from reviews where review_item_id in ({marks}) and review_id in (select max(review_id) "
        f"from reviews where review_item_id in ({marks}) "
        "group by review_item_id, kind, iif(kind = 'coding', coder, '')) "
        "order by review_id",
        [*items, *items],
    ).fetchall()
    labels: dict[int, list[Label]] = {}
    for review_id, *label in db.execute(
        'select review_id, start, "end", narrative_id, voice from annotations where review_id in '  # noqa: S608
        f"(select review_id from reviews where review_item_id in ({marks})) order by 2, 3, 4",
        list(items),
    ).fetchall():
        labels.setdefault(review_id, []).append(Label(*label))
    found: dict[int, tuple[list[Reading], Reading | None]] = {}
    for item_id, review_id, kind, coder, outcome, comment, shown, created_at in rows:
        reading = Reading(
            review_id, coder, outcome, comment, bool(shown), created_at, tuple(labels.get(review_id, ()))
        )
        codings, settled = found.get(item_id, ([], None))
        if kind == "coding":
            codings.append(reading)
        else:
            settled = reading
        found[item_id] = (codings, settled)
    return found
