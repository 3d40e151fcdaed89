"""Building the publication: from the allow-list, verified, then put in place at once."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette_config.charts import render_svg
from datasette_config.export.html import without_styles
from datasette_config.kept_reports import lighter, write_reports
from datasette_config.page_charts import group_chart, narrative_chart
from datasette_config.page_wording import LANGUAGES
from datasette_config.report_model import load_reports
from db.connection import working_database
from db.errors import NarrativesError
from db.file_kinds import refuse_all_but_publication
from db.reading.overview import about
from db.reading.publication import kept_charts, published_narratives, put_chart
from db.views import finish, materialise, seal, verify

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Published:
    """What a build made: the file, its size in bytes, and the facts of its ``about`` table."""

    path: Path
    size: int
    facts: dict[str, str | None]
    charts: int


def publish(database: Path, output: Path, say: Progress, report_folders: Sequence[Path] = ()) -> Published:
    """Build the publication of a working database and replace ``output`` with it in one step.

    The same data gives the same bytes. A build that fails leaves the publication that stood before.
    """
    if not output.parent.is_dir():
        raise NarrativesError(
            f"The folder {output.parent} does not exist. Create it, or name another --output."
        )
    with working_database(database, "read"):
        pass  # whatever is wrong with DB is said first, before anything about the output
    if output.exists() and output.samefile(database):
        raise NarrativesError(f"{output} is the working database itself. Name another file with --output.")
    refuse_all_but_publication(output, "--output")
    fresh = output.with_name(f".{output.name}.{os.getpid()}.building")
    try:
        with working_database(database, "read") as db:
            say("Copying what may be published")
            materialise(db.conn, fresh)
        with closing(sqlite3.connect(fresh)) as connection:
            # Nobody reads this file yet, and a build that dies is thrown away: no journal, no waiting.
            connection.execute("pragma journal_mode = off")
            connection.execute("pragma synchronous = off")
            say("Indexing the text")
            finish(connection)
            charts = _draw(connection, output, say)
            say("Writing reports")
            write_reports(connection, load_reports(report_folders), say)
            say("Checking the file against the allow-list")
            verify(connection)
            seal(connection)
            facts = about(connection)
        _put_in_place(fresh, output)
    finally:
        fresh.unlink(missing_ok=True)
    return Published(output, output.stat().st_size, facts, charts)


def _draw(connection: sqlite3.Connection, earlier: Path, say: Progress) -> int:
    """Render the charts of every narrative; a chart that the earlier file holds is taken from there."""
    kept = kept_charts(earlier)
    drawn = 0
    for subject, language, spec in _specifications(connection):
        text = json.dumps(spec, ensure_ascii=False, sort_keys=True)
        svg = kept.get((subject, language, text))
        if svg is None:
            if drawn == 0:
                say("Drawing charts")
            try:
                svg = lighter(without_styles(render_svg(spec, language)))
            except NarrativesError as error:
                say(f"Charts are left out: {error}")
                return drawn
        put_chart(connection, subject, language, svg, text)
        drawn += 1
    connection.commit()
    return drawn


def _specifications(connection: sqlite3.Connection) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield subject, language and specification of every chart that pages show."""
    for narrative_id in published_narratives(connection):
        for language in LANGUAGES:
            if (chart := narrative_chart(connection, narrative_id, language)) is not None:
                yield f"narrative:{narrative_id}", language, chart[0]
            if (spec := group_chart(connection, narrative_id, language)) is not None:
                yield f"groups:{narrative_id}", language, spec


def _put_in_place(fresh: Path, output: Path) -> None:
    """Make the new file durable, then rename it over the old one: readers see one or the other."""
    for path in (fresh, fresh.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if path == fresh:
            fresh.replace(output)
