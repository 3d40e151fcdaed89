"""Named parts of queries as temporary tables: each is computed once, however many queries ask for it.

A query of a report is complete in itself: it begins with the parts it needs, as readers and ready queries
see it. Run one after the other, a report's queries would compute the same parts again and again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

#: Columns by which queries look into a part that may be long.
_LOOKED_INTO_BY = {
    "drawn": ("source_id, week_start", "week_start, cluster_id"),
    "flagged": ("narrative_id, voice", "source_id", "document_id", "cluster_id"),
    "once": ("narrative_id, voice",),
    "own_weeks": ("narrative_id",),
    "placed": ("source_id", "cluster_id"),
}

Bound = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A named query; ``parameters`` are its own and those of the parts that it rests on."""

    name: str
    sql: str
    own_parameters: frozenset[str]
    parameters: frozenset[str]


@dataclass(slots=True)
class StandingParts:
    """The parts that stand in a connection, each with the values of the parameters it was made for."""

    connection: sqlite3.Connection
    _made_for: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def stand(self, parts: Iterable[Part], bound: Bound) -> None:
        """Make what is missing or was made for other values; ``parts`` name those they rest on first."""
        for part in parts:
            asked = {name: bound[name] for name in sorted(part.parameters)}
            if self._made_for.get(part.name) != asked:
                self._drop(part.name)
                self._make(part, asked)

    def clear(self) -> None:
        """Drop every part; a limit to the time of a question does not keep them."""
        self.connection.set_progress_handler(None, 0)
        for name in list(self._made_for):
            self._drop(name)

    def _make(self, part: Part, asked: Bound) -> None:
        with _writing_temporary_tables(self.connection):
            # The text is a file of ours. A part may refer to itself, as the list of weeks does.
            whole = f"with recursive {part.name} as ({part.sql}) select * from {part.name}"  # noqa: S608
            own = {name: asked[name] for name in part.own_parameters}
            self.connection.execute(f"create temp table {part.name} as {whole}", own)
            self._made_for[part.name] = dict(asked)
            for number, columns in enumerate(_LOOKED_INTO_BY.get(part.name, ())):
                self.connection.execute(f"create index temp.{part.name}_{number} on {part.name}({columns})")

    def _drop(self, name: str) -> None:
        with _writing_temporary_tables(self.connection):
            self.connection.execute(f"drop table if exists temp.{name}")
        self._made_for.pop(name, None)


@contextmanager
def standing_parts(connection: sqlite3.Connection) -> Iterator[StandingParts]:
    """Yield the parts of a connection and drop them at the end."""
    parts = StandingParts(connection)
    try:
        yield parts
    finally:
        parts.clear()


@contextmanager
def _writing_temporary_tables(connection: sqlite3.Connection) -> Iterator[None]:
    """Let a connection that only reads write temporary tables, for as long as that takes."""
    reads_only = connection.execute("pragma query_only").fetchone()[0]
    if reads_only:
        connection.execute("pragma query_only = off")
    try:
        yield
    finally:
        if reads_only:
            connection.execute("pragma query_only = on")
