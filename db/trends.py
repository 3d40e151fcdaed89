"""What charts draw: counts of documents and distinct texts, each at its own grain."""

from dataclasses import dataclass
from itertools import product

from sqlite_utils import Database

from db.connection import transaction

#: How a language that nobody could tell is called in keys, where NULL cannot stand.
UNKNOWN_LANGUAGE = "unknown"

#: The relations of ``copies`` that make one text of several documents.
_SAME_TEXT = "('original', 'identical', 'reworded')"

_PERIODS = {"day": "day", "week": "date(day, 'weekday 0', '-6 days')", "month": "date(day, 'start of month')"}

#: The tables that are filled here, with their keys.
_KEYS = {
    "trends": "period, narrative_id, source_id, language, voice, period_start",
    "collected_daily": "day, source_id, language",
}


@dataclass(frozen=True, slots=True)
class TrendCounts:
    """What a recomputation found: rows now in each table, and how many rows it had to change."""

    trends: int
    collected_daily: int
    changed: int


def recompute(db: Database) -> TrendCounts:
    """Bring ``trends`` and ``collected_daily`` in line with documents, copies and the current model.

    The counts are made on one snapshot in temporary tables; then the rows that differ are replaced in
    one short transaction, so a second call writes nothing. Only passages in band ``flagged`` of the
    current model count, and only documents with ``placed_on``. A period without documents has no row.
    """
    try:
        _count_in_temporary_tables(db)
        changed = sum(_replace(db, table) for table in _KEYS)
    finally:
        _drop_temporary_tables(db)
    trends, collected = db.execute(
        "select (select count(*) from trends), (select count(*) from collected_daily)"
    ).fetchone()
    return TrendCounts(trends=trends, collected_daily=collected, changed=changed)


def _count_in_temporary_tables(db: Database) -> None:
    _drop_temporary_tables(db)
    with db.atomic():  # a read transaction on the database: one snapshot, and no lock on other writers
        db.execute(
            f"""
            create temp table placed as
            select document_id, placed_on as day, documents.source_id,
                   coalesce(language, '{UNKNOWN_LANGUAGE}') as language,
                   coalesce(cluster_id, document_id) as text_id
            from documents left join (
              select document_id, cluster_id from copies where relation in {_SAME_TEXT}
            ) using (document_id)
            where placed_on is not null
            """  # noqa: S608 - built from the constants above
        )
        db.execute("create unique index temp.placed_document on placed(document_id)")
        for table, key in _KEYS.items():
            db.execute(
                f"create temp table new_{table} ({key}, documents, distinct_texts, primary key ({key})) "
                "without rowid"
            )
        db.execute(
            "insert into temp.new_collected_daily "
            "select day, source_id, language, count(*), count(distinct text_id) from placed group by 1, 2, 3"
        )
        db.execute(
            """
            create temp table flagged as
            select distinct document_id, narrative_id, voice, day, source_id, language, text_id
            from predictions join placed using (document_id)
            where band = 'flagged' and model_id = (select model_id from models where current = 1)
            """
        )
        for period, source, language, voice in product(
            _PERIODS, ("source_id", "'all'"), ("language", "'all'"), ("voice", "'any'")
        ):
            # A row of one voice holds each document once; one of any voice may hold it three times.
            documents = "count(*)" if voice == "voice" else "count(distinct document_id)"
            db.execute(
                f"""
                insert into temp.new_trends ({_KEYS["trends"]}, documents, distinct_texts)
                select '{period}', narrative_id, {source}, {language}, {voice}, {_PERIODS[period]},
                       {documents}, count(distinct text_id)
                from flagged group by 2, 3, 4, 5, 6
                """  # noqa: S608
            )


def _replace(db: Database, table: str) -> int:
    """Make ``table`` equal to its temporary counterpart and return how many rows changed."""
    key = _KEYS[table]
    gone = f"""
        select {key} from main.{table} as old left join temp.new_{table} as new using ({key})
        where new.documents is null
        """  # noqa: S608
    wrong = f"""
        select {key}, new.documents, new.distinct_texts
        from temp.new_{table} as new left join main.{table} as old using ({key})
        where new.documents is not old.documents or new.distinct_texts is not old.distinct_texts
        """  # noqa: S608
    if not db.execute(f"select exists ({gone}) or exists ({wrong})").fetchone()[0]:
        return 0
    with transaction(db):
        removed = db.execute(f"delete from main.{table} where ({key}) in ({gone})").rowcount  # noqa: S608
        stored = db.execute(
            f"insert or replace into main.{table} ({key}, documents, distinct_texts) {wrong}"
        ).rowcount
    return int(removed + stored)


def _drop_temporary_tables(db: Database) -> None:
    for name in ("placed", "flagged", "new_trends", "new_collected_daily"):
        db.execute(f"drop table if exists temp.{name}")
