"""A fact-checker's page: its ClaimReview is stored in the fact-checker's words, once."""

import json
from pathlib import Path

from tests.crawlers.crawl_desk import MORNING, Desk
from tests.crawlers.local_site import article, local_site, rss

REVIEW = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "NewsArticle", "headline": "Le pont n’est pas fermé"},
        {
            "@type": "ClaimReview",
            "claimReviewed": "Le pont de la ville est fermé depuis lundi",
            "author": {"@type": "Organization", "name": "Balance"},
            "datePublished": "2026-06-01",
            "reviewRating": {"@type": "Rating", "alternateName": "Inexact"},
        },
    ],
}

SEEN = (
    "Nous sommes allés voir le pont de la ville mercredi matin, avec deux habitants du quartier voisin.\n"
    "Il est ouvert dans les deux sens et les camions y passent comme d'habitude depuis des semaines."
)


def test_a_review_found_in_a_page_is_kept_with_its_page(tmp_path: Path) -> None:
    markup = f'<script type="application/ld+json">{json.dumps(REVIEW)}</script>'
    address = "https://balance.example/pont"
    with local_site() as site:
        desk = Desk(tmp_path, site)
        host = desk.add("balance", "https://balance.example/feed")
        site.put(host, "/feed", rss((address, "Le pont", "Mon, 15 Jun 2026 05:00:00 GMT")))
        site.put(host, "/pont", article("Le pont n’est pas fermé", SEEN, extra=markup))
        desk.crawl("balance", now=MORNING)
        desk.crawl("balance", now="2026-06-20T06:00:00Z")
    assert desk.rows(
        "select r.reviewer, r.url, r.claim_reviewed, r.rating, r.reviewed_at, r.origin, d.url "
        "from claim_reviews r join documents d using (document_id)"
    ) == [
        (
            "Balance",
            address,
            "Le pont de la ville est fermé depuis lundi",
            "Inexact",
            "2026-06-01",
            "page",
            address,
        )
    ]
