"""What was asked of the web and what came of it: runs, fetches, captures, feeds.

``fetches.purpose`` is one of ``robots``, ``feed``, ``sitemap``, ``api``, ``page`` (one request each)
and ``item`` (a piece that arrived inside an API answer: the capture is that answer).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from db.crawl_records import FeedState, NewCapture, NewFetch, RunStatus, Seen
from db.tombstones import is_retention, refusals

#: Whether a document ``d`` is no old piece from the walk through an archive: a second and a third request for
#: each of those would be a burden for nothing.
_NO_ARCHIVE = (
    "(d.placed_on is null or julianday(d.first_seen_at) - julianday(d.placed_on) < 8 or not exists ("
    "select 1 from fetches b join crawl_runs r using (crawl_run_id) "
    "where b.document_id = d.document_id and r.command in ('crawl --backfill', 'import of addresses')))"
)
#: SQLite's default limit on bound values, with room to spare.
_CHUNK = 500


def start_run(db: Database, *, command: str, sources: Sequence[str], software: str, at: str) -> int:
    """Open a run and mark runs that never ended as interrupted. Must run inside a transaction.

    The caller holds the crawl's lease, so a run still called ``running`` has no process any more.
    """
    db.execute("update crawl_runs set status = 'interrupted', finished_at = ? where status = 'running'", [at])
    cursor = db.execute(
        "insert into crawl_runs (started_at, command, status, sources, software) "
        "values (?, ?, 'running', ?, ?)",
        [at, command, json.dumps(list(sources), ensure_ascii=False), software],
    )
    return int(cursor.lastrowid or 0)


def finish_run(
    db: Database, crawl_run_id: int, *, status: RunStatus, problems: Sequence[str], at: str
) -> None:
    """Close a run; ``problems`` are sentences for the person who looks after it."""
    db.execute(
        "update crawl_runs set status = ?, problems = ?, finished_at = ? where crawl_run_id = ?",
        [status, json.dumps(list(problems), ensure_ascii=False) if problems else None, at, crawl_run_id],
    )


def record_capture(db: Database, capture: NewCapture) -> int:
    """Store where the evidence lies (the bytes are already on disk) and return ``capture_id``."""
    cursor = db.execute(
        "insert into captures (url, captured_at, status, content_type, payload_sha256, payload_bytes, "
        "truncated, warc_path, warc_offset, previous_sha256) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            capture.url,
            capture.captured_at,
            capture.status,
            capture.content_type,
            capture.payload_sha256,
            capture.payload_bytes,
            int(capture.truncated),
            capture.warc_path,
            capture.warc_offset,
            capture.previous_sha256,
        ],
    )
    return int(cursor.lastrowid or 0)


def record_fetch(db: Database, fetch: NewFetch) -> int:
    """Store one outcome and return ``fetch_id``."""
    cursor = db.execute(
        "insert into fetches (crawl_run_id, source_id, url, purpose, outcome, http_status, detail, "
        "fetched_at, milliseconds, capture_id, document_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            fetch.crawl_run_id,
            fetch.source_id,
            fetch.url,
            fetch.purpose,
            fetch.outcome,
            fetch.http_status,
            fetch.detail,
            fetch.fetched_at,
            fetch.milliseconds,
            fetch.capture_id,
            fetch.document_id,
        ],
    )
    return int(cursor.lastrowid or 0)


def seen_addresses(db: Database, urls: Iterable[str]) -> dict[str, Seen]:
    """Return what is known of each address that was a page or an item before."""
    wanted = list(dict.fromkeys(urls))
    found: dict[str, Seen] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        rows = db.execute(
            "select f.url, g.document_id, d.identity, d.first_seen_at, d.gone_at, g.looks, g.failures, "  # noqa: S608
            "  f.outcome, f.http_status, f.fetched_at "
            "from (select max(fetch_id) as last, count(*) as looks, sum(document_id is null) as failures, "
            f"  max(document_id) as document_id from fetches where url in ({marks}) "
            "  and purpose in ('page', 'item') group by url) g "
            "join fetches f on f.fetch_id = g.last left join documents d on d.document_id = g.document_id",
            chunk,
        )
        for url, document_id, identity, first_seen_at, gone_at, *rest in rows.fetchall():
            found[url] = Seen(url, document_id, identity, first_seen_at, gone_at is not None, *rest)
        missing = [url for url in chunk if url not in found]
        found.update(_imported_before(db, missing))
        found.update(
            (
                url,
                Seen(
                    url,
                    None,
                    None,
                    None,
                    is_retention(reason),
                    0,
                    0,
                    "refused_policy",
                    None,
                    "",
                    taken_down=reason,
                ),
            )
            for url, reason in refusals(db, chunk).items()
        )
    return found


def _imported_before(db: Database, urls: Sequence[str]) -> dict[str, Seen]:
    """Documents that exist under this identity without ever having been fetched."""
    if not urls:
        return {}
    marks = ", ".join("?" * len(urls))
    rows = db.execute(
        "select identity, document_id, first_seen_at, gone_at from documents "  # noqa: S608
        f"where identity in ({marks})",
        list(urls),
    )
    return {
        row[0]: Seen(row[0], row[1], row[0], row[2], row[3] is not None, 0, 0, "stored", None, row[2])
        for row in rows.fetchall()
    }


def identity_before_move(
    db: Database, *, source_id: str, url: str, title: str | None, published_at: str | None, text_sha256: str
) -> str | None:
    """Return the identity under which a source's article was known before the source changed its host.

    That is a document of the same source with the same path and query at another scheme or host, and
    either the same text, or the same title and time of publication. None: the article is new.
    """
    rows = db.execute(
        "select identity, url from documents where source_id = ? and text_sha256 = ? union "
        "select identity, url from documents where source_id = ? and placed_on = ? and title = ? "
        "and published_at = ?",
        [source_id, text_sha256, source_id, (published_at or "")[:10], title, published_at],
    ).fetchall()
    place = urlsplit(url)[2:4]
    if place in (("", ""), ("/", "")):
        return None
    return next((row[0] for row in rows if row[1] and urlsplit(row[1])[2:4] == place), None)


def young_documents(db: Database, source_id: str, since: str) -> list[str]:
    """Return the fetched addresses of a source's documents first seen since then, archives aside."""
    rows = db.execute(
        # No fetch of a document is older than it, and only by its time is a fetch found quickly.
        "select distinct f.url from documents d join fetches f on f.document_id = d.document_id "  # noqa: S608
        f"where d.source_id = :source and d.first_seen_at >= :since and d.gone_at is null and {_NO_ARCHIVE} "
        "and f.source_id = :source and f.fetched_at >= :since and f.purpose in ('page', 'item') "
        "order by d.document_id",
        {"source": source_id, "since": since},
    )
    return [row[0] for row in rows.fetchall()]


