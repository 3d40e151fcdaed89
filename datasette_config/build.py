"""Building the publication: from the allow-list, verified, then put in place at once."""

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette_config.charts import render_svg
from datasette_config.export.html import fragment
from datasette_config.page_charts import group_chart, narrative_chart
from datasette_config.page_wording import phrases
from datasette_config.report_model import load_reports
from datasette_config.reporting import build_report
from db.connection import working_database
from db.errors import NarrativesError
from db.reading.overview import about
from db.reading.publication import kept_charts, published_narratives, put_chart, put_report_page
from db.views import finish, materialise, seal, verify

LANGUAGES = ("fr", "en")

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
    if output.exists() and output.samefile(database):
        raise NarrativesError(f"{output} is the working database itself. Name another file with --output.")
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
            _write_reports(connection, report_folders, say)
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
                svg = _lighter(_without_styles(render_svg(spec, language)))
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


def _write_reports(connection: sqlite3.Connection, folders: Sequence[Path], say: Progress) -> None:
    """Keep every report that needs no parameter, for the last finished week, as pages in both languages."""
    for report in load_reports(folders).values():
        if any(parameter.required for parameter in report.parameters.values()):
            continue
        for language in LANGUAGES:
            try:
                built = build_report(connection, report, language=language, base_url="")
            except NarrativesError as error:
                say(f"The report {report.id} is left out: {error}")
                break
            put_report_page(
                connection,
                report.id,
                language,
                since=built.period.since.isoformat(),
                until=built.period.until.isoformat(),
                html=_for_a_page(str(fragment(built)), language),
            )
    connection.commit()


def _lighter(svg: str) -> str:
    """Drop what a page of ours does not need: a name for every bar (the table has them) and tiny decimals."""
    head, root, marks = svg.partition("</desc>") if "</desc>" in svg else svg.partition(">")
    marks = re.sub(r' (?:aria-\w+|role)="[^"]*"', "", marks)
    marks = re.sub(r"(\d\.\d)\d+", r"\1", marks)
    return head + root + marks


def _for_a_page(report: str, language: str) -> str:
    """Fit a report into our pages: no inline styles, no unnamed parts, tables that keys scroll."""
    label = phrases()["table"][language]
    drawn = re.sub(
        r"<svg.*?</svg>", lambda found: _lighter(found[0]), _without_styles(report), flags=re.DOTALL
    )
    reachable = f' tabindex="0" role="group" aria-label="{label}">'
    for kind in ("scroll", "chart-wide"):
        drawn = drawn.replace(f'<div class="{kind}">', f'<div class="{kind}"{reachable}')
    return drawn


def _without_styles(markup: str) -> str:
    """Drop inline styles, which the pages' security policy refuses; the style sheet does their work."""
    return re.sub(r' style="[^"]*"', "", markup)


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
