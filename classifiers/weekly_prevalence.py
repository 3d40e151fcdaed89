"""Weekly prevalence from the working database: estimated, stored for the publication, printed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sqlite_utils import Database

from classifiers.prevalence import Prevalence, Week, prevalence
from db.connection import transaction
from db.errors import NarrativesError
from db.labels import current_model
from db.prevalence import WeekTexts, has_audit, store_prevalence, weekly_texts


@dataclass(frozen=True, slots=True)
class WeeklyPrevalence:
    """One narrative in one week; distinct texts are counted, ``audited`` are those that people read."""

    period_start: str
    narrative_id: str
    texts: int
    outlets: int
    flagged: int
    audited: int
    audited_found: int
    method: str
    share: float
    low: float | None
    high: float | None
    tuning: float | None


def weekly_prevalence(
    db: Database, since: str | None = None, until: str | None = None
) -> Iterator[WeeklyPrevalence]:
    """Yield every week and every narrative that was flagged or found in it, under the current model.

    Raises NarrativesError when no model has read the database yet.
    """
    model = current_model(db)
    if model is None:
        raise NarrativesError("No model has read this database. Run `narratives classify DB` first.")
    for week in weekly_texts(db, model["model_id"], since, until):
        yield from _estimates(week)


def update_prevalence(db: Database) -> int:
    """Store the estimates of the current model and return how many rows there are.

    Without a random audit there is nothing to correct with: the plain counts already stand in ``trends``.
    """
    model = current_model(db)
    if model is None or not has_audit(db):
        return 0
    rows = [asdict(one) for one in weekly_prevalence(db)]
    with transaction(db):
        store_prevalence(db, model["model_id"], rows)
    return len(rows)


def as_rows(estimates: Sequence[WeeklyPrevalence]) -> list[dict[str, object]]:
    """Return the estimates as plain data for JSON."""
    return [asdict(one) for one in estimates]


def table(estimates: Sequence[WeeklyPrevalence]) -> str:
    """Return the estimates as lines for a terminal."""
    lines = [
        "Share of each week's distinct texts in which the author asserts the narrative. With a random human",
        "audit: prediction-powered, with its 95 % interval; without one the uncorrected count, no interval.",
        "",
        f"{'week':11} {'narrative':28} {'texts':>6} {'flagged':>8} {'audited':>8}  share",
    ]
    for one in estimates:
        share = f"{one.share:.3f}"
        if one.low is not None and one.high is not None:
            share += f" [{one.low:.3f}, {one.high:.3f}]"
        else:
            share += " uncorrected count, no interval"
        counts = f"{one.texts:>6} {one.flagged:>8} {one.audited:>8}"
        lines.append(f"{one.period_start:11} {one.narrative_id:28} {counts}  {share}")
    return "\n".join(lines) + "\n"


def _estimates(week: WeekTexts) -> Iterator[WeeklyPrevalence]:
    texts = week.texts
    named = sorted(frozenset().union(*(one.flagged | (one.found or frozenset()) for one in texts)))
    audited = np.array([row for row, one in enumerate(texts) if one.found is not None], dtype=np.int64)
    flags = np.array([[name in one.flagged for name in named] for one in texts], dtype=bool).reshape(
        len(texts), len(named)
    )
    found = np.array(
        [[name in (texts[row].found or ()) for name in named] for row in audited.tolist()], dtype=bool
    ).reshape(len(audited), len(named))
    sources = sorted({one.source_id for one in texts})
    estimates: Sequence[Prevalence] = prevalence(
        Week(
            flags=flags,
            outlets=np.array([sources.index(one.source_id) for one in texts], dtype=np.int64),
            audited=audited,
            found=found,
            # A text with more copies was likelier to be drawn.
            chances=np.array(
                [1 - (1 - week.audited_share) ** texts[row].copies for row in audited.tolist()], dtype=float
            ),
        )
    )
    for column, (name, estimate) in enumerate(zip(named, estimates, strict=True)):
        yield WeeklyPrevalence(
            week.period_start,
            name,
            len(texts),
            len(sources),
            int(flags[:, column].sum()),
            len(audited),
            int(found[:, column].sum()),
            estimate.method,
            estimate.share,
            estimate.low,
            estimate.high,
            estimate.tuning,
        )
