"""Looking for what should be gone, byte by byte: the proof that a takedown ends with."""

import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlite_utils import Database

from db.takedown_targets import Target, spellings

#: Places in a text from which a marker is taken, and its length in characters.
_PLACES, _LENGTH = 5, 28
#: Shorter titles and names are ordinary words.
_SHORTEST = 12


def markers(target: Target) -> list[str]:
    """Return strings that give a document away: its addresses, title, author, and five pieces of its text."""
    step = max(1, (len(target.text) - _LENGTH) // (_PLACES - 1))
    cuts = [target.text[start : start + _LENGTH] for start in range(0, len(target.text), step)][:_PLACES]
    pieces = [max(cut.splitlines(), key=len, default="").strip() for cut in cuts]
    named = [target.title, target.author, target.author_key]
    found = [*(one for address in target.addresses for one in spellings(address)), *pieces]
    found += [name for name in named if name is not None and len(name) >= _SHORTEST]
    return list(dict.fromkeys(one for one in found if len(one) >= _SHORTEST))


def files_of(database: Path) -> list[Path]:
    """Return the files that make up a database now, its log and journal included."""
    return [
        path
        for suffix in ("", "-wal", "-shm", "-journal")
        if (path := database.with_name(database.name + suffix)).exists()
    ]


def older_copies(database: Path) -> list[Path]:
    """Return the copies that migrations and restores leave beside a database."""
    return sorted(
        path
        for pattern in (f"{database.name}.before-*.bak", f"{database.name}.replaced-*")
        for path in database.parent.glob(pattern)
        if not path.name.endswith(("-wal", "-shm"))
    )


def traces(paths: Iterable[Path], wanted: Sequence[str]) -> dict[Path, list[str]]:
    """Return the files in which markers stand, each with the markers found in its bytes."""
    found = {}
    for path in paths:
        if not path.stat().st_size:
            continue
        with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
            hits = [marker for marker in wanted if content.find(marker.encode("utf-8")) >= 0]
        if hits:
            found[path] = hits
    return found


def still_rightful(db: Database, wanted: Iterable[str]) -> set[str]:
    """Return the markers that documents still stored contain of their own: a copy, a longer address."""
    return {
        marker
        for marker in wanted
        if db.execute(
            "select 1 from documents where instr(text, :it) or instr(title, :it) "
            "or instr(identity, :it) or instr(url, :it) or instr(canonical_url, :it) or author = :it "
            "or author_key = :it union all select 1 from document_versions "
            "where instr(text, :it) union all select 1 from source_statements where instr(url, :it) "
            "union all select 1 from feeds where instr(url, :it) union all select 1 from captures "
            "where instr(url, :it) and url <> :it union all select 1 from fetches "
            "where instr(url, :it) and url <> :it limit 1",
            {"it": marker},
        ).fetchone()
    }
