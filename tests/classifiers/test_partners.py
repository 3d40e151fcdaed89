"""Which partners a text names, and which words only look like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.partners import mentions, spans
from db.reference import partners


def named(text: str) -> list[tuple[str, str]]:
    return [(found.partner_id, text[found.start : found.end]) for found in spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'Hexagone et Moscou se toisent.", ["france", "russia"]),
        ("l’ancienne puissance coloniale", ["france"]),
        ("Les casques bleus de la MINUSMA", ["un", "un"]),
        ("La CEDEAO, la Cédéao, la CÉDÉAO", ["ecowas"] * 3),
        ("l'organisation sous-régionale", ["ecowas"]),
        ("des instructeurs russes et des drones turcs", ["russia", "turkiye"]),
        ("les autorités de la transition", ["domestic"]),
        ("Alger, les Algériennes et les Algériens", ["algeria"] * 3),
        ("L'UE, l'ONU, l'UA et l'AES", ["eu", "un", "african-union", "aes"]),
        ("the US, the UN and the EU told us so", ["us", "un", "eu"]),
        ("The West and Western capitals", ["west", "west"]),
        ("Mali’s army", ["mali"]),
        ("PARIS MENACE MOSCOU", ["france", "russia"]),
        ("l’Alliance des États du Sahel", ["aes"]),
        ("les E\u0301tats-Unis", ["us"]),
        ("Africa Corps, ex-Wagner", ["russia", "russia"]),
    ],
)
def test_partners_are_named_by_many_words(text: str, expected: list[str]) -> None:
    assert [partner for partner, _ in named(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "La Somalie et les Somaliens, le Nigeria et les Nigérians",
        "Somali people and Nigerian traders in Nigeria",
        "l'Office du Niger, le fleuve Niger, le delta intérieur du Niger",
        "the Niger River and the Niger Delta",
        "il y a eu un problème au marché, tell us",
        "UN HOMME A EU UNE IDÉE AU MARCHÉ",
        "Les paris sont ouverts, le sabre au clair",
        "in the west of the town, en Afrique de l'Ouest, West African traders",
        "Il a séjourné chez nous. La normalité, les malins, une anomalie.",
        "européaniser russifier francophile",
    ],
)
def test_what_only_looks_like_a_partner_is_left_alone(text: str) -> None:
    assert named(text) == []


def test_the_longest_name_counts_once() -> None:
    assert named("le Conseil de sécurité des Nations unies") == [
        ("un", "Conseil de sécurité des Nations unies")
    ]
    assert mentions("La Force conjointe de l'AES ; le groupe Wagner ; Emmanuel Macron") == {
        "aes": 1, "russia": 1, "france": 1
    }  # fmt: skip


@pytest.mark.parametrize("partner_id", sorted(partners()))
def test_every_name_of_a_partner_names_it(partner_id: str) -> None:
    partner = partners()[partner_id]
    for alias in (*partner.aliases_fr, *partner.aliases_en):
        sentence = f"On parle ici de {alias} depuis hier."
        assert partner_id in mentions(sentence), alias
    assert partner.aliases_fr and partner.aliases_en


def test_a_name_belongs_to_one_partner() -> None:
    owners: dict[str, set[str]] = {}
    for partner_id, partner in partners().items():
        for alias in (*partner.aliases_fr, *partner.aliases_en):
            owners.setdefault(alias.casefold(), set()).add(partner_id)
    assert {alias: names for alias, names in owners.items() if len(names) > 1} == {}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Mali", "malien", "Paris", "l'", "Niger", "Nigeria", "UN", "un", "«", "de", "Office du", "é"]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_mentions_are_in_order_without_overlap_and_on_word_borders(text: str) -> None:
    reached = 0
    for found in spans(text):
        assert reached <= found.start < found.end <= len(text)
        assert found.start == 0 or not text[found.start - 1].isalnum()
        assert found.end == len(text) or not text[found.end].isalnum()
        reached = found.end
    assert sum(mentions(text).values()) == len(spans(text))
