"""Whether the model errs alike whatever side an outlet is said to stand on.

The false-flag rate of a group is the share of (text, narrative) pairs without a code that are flagged all the
same. The alignment of an outlet comes from the catalogue's statements and is never an input of the model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sqlite_utils import Database

from classifiers.evaluation import FEWEST
from classifiers.intervals import resamples, share_interval
from classifiers.judged import JudgedText
from db.alignment import audited_flags, groups_in
from db.errors import NarrativesError
from db.labels import current_model

#: The greatest gap between two groups that the project allows itself, in shares.
GREATEST_GAP = 0.05


@dataclass(frozen=True, slots=True)
class Side:
    """A group of outlets: texts, pairs of text and narrative without a code, and how many were flagged.

    ``texts_flagged`` counts texts with at least one false flag. No rate under 10 texts.
    """

    group: str
    texts: int
    pairs: int
    false_flags: int
    texts_flagged: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The groups, and the gap between the highest and the lowest rate with its 95 % interval."""

    sides: tuple[Side, ...]
    unplaced: int
    gap: float | None
    gap_low: float | None
    gap_high: float | None

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {**asdict(self), "greatest_gap_allowed": GREATEST_GAP}


@dataclass(frozen=True, slots=True)
class Placed:
    """One text: its group (None when nobody says where its outlet stands), flags, codes, and what is open."""

    group: str | None
    flagged: frozenset[str]
    coded: frozenset[str]


def placed(text: JudgedText, group: str | None) -> Placed:
    """Return a judged text as the audit takes it; what one coder of two gave counts as coded."""
    coded = frozenset(narrative for _, narrative in (*text.agreed, *text.unsure))
    return Placed(group, text.flagged, coded)


def audited(db: Database) -> list[Placed]:
    """Return the documents that people read in the random audit, under the current model.

    Raises NarrativesError when no model has read the database yet.
    """
    model = current_model(db)
    if model is None:
        raise NarrativesError("No model has read this database. Run `narratives classify DB` first.")
    groups = groups_in(db)
    return [
        Placed(groups.get(source_id), flagged, found)
        for source_id, flagged, found in audited_flags(db, model["model_id"])
    ]


def symmetry(texts: Iterable[Placed], narratives: Sequence[str], seed: int = 1) -> Symmetry:
    """Return false-flag rates by group, over the given narratives."""
    groups: dict[str, list[tuple[int, int]]] = {}
    unplaced = 0
    for text in texts:
        if text.group is None:
            unplaced += 1
            continue
        free = frozenset(narratives) - text.coded
        groups.setdefault(text.group, []).append((len(free & text.flagged), len(free)))
    counts = {name: np.array(rows, dtype=np.int64) for name, rows in sorted(groups.items())}
    sides = tuple(_side(name, rows) for name, rows in counts.items())
    gap, low, high = _gap({name: rows for name, rows in counts.items() if len(rows) >= FEWEST}, seed)
    return Symmetry(sides, unplaced, gap, low, high)


def table(result: Symmetry, titles: Mapping[str, str]) -> str:
    """Return the audit as lines for a terminal."""
    lines = [
        "False flags by where outlets are said to stand (catalogue statements, never an input of the model)",
        f"rate: flagged (text, narrative) pairs of those without a code; no rate under {FEWEST} texts",
        "",
        f"{'':48} {'texts':>6} {'pairs':>7} {'false':>6}  rate",
    ]
    for side in result.sides:
        rate = "-" if side.rate is None else f"{side.rate:.3f} [{side.low:.3f}, {side.high:.3f}]"
        title = titles.get(side.group, side.group)[:48]
        lines.append(f"{title:48} {side.texts:>6} {side.pairs:>7} {side.false_flags:>6}  {rate}")
    lines.append(f"texts of outlets without such a statement: {result.unplaced}")
    if result.gap is None:
        lines.append(f"gap: fewer than two groups have {FEWEST} texts")
    else:
        verdict = "within" if result.gap <= GREATEST_GAP else "ABOVE"
        lines.append(
            f"gap {result.gap:.3f} [{result.gap_low:.3f}, {result.gap_high:.3f}]: {verdict} the "
            f"{GREATEST_GAP:.2f} that the project allows"
        )
    return "\n".join(lines) + "\n"


def _side(name: str, rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Side:
    false, pairs = int(rows[:, 0].sum()), int(rows[:, 1].sum())
    counts = (name, len(rows), pairs, false, int((rows[:, 0] > 0).sum()))
    if len(rows) < FEWEST:
        return Side(*counts, None, None, None)
    low, high = share_interval(rows[:, 0], rows[:, 1])
    return Side(*counts, false / pairs, low, high)


def _gap(
    counts: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.int64]]], seed: int
) -> tuple[float | None, float | None, float | None]:
    """Return the widest gap between two groups, with the interval of the difference of these two."""
    if len(counts) < 2:
        return None, None, None
    rates = {name: rows[:, 0].sum() / rows[:, 1].sum() for name, rows in counts.items()}
    highest, lowest = max(rates, key=rates.__getitem__), min(rates, key=rates.__getitem__)
    drawn = []
    for offset, name in enumerate((highest, lowest)):
        totals = resamples(len(counts[name]), seed + offset) @ counts[name]
        drawn.append(totals[:, 0] / totals[:, 1])
    low, high = np.percentile(drawn[0] - drawn[1], [2.5, 97.5])
    return float(rates[highest] - rates[lowest]), float(low), float(high)
