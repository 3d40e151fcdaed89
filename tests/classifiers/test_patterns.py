"""What patterns find, where, and that no text makes them slow."""

import time
import unicodedata

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.codebook import Codebook, Narrative, load_codebook
from classifiers.lexicon import Lexicon, TermError, expand
from classifiers.pattern_syntax import PatternError, parse_pattern
from classifiers.patterns import PatternMatcher

BOOK = load_codebook()
MATCHER = PatternMatcher(BOOK)


def only(*patterns: str, words: dict[str, list[str]] | None = None) -> PatternMatcher:
    """Return a matcher with one narrative, ``fishing``, that has these patterns."""
    content = yaml.safe_load(
        """
        title: {fr: t, en: t}
        definition: {fr: d, en: d}
        family: anti-western
        kind: grievance
        partners: {}
        falsifiable: false
        status: experimental
        include: [{fr: i, en: i}]
        examples: [{text: e, language: fr, voice: own}]
        """
    )
    narrative = Narrative.model_validate(
        {**content, "id": "fishing", "patterns": {"fr": patterns}, "words": words or {}}
    )
    return PatternMatcher(Codebook({"fishing": narrative}, BOOK.vocabulary))


def found(matcher: PatternMatcher, text: str, before: str = "") -> list[str]:
    return [text[start:end] for start, end in matcher.matches(text, before).get("fishing", ())]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("bras de fer", "Un nouveau Bras-de-fer s'annonce.", ["Bras-de-fer"]),
        ("échou*", "L'opération échouera, dit-on.", ["échouera"]),
        ("echou*", "L'OPÉRATION ÉCHOUE", ["ÉCHOUE"]),
        ("l'armée", "l’armée recule", ["l’armée"]),
        ("(retour|retrait) de la force", "le retrait de la force", ["retrait de la force"]),
        ("force (militaire)? étrangère", "force étrangère", ["force étrangère"]),
        ("force (militaire)? étrangère", "force militaire étrangère", ["force militaire étrangère"]),
        ("n' _ pas su", "il n'a pas su", ["n'a pas su"]),
        ("{@france} ..2 poisson", "Paris prend le poisson", ["Paris prend le poisson"]),
        ("{@france} ..2 poisson", "Paris prend encore tout le poisson", []),
        ("{@france|@russia} .. poisson", "Moscou prend le poisson", ["Moscou prend le poisson"]),
        ("poisson & {@france}", "La France veut le poisson.", ["La France veut le poisson"]),
        ("poisson & not {@france}", "La France veut le poisson.", []),
        ("poisson & not {@france}", "On veut le poisson.", ["poisson"]),
        ("poisson ..0 frais", "poisson frais", ["poisson frais"]),
        ("manoeuvre*", "une manœuvre habile", ["manœuvre"]),
        ("poisson", "des poissons", []),
        ("poisson", "le p\u00adoisson", ["p\u00adoisson"]),
    ],
)
def test_a_pattern_finds(pattern: str, text: str, expected: list[str]) -> None:
    assert found(only(pattern), text) == expected


def test_an_actor_may_be_named_just_before() -> None:
    matcher = only("poisson & near {@china}")
    assert found(matcher, "Ils prennent tout le poisson.", "Pékin a signé l'accord.") == ["poisson"]
    assert found(matcher, "Pékin prend le poisson.") == ["poisson"]
    assert found(matcher, "Ils prennent tout le poisson.", "Le maire a signé l'accord.") == []


def test_groups_of_the_narrative_and_of_the_vocabulary_work_alike() -> None:
    matcher = only("{boats} .. {failed}", words={"boats": ["pirogue*", "{@china}"]})
    assert found(matcher, "Les pirogues ont échoué.") == ["pirogues ont échoué"]
    assert found(matcher, "Pékin a échoué.") == ["Pékin a échoué"]


def test_every_pattern_that_fires_gives_one_span() -> None:
    assert found(only("poisson", "poisson frais", "viande"), "du poisson frais, du poisson") == [
        "poisson",
        "poisson frais",
    ]


