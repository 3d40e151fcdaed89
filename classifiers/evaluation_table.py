"""An evaluation as people read it in a terminal."""

from collections.abc import Callable, Iterable

from classifiers.evaluation import FEWEST, Evaluation, Figure
from classifiers.judged import LEVELS
from classifiers.training import ModelCard

_HEAD = f"{'':34} {'n':>5} {'flags':>6}  {'precision':<18} {'recall':<18} {'F1':<18}"


def summary(evaluation: Evaluation) -> str:
    """Return one line with the figures that matter most."""
    parts = []
    for level in LEVELS:
        one = evaluation.figure(level)
        parts.append(f"{level} F1 {'not measured' if one.f1 is None else f'{one.f1:.2f}'} (n {one.n})")
    accuracy = evaluation.voice_accuracy()
    voice = "not measured" if accuracy is None else f"{accuracy:.2f}"
    parts.append(f"voice {voice} (n {evaluation.voice_n})")
    return f"{evaluation.split}: " + ", ".join(parts)


def table(evaluation: Evaluation, card: ModelCard) -> str:
    """Return the whole evaluation: totals, languages, voices, families, narratives."""
    lines = [
        f"model {card.model_id}, codebook {card.codebook_version}",
        f"split {evaluation.split}, {evaluation.documents} texts; labels: {evaluation.made_by}",
        f"Rates with 95 % intervals (bootstrap over documents); no rate where n < {FEWEST}.",
        "",
    ]
    for level in LEVELS:
        figures = [one for one in evaluation.figures if one.level == level]
        lines += [f"{level} level", _HEAD]
        lines += _lines(figures, lambda one: one.narrative_id == "all" and one.voice == "any", "language")
        lines += _lines(
            figures,
            lambda one: one.narrative_id == "all" and one.language == "all" and one.voice != "any",
            "voice",
        )
        lines += _lines(
            figures,
            lambda one: one.narrative_id != "all" and one.language == "all" and one.voice == "any",
            "narrative_id",
        )
        lines += _slice_lines(evaluation, level)
        lines.append("")
    accuracy = evaluation.voice_accuracy()
    shown = "n only" if accuracy is None else f"{accuracy:.3f}"
    lines.append(f"voice right on matched codes: {shown} (n {evaluation.voice_n})")
    lines.append(
        f"uncoded texts: {evaluation.uncoded_documents}, flagged for anything {evaluation.uncoded_flagged}, "
        f"for the worst narrative {evaluation.uncoded_worst}"
    )
    lines += [
        f"  {narrative:32} {count:>5}"
        for narrative, count in sorted(evaluation.uncoded_by_narrative.items(), key=lambda one: -one[1])
    ]
    return "\n".join(lines) + "\n"


def _slice_lines(evaluation: Evaluation, level: str) -> list[str]:
    """Return a line for each kind of text and each outlet that shows a rate, and how many outlets do not."""
    lines, thin = [], 0
    for one in evaluation.slices:
        figure = next(figure for figure in one.figures if figure.level == level)
        if one.dimension == "outlet" and figure.f1 is None:
            thin += 1
        else:
            lines.append(_line(figure, f"{one.dimension}: {one.value} ({one.documents})"[:34]))
    return [*lines, f"{thin} more outlets with n < {FEWEST}"] if thin else lines


def _lines(figures: Iterable[Figure], wanted: Callable[[Figure], bool], name: str) -> list[str]:
    return [_line(one, getattr(one, name)) for one in figures if wanted(one)]


def _line(one: Figure, label: str) -> str:
    rates = (
        _rate(one.precision, one.precision_low, one.precision_high),
        _rate(one.recall, one.recall_low, one.recall_high),
        _rate(one.f1, one.f1_low, one.f1_high),
    )
    return f"{label:34} {one.n:>5} {one.predicted:>6}  " + " ".join(f"{rate:<18}" for rate in rates).rstrip()


def _rate(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "-"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"
