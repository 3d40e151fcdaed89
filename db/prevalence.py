"""What prevalence is estimated from: the distinct texts of each week, their flags, and the random audit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from db.reviewed import audit_sample


@dataclass(frozen=True, slots=True)
class WeekText:
    """A distinct text: who published it first that week, in how many copies, with which own-voice flags.

    ``found`` are the narratives that people found in the author's own voice; None when nobody audited it.
    """

    source_id: str
    copies: int
    flagged: frozenset[str]
    found: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class WeekTexts:
    """A week: its Monday, its distinct texts, and the share of documents that people read by chance.

    Posts and comments by private persons are not among them: estimates stand beside published counts.
    """

    period_start: str
    texts: tuple[WeekText, ...]
    audited_share: float


def has_audit(db: Database) -> bool:
    """Return whether a random audit was ever drawn and read by people."""
    row = db.execute(
        "select exists (select 1 from reviews join review_items using (review_item_id) "
        "where reason = 'audit' and outcome <> 'skipped')"
    ).fetchone()
    return bool(row[0])


def weekly_texts(
    db: Database, model_id: str, since: str | None = None, until: str | None = None
) -> Iterator[WeekTexts]:
    """Yield every week that has documents, oldest first; ``since`` and ``until`` are Mondays, inclusive."""
    audits = {
        period.period_start: {
            document.document_id: frozenset(
                narrative for narrative, voice in document.narratives if voice == "own"
            )
            for document in period.documents
        }
        for period in audit_sample(db, since, until)
    }
    weeks = db.execute(
        "select distinct date(placed_on, 'weekday 0', '-6 days') as monday from documents "
        "where placed_on is not null and monday between coalesce(?, '') and coalesce(?, '9999') order by 1",
        [since, until],
    ).fetchall()
    for (monday,) in weeks:
        yield _week(db, model_id, monday, audits.get(monday, {}))


def store_prevalence(db: Database, model_id: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Replace the estimates of a model. Must run inside a transaction."""
    db.execute("delete from prevalence where model_id = ?", [model_id])
    db.table("prevalence").insert_all({**row, "model_id": model_id} for row in rows)


def _week(db: Database, model_id: str, monday: str, audited: Mapping[int, frozenset[str]]) -> WeekTexts:
    """Read one week; pieces by private persons stay out, as they do of every published count."""
    documents = db.execute(
        """
        select d.document_id, d.source_id, coalesce(c.cluster_id, d.document_id)
        from documents d join sources s using (source_id) left join (
          select document_id, cluster_id from copies where relation in ('original', 'identical', 'reworded')
        ) c on c.document_id = d.document_id
        where d.placed_on between ? and date(?, '+6 days')
          and (d.kind not in ('post', 'comment') or s.fictional = 1)
        order by d.document_id
        """,
        [monday, monday],
    ).fetchall()
    flagged: dict[int, set[str]] = {}
    for document_id, narrative in db.execute(
        "select distinct document_id, narrative_id from predictions join documents using (document_id) "
        "where placed_on between ? and date(?, '+6 days') and model_id = ? and band = 'flagged' "
        "and voice = 'own'",
        [monday, monday, model_id],
    ).fetchall():
        flagged.setdefault(document_id, set()).add(narrative)
    members: dict[int, list[tuple[int, str]]] = {}
    for document_id, source_id, text_id in documents:
        members.setdefault(text_id, []).append((document_id, source_id))
    return WeekTexts(
        monday,
        tuple(_text(one, flagged, audited) for one in members.values()),
        sum(row[0] in audited for row in documents) / len(documents) if documents else 0.0,
    )


def _text(
    members: Sequence[tuple[int, str]],
    flagged: Mapping[int, set[str]],
    audited: Mapping[int, frozenset[str]],
) -> WeekText:
    read = [audited[document_id] for document_id, _ in members if document_id in audited]
    return WeekText(
        members[0][1],
        len(members),
        frozenset().union(*(flagged.get(document_id, set()) for document_id, _ in members)),
        frozenset().union(*read) if read else None,
    )
