"""Voice signs: quotation marks over several sentences, reports, denials, conditionals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.voice import SIGNS, rule_voice, voice_signs


def sign(name: str, *sentences: str, of: int = 0) -> float:
    return float(voice_signs(sentences)[of, SIGNS.index(name)])


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("La France a pillé nos mines.", "own"),
        ("Nous n'oublierons pas ce que Moscou fait pour nous.", "own"),
        ("Selon un député, la France a pillé nos mines.", "attributed"),
        ("Le ministre affirme que la France a pillé nos mines.", "attributed"),
        ("Paris aurait livré des armes aux rebelles.", "attributed"),
        ("La France a-t-elle armé les rebelles ?", "attributed"),
        ("« La France a pillé nos mines », lance un marchand.", "attributed"),
        ("According to a trader, France plundered the mines.", "attributed"),
        ("Paris dément avoir armé qui que ce soit.", "rejected"),
        ("Les soi-disant libérateurs russes, mdr.", "rejected"),
        ("The claim is baseless.", "rejected"),
        ("Il est faux de dire que la France pille nos mines.", "rejected"),
        ("Claiming that France plunders the mines is absurd.", "rejected"),
    ],
)
def test_rules_alone(text: str, voice: str) -> None:
    assert rule_voice(voice_signs([text])[0]) == voice


def test_a_quotation_runs_over_sentences() -> None:
    text = ("Il dit : « Nous sommes libres.", "La France est partie.", "Vive le Mali. »", "Il pleut.")
    assert [sign("inside quotation marks", *text, of=index) > 0.4 for index in range(4)] == [
        True, True, True, False,
    ]  # fmt: skip
    assert sign("stands in an open quotation", *text, of=1) == 1


def test_an_unclosed_mark_quotes_nothing() -> None:
    text = ('Un mot " perdu.', *["La France est partie."] * 20)
    assert sign("inside quotation marks", *text, of=1) == 0


def test_a_sentence_that_only_closes_a_quotation_ends_one() -> None:
    text = ('Les attaques ont augmenté."', "Il pleut.")
    assert [sign("inside quotation marks", *text, of=index) > 0.5 for index in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Claim: the base was handed over at night.", "according to"),
        ("Ils tiennent la mission pour responsable du retard.", "reporting verb"),
        ("Cette vidéo ne prouve pas que la livraison a eu lieu.", "denial"),
        ("The footage does not prove that the convoy was attacked.", "denial"),
    ],
)
def test_how_fact_checks_and_reports_put_it(text: str, cue: str) -> None:
    assert sign(cue, text) == 1


@pytest.mark.parametrize(
    ("text", "unconfirmed"),
    [
        ("Le partenariat coûterait trop cher.", True),
        ("Des convois seraient passés de nuit.", True),
        ("Les chiffres montreraient le contraire.", True),
        ("Wagner is said to have looted the village.", True),
        ("On espérait un accord.", False),
        ("Le camion livrait du riz.", False),
        ("Cette peur inspirait les foules.", False),
        ("La France devrait partir.", False),
    ],
)
def test_a_conditional_is_no_imperfect_and_no_wish(text: str, unconfirmed: bool) -> None:
    assert sign("conditional", text) == unconfirmed


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Si les cartes sont exactes, le nord est repris.", "hypothesis"),
        ("Le pays est-il plus sûr ?", "yes or no"),
        ("Parler de pillage, c'est oublier les contrats.", "claim named and judged"),
        ("Cette thèse ne tient pas.", "does not hold"),
        ("Non, la route était ouverte.", "answers back"),
        ("On nous répète que tout va bien.", "we are told"),
        ("Merci, grande sœur, pour les coupures.", "feigned agreement"),
        ("The bloc has lost its way, several envoys fear.", "inverted report"),
        ("Moscou serait sincère, à en croire ce tract.", "according to"),
        ("La route, aux yeux des habitants, est sûre.", "according to"),
        ("La route, de l'avis du maire, est sûre.", "according to"),
        ("Aux dires des anciens, la route est sûre.", "begins with according to"),
    ],
)
def test_how_claims_are_doubted_and_answered(text: str, cue: str) -> None:
    assert sign(cue, text) == 1


def test_it_is_not_wrong_is_no_denial() -> None:
    assert not sign("said to be false", "Il n'est pas faux de dire que la mine rapporte.")
    assert not sign("said to be false", "It is not wrong to say that the mine pays.")


def test_a_line_set_as_a_quotation_is_one() -> None:
    assert sign("inside quotation marks", "> La France est partie.") == 1


def test_a_report_fades() -> None:
    text = ("Selon lui, tout va.", *["Le fleuve monte."] * 6)
    strengths = [sign("reported before", *text, of=index) for index in range(1, 7)]
    assert strengths[0] == 1
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[-1] < 0.5


@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_text_has_signs_between_0_and_1(sentences: list[str]) -> None:
    signs = voice_signs(sentences)
    assert signs.shape == (len(sentences), len(SIGNS))
    assert ((signs >= 0) & (signs <= 1)).all()
