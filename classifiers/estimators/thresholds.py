"""Where a score becomes a flag: one threshold per narrative, drawn to the common one where data is thin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.estimators.relevance import Relevance
from classifiers.estimators.sentence_scores import Flags, Floats

#: Examples at which a narrative's own threshold and the common one weigh the same.
_SHRINKAGE = 60.0
#: Log odds that words alone need at least (seven out of ten): they are the weaker witness on real prose,
#: because they were learned on other texts.
WORDS_ALONE = 0.8
#: Log odds that a codebook pattern needs in a text that is certainly and one that is possibly relevant. They
#: are low because a fifth of the training texts was written so that patterns misfire; in the press about half
#: of all hits are right.
WITH_PATTERN = {Relevance.CERTAIN: -2.4, Relevance.POSSIBLE: -1.8}
#: How much lower, in log odds, a passage may score and still be shown for review.
REVIEW_MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Log odds at or above which words flag a passage, one for each narrative, and the common one."""

    flag: Floats
    common: float

    def bands(self, decisions: Floats, patterns: Flags, relevance: Relevance) -> tuple[Flags, Flags]:
        """Return what is flagged and what is for review, each of shape (sentences, narratives).

        A pattern too weak to flag is still for review: people decide whether the pattern or the words err.
        An irrelevant text has neither.
        """
        if relevance == Relevance.NONE:
            nothing = np.zeros_like(patterns)
            return nothing, nothing.copy()
        words = np.maximum(self.flag, WORDS_ALONE)
        flagged = (decisions >= words) | (patterns & (decisions >= WITH_PATTERN[relevance]))
        review = (decisions >= words - REVIEW_MARGIN) | patterns
        return flagged, review & ~flagged


def choose_thresholds(
    scores: Sequence[Floats], labels: Sequence[Flags], negative_weight: float
) -> Thresholds:
    """Choose thresholds with the best F1 on scores that the model gave to texts it had not seen.

    ``negative_weight`` says how many uncoded sentences of the ordinary press one uncoded training sentence
    stands for: training texts are written to be rich in narratives, the press is not.
    """
    score, label = np.concatenate(scores), np.concatenate(labels)
    common = best_threshold(score.reshape(-1), label.reshape(-1), negative_weight)
    flag = np.full(score.shape[1], common)
    for column in range(score.shape[1]):
        examples = int(label[:, column].sum())
        if examples:
            own = best_threshold(score[:, column], label[:, column], negative_weight)
            trust = examples / (examples + _SHRINKAGE)
            flag[column] = trust * own + (1 - trust) * common
    return Thresholds(flag, common)


def best_threshold(score: Floats, label: Flags, negative_weight: float) -> float:
    """Return the threshold with the greatest F1, negatives counted ``negative_weight`` times."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(label[order])
    false = np.cumsum(~label[order]) * negative_weight
    f1 = 2 * hits / (hits + false + label.sum())
    # A plateau of equal scores can only be cut at its end.
    last = np.append(score[order][1:] != score[order][:-1], True)
    best = int(np.argmax(np.where(last, f1, -1.0)))
    following = score[order][best + 1] if best + 1 < len(score) else score[order][best] - 1.0
    return float((score[order][best] + following) / 2)
