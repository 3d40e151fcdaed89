"""Models on disk: ``<model_id>.skops`` and ``current``, which names the one in use.

A model is written as plain arrays, scikit-learn vectorisers and JSON, so that loading one needs no trust in
any other type; a file with anything else in it is refused (no pickle, no joblib).
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

from classifiers.codebook import Codebook
from classifiers.estimators.context_scorer import ContextScorer
from classifiers.estimators.narrative_model import NarrativeModel
from classifiers.estimators.sentence_scores import SentenceScorer
from classifiers.estimators.thresholds import Thresholds
from classifiers.estimators.voice_scorer import VoiceScorer
from classifiers.evaluation import Evaluation, Figure
from classifiers.training import ModelCard, TrainedModel, sign_reader, train
from classifiers.training_data import load_training
from db.errors import NarrativesError

_FORMAT = 1
_WORDS = ("words_", "characters_", "concepts_", "coefficients_", "intercepts_")
_CONTEXT = ("weights_", "mean_", "scale_", "shifts_")
_VOICE = ("coefficients_", "intercepts_", "mean_", "scale_")

Talk = Callable[[str], None]


def save(trained: TrainedModel, folder: Path) -> Path:
    """Write a model and make it the current one; both appear whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    model = trained.model
    content = {
        "about": json.dumps(
            {
                "format": _FORMAT,
                "card": asdict(trained.card),
                "evaluation": trained.evaluation.as_dict(),
                "narratives": list(model.narratives),
                "common_threshold": model.thresholds.common,
                "context_intercept": model.context.intercept_,
            },
            sort_keys=True,
            ensure_ascii=False,
        ),
        "words": _state(model.words, _WORDS),
        "context": _state(model.context, _CONTEXT),
        "voice": _state(model.voice, _VOICE),
        "flag": model.thresholds.flag,
    }
    path = folder / f"{trained.card.model_id}.skops"
    _write(path, io.dumps(content))
    _write(folder / "current", f"{trained.card.model_id}\n".encode())
    return path


def load(path: Path, codebook: Codebook) -> TrainedModel:
    """Read a model. Raises NarrativesError when the file is damaged, or made for another codebook."""
    content, about = _read(path)
    if not _fits(about, codebook):
        raise NarrativesError(
            f"{path} was trained with codebook {about['card']['codebook_version']}; the codebook is now "
            f"{codebook.version}. Run `narratives train`."
        )
    return _restore(path, content, about, codebook)


def current_path(folder: Path) -> Path | None:
    """Return the file that ``current`` names, or None when there is no model yet."""
    pointer = folder / "current"
    if not pointer.is_file():
        return None
    path = folder / f"{pointer.read_text(encoding='utf-8').strip()}.skops"
    return path if path.is_file() else None


def train_and_save(folder: Path, codebook: Codebook) -> TrainedModel:
    """Train on the bundled texts, write the model and make it current."""
    trained = train(codebook, load_training())
    save(trained, folder)
    return trained


def ensure_model(folder: Path, codebook: Codebook, say: Talk) -> TrainedModel:
    """Return the current model; train once, saying so, when there is none that fits the codebook."""
    path = current_path(folder)
    if path is None:
        say(f"No model in {folder} yet: training one from the bundled texts (about a minute).")
    else:
        content, about = _read(path)
        if _fits(about, codebook):
            return _restore(path, content, about, codebook)
        say(f"The codebook is now {codebook.version}: training a model that fits it (about a minute).")
    trained = train_and_save(folder, codebook)
    say(f"Trained {trained.card.model_id}.")
    return trained


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with _refusing(path):
        content: dict[str, Any] = io.loads(path.read_bytes(), trusted=[])
        about: dict[str, Any] = json.loads(content["about"])
        if about["format"] != _FORMAT:
            raise ValueError(f"format {about['format']}")
    return content, about


def _fits(about: dict[str, Any], codebook: Codebook) -> bool:
    return bool(about["card"]["codebook_version"] == codebook.version)


def _restore(path: Path, content: dict[str, Any], about: dict[str, Any], codebook: Codebook) -> TrainedModel:
    with _refusing(path):
        context = _restored(ContextScorer(), content["context"], _CONTEXT)
        context.intercept_ = about["context_intercept"]
        model = NarrativeModel(
            narratives=tuple(about["narratives"]),
            words=_restored(SentenceScorer(), content["words"], _WORDS),
            context=context,
            voice=_restored(VoiceScorer(), content["voice"], _VOICE),
            thresholds=Thresholds(content["flag"], about["common_threshold"]),
            signs=sign_reader(codebook),
        )
        return TrainedModel(ModelCard(**about["card"]), model, _evaluation(about["evaluation"]))


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
    figures = tuple(Figure(**row) for row in content.pop("figures"))
    return Evaluation(**content, figures=figures)


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
