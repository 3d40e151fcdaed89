"""The stages of the model, one by one, on toy data."""

import numpy as np
import pytest
from sklearn.base import clone

from classifiers.document import Document
from classifiers.estimators.context import FEATURES, context_features
from classifiers.estimators.context_scorer import ContextScorer
from classifiers.estimators.evidence import Evidence, SignReader, gather
from classifiers.estimators.relevance import Relevance, relevance
from classifiers.estimators.sentence_scores import SentenceScorer
from classifiers.estimators.thresholds import Thresholds, best_threshold, choose_thresholds
from classifiers.estimators.voice_scorer import VOICES, VoicedText, VoiceScorer, voice_features

NARRATIVES = ("for", "against")
STANCES = {"for": {"france": 1}, "against": {"france": -1}}
ESTIMATORS = [SentenceScorer(), ContextScorer(), VoiceScorer()]


def reader() -> SignReader:
    return SignReader(
        NARRATIVES,
        STANCES,
        matcher=lambda text, before: {"for": [(0, 4)]} if "merci" in text or "merci" in before else {},
        denied=lambda text, before: ["for"] if "non merci" in text else [],
        mentions=lambda text: {"france": 1} if "France" in text else {},
        places={"mali": "home"},
        concepts=lambda text: "thanks" if "merci" in text else "",
    )


def document(*sentences: str, title: str = "") -> Document:
    return Document(title, sentences, ("fr",) * len(sentences))


def scorer() -> SentenceScorer:
    sentences = [("merci pour tout", "thanks"), ("ils ont tout pris", ""), ("il pleut à Gao", "")] * 4
    labels = np.array([[True, False], [False, True], [False, False]] * 4)
    return SentenceScorer(min_df=(1, 1, 1)).fit(sentences, labels)


def evidence(*documents: Document) -> list[Evidence]:
    return gather(documents, [reader().read(one) for one in documents], scorer())


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda one: type(one).__name__)
def test_parameters_are_stored_and_cloned_untouched(estimator: object) -> None:
    copy = clone(estimator)
    assert copy is not estimator
    assert copy.get_params() == estimator.get_params()
    assert not [name for name in vars(copy) if name.endswith("_")]


def test_words_are_told_apart() -> None:
    scores = scorer().score_sentences([("merci à tous", "thanks"), ("ils ont pris le sel", "")])
    assert scores.shape == (2, 2)
    assert scores[0, 0] > scores[0, 1]
    assert scores[1, 1] > scores[1, 0]


def test_scoring_nothing_gives_nothing() -> None:
    assert scorer().score_sentences([]).shape == (0, 2)


def test_a_window_never_reaches_into_another_document() -> None:
    together = evidence(document("il pleut"), document("merci"))
    alone = evidence(document("il pleut"))
    assert together[0].with_neighbours == pytest.approx(alone[0].with_neighbours)
    neighbours = evidence(document("il pleut", "merci"))
    assert neighbours[0].with_neighbours[0, 0] > alone[0].with_neighbours[0, 0]


def test_a_document_is_judged_alike_in_any_company() -> None:
    ours = document("merci la France", "il pleut", title="merci")
    alone = evidence(ours)[0]
    in_company = evidence(document("ils ont tout pris"), ours, document("rien"))[1]
    for name in ("sentence", "with_previous", "with_neighbours"):
        assert getattr(alone, name) == pytest.approx(getattr(in_company, name))


def test_a_pattern_may_find_its_actor_in_the_sentence_before() -> None:
    signs = reader().read(document("merci", "la suite", "il pleut"))
    assert signs.patterns[:, 0].tolist() == [1, 1, 1]
    assert signs.patterns[:, 1].tolist() == [0, 0, 0]


def test_context_features_have_a_name_each_and_stay_finite() -> None:
    for sentences in (("merci",), ("merci", "il pleut"), ("merci",) * 40):
        features = context_features(evidence(document(*sentences))[0])
        assert features.shape == (len(sentences), 2, len(FEATURES))
        assert np.isfinite(features).all()
    alone = context_features(evidence(document("merci"))[0])
    assert alone[0, 0, FEATURES.index("partner nearby")] == 0.0


def test_context_learns_that_neighbours_matter() -> None:
    loud = document("merci pour tout", "la suite vient", "merci encore")
    quiet = document("il pleut", "la suite vient", "il pleut encore")
    found = evidence(*[loud, quiet] * 5)
    labels = [np.array([[True, False]] * 3), np.zeros((3, 2), dtype=bool)] * 5
    learned = ContextScorer().fit(found, labels)
    middle_of_loud, middle_of_quiet = (learned.decision_function(one)[1, 0] for one in found[:2])
    assert middle_of_loud > middle_of_quiet
    assert len(learned.named_weights()) == len(learned.weights_)


