"""The pinned floor: a model whose quality falls under it is not put into use.

The floor is measured, never wished for: ``narratives evaluate --pin`` prints what the current model reaches,
less a margin for chance, with the digests of what it was measured on.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from classifiers.challenge import ChallengeResult, challenge
from classifiers.challenge_items import load_challenge, with_derived
from classifiers.judged import LEVELS
from classifiers.training import TrainedModel
from db.errors import NarrativesError

BASELINE = Path(__file__).with_name("baseline.json")
#: Cases that a narrative needs before it has a floor of its own.
FEWEST_CASES = 10
#: How much any figure may fall before a model is refused; figures on few cases may fall by their chance.
MARGIN = 0.03
_CHANCE = 1.0
#: The share of a narrative's coded sentences that may disappear from the training texts.
_FEWER = 0.1


@dataclass(frozen=True, slots=True)
class Floor:
    """A figure as it was measured on ``n`` cases, and how low it may fall."""

    measured: float
    n: int
    floor: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured of one model, and the digests of all that it hangs on; values are (figure, n)."""

    codebook_version: str
    training_sha256: str
    recipe: int
    challenge_sha256: str
    figures: Mapping[str, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The pinned floors by name of the figure."""

    codebook_version: str
    training_sha256: str
    recipe: int
    challenge_sha256: str
    floors: Mapping[str, Floor]


def with_challenge(trained: TrainedModel) -> TrainedModel:
    """Return the model with what it does on the challenge set, measured now unless it was before."""
    if trained.challenge is not None:
        return trained
    return replace(trained, challenge=challenge(trained.model, with_derived(load_challenge())))


def quality(trained: TrainedModel) -> Quality:
    """Measure a model on what ships with the project: cross-validation, and the challenge set."""
    items = "\n".join(item.model_dump_json() for item in load_challenge())
    digest = hashlib.sha256(items.encode("utf-8")).hexdigest()
    figures: dict[str, tuple[float, int]] = {}
    evaluation = trained.evaluation
    for level in LEVELS:
        one = evaluation.figure(level)
        if one.f1 is not None:
            figures[f"{level} F1"] = one.f1, one.n
    if (accuracy := evaluation.voice_accuracy()) is not None:
        figures["voice"] = accuracy, evaluation.voice_n
    for narrative_id, (value, n) in trained.unseen_ranking.items():
        if n >= FEWEST_CASES:
            figures[f"ranking of {narrative_id}"] = value, n
    scores = with_challenge(trained).challenge
    figures |= {} if scores is None else _challenge_figures(scores)
    card = trained.card
    return Quality(card.codebook_version, card.training_sha256, card.recipe, digest, figures)


def read_baseline(path: Path = BASELINE) -> Baseline:
    """Read the pinned floor. Raises NarrativesError when the file does not fit."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        floors = {name: Floor(**one) for name, one in content.pop("floors").items()}
        return Baseline(**content, floors=floors)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NarrativesError(
            f"{path} is not a pinned floor: {error}. Make it again with `narratives evaluate --pin`."
        ) from error


def baseline_of(measured: Quality) -> Baseline:
    """Return the floor that a measured quality makes."""
    return Baseline(
        measured.codebook_version,
        measured.training_sha256,
        measured.recipe,
        measured.challenge_sha256,
        {
            name: Floor(round(value, 3), n, round(max(0.0, value - _allowed(value, n)), 3))
            for name, (value, n) in measured.figures.items()
        },
    )


def falls(measured: Quality, baseline: Baseline) -> list[str]:
    """Return a line for every figure under its floor; narratives that a codebook lacks are not asked for."""
    found = []
    for name, floor in baseline.floors.items():
        if name in measured.figures:
            value, n = measured.figures[name]
            if value < floor.floor:
                found.append(
                    f"{name}: {value:.3f} (n {n}), floor {floor.floor:.3f} (measured {floor.measured:.3f})"
                )
            elif name.startswith("ranking of ") and n < (1 - _FEWER) * floor.n:
                found.append(f"{name}: only {n} coded sentences of {floor.n} are left to learn from")
        elif name.startswith("ranking of "):
            found.append(f"{name}: no longer measured; {floor.measured:.3f} (n {floor.n}) before")
    return found


def changed_inputs(measured: Quality, baseline: Baseline) -> list[str]:
    """Return which of the things that a floor hangs on are not those it was pinned with."""
    names = ("codebook_version", "training_sha256", "recipe", "challenge_sha256")
    return [name for name in names if getattr(measured, name) != getattr(baseline, name)]


def pinned(trained: TrainedModel) -> str:
    """Return the text of ``baseline.json`` for a model."""
    return json.dumps(asdict(baseline_of(quality(trained))), indent=1, ensure_ascii=False) + "\n"


def check(trained: TrainedModel, say: Callable[[str], None]) -> None:
    """Measure a model against the pinned floor; raise NarrativesError naming every figure under it."""
    baseline = read_baseline()
    measured = quality(trained)
    if changed := changed_inputs(measured, baseline):
        say(f"The floor was pinned with another {', '.join(changed)}.")
    if under := falls(measured, baseline):
        raise NarrativesError("Quality is under the pinned floor:\n  " + "\n  ".join(under))
    say(f"{len(baseline.floors)} figures are at or above the pinned floor.")


def _allowed(value: float, n: int) -> float:
    """Return how far a figure may fall: the margin, or one standard error where that is more."""
    return max(MARGIN, _CHANCE * math.sqrt(value * (1 - value) / max(1, n)))


def _challenge_figures(result: ChallengeResult) -> dict[str, tuple[float, int]]:
    figures = {f"challenge, {one.name}": (one.accuracy, one.n) for one in result.cues}
    for one in result.narratives:
        if one.recall is not None and one.wanted >= FEWEST_CASES:
            figures[f"challenge recall of {one.name}"] = one.recall, one.wanted
    return figures
