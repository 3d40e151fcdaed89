"""Training again and again: what each part of the model is worth, and what more texts would bring.

Texts are held out by outlet, three times a third of them, and a model that has not seen them, nor their
outlets, is trained on the rest. All rows judge the same connected texts. With a gold file each row is also
measured there, by a model trained on all bundled texts.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from classifiers.codebook import Codebook, Patterns
from classifiers.document import Document
from classifiers.estimators.narrative_model import Assessment, NarrativeModel
from classifiers.evaluation import Evaluation, Figure, evaluate
from classifiers.gold import judge_gold, read_gold
from classifiers.judged import LEVELS, JudgedText
from classifiers.language import Language
from classifiers.measuring import flags_of
from classifiers.normalise import normalise
from classifiers.predicting import InputText, predict
from classifiers.training import judge_training, train
from classifiers.training_data import MADE_BY, TrainingText, load_training, training_sha256

FOLDS = 3
SHARES = (0.25, 0.5, 1.0)

Texts = Sequence[TrainingText]
Talk = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One way of training: texts learned from (mean of the folds), figures held out and on gold if asked."""

    name: str
    texts: int
    training_sha256: str
    held_out: tuple[Figure, ...]
    gold: tuple[Figure, ...] | None

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Variant:
    """What is taken away: from the codebook, from the texts, and whether sentences are read alone."""

    name: str
    codebook: Callable[[Codebook], Codebook] = lambda book: book
    texts: Callable[[Texts], list[TrainingText]] = list
    titles: bool = True
    neighbours: bool = True


def ablation(book: Codebook, gold: Path | None, say: Talk) -> Iterator[Row]:
    """Yield a row for the whole model and one for each part taken away."""
    for variant in _VARIANTS:
        yield _row(variant, book, gold, say)


def learning_curve(book: Codebook, gold: Path | None, say: Talk) -> Iterator[Row]:
    """Yield a row for each share of the texts, taken by outlet; smaller shares lie in larger ones."""
    for share in SHARES:
        variant = _Variant(f"{100 * share:.0f} % of the texts", texts=partial(_part, share=share))
        yield _row(variant, book, gold, say)


def table(title: str, rows: Sequence[Row]) -> str:
    """Return the rows as lines for a terminal."""
    lines = [
        f"{title}; labels: {MADE_BY}",
        f"training data {rows[0].training_sha256[:12]}; F1, 95 %; held out by outlet, {FOLDS} folds",
        "",
        f"{'':30} {'texts':>6}  " + " ".join(f"{level:<18}" for level in LEVELS),
    ]
    for where in ("held out", "gold"):
        if where == "gold":
            if rows[0].gold is None:
                break
            lines += ["", "measured on the gold file"]
        for row in rows:
            figures = row.held_out if where == "held out" else row.gold or ()
            rates = " ".join(f"{_f1(one):<18}" for one in figures)
            lines.append(f"{row.name:30} {row.texts:>6}  {rates}".rstrip())
    return "\n".join(lines) + "\n"


def _f1(one: Figure) -> str:
    return "-" if one.f1 is None else f"{one.f1:.2f} [{one.f1_low:.2f}, {one.f1_high:.2f}]"


def _row(variant: _Variant, book: Codebook, gold: Path | None, say: Talk) -> Row:
    everything = load_training()
    changed = variant.codebook(book)
    families = {name: one.family for name, one in book.narratives.items()}
    judged: list[JudgedText] = []
    sizes = []
    for fold in range(FOLDS):
        say(f"{variant.name}: fold {fold + 1} of {FOLDS}")
        inside = variant.texts([text for text in everything if _third(text.group) != fold])
        model = train(changed, inside).model
        sizes.append(len(inside))
        outside = [text for text in everything if _third(text.group) == fold and text.connected]
        judged += [judge_training(text, _assess(model, text, variant), model.narratives) for text in outside]
    found = evaluate(judged, families, split="held out", made_by=MADE_BY)
    on_gold = None
    if gold is not None:
        say(f"{variant.name}: gold")
        on_gold = _figures(_on_gold(train(changed, variant.texts(everything)).model, book, gold, variant))
    digest = training_sha256(everything)
    return Row(variant.name, round(sum(sizes) / FOLDS), digest, _figures(found), on_gold)


