"""Invented articles in the frames that much of the press of the region uses: themes, old tables, blogs."""

from pathlib import Path

import pytest

from crawlers.extraction import Extraction, extract
from crawlers.page_order import in_page_order

FOLDER = Path(__file__).with_name("themes")
THEMES = sorted(path.stem for path in FOLDER.glob("*.html"))
TITLE = "Le pont de bois rouvre après la crue"
PARAGRAPHS = [
    "La mairie de la commune du Delta a rouvert mardi le pont de bois, fermé depuis la crue du mois dernier.",
    "Selon le chef de quartier, « les enfants pourront de nouveau aller à l'école sans prendre la pirogue ».",
    "Un second pont, en béton celui-là, doit être commencé après la saison des pluies, sans date précise.",
]
#: What stands in the page beside the paragraphs and may stay: a signature, the place above the headline.
TOLERATED = {"aggregator": ["Awa Exemple"], "spip": ["Commune du Delta"]}


def read(theme: str) -> Extraction:
    return extract((FOLDER / f"{theme}.html").read_bytes(), "https://delta.example/actu/le-pont")


def test_there_are_seven_themes() -> None:
    assert len(THEMES) == 7


@pytest.mark.parametrize("theme", THEMES)
def test_the_text_is_the_article_in_its_order_and_nothing_else(theme: str) -> None:
    assert read(theme).text.split("\n") == PARAGRAPHS + TOLERATED.get(theme, [])


@pytest.mark.parametrize("theme", THEMES)
def test_title_date_author_and_credit_are_found(theme: str) -> None:
    found = read(theme)
    assert found.title == TITLE
    assert found.published_at == "2024-03-05T10:20:00Z"
    assert found.author == (None if theme == "aggregator" else "Awa Exemple")
    assert found.credited_source == ("Le Quotidien du Delta" if theme == "aggregator" else None)
    assert found.suspect is None


def test_a_table_of_figures_stays_a_table() -> None:
    rows = "".join(f"<tr><td>Commune {n}</td><td>{n}00 sacs</td></tr>" for n in range(1, 6))
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = f"<html><body><article><h1>{TITLE}</h1>{text}<table>{rows}</table></article></body></html>"
    found = extract(page.encode(), "")
    assert [line for line in found.text.split("\n") if "sacs" in line] == [
        f"| Commune {n} | {n}00 sacs |" for n in range(1, 6)
    ]


@pytest.mark.parametrize(
    "mark",
    [
        "class='chapo'",
        "class='article__desc'",
        "class='entry-excerpt'",
        "itemprop='description'",
        "class='big'",
    ],
)
def test_a_lead_outside_the_body_is_part_of_the_text(mark: str) -> None:
    lead = "Après trois semaines d'attente, les habitants des deux rives se retrouvent au marché du mardi."
    head = f"<meta name='description' content=\"{lead}\">" if "big" in mark else ""
    body = "".join(f"<p>{paragraph} {paragraph}</p>" for paragraph in PARAGRAPHS)
    page = (
        f"<html><head>{head}</head><body><div class='top'><h1>{TITLE}</h1><div {mark}>{lead}</div></div>"
        f"<div class='share'><a href='#'>Facebook</a></div><div class='article-body'>{body}</div></body>"
    )
    lines = extract(page.encode(), "").text.split("\n")
    assert lines[0] == lead
    assert len(lines) == 4


def test_a_page_that_shows_its_lead_twice_has_it_once() -> None:
    page = (
        f"<html><body><h1>{TITLE}</h1><p class='chapo'>{PARAGRAPHS[0]}</p><article>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS * 2)
        + "</article></body></html>"
    )
    assert extract(page.encode(), "").text.count(PARAGRAPHS[0]) <= 2


def test_lines_without_a_place_stay_with_the_line_before_them() -> None:
    plain = "\n".join([PARAGRAPHS[0], "Oui.", PARAGRAPHS[1], PARAGRAPHS[2]])
    mixed = "\n".join([PARAGRAPHS[2], PARAGRAPHS[0], "Oui.", PARAGRAPHS[1]])
    assert in_page_order(mixed, plain) == plain


@pytest.mark.parametrize("times", [2, 5, 280])
@pytest.mark.parametrize("among", [True, False], ids=["in an article", "alone"])
def test_a_repeated_line_is_kept_as_often_as_it_stands_there(times: int, among: bool) -> None:
    slogan = "Nous voulons un pont, un vrai pont, et nous le voulons avant les pluies."
    lines = [f"{PARAGRAPHS[0]} ({n})" * among + f"</p><p>{slogan}" for n in range(times)]
    body = "".join(f"<p>{line}</p>" for line in lines)
    found = extract(f"<html><body><article><h1>{TITLE}</h1>{body}</article></body></html>".encode(), "")
    assert found.text.count(slogan) == times


@pytest.mark.parametrize(
    "line",
    [
        "Par Awa Exemple - 05 Mar 2024 - 10:20 - 3 réactions", "Par Awa ExemplePublié le 05/03/2024 à 10:20",
        "mardi 5 mars 2024, par", "5 mars 2024", "Temps de lecture : 2 minutes", "Lu 412 fois", "412 vues",
        "Commentaires via Facebook :", "Réagir à cet article", "Facebook Twitter WhatsApp Partager",
        "Mots-clés : pont, crue", "Article précédent : Les pirogues",
        "Votre adresse e-mail ne sera pas publiée.", "Classé sous : Société",
    ],
)  # fmt: skip
def test_a_line_of_the_frame_is_no_text(line: str) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in [line, *PARAGRAPHS, PARAGRAPHS[0].upper(), line])
    assert line not in extract(f"<html><body><article><h1>{TITLE}</h1>{body}".encode(), "").text


@pytest.mark.parametrize(
    "line",
    [
        "Par arrêté du 5 mars 2024, le maire a fermé le pont.",
        "Le 5 mars 2024, le pont de bois a été emporté par la crue.",
        "Partager le fleuve, voilà ce que demandent les pêcheurs.",
        "Réagir vite, c'est ce que promet le nouveau maire.",
        "Commentaires et rumeurs n'ont pas manqué après la crue.",
        "412 lectures publiques ont eu lieu dans les écoles.",
    ],
)
def test_a_sentence_that_begins_like_the_frame_is_text(line: str) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in [line, *PARAGRAPHS])
    assert line in extract(f"<html><body><article><h1>{TITLE}</h1>{body}".encode(), "").text


@pytest.mark.parametrize(
    ("signed", "credited"),
    [
        ("SOURCE : LE FLEUVE", "LE FLEUVE"),
        ("Source: Le Fleuve du 12 mars 2024", "Le Fleuve"),
        ("Source : Le Fleuve (Bamako)", "Le Fleuve"),
        ("Source – Le Fleuve", "Le Fleuve"),
        ("source : https://www.fleuve.example/article/12", "fleuve.example"),
        ("Source: www.fleuve.example", "fleuve.example"),
        ("Awa EXEMPLE/fleuve.example", "fleuve.example"),
        ("(AMAP)", "AMAP"),
        ("Avec AFP", "AFP"),
        ("Propos recueillis par Awa Exemple", None),
        ("La source du fleuve est loin d'ici.", None),
    ],
)
def test_an_aggregator_credits_the_outlet_it_took_a_text_from(signed: str, credited: str | None) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in [*PARAGRAPHS, signed])
    found = extract(f"<html><body><article><h1>{TITLE}</h1>{body}".encode(), "https://kiosque.example/a")
    assert found.credited_source == credited
    assert (signed in found.text) is (credited is None)
