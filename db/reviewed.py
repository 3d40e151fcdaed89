"""What people's codings are for: training texts, the random audit sample, and how far coders agree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.agreement import Agreement, measure
from db.coded_items import CodedItem, Codes, Standing, coded_items

#: How much a reviewed text weighs beside a bundled one; a single reading weighs half of a settled one.
WEIGHTS: Mapping[str, float] = {"adjudicated": 1.0, "agreed": 1.0, "single": 0.5}


@dataclass(frozen=True, slots=True)
class ReviewedSentence:
    """A sentence as people coded it; without codes it is a counter-example, which is as good a find."""

    text: str
    language: str | None
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReviewedText:
    """Consecutive sentences of one document, each coded. ``codes`` are (narrative, voice)."""

    review_item_id: int
    document_key: str
    source_id: str
    kind: str
    language: str | None
    title: str | None
    reason: str
    standing: Standing
    weight: float
    sentences: tuple[ReviewedSentence, ...]

    def training_line(self) -> dict[str, Any]:
        """Return the text as a line of a ``connected-*.jsonl`` training file, with weight and standing."""
        return {
            "id": f"reviewed-{self.review_item_id}",
            "language": self.language or "fr",
            "register": self.kind,
            "title": self.title,
            "outlet": self.source_id,
            "sentences": [
                {
                    "text": sentence.text,
                    "codes": [
                        {"narrative": narrative, "voice": voice} for narrative, voice in sentence.codes
                    ],
                }
                for sentence in self.sentences
            ],
            "weight": self.weight,
            "standing": self.standing,
            "reason": self.reason,
        }


def reviewed_passages(db: Database) -> Iterator[ReviewedText]:
    """Yield what people settled, coded alike or read once, in the shape of training texts.

    The random audit stays out: it measures models, and a model that learned from it could not be
    measured by it. Texts on which readings differ stay out until somebody settles them.
    """
    for item in coded_items(db):
        codes = item.final()
        if item.reason != "audit" and codes is not None and item.sentences:
            yield _reviewed_text(db, item, codes)


@dataclass(frozen=True, slots=True)
class AuditDocument:
    """A document of the random audit that people coded as a whole.

    ``inclusion_probability`` is that of the draw: drawn / population of its week. ``weight`` is
    population / coded: how many documents it stands for when those not coded yet are missing at random.
    ``narratives`` are (narrative, voice) found anywhere in the text.
    """

    document_id: int
    period_start: str
    inclusion_probability: float
    weight: float
    standing: Standing
    narratives: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AuditPeriod:
    """One week of the random audit: documents in it, drawn, and coded so far."""

    period_start: str
    population: int
    drawn: int
    documents: tuple[AuditDocument, ...]


def audit_sample(db: Database, since: str | None = None, until: str | None = None) -> list[AuditPeriod]:
    """Return the random audit by week (Mondays from ``since`` to ``until``, inclusive), oldest first.

    Whoever was drawn was drawn by a number that depends on no model, so predictions may be measured
    on it. Texts on which readings still differ are drawn but not among ``documents``.
    """
    settled: dict[str, list[tuple[CodedItem, list[Codes]]]] = {}
    for item in coded_items(db, reason="audit"):
        if (codes := item.final()) is not None and item.period_start is not None:
            settled.setdefault(item.period_start, []).append((item, codes))
    rows = db.execute(
        "select a.period_start, (select count(*) from documents where placed_on between a.period_start "
        "and date(a.period_start, '+6 days')), (select count(*) from review_items i where "
        "i.reason = 'audit' and i.period_start = a.period_start) from audit_draws a "
        "where a.period_start between coalesce(?, '') and coalesce(?, '9999') order by 1",
        [since, until],
    ).fetchall()
    periods = []
    for period_start, population, drawn in rows:
        items = settled.get(period_start, [])
        documents = tuple(
            AuditDocument(
                item.document_id,
                period_start,
                drawn / population if population else 1.0,
                population / len(items),
                item.standing,
                frozenset((narrative, voice) for sentence in codes for narrative, voice in sentence.items()),
            )
            for item, codes in items
        )
        periods.append(AuditPeriod(period_start, population, drawn, documents))
    return periods


@dataclass(frozen=True, slots=True)
class CoderAgreement:
    """How far coders agree: overall, by narrative, by coder, and on the voice where they agree otherwise."""

    overall: Agreement
    narratives: dict[str, Agreement]
    voice: Agreement
    coders: dict[str, Agreement]


def coder_agreement(db: Database, *, reason: str | None = None) -> CoderAgreement:
    """Measure the agreement of people over all doubly coded texts, sentence by sentence.

    A unit is a sentence and a narrative, its value whether the coder found it there. ``coders`` holds for
    each coder the agreement over the texts that the coder took part in. Adjudications do not count:
    they are no independent reading.
    """
    items = list(coded_items(db, reason=reason, doubly=True))
    known = [row[0] for row in db.execute("select narrative_id from narratives order by position")]
    coded = [(item, [item.codes(reading) for reading in item.codings]) for item in items]
    per_text = {
        narrative: [
            [tuple(narrative in codes for codes in sentence) for sentence in zip(*given, strict=True)]
            for _, given in coded
        ]
        for narrative in known
    }
    pooled = [
        [unit for narrative in known for unit in per_text[narrative][number]] for number in range(len(coded))
    ]
    voices = [
        [
            tuple(codes[narrative] for codes in sentence)
            for sentence in zip(*given, strict=True)
            for narrative in known
            if all(narrative in codes for codes in sentence)
        ]
        for _, given in coded
    ]
    names = sorted({reading.coder for item in items for reading in item.codings})
    return CoderAgreement(
        measure(pooled, absent=False),
        {narrative: measure(texts, absent=False) for narrative, texts in per_text.items()},
        measure(voices),
        {
            name: measure(
                [
                    units
                    for units, item in zip(pooled, items, strict=True)
                    if name in {reading.coder for reading in item.codings}
                ],
                absent=False,
            )
            for name in names
        },
    )


def _reviewed_text(db: Database, item: CodedItem, codes: list[Codes]) -> ReviewedText:
    text, key, source_id, kind, language, title = db.execute(
        "select text, document_key, source_id, kind, language, title from documents where document_id = ?",
        [item.document_id],
    ).fetchone()
    return ReviewedText(
        item.review_item_id, key, source_id, kind, language, title, item.reason, item.standing,
        WEIGHTS[item.standing],
        tuple(
            ReviewedSentence(text[start:end], spoken, tuple(sorted(found.items())))
            for (start, end, spoken), found in zip(item.sentences, codes, strict=True)
        ),
    )  # fmt: skip
