"""What named fact-checkers concluded: schema.org ClaimReview, read from JSON-LD. Pure.

https://schema.org/ClaimReview; the same form is found in pages and in data feeds. Nothing is judged here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_MOST_NODES = 50_000
_MOST_CHARACTERS = 1_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReview:
    """One review. ``rating`` is the reviewer's own conclusion, ``reviewed_at`` a day; missing is None."""

    reviewer: str
    url: str
    claim_reviewed: str
    rating: str
    claimed_by: str | None = None
    reviewed_at: str | None = None
    language: str | None = None


def claim_reviews(content: Any, page: str | None = None) -> list[ClaimReview]:
    """Return the reviews in decoded JSON-LD, however deep they lie (lists, ``@graph``, data feeds).

    ``page`` is the address of the page that the JSON-LD stands in, for reviews without one. A node without
    a reviewed claim, a conclusion in words or figures, a reviewer or a web address is no review and left out.
    """
    found = dict.fromkeys(review for node in _nodes(content) if (review := _review(node, page)) is not None)
    return list(found)


def _nodes(content: Any) -> Iterator[Mapping[str, Any]]:
    pending, seen = [content], 0
    while pending and seen < _MOST_NODES:
        value = pending.pop()
        seen += 1
        if isinstance(value, Mapping):
            kinds = value.get("@type")
            if "ClaimReview" in (kinds if isinstance(kinds, list) else [kinds]):
                yield value
            pending.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            pending.extend(reversed(value))


def _review(node: Mapping[str, Any], page: str | None) -> ClaimReview | None:
    address = _text(node.get("url")) or page or ""
    claim, reviewer, rating = (
        _text(node.get("claimReviewed")), _name(node.get("author")), _rating(node.get("reviewRating")),
    )  # fmt: skip
    if not (claim and reviewer and rating and urlsplit(address).scheme in ("http", "https")):
        return None
    item = node.get("itemReviewed")
    day = _DAY.match(_text(node.get("datePublished")) or "")
    return ClaimReview(
        reviewer=reviewer,
        url=address,
        claim_reviewed=claim,
        rating=rating,
        claimed_by=_name(item.get("author")) if isinstance(item, Mapping) else None,
        reviewed_at=day[0] if day else None,
        language=(_text(node.get("inLanguage")) or "")[:2].lower() or None,
    )


def _rating(value: Any) -> str | None:
    """Return the conclusion in words, else as a figure on its scale."""
    if not isinstance(value, Mapping):
        return None
    if words := _text(value.get("alternateName")) or _text(value.get("name")):
        return words
    figure, best = value.get("ratingValue"), value.get("bestRating")
    return None if figure is None else f"{figure}/{best}" if best is not None else str(figure)


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = next(iter(value), None)
    return _text(value.get("name")) if isinstance(value, Mapping) else _text(value)


def _text(value: Any) -> str | None:
    return value.strip()[:_MOST_CHARACTERS] or None if isinstance(value, str) else None