def unseen_documents(
    db: Database, source_id: str, *, purpose: str, since: str, until: str, days: float
) -> list[str]:
    """Return the addresses of a source's documents that nobody looked at since they were ``days`` old.

    Archives aside, only those first seen between ``since`` and ``until``, and no vanished ones;
    ``purpose`` is ``page`` for articles and ``item`` for posts.
    """
    rows = db.execute(
        "select f.url from documents d join fetches f on f.document_id = d.document_id "  # noqa: S608
        "where d.source_id = :source and d.first_seen_at between :since and :until and d.gone_at is null "
        f"and {_NO_ARCHIVE} "
        "and f.source_id = :source and f.fetched_at >= :since and f.purpose = :purpose "
        "group by f.url having max(julianday(f.fetched_at)) < julianday(d.first_seen_at) + :days "
        "order by d.document_id",
        {"source": source_id, "purpose": purpose, "since": since, "until": until, "days": days},
    )
    return [row[0] for row in rows.fetchall()]


def feed_state(db: Database, source_id: str, url: str) -> FeedState:
    """Return the health of a polled address; a fresh one when it was never polled."""
    columns = [name for name in FeedState.__dataclass_fields__ if name not in ("source_id", "url")]
    row = db.execute(
        f"select {', '.join(columns)} from feeds where source_id = ? and url = ?",  # noqa: S608
        [source_id, url],
    ).fetchone()
    if row is None:
        return FeedState(source_id, url)
    values: dict[str, Any] = dict(zip(columns, row, strict=True))
    return FeedState(source_id, url, **values)


def save_feed_state(db: Database, state: FeedState) -> None:
    """Write the checkpoint of one polled address."""
    names = list(FeedState.__dataclass_fields__)
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("source_id", "url"))
    # Names come from the dataclass, never from input.
    db.execute(
        f"insert into feeds ({', '.join(names)}) values ({', '.join('?' * len(names))}) "  # noqa: S608
        f"on conflict (source_id, url) do update set {updates}",
        [getattr(state, name) for name in names],
    )


def last_full_answer(db: Database, url: str) -> str | None:
    """Return when an address last answered 200 with a body, or None."""
    row = db.execute(
        "select max(fetched_at) from fetches where url = ? and http_status = 200",
        [url],
    ).fetchone()
    return None if row is None else row[0]


def latest_robots(db: Database, url: str, since: str) -> tuple[str, int | None, str, str | None, int] | None:
    """Return ``(outcome, status, fetched_at, warc_path, warc_offset)`` of the newest robots.txt answer."""
    row = db.execute(
        "select f.outcome, f.http_status, f.fetched_at, c.warc_path, coalesce(c.warc_offset, 0) "
        "from fetches f left join captures c using (capture_id) "
        "where f.url = ? and f.purpose = 'robots' and f.fetched_at >= ? order by f.fetch_id desc limit 1",
        [url, since],
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2], row[3], row[4])


def outcome_counts(db: Database, crawl_run_id: int) -> list[tuple[str, str, str, int]]:
    """Return ``(source_id, purpose, outcome, count)`` of one run, for its closing table."""
    rows = db.execute(
        "select coalesce(source_id, '-'), purpose, outcome, count(*) from fetches where crawl_run_id = ? "
        "group by 1, 2, 3 order by 1, 2, 3",
        [crawl_run_id],
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows.fetchall()]
