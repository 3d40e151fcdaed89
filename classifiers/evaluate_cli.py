"""``narratives evaluate``: every way in which a model is measured, printed or as JSON."""

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import click

from classifiers.progress import Progress
from db.connection import transaction, working_database
from db.deployment import load_deployment

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class _Measured:
    """One measurement: its name among the keys of the JSON object, its data, and its lines."""

    name: str
    data: dict[str, Any]
    lines: str


def _module(name: str) -> Any:
    """Import a module of this room on first use: ``--help`` must not wait for scikit-learn."""
    return importlib.import_module(f"classifiers.{name}")


def _say(message: str) -> None:
    click.echo(message, err=True)


@click.command()
@click.option("--gold", type=_FILE, help="Coded texts (JSON lines) to measure on; else cross-validation.")
@click.option(
    "--ordinary",
    type=_FILE,
    help="Count flags on texts (JSON lines) without a narrative; those coded in --gold are left out.",
)
@click.option("--challenge", is_flag=True, help="The challenge set, cue by cue.")
@click.option("--symmetry", is_flag=True, help="False flags by alignment, on --gold, --ordinary, --audited.")
@click.option("--audited", type=_FILE, metavar="DB", help="Add the random audit of a database to --symmetry.")
@click.option("--agreement", is_flag=True, help="First against second coding of the training texts.")
@click.option("--prevalence", type=_FILE, metavar="DB", help="Weekly shares, corrected by the random audit.")
@click.option("--ablation", is_flag=True, help="Train without each part of the model (takes many minutes).")
@click.option("--learning-curve", is_flag=True, help="Train on 25, 50, 100 % of the texts (many minutes).")
@click.option("--check", is_flag=True, help="Fail when quality is under the pinned floor.")
@click.option("--pin", is_flag=True, help="Print a new floor (classifiers/baseline.json) for this model.")
@click.option("--card", type=click.Choice(["fr", "en"]), help="Print the model card.")
@click.option("--note", type=_FILE, metavar="DB", help="Keep what is measured in a database, for its pages.")
@click.option("--json", "as_json", is_flag=True, help="All figures as one JSON object.")
def evaluate(as_json: bool, card: str | None, pin: bool, note: Path | None, **asked: Any) -> None:
    """Measure a model: precision, recall, F1, n and intervals per narrative, family, language and voice.

    Without --gold: the grouped cross-validation on the training texts that was made at training. Fewer than
    10 coded items give n and no rates. Every option adds its own table.

    \b
    Example:
      narratives evaluate --gold gold.jsonl --challenge
      narratives evaluate --check
    """
    deployment = load_deployment()
    book = _module("codebook").load_codebook(deployment.codebook)
    trained = _module("model_files").ensure_model(deployment.models, book, _say)
    if card:
        click.echo(_module("model_card").model_card(trained, book, card), nl=False)
        return
    if pin:
        click.echo(_module("quality").pinned(trained), nl=False)
        return
    about = {"model_id": trained.card.model_id, "codebook_version": trained.card.codebook_version}
    content: dict[str, Any] = dict(about)
    for measured in _measurements(trained, book, asked):
        if note is not None:
            _keep(note, trained.card.model_id, measured)
        if as_json:
            content |= measured.data if measured.name == "evaluation" else {measured.name: measured.data}
        else:
            sys.stdout.write(measured.lines + "\n")
            sys.stdout.flush()
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    if asked["check"]:
        _module("quality").check(trained, _say)


def _keep(path: Path, model_id: str, measured: _Measured) -> None:
    notes = importlib.import_module("db.model_notes")
    name = {"agreement": "second_pass"}.get(measured.name, measured.name)
    if name in get_args(notes.Measurement):
        with working_database(path, "write") as db, transaction(db):
            notes.note_measurement(db, model_id, name, measured.data)


def _measurements(trained: Any, book: Any, asked: dict[str, Any]) -> Iterator[_Measured]:
    gold = ordinary = None
    if asked["gold"]:
        gold = _module("measuring").measure(trained.model, book, asked["gold"], Progress("measuring"))
    if gold or not any(asked.values()):
        evaluation = gold.evaluation if gold else trained.evaluation
        lines = _module("evaluation_table").table(evaluation, trained.card)
        yield _Measured("evaluation", evaluation.as_dict(), lines)
    if asked["ordinary"]:
        measuring = _module("ordinary")
        gold_texts = _module("gold").read_gold(asked["gold"]) if asked["gold"] else []
        coded = {text.id for text in gold_texts if text.codes}
        ordinary = measuring.measure_ordinary(
            trained.model, asked["ordinary"], coded, Progress("ordinary press")
        )
        yield _Measured("ordinary", ordinary.as_dict(), measuring.table(ordinary))
    if asked["challenge"]:
        items, measuring = _module("challenge_items"), _module("challenge")
        scores = measuring.challenge(
            trained.model, items.with_derived(items.load_challenge()), Progress("challenge set")
        )
        yield _Measured("challenge", scores.as_dict(), measuring.table(scores))
    if asked["symmetry"] or asked["audited"]:
        yield _symmetry(book, gold, ordinary, asked["audited"])
    if asked["agreement"]:
        second = _module("second_pass")
        agreement = second.agreement()
        yield _Measured("agreement", agreement.as_dict(), second.table(agreement))
    if asked["prevalence"]:
        weekly = _module("weekly_prevalence")
        with working_database(asked["prevalence"], "read") as db:
            shares = list(weekly.weekly_prevalence(db))
        yield _Measured("prevalence", {"weeks": weekly.as_rows(shares)}, weekly.table(shares))
    for name in ("ablation", "learning_curve"):
        if asked[name]:
            yield _retrained(name, book, asked["gold"])


def _symmetry(book: Any, gold: Any, ordinary: Any, audited: Path | None) -> _Measured:
    if not (gold or ordinary or audited):
        raise click.UsageError("--symmetry needs texts: --gold FILE, --ordinary FILE or --audited DB.")
    symmetry, alignment = _module("symmetry"), importlib.import_module("db.alignment")
    judged = [*(gold.judged if gold else ()), *(ordinary.judged if ordinary else ())]
    texts = [symmetry.placed(text, alignment.group_of_name(text.outlet)) for text in judged]
    if audited:
        with working_database(audited, "read") as db:
            texts += symmetry.audited(db)
    narratives = [name for name, one in book.narratives.items() if one.status == "core"]
    result = symmetry.symmetry(texts, narratives)
    titles = {name: group.title.en for name, group in alignment.alignment_groups().items()}
    return _Measured("symmetry", result.as_dict(), symmetry.table(result, titles))


def _retrained(name: str, book: Any, gold: Path | None) -> _Measured:
    retraining = _module("retraining")
    rows = []
    for row in getattr(retraining, name)(book, gold, _say):
        rows.append(row)
    title = {"ablation": "ablation", "learning_curve": "learning curve"}[name]
    return _Measured(name, {"rows": [row.as_dict() for row in rows]}, retraining.table(title, rows))
