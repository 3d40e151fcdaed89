"""The model card: what a model is, how good it was measured to be, and what it cannot do; fr and en."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from classifiers.codebook import Codebook
from classifiers.evaluation import FEWEST, Figure
from classifiers.judged import LEVELS
from classifiers.training import TrainedModel

_PATH = Path(__file__).with_name("model_card.yml")


def model_card(trained: TrainedModel, codebook: Codebook, language: Literal["fr", "en"]) -> str:
    """Return the card as Markdown."""
    words = _wording()[language]
    card, evaluation = trained.card, trained.evaluation
    statuses = [one.status for one in codebook.narratives.values()]
    unmeasured = [
        getattr(one.title, language)
        for name, one in codebook.narratives.items()
        if _of_narrative(trained, name) is None
    ]
    facts: dict[str, Any] = {
        "model_id": card.model_id,
        "core": statuses.count("core"),
        "experimental": statuses.count("experimental"),
        "codebook_version": card.codebook_version,
        "recipe": card.recipe,
        "trained_at": card.trained_at[:10],
        "versions": ", ".join(f"{name} {version}" for name, version in card.versions.items()),
        "texts": card.texts,
        "connected": card.connected_texts,
        "sentences": card.sentences,
        "coded": card.coded_sentences,
        "sha256": card.training_sha256,
        "reviewed": card.reviewed_texts,
        "fewest": FEWEST,
        "voice": _number(evaluation.voice_accuracy(), language),
        "voice_n": evaluation.voice_n,
        "unmeasured": ", ".join(unmeasured) or "–",
    }
    parts = [
        f"# {words['title'].format(**facts)}",
        words["what"].strip().format(**facts),
        f"## {words['data_title']}",
        words["data"].strip().format(**facts),
        f"## {words['quality_title']}",
        words["quality"].strip().format(**facts),
        _table(words["head"], _total_rows(trained, words, language)),
        words["voice"].format(**facts),
        words["narratives"],
        _table(words["head"], _narrative_rows(trained, codebook, language)),
        _challenge(trained, words, language),
        f"## {words['failures_title']}",
        words["failures"].strip().format(**facts),
        f"## {words['not_title']}",
        words["not"].strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _total_rows(trained: TrainedModel, words: Mapping[str, Any], language: str) -> Iterable[str]:
    for level in LEVELS:
        name = words["levels"][level]
        yield _row(f"{name}, {words['all']}", trained.evaluation.figure(level), language)
        for code, spoken in words["languages"].items():
            for one in trained.evaluation.figures:
                if (one.level, one.narrative_id, one.language, one.voice) == (level, "all", code, "any"):
                    yield _row(f"{name}, {spoken}", one, language)


def _narrative_rows(trained: TrainedModel, codebook: Codebook, language: str) -> Iterable[str]:
    for name, narrative in codebook.narratives.items():
        figure = _of_narrative(trained, name)
        if figure is not None:
            yield _row(getattr(narrative.title, language), figure, language)


def _of_narrative(trained: TrainedModel, name: str) -> Figure | None:
    """Return the figure of a narrative over sentences, or None where there are too few cases for rates."""
    try:
        figure = trained.evaluation.figure("sentence", name)
    except KeyError:
        return None
    return figure if figure.n >= FEWEST else None


def _challenge(trained: TrainedModel, words: Mapping[str, Any], language: str) -> str:
    result = trained.challenge
    if result is None:
        return str(words["challenge_missing"])
    rows = [
        f"| {words['cues'][one.name]} | {one.n} | {_rate(one.accuracy, one.low, one.high, language)} |"
        for one in result.cues
    ]
    intro = words["challenge"].strip().format(items=result.items)
    return f"{intro}\n\n{_table(words['challenge_head'], rows)}"


def _table(head: str, rows: Iterable[str]) -> str:
    rule = "|" + "|".join(["---"] + ["---:"] * (head.count("|") - 2)) + "|"
    return "\n".join([head, rule, *rows])


def _row(name: str, one: Figure, language: str) -> str:
    rates = (
        _rate(one.precision, one.precision_low, one.precision_high, language),
        _rate(one.recall, one.recall_low, one.recall_high, language),
        _rate(one.f1, one.f1_low, one.f1_high, language),
    )
    return f"| {name} | {one.n} | {' | '.join(rates)} |"


def _rate(value: float | None, low: float | None, high: float | None, language: str) -> str:
    if value is None:
        return "–"
    shown = _number(value, language)
    if low is None or high is None:
        return shown
    parted = " ; " if language == "fr" else ", "
    return f"{shown} [{_number(low, language)}{parted}{_number(high, language)}]"


def _number(value: float | None, language: str) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}".replace(".", ",") if language == "fr" else f"{value:.2f}"


@cache
def _wording() -> Mapping[str, Mapping[str, Any]]:
    content: Mapping[str, Mapping[str, Any]] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return content
