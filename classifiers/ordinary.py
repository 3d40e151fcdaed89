"""False flags on the ordinary press: texts that carry no narrative, so that every flag is wrong."""

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from classifiers.estimators.narrative_model import NarrativeModel
from classifiers.intervals import wilson
from classifiers.judged import JudgedText
from classifiers.measuring import flags_of
from classifiers.predicting import InputText, predict
from classifiers.source_kinds import source_kind
from db.errors import NarrativesError


class OrdinaryText(BaseModel):
    """A text; where ``about_mali_partnerships`` is given, only clear ``false`` ones are ordinary."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    text: str
    title: str | None = None
    language: str = "fr"
    source: str = "unknown"
    doc_type: str = "unknown"
    about_mali_partnerships: bool | None = None
    label_confidence: str | None = None

    @property
    def ordinary(self) -> bool:
        return not self.about_mali_partnerships and self.label_confidence in (None, "clear")


@dataclass(frozen=True, slots=True)
class OrdinaryResult:
    """Texts without a narrative, how many were flagged for anything, and for each narrative.

    ``coded`` counts the texts that were left out because people or readings found a narrative in them.
    """

    file: str
    texts: int
    coded: int
    flagged: int
    by_narrative: dict[str, int]
    judged: tuple[JudgedText, ...]

    def worst_share(self) -> float:
        """Return the share (0-1) of the texts flagged for the narrative with most false flags."""
        return max(self.by_narrative.values(), default=0) / self.texts

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON, without the texts."""
        return {name: value for name, value in asdict(self).items() if name != "judged"} | {
            "worst_share": round(self.worst_share(), 4)
        }


def measure_ordinary(
    model: NarrativeModel,
    path: Path,
    coded: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> OrdinaryResult:
    """Label the ordinary texts of a file (JSON lines) and count flags.

    ``coded`` names texts that are known to carry a narrative, whatever their topic: they are left out.
    Raises NarrativesError when a line does not fit or no text is ordinary.
    """
    plain = [text for text in _read(path) if text.ordinary]
    texts = [text for text in plain if str(text.id) not in coded]
    if not texts:
        raise NarrativesError(
            f"{path} holds no ordinary texts: all are about Mali's partnerships or carry codes."
        )
    judged: list[JudgedText] = []
    inputs = (
        InputText(id=text.id, text=text.text, title=text.title, language=text.language) for text in texts
    )
    for text, output in zip(texts, predict(model, inputs), strict=True):
        flagged = frozenset(flag.narrative for flag in flags_of(output))
        judged.append(
            JudgedText(text.language, {}, {}, flagged, kind=source_kind(text.doc_type), outlet=text.source)
        )
        if progress is not None:
            progress(len(judged), len(texts))
    counts = Counter(narrative for one in judged for narrative in one.flagged)
    return OrdinaryResult(
        path.name,
        len(judged),
        len(plain) - len(texts),
        sum(bool(one.flagged) for one in judged),
        dict(counts.most_common()),
        tuple(judged),
    )


def table(result: OrdinaryResult) -> str:
    """Return the counts as lines for a terminal, with Wilson's 95 % intervals."""
    left_out = f" (coded in gold and left out: {result.coded})" if result.coded else ""
    lines = [f"ordinary press, texts of {result.file} without a narrative: {result.texts}{left_out}", ""]
    for name, count in (("any narrative", result.flagged), *result.by_narrative.items()):
        low, high = wilson(count, result.texts)
        share = count / result.texts
        lines.append(
            f"{name:34} {count:>5} flagged  {100 * share:5.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
        )
    return "\n".join(lines) + "\n"


def _read(path: Path) -> list[OrdinaryText]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                found.append(OrdinaryText.model_validate(json.loads(line)))
            except (ValidationError, json.JSONDecodeError) as error:
                raise NarrativesError(f"{path}:{number} is not a text to measure on: {error}") from error
    return found
