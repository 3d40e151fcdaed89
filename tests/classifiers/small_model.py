"""A model trained on a part of the bundled texts: quick to make, good enough to show behaviour."""

from functools import cache
from pathlib import Path

from classifiers.codebook import load_codebook
from classifiers.model_files import save
from classifiers.quality import with_challenge
from classifiers.training import TrainedModel, train
from classifiers.training_data import TrainingText, load_training

PASSAGES = 5
CONNECTED = 30


@cache
def small_texts() -> tuple[TrainingText, ...]:
    texts = load_training()
    connected = [text for text in texts if text.connected][:CONNECTED]
    return (*[text for text in texts if not text.connected][::PASSAGES], *connected)


@cache
def small_model() -> TrainedModel:
    return train(load_codebook(), small_texts())


@cache
def measured_small_model() -> TrainedModel:
    """Return the small model with what it does on the challenge set."""
    return with_challenge(small_model())


def models_folder(folder: Path) -> Path:
    """Write the small model where a deployment in ``folder`` looks for it."""
    save(small_model(), folder / "models")
    return folder / "models"
