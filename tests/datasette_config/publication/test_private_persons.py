"""Posts and comments by private persons: never published, counted in one table from five accounts on."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from tests.datasette_config.publication.invented_texts import SENTENCES


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_posts_are_published_only_where_the_source_is_invented(public: Path) -> None:
    assert rows(public, "select distinct source_id from documents where kind = 'post'") == [("la-place",)]


def pieces_by_private_persons(invented: Any) -> None:
    """Five accounts in one week, each with a label; then five pieces by four accounts in the next."""
    sentence = SENTENCES["neocolonial-france"]
    for number in range(10):
        account = number if number < 5 else min(number, 8)
        document_id = invented.document(
            "groupe-de-quartier",
            f"m{number}",
            f"{sentence} Message {number}.",
            date(2025, 2, 4) if number < 5 else date(2025, 2, 11),
            kind="post",
            author_key=f"compte-{account}",
        )
        invented.label(document_id, sentence, "neocolonial-france")


def test_private_persons_are_counted_from_five_accounts_and_in_one_table_only(
    press: Path, make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any
) -> None:
    public = publish_rows(make_press(tmp_path / "w.db", pieces_by_private_persons), tmp_path / "public.db")
    assert rows(
        public, "select period_start, narrative_id, voice, documents, accounts from private_weeks"
    ) == [
        ("2025-02-03", "collected", "any", 5, 5),
        ("2025-02-03", "neocolonial-france", "own", 5, 5),
    ]
    without = publish_rows(press, tmp_path / "without.db")
    for table in ("trends", "collected_daily", "collected_weekly", "collected_groups", "group_weeks",
                  "narrative_totals", "partner_stances", "stance_pairs", "claim_clusters"):  # fmt: skip
        every = f"select * from {table}"
        assert sorted(rows(public, every), key=repr) == sorted(rows(without, every), key=repr), (
            f"subtracting rows of {table} would tell what private persons wrote"
        )
    assert b"compte-" not in public.read_bytes()


def test_an_article_of_a_source_with_private_pieces_is_counted(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any
) -> None:
    def add(invented: Any) -> None:
        pieces_by_private_persons(invented)
        article = invented.document(
            "groupe-de-quartier", "annonce", SENTENCES["intervention-failed"], date(2025, 2, 5)
        )
        invented.label(article, SENTENCES["intervention-failed"], "intervention-failed")

    public = publish_rows(make_press(tmp_path / "w.db", add), tmp_path / "public.db")
    of_source = "source_id = 'groupe-de-quartier'"
    assert rows(public, f"select day, documents from collected_daily where {of_source}") == [
        ("2025-02-05", 1)
    ]
    assert rows(
        public,
        "select narrative_id, voice, documents, distinct_texts from trends "
        f"where {of_source} and period = 'month' and language = 'all' order by voice",
    ) == [("intervention-failed", "any", 1, 1), ("intervention-failed", "own", 1, 1)]


def test_private_copies_of_a_public_text_are_not_counted(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any
) -> None:
    """The size of a cluster less its published documents would tell how many private persons copied it."""

    def copied(invented: Any) -> None:
        first = invented.document("le-fleuve", "annonce", "Une annonce.", date(2025, 3, 3))
        pieces = [
            invented.document("groupe-de-quartier", f"annonce-{number}", "Une annonce.", None, kind="post")
            for number in range(3)
        ]
        again = invented.document("agence-du-sahel", "annonce", "Une annonce.", date(2025, 3, 4))
        for rank, document_id in enumerate((first, *pieces, again), start=1):
            relation = "original" if rank == 1 else "identical"
            invented.db.table("copies").insert(
                {"document_id": document_id, "cluster_id": first, "relation": relation, "similarity": 1.0,
                 "first_seen_rank": rank}
            )  # fmt: skip

    public = publish_rows(make_press(tmp_path / "w.db", copied), tmp_path / "public.db")
    assert rows(public, "select distinct cluster_size from documents where url like '%/annonce'") == [(2,)]
