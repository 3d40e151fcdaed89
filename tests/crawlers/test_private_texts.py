"""Masking and pseudonyms: what is taken out of private persons' texts, and what must stay."""

import time

import pytest

from crawlers.masking import masked
from crawlers.pseudonyms import Pseudonyms


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Appelez le 76 12 34 56 ou +223 66.72.34.56.", "Appelez le [numéro] ou [numéro]."),
        ("Tél : 66 72 34 56/76 12 34 56", "Tél : [numéro]/[numéro]"),
        ("moussa.t@mail.example, awa [at] poste.example", "[adresse], [adresse]"),
        ("suivez @moussa_t, @awa@pouet.example et @afp.bsky.social", "suivez [compte], [compte] et [compte]"),
        ("https://t.me/moussat/12 et wa.me/22376123456", "[compte] et [compte]"),
        ("https://pouet.example/@toto/99", "[compte]"),
        ("le 12/05/2024, de 2013-2022", "le 12/05/2024, de 2013-2022"),
        ("15 000 000 FCFA, 1500000000 FCFA, 20 000 000 d’habitants", None),
        ("https://journal.example/a-12345678.html @ 10 h", None),
        ("Merci à @journal", None),
    ],
)
def test_private_data_is_masked_and_the_rest_stays(text: str, kept: str | None) -> None:
    assert masked(text, {"journal"}) == (text if kept is None else kept)


@pytest.mark.parametrize("piece", ["a.", "@a.", "1 ", "a@", "t.me/", "a-", "http://a."])
def test_no_text_makes_masking_slow(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.perf_counter()
    masked(text)
    assert time.perf_counter() - began < 2


def test_a_pseudonym_is_128_bits_of_one_deployment_and_the_key_never_shows() -> None:
    ours, theirs = Pseudonyms(b"a" * 32), Pseudonyms(b"b" * 32)
    key = ours.of("telegram", "une_chaine")
    assert len(key) == 32 and key == ours.of("telegram", "une_chaine")
    assert len({key, theirs.of("telegram", "une_chaine"), ours.of("bluesky", "une_chaine")}) == 3
    assert "aaaa" not in repr(ours)
