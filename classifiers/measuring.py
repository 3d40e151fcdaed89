"""Measuring a model on coded texts that it was not trained on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classifiers.codebook import Codebook
from classifiers.estimators.narrative_model import NarrativeModel
from classifiers.evaluation import Evaluation, evaluate
from classifiers.gold import Flag, GoldText, judge_gold, read_gold
from classifiers.judged import JudgedText
from classifiers.predicting import InputText, predict

#: Who coded a gold file is not said in it; the figure says what is known.
MADE_BY = "codes as given in the gold file"


@dataclass(frozen=True, slots=True)
class GoldResult:
    """An evaluation with the texts it was made from and the narratives that were scored."""

    evaluation: Evaluation
    judged: tuple[JudgedText, ...]
    narratives: tuple[str, ...]


def measure(
    model: NarrativeModel, codebook: Codebook, path: Path, progress: Callable[[int, int], None] | None = None
) -> GoldResult:
    """Label the texts of a gold file and compare.

    Only core narratives are scored, and others that the file has codes of.
    """
    gold = read_gold(path)
    judged = []
    texts = (InputText(id=text.id, text=text.text, title=text.title, language=text.language) for text in gold)
    for text, output in zip(gold, predict(model, texts), strict=True):
        judged.append(judge_gold(text, flags_of(output)))
        if progress is not None:
            progress(len(judged), len(gold))
    families = {
        narrative_id: one.family
        for narrative_id, one in codebook.narratives.items()
        if one.status == "core" or _coded(gold, narrative_id)
    }
    evaluation = evaluate(judged, families, split=f"gold:{path.name}", made_by=MADE_BY)
    return GoldResult(evaluation, tuple(judged), tuple(families))


def flags_of(output: dict[str, object]) -> list[Flag]:
    """Return the passages of one output of :func:`predict` that are in the band ``flagged``."""
    passages = output["passages"]
    assert isinstance(passages, list)
    return [
        Flag(passage["start"], passage["end"], label["id"], label["voice"])
        for passage in passages
        for label in passage["narratives"]
        if label["flagged"]
    ]


def _coded(gold: list[GoldText], narrative_id: str) -> bool:
    return any(code.narrative == narrative_id for text in gold for code in text.codes)
