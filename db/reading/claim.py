"""Checkable claims as readers meet them: how far each has spread, its wordings, and published reviews."""

import sqlite3

from db.reading.rows import Row, all_rows, one_row, one_value

_LISTED = (
    "select c.*, k.quote, k.language, k.voice, k.document_key, k.reference, n.title_fr, n.title_en, n.status "
    "from claim_clusters c join claims k on k.claim_id = c.claim_id "
    "join narratives n on n.narrative_id = c.narrative_id "
)


def claims(
    connection: sqlite3.Connection,
    *,
    narrative_id: str = "",
    reviewed: bool = False,
    limit: int,
    offset: int = 0,
) -> list[Row]:
    """Return claims by the number of sources that carry them, then of distinct texts.

    ``reviewed`` keeps those for which a published review uses close words.
    """
    conditions = ["1 = 1"]
    if narrative_id:
        conditions.append("c.narrative_id = :narrative")
    if reviewed:
        conditions.append("c.cluster_key in (select cluster_key from claim_matches)")
    return all_rows(
        connection,
        f"{_LISTED} where {' and '.join(conditions)} order by c.outlets desc, c.distinct_texts desc, "
        "c.cluster_key limit :limit offset :offset",
        {"narrative": narrative_id, "limit": limit, "offset": offset},
    )


def count_claims(connection: sqlite3.Connection, narrative_id: str = "") -> int:
    """Return the number of claims, of one narrative or of all."""
    return int(
        one_value(
            connection,
            "select count(*) from claim_clusters where :narrative = '' or narrative_id = :narrative",
            {"narrative": narrative_id},
        )
    )


def claim(connection: sqlite3.Connection, key: str) -> Row | None:
    """Return the claim that a wording's key belongs to, or None."""
    return one_row(
        connection,
        # The constant above holds no value of a reader's.
        f"{_LISTED} where c.cluster_key = coalesce((select cluster_key from claims where "  # noqa: S608
        f"claim_key = :key "
        "limit 1), :key)",
        {"key": key},
    )


def sentences(connection: sqlite3.Connection, cluster_key: str, limit: int) -> list[Row]:
    """Return the sentences of a claim in order of time, as rows of passages."""
    return all_rows(
        connection,
        "select k.*, p.score, p.start, d.title as document_title, d.cluster_size, d.url, "
        "s.title as source_title "
        "from claims k join documents d using (document_id) join sources s on s.source_id = k.source_id "
        "join predictions p on p.reference = k.reference where k.cluster_key = ? "
        "order by coalesce(d.published_at, d.first_seen_at), k.claim_id limit ?",
        [cluster_key, limit],
    )


def reviews_of(connection: sqlite3.Connection, cluster_key: str) -> list[Row]:
    """Return the published reviews whose words are close to a claim's, the closest first."""
    return all_rows(
        connection,
        "select r.*, m.similarity from claim_matches m join claim_reviews r using (claim_review_id) "
        "where m.cluster_key = ? order by m.similarity desc, r.reviewed_at desc",
        [cluster_key],
    )


def latest_reviews(connection: sqlite3.Connection, limit: int) -> list[Row]:
    """Return the newest reviews, each with ``claims``: how many claims use close words."""
    return all_rows(
        connection,
        "select r.*, (select count(*) from claim_matches m where m.claim_review_id = "
        "r.claim_review_id) as claims, "
        "(select min(m.cluster_key) from claim_matches m where m.claim_review_id = "
        "r.claim_review_id) as claim_key "
        "from claim_reviews r order by r.reviewed_at desc, r.claim_review_id desc limit ?",
        [limit],
    )


def falsifiable_narratives(connection: sqlite3.Connection) -> list[Row]:
    """Return the narratives that make a checkable claim, with the number of claims of each."""
    return all_rows(
        connection,
        "select n.narrative_id, n.title_fr, n.title_en, (select count(*) from claim_clusters c "
        "where c.narrative_id = n.narrative_id) as claims from narratives n where n.falsifiable = 1 "
        "order by n.position",
    )