@pytest.mark.parametrize(
    ("narrative_id", "text"),
    [
        ("intervention-failed", "Dix ans de Barkhane n'ont pas empêché les attaques de gagner le sud."),
        ("intervention-failed", "The European training mission failed to change the army."),
        ("neocolonial-france", "Paris continue de traiter ses anciennes colonies avec mépris."),
        ("france-abets-armed-groups", "La France aurait livré des armes aux terroristes."),
        ("ecowas-instrument", "Les sanctions de la CEDEAO sont illégales et inhumaines."),
        ("ecowas-instrument", "ECOWAS is a puppet of foreign powers."),
        ("un-mission-useless", "La Minusma s'est montrée incapable de protéger les villages."),
        ("ukraine-sponsors-terror", "Kiev a fourni des drones aux rebelles du nord."),
        ("ukraine-sponsors-terror", "Ukraine denied training rebels in Mali."),
        ("neighbour-destabilises", "Bamako accuse Alger d'abriter des terroristes."),
        ("russia-abuses-or-fails", "Wagner est accusé d'avoir massacré des civils à Moura."),
        ("russia-reliable-partner", "La Russie est un partenaire fiable et sincère."),
        ("sovereignty-regained", "Le peuple malien a repris son destin en main."),
        ("army-resurgent", "La montée en puissance des FAMa est une réalité."),
        ("aes-emancipation", "L'AES rend leur dignité aux peuples du Sahel."),
        ("west-in-decline", "L'Occident pratique le deux poids, deux mesures."),
        ("foreign-media-war", "RFI et France 24 mènent une campagne de désinformation contre le Mali."),
        ("isolation-costs", "La rupture avec les bailleurs coûte cher aux familles maliennes."),
        ("constitutional-order", "Les partis réclament le retour à l'ordre constitutionnel."),
        ("west-indispensable", "Sans l'armée française, Bamako serait tombée."),
        ("foreign-actors-spy", "Sous couvert d'aide humanitaire, des ONG espionnent nos positions."),
    ],
)
def test_the_frame_is_found_whatever_the_voice(narrative_id: str, text: str) -> None:
    assert narrative_id in MATCHER.matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "Le convoi de la Minusma a quitté Gao mardi matin.",
        "Les deux ministres des Affaires étrangères se sont rencontrés à Moscou.",
        "L'ambassadeur de France a présenté ses lettres de créance.",
        "La CEDEAO tiendra son prochain sommet à Abuja en juin.",
        "Le Conseil de sécurité a entendu le rapport trimestriel du Secrétaire général.",
        "Le budget de la défense s'élève à 400 milliards de francs CFA.",
        "Un avion russe a atterri à Bamako avec une cargaison de blé.",
        "L'Algérie a remporté le match contre le Mali sur le score de deux à un.",
        "Le fleuve Niger a débordé après les pluies de la semaine.",
        "Le ministère de la Refondation de l'État a ouvert un bureau à Ségou.",
        "La population du cercle de Kolokani attend les semences.",
        "The EU delegation opened a new office in Bamako on Monday.",
        "The two presidents discussed trade and visas.",
        "Les élections régionales ont eu lieu dimanche en Allemagne.",
        "Les prix du mil ont augmenté de dix pour cent sur le marché de Mopti.",
    ],
)
def test_a_fact_without_judgement_matches_nothing(text: str) -> None:
    assert MATCHER.matches(text) == {}


SAID = [
    "France",
    "Minusma",
    "RUSSIE",
    "CÉDÉAO",
    "Mali",
    "sanctions",
    "injustes",
    "échec",
    "terroristes",
    "fiable",
]
SMALL = ["la", "n'a", "pas", "réussi", "du", "œuvre", "’", "«", "»", "\u200b", "é", "e\u0301", "🙂"]
WORDS = st.sampled_from([*SAID, *SMALL, "souveraineté"])


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=25).map(" ".join)))
def test_spans_lie_in_the_text_and_on_word_borders(text: str) -> None:
    for spans in MATCHER.matches(text).values():
        assert list(spans) == sorted(spans)
        for start, end in spans:
            assert 0 <= start < end <= len(text)
            assert start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
            assert end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS.filter(str.isalpha), min_size=3, max_size=25).map(" ".join))
def test_case_accents_and_composition_change_nothing_but_acronyms(text: str) -> None:
    expected = set(MATCHER.matches(text))
    assert set(MATCHER.matches(unicodedata.normalize("NFD", text))) == expected
    assert set(MATCHER.matches(text.lower())) == expected


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab (|)?*_.{}@&not near-1'", max_size=30))
def test_any_text_is_a_pattern_or_a_pattern_error(written: str) -> None:
    try:
        pattern = parse_pattern(written)
    except PatternError:
        return
    assert pattern.clauses


@pytest.mark.parametrize("term", ["", "()", "(a|)", "a)", "(a", "_", "a b*", "*abc", "ab*c", "(a|b ..3 c)"])
def test_a_term_that_says_nothing_is_refused(term: str) -> None:
    with pytest.raises(TermError):
        expand(term)


def test_terms_may_be_nested() -> None:
    assert set(expand("le (grand (et)? vieux|petit) pays")) == {
        ("le", "grand", "et", "vieux", "pays"),
        ("le", "grand", "vieux", "pays"),
        ("le", "petit", "pays"),
    }


def test_an_exact_term_minds_capitals() -> None:
    lexicon: Lexicon[str] = Lexicon()
    lexicon.add("US", "country", exact=True)
    assert list(lexicon.find(["tell", "us"])) == []
    assert list(lexicon.find(["the", "US"])) == [("country", 1, 2)]


HOSTILE = {
    "one letter": "a ",
    "no border": "x",
    "negations": "n' n' ne ne pas pas ",
    "actors": "la France la Russie la CEDEAO la Minusma Alger Kiev ",
    "almost": "la France n'a pas réussi les terroristes échec sanctions injustes ",
    "brackets": "((((((((( ",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_text_costs_at_most_50_ms_a_pattern(name: str) -> None:
    """100 kB against all patterns at once, in less than what forty of the thousands alone may take."""
    unit = HOSTILE[name]
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    started = time.process_time()
    MATCHER.matches(text)
    assert time.process_time() - started < 40 * 0.050


def test_twice_the_text_takes_about_twice_the_time() -> None:
    unit = HOSTILE["almost"]

    def seconds(repeats: int) -> float:
        text = f"{unit * repeats} {repeats}"
        started = time.process_time()
        MATCHER.matches(text)
        return time.process_time() - started

    short = min(seconds(1_000 + step) for step in range(3))
    long = min(seconds(4_000 + step) for step in range(3))
    assert long < 4 * short * 2.5