def _figures(evaluation: Evaluation) -> tuple[Figure, ...]:
    return tuple(evaluation.figure(level) for level in LEVELS)


def _assess(model: NarrativeModel, text: TrainingText, variant: _Variant) -> Assessment:
    sentences = tuple(normalise(sentence.text).text for sentence in text.sentences)
    title = normalise(text.title).text if text.title and variant.titles else ""
    language: Language = "en" if text.language == "en" else "fr"
    if variant.neighbours:
        return model.assess([Document(title, sentences, (language,) * len(sentences))])[0]
    alone = model.assess([Document(title, (sentence,), (language,)) for sentence in sentences])
    return Assessment(
        np.concatenate([one.scores for one in alone]),
        np.concatenate([one.flagged for one in alone]),
        np.concatenate([one.review for one in alone]),
        {(row, column): voice for row, one in enumerate(alone) for (_, column), voice in one.voices.items()},
        np.concatenate([one.patterns for one in alone]),
    )


def _on_gold(model: NarrativeModel, book: Codebook, path: Path, variant: _Variant) -> Evaluation:
    """Measure on a gold file; a model that reads sentences alone is given its coded sentences one by one."""
    families = {name: one.family for name, one in book.narratives.items() if one.status == "core"}
    judged = []
    for text in read_gold(path):
        title = text.title if variant.titles else None
        if variant.neighbours:
            inputs = [(0, InputText(id=text.id, text=text.text, title=title))]
        else:
            inputs = [
                (start, InputText(id=text.id, text=text.text[start:end], title=title))
                for start, end in text.sentences
            ]
        flags = [
            replace(flag, start=flag.start + offset, end=flag.end + offset)
            for (offset, _), output in zip(inputs, predict(model, [one for _, one in inputs]), strict=True)
            for flag in flags_of(output)
        ]
        judged.append(judge_gold(text, flags))
    return evaluate(judged, families, split=f"gold:{path.name}", made_by="codes as given in the gold file")


def _third(group: str) -> int:
    return int(hashlib.sha256(f"held out {group}".encode()).hexdigest(), 16) % FOLDS


def _part(texts: Texts, share: float) -> list[TrainingText]:
    def position(group: str) -> float:
        return int(hashlib.sha256(f"share {group}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF

    return [text for text in texts if position(text.group) <= share]


def _without_patterns(book: Codebook) -> Codebook:
    return Codebook(
        {name: one.model_copy(update={"patterns": Patterns()}) for name, one in book.narratives.items()},
        book.vocabulary,
    )


def _without_words(book: Codebook) -> Codebook:
    """Take away patterns and the groups of words, so that only the letters of the text remain."""
    return Codebook(
        {
            name: one.model_copy(update={"patterns": Patterns(), "denials": Patterns(), "words": {}})
            for name, one in book.narratives.items()
        },
        {},
    )


def _without_partners(book: Codebook) -> Codebook:
    return Codebook(
        {name: one.model_copy(update={"partners": {}}) for name, one in book.narratives.items()},
        book.vocabulary,
    )


def _sentences_alone(texts: Texts) -> list[TrainingText]:
    """Return every sentence as a text of its own, still in the group of its outlet."""
    return [
        replace(text, text_id=f"{text.text_id}:{row}", sentences=(sentence,), connected=False)
        for text in texts
        for row, sentence in enumerate(text.sentences)
    ]


_VARIANTS = (
    _Variant("whole model"),
    _Variant("without patterns", codebook=_without_patterns),
    _Variant("without patterns and concepts", codebook=_without_words),
    _Variant("without partners' stances", codebook=_without_partners),
    _Variant("without neighbouring sentences", texts=_sentences_alone, neighbours=False),
    _Variant(
        "without titles", texts=lambda texts: [replace(text, title=None) for text in texts], titles=False
    ),
    _Variant("without single passages", texts=lambda texts: [text for text in texts if text.connected]),
    _Variant("without connected texts", texts=lambda texts: [text for text in texts if not text.connected]),
)
