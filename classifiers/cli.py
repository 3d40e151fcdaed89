"""Commands of the classifier: train, classify, predict, evaluate; heavy modules load when one runs."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from classifiers.codebook_cli import codebook as codebook
from classifiers.copies_cli import copies as copies
from classifiers.evaluate_cli import evaluate as evaluate
from classifiers.progress import Progress
from db.connection import working_database
from db.deployment import load_deployment

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _module(name: str) -> Any:
    """Import a module of this room on first use: ``--help`` must not wait for scikit-learn."""
    return importlib.import_module(f"classifiers.{name}")


def _say(message: str) -> None:
    click.echo(message, err=True)


@click.command()
@click.option(
    "--reviewed", type=_FILE, metavar="DB", help="Learn from what people coded in this database too."
)
@click.option("--force", is_flag=True, help="Use the model even when its quality is under the pinned floor.")
def train(reviewed: Path | None, force: bool) -> None:
    """Train a model from the labelled passages and make it the current one.

    Writes models/<model_id>.skops and models/current beside narratives.toml. The same passages, codebook and
    libraries give the same model. A model whose quality falls under the pinned floor is not made current:
    that is how wrong labels are noticed.

    \b
    Example:
      narratives train
      narratives train --reviewed mali.db
    """
    deployment = load_deployment()
    book = _module("codebook").load_codebook(deployment.codebook)
    texts = []
    if reviewed is not None:
        with working_database(reviewed, "read") as db:
            texts = _module("reviewed_texts").reviewed_texts(db)
        _say(f"{len(texts)} reviewed texts from {reviewed}.")
    trained = _module("model_files").train_and_save(
        deployment.models, book, _say, reviewed=texts, force=force
    )
    card = trained.card
    _say(
        f"Trained {card.model_id} on {card.texts} texts ({card.connected_texts} connected, {card.sentences} "
        f"sentences) with codebook {card.codebook_version}; {card.made_by}."
    )
    _say(_module("evaluation_table").summary(trained.evaluation))
    click.echo(deployment.models / f"{card.model_id}.skops")


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
def classify(database: Path) -> None:
    """Segment and label what the current model has not labelled, then find copies.

    May be stopped at any time; the next call goes on where it ended. Trains a model first when there is none.
    A new model first reads everything; then what it changed is said and kept, and it
    takes the old one's place.

    \b
    Example:
      narratives classify mali.db
    """
    deployment = load_deployment(database)
    book = _module("codebook").load_codebook(deployment.codebook)
    with working_database(database, "write") as db:
        done = _module("run").classify(
            db,
            book,
            deployment.models,
            say=_say,
            labelling=Progress("labelling"),
            comparing=Progress("comparing"),
        )
    counts = done.labels
    _say(
        f"{done.scored} documents labelled by {done.model_id}. In all: {counts['flagged']} passages "
        f"flagged in {counts['flagged_documents']} documents, {counts['review']} more for review; "
        f"{done.copies.clusters} clusters of copies."
    )
    if done.changes:
        _say(_module("comparison").table(done.changes))


@click.command()
def predict() -> None:
    """Label texts without a database: JSON lines in, JSON lines out.

    In: {"id", "text", "title"?, "language"?}. Out: {"id", "language", "passages": [{"start", "end",
    "narratives": [{"id", "score", "flagged", "voice"}]}]}, every passage, offsets in code points.

    \b
    Example:
      narratives predict < in.jsonl > out.jsonl
    """
    deployment = load_deployment()
    book = _module("codebook").load_codebook(deployment.codebook)
    trained = _module("model_files").ensure_model(deployment.models, book, _say)
    predicting = _module("predicting")
    # Bytes, not the terminal's idea of an encoding: the contract is UTF-8.
    stdin: BinaryIO = sys.stdin.buffer
    lines = (line.decode("utf-8", "replace") for line in stdin)
    for output in predicting.predict(trained.model, predicting.read_lines(lines)):
        click.echo(json.dumps(output, ensure_ascii=False).encode("utf-8"))
