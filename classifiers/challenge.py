"""Measuring a model on the challenge set, cue by cue."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from classifiers.challenge_items import ChallengeItem
from classifiers.estimators.narrative_model import NarrativeModel
from classifiers.evaluation import FEWEST
from classifiers.intervals import share_interval
from classifiers.predicting import InputText, predict

MADE_BY = "language-model texts and labels, not reviewed by a person"


@dataclass(frozen=True, slots=True)
class CueScore:
    """How a model did on the items of one cue, or with one narrative.

    ``right`` counts items that got what was asked: flagged in the right voice, or not flagged. ``wanted``
    are the items to be flagged, of which ``found`` were, in any voice. The interval is 95 %, resampling the
    sets of variants; None where there are fewer than 10 items.
    """

    name: str
    n: int
    right: int
    low: float | None
    high: float | None
    wanted: int
    found: int

    @property
    def accuracy(self) -> float:
        return self.right / self.n

    @property
    def recall(self) -> float | None:
        return self.found / self.wanted if self.wanted else None


@dataclass(frozen=True, slots=True)
class ChallengeResult:
    """The scores by cue, by language and by narrative."""

    items: int
    cues: tuple[CueScore, ...]
    languages: tuple[CueScore, ...]
    narratives: tuple[CueScore, ...]

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {"made_by": MADE_BY, **asdict(self)}


@dataclass(frozen=True, slots=True)
class _Answer:
    item: ChallengeItem
    voice: str | None

    @property
    def right(self) -> bool:
        return self.voice == self.item.voice


def challenge(
    model: NarrativeModel,
    items: Iterable[ChallengeItem],
    progress: Callable[[int, int], None] | None = None,
) -> ChallengeResult:
    """Label every item and compare; an item is flagged when any of its sentences is."""
    asked = list(items)
    texts = (InputText(id=item.id, text=item.text, language=item.language) for item in asked)
    answers = []
    for item, output in zip(asked, predict(model, texts), strict=True):
        answers.append(_Answer(item, _said(output, item.narrative)))
        if progress is not None:
            progress(len(answers), len(asked))
    return ChallengeResult(
        len(answers),
        _grouped(answers, lambda one: one.item.cue),
        _grouped(answers, lambda one: one.item.language),
        _grouped(answers, lambda one: one.item.narrative),
    )


def table(result: ChallengeResult) -> str:
    """Return the result as lines for a terminal."""
    lines = [
        f"challenge set, {result.items} items; {MADE_BY}; never trained on",
        "right: flagged in the right voice, or rightly not flagged, with 95 % interval (bootstrap over sets)",
        "found: flagged at all, of those to be flagged",
    ]
    for title, scores in (
        ("cue", result.cues),
        ("language", result.languages),
        ("narrative", result.narratives),
    ):
        lines += ["", f"{title:30} {'n':>5}  {'right':<20} found"]
        lines += [_line(one) for one in scores]
    return "\n".join(lines) + "\n"


def _line(one: CueScore) -> str:
    right = f"{one.accuracy:.2f} [{one.low:.2f}, {one.high:.2f}]" if one.low is not None else "-"
    found = "-" if one.recall is None else f"{one.recall:.2f} of {one.wanted}"
    return f"{one.name:30} {one.n:>5}  {right:<20} {found}"


def _said(output: dict[str, object], narrative: str) -> str | None:
    """Return the voice in which a narrative was flagged, the best score deciding, or None."""
    passages = output["passages"]
    assert isinstance(passages, list)
    flags = [
        (label["score"], label["voice"])
        for passage in passages
        for label in passage["narratives"]
        if label["id"] == narrative and label["flagged"]
    ]
    return max(flags)[1] if flags else None


def _grouped(answers: Sequence[_Answer], key: Callable[[_Answer], str]) -> tuple[CueScore, ...]:
    groups: defaultdict[str, list[_Answer]] = defaultdict(list)
    for answer in answers:
        groups[key(answer)].append(answer)
    return tuple(_score(name, group) for name, group in groups.items())


def _score(name: str, answers: Sequence[_Answer]) -> CueScore:
    sets = sorted({one.item.set for one in answers})
    rows = np.zeros((len(sets), 2), dtype=np.int64)
    for one in answers:
        rows[sets.index(one.item.set)] += (one.right, 1)
    enough = len(answers) >= FEWEST
    low, high = share_interval(rows[:, 0], rows[:, 1]) if enough else (None, None)
    wanted = [one for one in answers if one.item.voice is not None]
    return CueScore(
        name,
        len(answers),
        sum(one.right for one in answers),
        low,
        high,
        len(wanted),
        sum(one.voice is not None for one in wanted),
    )
