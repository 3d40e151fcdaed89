"""Checkable sentences gathered by wording, beside published reviews; and no verdict of our own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from db.claim_reviews import record_reviews
from db.claims import content_words, gathered, jaccard, refresh_claims
from db.connection import transaction
from db.review_markup import ClaimReview, claim_reviews
from narratives import cli

SAID = "Le voisin arme les groupes de la forêt depuis trois ans."
REWORDED = "Depuis trois ans, le voisin arme en secret les groupes de la forêt."
OTHER = "La rivière a quitté son lit près du marché aux poissons."
REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://balance.example/verif/1",
    "datePublished": "2025-03-04T09:00:00+00:00",
    "inLanguage": "fr-FR",
    "claimReviewed": "Le voisin arme des groupes de la forêt depuis trois ans",
    "author": {"@type": "Organization", "name": "Balance"},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "un orateur"}},
    "reviewRating": {"@type": "Rating", "ratingValue": 2, "bestRating": 5, "alternateName": "Non établi"},
}
KNOWN = ClaimReview(
    reviewer="Balance",
    url="https://balance.example/verif/1",
    claim_reviewed="Le voisin arme des groupes de la forêt depuis trois ans",
    rating="Non établi",
    claimed_by="un orateur",
    reviewed_at="2025-03-04",
    language="fr",
)


@pytest.fixture
def labelled(db: Database, put: Callable[..., int]) -> Callable[..., int]:
    """Return a way to store one sentence with a label of the current model."""
    with transaction(db):
        db.execute("insert into narrative_families values ('f', 'F', 'F', 'D', 'D', 0)")
        for narrative_id, falsifiable in (("arms", 1), ("mood", 0)):
            db.table("narratives").insert(
                {
                    "narrative_id": narrative_id, "family_id": "f", "title_fr": "T", "title_en": "T",
                    "definition_fr": "D", "definition_en": "D", "kind": "accusation",
                    "falsifiable": falsifiable, "status": "core", "codebook_version": "c", "position": 0,
                }
            )  # fmt: skip
        db.table("models").insert(
            {"model_id": "m", "codebook_version": "c", "training_sha256": "x", "trained_at": "2025-01-01",
             "versions": "{}", "card": "{}", "current": 1}
        )  # fmt: skip

    def store(
        text: str, day: str, narrative_id: str = "arms", voice: str = "own", band: str = "flagged"
    ) -> int:
        document_id = put(f"{len(text)}-{day}-{voice}-{band}-{narrative_id}", text, published_at=day,
                          published_precision="day", published_origin="feed")  # fmt: skip
        with transaction(db):
            passage_id = (
                db.table("passages")
                .insert({"document_id": document_id, "position": 0, "start": 0, "end": len(text)})
                .last_pk
            )
            db.table("predictions").insert(
                {"passage_id": passage_id, "document_id": document_id, "narrative_id": narrative_id,
                 "voice": voice, "score": 0.9, "band": band, "model_id": "m"}
            )  # fmt: skip
        return document_id

    return store


def test_sentences_gather_around_the_earliest_wording(db: Database, labelled: Callable[..., int]) -> None:
    later = labelled(REWORDED, "2025-02-02", voice="attributed")
    first = labelled(SAID, "2025-01-01")
    labelled(OTHER, "2025-01-03")
    labelled(SAID, "2025-01-04", voice="rejected")
    labelled(SAID, "2025-01-05", band="review")
    labelled(SAID, "2025-01-06", narrative_id="mood")
    counts = refresh_claims(db)
    assert (counts.claims, counts.clusters, counts.matches, counts.changed) == (3, 2, 0, 3)
    rows = {row["document_id"]: row for row in db.query("select * from claims")}
    assert rows[first]["cluster_key"] == rows[first]["claim_key"] == rows[later]["cluster_key"]
    assert rows[later]["similarity"] == pytest.approx(6 / 7)  # "secret" is the seventh word
    assert refresh_claims(db).changed == 0, "a second call writes nothing"


def test_a_label_that_goes_takes_its_claim_along(db: Database, labelled: Callable[..., int]) -> None:
    document_id = labelled(SAID, "2025-01-01")
    refresh_claims(db)
    with transaction(db):
        db.execute("delete from predictions where document_id = ?", [document_id])
    assert refresh_claims(db).claims == 0
    assert not list(db.query("select 1 from claims"))


def test_deleting_every_review_changes_no_claim(db: Database, labelled: Callable[..., int]) -> None:
    labelled(SAID, "2025-01-01")
    with transaction(db):
        assert record_reviews(db, [KNOWN], origin="import") == 1
        assert record_reviews(db, [KNOWN], origin="import") == 0, "the same review again is no change"
    assert refresh_claims(db).matches == 1
    before = list(db.query("select * from claims"))
    with transaction(db):
        db.execute("delete from claim_matches")
        db.execute("delete from claim_reviews")
    assert refresh_claims(db).matches == 0
    assert list(db.query("select * from claims")) == before


def test_reviews_are_read_wherever_they_lie() -> None:
    feed = {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [REVIEW, REVIEW]}]}
    assert claim_reviews(REVIEW) == claim_reviews([{"@graph": [REVIEW]}]) == claim_reviews(feed) == [KNOWN]


@pytest.mark.parametrize(
    "change",
    [
        {"claimReviewed": ""},
        {"url": "javascript:alert(1)"},
        {"author": None},
        {"reviewRating": "false"},
        {"reviewRating": {}},
        {"@type": "Review"},
        {"claimReviewed": ["list"]},
    ],
)
def test_what_is_no_review_is_left_out(change: dict[str, object]) -> None:
    assert claim_reviews({**REVIEW, **change}) == []


def test_a_rating_without_words_keeps_its_scale_and_a_page_lends_its_address() -> None:
    bare = {**REVIEW, "reviewRating": {"ratingValue": 2, "bestRating": 5}, "url": None}
    assert [(found.rating, found.url) for found in claim_reviews(bare, "https://balance.example/p")] == [
        ("2/5", "https://balance.example/p")
    ]


def test_the_command_imports_reviews_and_says_so(
    hub: Path, db: Database, labelled: Callable[..., int], tmp_path: Path
) -> None:
    labelled(SAID, "2025-01-01")
    refresh_claims(db)
    file = tmp_path / "reviews.json"
    file.write_text(json.dumps([REVIEW]), encoding="utf-8")
    done = CliRunner().invoke(cli, ["db", "reviews", str(hub), str(file)])
    assert done.exit_code == 0, done.output
    assert "1 reviews, 1 new or changed" in done.output
    assert "1 links to claims" in done.output
    file.write_text("no json", encoding="utf-8")
    assert "is not JSON" in CliRunner().invoke(cli, ["db", "reviews", str(hub), str(file)]).output


def test_words_are_compared_without_accents_or_small_words() -> None:
    assert content_words("L'été, à Ségou : 12 ans de la CÉDÉAO !") == {"segou", "cedeao", "12"}
    assert jaccard(frozenset(), frozenset()) == 0.0


def test_gathering_finds_what_comparing_every_pair_finds() -> None:
    """Against the plain method on 400 sets of words of every size."""
    import random

    source = random.Random(7)
    wordings = [
        (f"k{number}", frozenset(f"w{source.randrange(24)}" for _ in range(source.randrange(1, 9))))
        for number in range(400)
    ]
    placed, leaders = gathered(wordings)
    for number, (key, words) in enumerate(wordings):
        earlier = [leaders[other] for other, _ in wordings[:number] if other in leaders]
        best = max((jaccard(words, leader) for leader in earlier), default=0.0)
        assert placed[key] == (key, 1.0) if best < 0.5 else placed[key][1] == best
