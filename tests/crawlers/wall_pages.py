"""Pages that stand between a reader and an article, and short articles that use their words."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml


@dataclass(frozen=True, kw_only=True)
class Wall:
    """One answer: a page of ``title`` and ``words``, or an article cut off by a ``teaser``."""

    name: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    title: str = ""
    words: str = ""
    teaser: str = ""
    extra: str = ""

    @property
    def page(self) -> bytes:
        """Return the page as bytes."""
        if not self.teaser:
            return _page(self.title, f"<h1>{self.title}</h1><p>{self.words}</p>")
        body = (
            "<article><h1>Le prix du mil baisse</h1><p>Sur le marché de la ville, le sac se vendait lundi "
            "moins cher que la semaine passée, disent trois marchands.</p>"
            f"<div class='offer'><p>{self.teaser}</p></div></article>{self.extra}"
        )
        return _page("Le prix du mil baisse | Le Fleuve", body)


def _page(title: str, body: str) -> bytes:
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title></head>"
        f"<body>{body}</body></html>"
    ).encode()


_WRITTEN = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
WALLS = [Wall(**fields) for fields in _WRITTEN["walls"]]
ARTICLES: list[tuple[str, str]] = [(each["title"], each["words"]) for each in _WRITTEN["articles"]]


def article_page(title: str, words: str) -> bytes:
    """Return one of the articles, with what many sites set below every article."""
    body = (
        f"<article><h1>{title}</h1><p>{words}</p><p>Les travaux et les discussions continuent, et le journal "
        "y reviendra dans une prochaine édition, avec les chiffres du mois.</p></article><footer><p>"
        "Abonnez-vous à notre lettre d'information. Connectez-vous pour commenter.</p></footer>"
    )
    return _page(f"{title} | Le Fleuve", body)
