"""What people coded at the review desk, as training texts."""

from pydantic import ValidationError
from sqlite_utils import Database

from classifiers.training_data import Code, Sentence, TrainingText
from db.errors import NarrativesError
from db.reviewed import ReviewedText, reviewed_passages

#: The languages that the model learns from.
_LANGUAGES = ("fr", "en")


def reviewed_texts(db: Database) -> list[TrainingText]:
    """Return the settled texts in French and English, each with its weight, grouped by outlet.

    The random audit is not among them: it measures models. Raises NarrativesError for a label that a
    training text cannot have.
    """
    return [_text(one) for one in reviewed_passages(db) if (one.language or "fr") in _LANGUAGES]


def _text(one: ReviewedText) -> TrainingText:
    try:
        sentences = tuple(
            Sentence(
                text=sentence.text,
                codes=tuple(
                    Code.model_validate({"narrative": narrative, "voice": voice})
                    for narrative, voice in sentence.codes
                ),
            )
            for sentence in one.sentences
        )
    except ValidationError as error:
        raise NarrativesError(
            f"The reviewed text {one.review_item_id} cannot be learned from: {error}"
        ) from error
    return TrainingText(
        text_id=f"reviewed-{one.review_item_id}",
        language=one.language or "fr",
        register=one.kind,
        group=one.source_id,
        title=one.title,
        sentences=sentences,
        connected=len(sentences) > 1,
        weight=one.weight,
        reviewed=True,
    )
