"""Models on disk: ``<model_id>.skops`` and ``current``, which names the one in use.

A model is written as plain arrays and text, so that loading one needs no trust in any other type; a file
with anything else in it is refused (no pickle, no joblib).
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from skops import io

from classifiers.challenge import ChallengeResult, CueScore
from classifiers.codebook import Codebook
from classifiers.estimators.context_scorer import ContextScorer
from classifiers.estimators.narrative_model import NarrativeModel
from classifiers.estimators.sentence_scores import SentenceScorer
from classifiers.estimators.thresholds import Thresholds
from classifiers.estimators.voice_scorer import VoiceScorer
from classifiers.evaluation import Evaluation, Figure, Slice
from classifiers.quality import falls, quality, read_baseline, with_challenge
from classifiers.training import ModelCard, TrainedModel, sign_reader, train
from classifiers.training_data import TrainingText, load_training
from db.errors import NarrativesError

_FORMAT = 5
_CONTEXT = ("weights_", "mean_", "scale_", "shifts_")
_VOICE = ("first_coefficients_", "first_intercepts_", "coefficients_", "intercepts_")

Talk = Callable[[str], None]


def save(trained: TrainedModel, folder: Path) -> Path:
    """Write a model and make it the current one; both appear whole or not at all."""
    path = write(trained, folder)
    _write(folder / "current", f"{trained.card.model_id}\n".encode())
    return path


def write(trained: TrainedModel, folder: Path) -> Path:
    """Write a model without making it the current one."""
    folder.mkdir(parents=True, exist_ok=True)
    model = trained.model
    content = {
        "about": json.dumps(
            {
                "format": _FORMAT,
                "card": asdict(trained.card),
                "evaluation": trained.evaluation.as_dict(),
                "unseen_ranking": trained.unseen_ranking,
                "challenge": None if trained.challenge is None else asdict(trained.challenge),
                "narratives": list(model.narratives),
                "common_threshold": model.thresholds.common,
                "context_intercept": model.context.intercept_,
            },
            sort_keys=True,
            ensure_ascii=False,
        ),
        "words": model.words.state(),
        "context": _state(model.context, _CONTEXT),
        "voice": _state(model.voice, _VOICE),
        "flag": model.thresholds.flag,
    }
    path = folder / f"{trained.card.model_id}.skops"
    _write(path, io.dumps(content))
    return path


def load(path: Path, codebook: Codebook) -> TrainedModel:
    """Read a model. Raises NarrativesError when the file is damaged, or made for another codebook."""
    content, about = _read(path)
    if reason := _unfit(about, codebook):
        raise NarrativesError(f"{path} {reason}. Run `narratives train`.")
    return _restore(path, content, about, codebook)


def current_path(folder: Path) -> Path | None:
    """Return the file that ``current`` names, or None when there is no model yet."""
    pointer = folder / "current"
    if not pointer.is_file():
        return None
    path = folder / f"{pointer.read_text(encoding='utf-8').strip()}.skops"
    return path if path.is_file() else None


def train_and_save(
    folder: Path, codebook: Codebook, say: Talk, *, reviewed: Sequence[TrainingText] = (), force: bool = False
) -> TrainedModel:
    """Train on the bundled texts and those that people reviewed, write the model and make it current.

    Raises NarrativesError, leaving the current model in its place, when quality falls under the pinned floor;
    with ``force`` the model is used all the same, and it is said aloud.
    """
    trained = with_challenge(train(codebook, (*load_training(), *reviewed)))
    if under := falls(quality(trained), read_baseline()):
        report = "\n  ".join(under)
        if not force:
            path = write(trained, folder)
            raise NarrativesError(
                f"{trained.card.model_id} is under the pinned floor and was not put into use:\n  {report}\n"
                f"It lies at {path}. Look at the labels it learned from, or use it anyway with "
                "`narratives train --force`."
            )
        say(f"WARNING: {trained.card.model_id} is used although it is under the pinned floor:\n  {report}")
    save(trained, folder)
    return trained


def ensure_model(folder: Path, codebook: Codebook, say: Talk) -> TrainedModel:
    """Return the current model; train once, saying so, when there is none that fits the codebook."""
    path = current_path(folder)
    if path is None:
        say(f"No model in {folder} yet: training one from the bundled texts (about a minute).")
    else:
        content, about = _read(path)
        reason = _unfit(about, codebook)
        if reason is None:
            return _restore(path, content, about, codebook)
        say(f"The model {path.stem} {reason}: training one that fits (about a minute).")
    trained = train_and_save(folder, codebook, say, force=True)
    say(f"Trained {trained.card.model_id}.")
    return trained


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with _refusing(path):
        content: dict[str, Any] = io.loads(path.read_bytes(), trusted=[])
        about: dict[str, Any] = json.loads(content["about"])
        if not isinstance(about["format"], int):
            raise ValueError(f"format {about['format']!r}")
    return content, about


def _unfit(about: dict[str, Any], codebook: Codebook) -> str | None:
    """Return why a model cannot be used as it is, or None."""
    if about["format"] != _FORMAT:
        return f"was written by another release (format {about['format']}, here {_FORMAT})"
    if about["card"]["codebook_version"] != codebook.version:
        return (
            f"was trained with codebook {about['card']['codebook_version']}; the codebook is now "
            f"{codebook.version}"
        )
    return None


def _restore(path: Path, content: dict[str, Any], about: dict[str, Any], codebook: Codebook) -> TrainedModel:
    with _refusing(path):
        context = _restored(ContextScorer(), content["context"], _CONTEXT)
        context.intercept_ = about["context_intercept"]
        model = NarrativeModel(
            narratives=tuple(about["narratives"]),
            words=SentenceScorer().restore(content["words"]),
            context=context,
            voice=_restored(VoiceScorer(), content["voice"], _VOICE),
            thresholds=Thresholds(content["flag"], about["common_threshold"]),
            signs=sign_reader(codebook),
        )
        ranking = {narrative: (value, n) for narrative, (value, n) in about["unseen_ranking"].items()}
        return TrainedModel(
            ModelCard(**about["card"]),
            model,
            _evaluation(about["evaluation"]),
            ranking,
            _challenge(about["challenge"]),
        )


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn whatever a damaged or foreign file causes into a message with the remedy."""
    try:
        yield
    except Exception as error:
        raise NarrativesError(
            f"{path} cannot be used as a model ({type(error).__name__}: {str(error)[:200]}). "
            "Run `narratives train` to make it again."
        ) from error


def _state(estimator: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(estimator, name) for name in names}


def _restored(estimator: Any, state: dict[str, Any], names: Sequence[str]) -> Any:
    for name in names:
        setattr(estimator, name, state[name])
    return estimator


def _evaluation(content: dict[str, Any]) -> Evaluation:
    content = {key: value for key, value in content.items() if key != "voice_accuracy"}
    figures = _figures(content.pop("figures"))
    slices = tuple(Slice(**{**one, "figures": _figures(one["figures"])}) for one in content.pop("slices"))
    return Evaluation(**content, figures=figures, slices=slices)


def _challenge(content: dict[str, Any] | None) -> ChallengeResult | None:
    if content is None:
        return None
    groups = ("cues", "languages", "narratives")
    return ChallengeResult(
        content["items"], *(tuple(CueScore(**one) for one in content[group]) for group in groups)
    )


def _figures(rows: Sequence[dict[str, Any]]) -> tuple[Figure, ...]:
    return tuple(Figure(**row) for row in rows)


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