def test_the_best_threshold_parts_what_can_be_parted() -> None:
    score = np.array([3.0, 2.0, 1.0, 0.0, -1.0])
    label = np.array([True, True, False, False, False])
    assert best_threshold(score, label, 1.0) == pytest.approx(1.5)


def test_a_cautious_threshold_is_never_lower() -> None:
    rng = np.random.default_rng(0)
    score = rng.normal(size=400)
    label = rng.random(400) < 1 / (1 + np.exp(-2 * score + 2))
    assert best_threshold(score, label, 5.0) >= best_threshold(score, label, 1.0)


def test_thin_data_keeps_the_common_threshold() -> None:
    rng = np.random.default_rng(1)
    score = rng.normal(size=(200, 2))
    label = np.column_stack([score[:, 0] > 1, np.zeros(200, dtype=bool)])
    thresholds = choose_thresholds([score], [label], 1.0)
    assert thresholds.flag[1] == thresholds.common


def test_a_pattern_lowers_the_bar_and_never_goes_unseen() -> None:
    thresholds = Thresholds(np.array([1.0, 1.0]), 1.0)
    decisions = np.array([[1.3, 0.7], [-2.1, -2.1], [-3.0, -3.0]])
    patterns = np.array([[False, False], [True, False], [True, False]])
    flagged, review = thresholds.bands(decisions, patterns, Relevance.CERTAIN)
    assert flagged.tolist() == [[True, False], [True, False], [False, False]]
    assert review.tolist() == [[False, True], [False, False], [True, False]]
    flagged, review = thresholds.bands(decisions, patterns, Relevance.POSSIBLE)
    assert flagged.tolist() == [[True, False], [False, False], [False, False]]
    assert review.tolist() == [[False, True], [True, False], [True, False]]
    assert not np.any(thresholds.bands(decisions + 9, patterns, Relevance.NONE))


@pytest.mark.parametrize(
    ("named", "length", "expected"),
    [
        ({"mali": 5, "france": 2}, 3_000, Relevance.CERTAIN),
        ({"mali": 2, "france": 9}, 3_000, Relevance.POSSIBLE),
        ({"mali": 40}, 3_000, Relevance.NONE),
        ({"france": 40}, 3_000, Relevance.NONE),
        ({"france": 1}, 900, Relevance.POSSIBLE),
        ({"mali": 4, "algeria": 9, "france": 1}, 3_000, Relevance.NONE),
        ({"mali": 5, "algeria": 9, "france": 1}, 3_000, Relevance.CERTAIN),
        ({"mali": 1, "algeria": 9}, 900, Relevance.POSSIBLE),
        ({}, 900, Relevance.NONE),
        ({}, 200, Relevance.POSSIBLE),
    ],
)
def test_a_text_is_relevant_when_it_names_the_region_and_a_partner(
    named: dict[str, int], length: int, expected: Relevance
) -> None:
    assert relevance(named, {"mali": "home", "niger": "region", "algeria": "neighbour"}, length) is expected


def test_voice_learns_from_signs() -> None:
    texts = [
        "La France nous pille.",
        "Selon le ministre, la France nous pille.",
        "Non, la France ne pille personne.",
    ]
    signs = [voice_features([text]) for text in texts]
    learned = VoiceScorer(regularisation=1.0).fit(
        [VoicedText(one, [0], [voice]) for one, voice in zip(signs, VOICES, strict=True) for _ in range(5)]
    )
    said = [learned.predict(one, [0], np.array([False])) for one in signs]
    assert said == [[voice] for voice in VOICES]
    assert learned.named_weights("attributed")["according to"] > 0


def test_voice_follows_the_rest_of_the_text() -> None:
    quoting = ["Selon le ministre, c'est fini.", "Selon lui, la France part.", "Le pays est libre."]
    arguing = ["C'est fini.", "La France part.", "Le pays est libre."]
    coded = [(quoting, "attributed"), (arguing, "own"), (["Faux, la France reste."], "rejected")]
    learned = VoiceScorer(regularisation=1.0).fit(
        [VoicedText(voice_features(text), range(len(text)), [voice] * len(text)) for text, voice in coded] * 5
    )
    nothing = np.array([False])
    assert learned.predict(voice_features(quoting), [2], nothing) == ["attributed"]
    assert learned.predict(voice_features(arguing), [2], nothing) == ["own"]


def test_what_a_pattern_denies_is_rejected_and_a_quotation_is_never_own() -> None:
    signs = voice_features(["Merci.", "« Merci beaucoup à la France. »", "Merci."])
    learned = VoiceScorer().fit([VoicedText(signs, [0, 1, 2], VOICES)])
    learned.coefficients_, learned.intercepts_ = learned.coefficients_ * 0, np.array([9.0, 0.0, -9.0])
    said = learned.predict(signs, [0, 1, 2], np.array([False, False, True]))
    assert said == ["own", "attributed", "rejected"]
