"""What was taken down and may not come back: tombstones without content, and hashes of what is denied.

They stand in the database and, line by line, in ``<database>.tombstones.jsonl`` beside it, so that a restored
backup learns of every takedown made after it.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlite_utils import Database

from db.errors import NarrativesError

Reason = Literal["author-request", "deleted-at-source", "legal-order", "safety", "our-error", "retention"]
#: The closed list of reasons that a person may give for a takedown; ``retention`` is the policy's own.
REASONS: tuple[Reason, ...] = tuple(reason for reason in get_args(Reason) if reason != "retention")
DeniedKind = Literal["address", "text"]

SUFFIX = ".tombstones.jsonl"
_RETENTION = "(retention)"


class TakenDownError(NarrativesError):
    """A document that was taken down was about to be stored again."""


class Tombstone(BaseModel):
    """One document that was taken down: hashes, reason, time and actor, nothing of what it said.

    ``sha256`` is that of its text; ``denied`` are hashes of its addresses and texts, with their kind.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    document_key: str
    sha256: str
    reason: Reason
    taken_down_at: str
    actor: str
    denied: tuple[tuple[str, DeniedKind], ...]


def hashed(value: str) -> str:
    """Return the hash under which an address or a text is denied."""
    return hashlib.sha256(value.encode("utf-8")).hexdigest()


def refusal(db: Database, addresses: Iterable[str | None], text: str | None = None) -> str | None:
    """Return why something may not be collected again, or None. Says nothing of what it was."""
    values = [hashed(value) for value in (*addresses, text) if value is not None]
    marks = ", ".join("?" * len(values))
    row = db.execute(
        "select kind, reason, taken_down_at from denied_hashes join tombstones using (tombstone_id) "  # noqa: S608
        f"where denied_hashes.sha256 in ({marks}) order by kind limit 1",
        values,
    ).fetchone()
    return None if row is None else f"taken down on {row[2][:10]} ({row[1]}): this {row[0]} stays out"


def is_retention(refused: str) -> bool:
    """Whether what :func:`refusal` says is only that the policy's time was over."""
    return _RETENTION in refused


def refusals(db: Database, addresses: Sequence[str]) -> dict[str, str]:
    """Return those of the addresses that may not be collected again, with the reason."""
    if not addresses or db.execute("select 1 from denied_hashes limit 1").fetchone() is None:
        return {}
    reasons = {address: refusal(db, (address,)) for address in addresses}
    return {address: reason for address, reason in reasons.items() if reason is not None}


def is_buried(db: Database, wanted: str) -> bool:
    """Return whether an address, a document key or the hash of a text was taken down before."""
    row = db.execute(
        "select 1 from tombstones where document_key = :it or sha256 = :it union all "
        "select 1 from denied_hashes where sha256 in (:it, :hash) limit 1",
        {"it": wanted, "hash": hashed(wanted)},
    ).fetchone()
    return row is not None


def bury(db: Database, tombstone: Tombstone) -> None:
    """Store a tombstone and what it denies; a second time changes nothing. Must run inside a transaction."""
    db.execute(
        "insert or ignore into tombstones (document_key, sha256, reason, taken_down_at, actor) "
        "values (?, ?, ?, ?, ?)",
        [
            tombstone.document_key,
            tombstone.sha256,
            tombstone.reason,
            tombstone.taken_down_at,
            tombstone.actor,
        ],
    )
    tombstone_id = db.execute(
        "select tombstone_id from tombstones where document_key = ? and sha256 = ? and taken_down_at = ?",
        [tombstone.document_key, tombstone.sha256, tombstone.taken_down_at],
    ).fetchone()[0]
    db.conn.executemany(
        "insert or ignore into denied_hashes (sha256, kind, tombstone_id) values (?, ?, ?)",
        [(sha256, kind, tombstone_id) for sha256, kind in tombstone.denied],
    )


def stored_tombstones(db: Database) -> list[Tombstone]:
    """Return the tombstones that a database holds, oldest first; none when it is older than takedowns."""
    if "tombstones" not in db.table_names():
        return []
    denied = "select sha256, kind from denied_hashes where tombstone_id = ?"
    rows = db.execute(
        "select tombstone_id, document_key, sha256, reason, taken_down_at, actor from tombstones order by 1"
    ).fetchall()
    return [
        Tombstone(
            document_key=key,
            sha256=sha256,
            reason=reason,
            taken_down_at=at,
            actor=actor,
            denied=tuple(db.execute(denied, [number]).fetchall()),
        )
        for number, key, sha256, reason, at, actor in rows
    ]


def file_of(database: Path) -> Path:
    """Return the path of a database's file of tombstones."""
    return database.with_name(database.name + SUFFIX)


def append(database: Path, tombstones: Iterable[Tombstone]) -> None:
    """Write tombstones to the file beside the database, on disk when this returns."""
    with file_of(database).open("a", encoding="utf-8") as handle:
        handle.writelines(tombstone.model_dump_json() + "\n" for tombstone in tombstones)
        handle.flush()
        os.fsync(handle.fileno())


def written_tombstones(*folders: Path) -> list[Tombstone]:
    """Return the tombstones of every file in these folders, each once, oldest first.

    A torn last line (a kill while it was written) belongs to a takedown that did not happen.
    """
    found: dict[Tombstone, None] = {}
    for path in sorted({path.resolve() for folder in folders for path in folder.glob(f"*{SUFFIX}")}):
        lines = path.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, 1):
            if not line:
                continue
            try:
                found[Tombstone.model_validate_json(line)] = None
            except ValidationError as error:
                if number == len(lines) and not _whole(line):
                    continue
                raise NarrativesError(f"{path}, line {number} is no tombstone: {error}") from error
    return sorted(found, key=lambda tombstone: tombstone.taken_down_at)


def _whole(line: str) -> bool:
    try:
        json.loads(line)
    except json.JSONDecodeError:
        return False
    return True
