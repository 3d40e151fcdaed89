"""The HTML page of a piece, in its outlet's own template."""

import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from press import Outlet, Piece

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


def page_of(piece: Piece, pieces: Sequence[Piece]) -> str:
    """Return the HTML page of a piece in its outlet's own template."""
    outlet = piece.outlet
    day = piece.published
    set_text = outlet.typeset
    return _TEMPLATES.get_template(f"{outlet.outlet_id}.html.j2").render(
        outlet=outlet,
        piece=piece,
        title=set_text(piece.title),
        summary=set_text(summary_of(piece)),
        body=body_of(piece),
        posts=[(name, set_text(words)) for name, words in _posts(piece)],
        long_date=f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
        related=[
            {"path": other.path, "title": outlet.typeset(other.title)}
            for other in pieces
            if other.key != piece.key and other.behaviour is None
        ][:4],
        json_ld=Markup(_json_ld(piece)),
    )


def body_of(piece: Piece) -> Markup:
    """Return the typeset paragraphs as HTML."""
    return Markup("\n").join(
        Markup("<p>{}</p>").format(piece.outlet.typeset(" ".join(paragraph.split("\n"))))
        for paragraph in piece.paragraphs
    )


def _posts(piece: Piece) -> list[tuple[str, str]]:
    """Split a forum thread into (member, words); empty for everything else."""
    split = (paragraph.partition("\n") for paragraph in piece.paragraphs if paragraph.startswith("@"))
    return [(name[1:], words.replace("\n", " ")) for name, _, words in split]


def summary_of(piece: Piece) -> str:
    """Return the first words of a piece, not typeset."""
    words = piece.paragraphs[0].split("\n")[-1].split()
    return " ".join(words[:28]) + ("…" if len(words) > 28 else "")


def _json_ld(piece: Piece) -> str:
    article: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.outlet.typeset(piece.title),
        "datePublished": piece.published.isoformat(),
        "author": {"@type": "Person", "name": piece.author},
        "publisher": {"@type": "Organization", "name": piece.outlet.title},
        "mainEntityOfPage": piece.url,
        "isAccessibleForFree": piece.behaviour != "walled",
    }
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": piece.url,
        "claimReviewed": piece.claim,
        "datePublished": piece.published.date().isoformat(),
        "reviewRating": {"@type": "Rating", "alternateName": piece.rating},
    }
    content = [article, review] if piece.claim else article
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def front_page(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    """Return a bare front page: a list of links."""
    links = Markup("").join(
        Markup('<li><a href="{}">{}</a></li>').format(piece.listed_path, piece.title) for piece in pieces
    )
    return (
        Markup('<!doctype html><html><head><meta charset="utf-8"><title>{0}</title></head>')
        + Markup("<body><h1>{0}</h1><ul>{1}</ul></body></html>")
    ).format(outlet.title, links)


def plain_page(outlet: Outlet) -> str:
    """Return the one page of an outlet that has no pieces."""
    return _TEMPLATES.get_template(f"{outlet.outlet_id}.html.j2").render()
