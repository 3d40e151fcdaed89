"""The publication as a file: which one it is, and the charts it keeps."""

import sqlite3
from contextlib import closing
from pathlib import Path

from db.connection import PUBLICATION_APPLICATION_ID, WORKING_APPLICATION_ID
from db.errors import NarrativesError
from db.reading.rows import Row, all_rows, one_row
from db.views import published_columns


def check_is_publication(path: Path) -> None:
    """Refuse a file that is no publication, or one of another release; a working database is never served."""
    if not path.is_file():
        raise NarrativesError(f"No publication at {path}. Make one with `narratives publish DB -o {path}`.")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            kind = connection.execute("pragma application_id").fetchone()[0]
            held = {
                name: {row[1] for row in connection.execute(f"pragma table_xinfo({name})")}
                for name in published_columns()
            }
        except sqlite3.DatabaseError as error:
            raise NarrativesError(f"{path} is not a SQLite file ({error}). Name a publication.") from error
    if kind == WORKING_APPLICATION_ID:
        raise NarrativesError(
            f"{path} is a working database: it holds private columns and is never served. "
            f"Build its publication with `narratives publish {path}` and serve that file."
        )
    if kind != PUBLICATION_APPLICATION_ID:
        raise NarrativesError(f"{path} is not a publication. Make one with `narratives publish DB`.")
    if missing := sorted(name for name, columns in published_columns().items() if set(columns) - held[name]):
        raise NarrativesError(
            f"{path} was published by another release and lacks {', '.join(missing)}. "
            f"Publish it again with `narratives publish DB -o {path}`."
        )


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the rows of every table by name, as they were counted when the publication was sealed."""
    names = [
        row[0]
        for row in connection.execute(
            "select name from sqlite_master where type = 'table' and rootpage > 0 "
            "and name not like 'sqlite_%' order by name"
        )
    ]
    counted = {
        table: int(stat.split()[0])
        for table, stat in connection.execute("select tbl, stat from sqlite_stat1")
    }
    return {name: counted.get(name, 0) for name in names}


def published_narratives(connection: sqlite3.Connection) -> list[str]:
    """Return the ids of the narratives that any dated document is flagged for, in order."""
    rows = connection.execute(
        "select narrative_id from narratives where narrative_id in (select narrative_id from "
        "narrative_totals) "
        "order by position"
    )
    return [row[0] for row in rows]


def put_chart(connection: sqlite3.Connection, subject: str, language: str, svg: str, spec: str) -> None:
    """Keep a rendered chart with its specification."""
    connection.execute("insert into charts values (?, ?, ?, ?)", [subject, language, svg, spec])


def chart(connection: sqlite3.Connection, subject: str, language: str) -> str | None:
    """Return the SVG of a chart, or None when it was not drawn."""
    row = connection.execute(
        "select svg from charts where subject = ? and language = ?", [subject, language]
    ).fetchone()
    return None if row is None else row[0]


def kept_charts(path: Path) -> dict[tuple[str, str, str], str]:
    """Return the charts of an earlier publication by (subject, language, specification); none on any doubt.

    The SVG follows from the specification alone, so a new build may take it over.
    """
    if not path.is_file():
        return {}
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            rows = connection.execute("select subject, language, spec, svg from charts").fetchall()
    except sqlite3.DatabaseError:
        return {}
    return {(subject, language, spec): svg for subject, language, spec, svg in rows}


def put_report_page(
    connection: sqlite3.Connection,
    report_id: str,
    subject: str,
    language: str,
    *,
    since: str,
    until: str,
    html: str,
) -> None:
    """Keep a report as a piece of a page; ``subject`` is empty where it is about everything."""
    connection.execute(
        "insert into report_pages values (?, ?, ?, ?, ?, ?)",
        [report_id, subject, language, since, until, html],
    )


def report_pages(connection: sqlite3.Connection, language: str) -> list[Row]:
    """Return the reports about everything that the publication keeps: report_id, since, until."""
    return all_rows(
        connection,
        "select report_id, since, until from report_pages "
        "where subject = '' and language = ? order by report_id",
        [language],
    )


def report_page(connection: sqlite3.Connection, report_id: str, subject: str, language: str) -> Row | None:
    """Return one kept report with its ``html``, or None."""
    return one_row(
        connection,
        "select * from report_pages where report_id = ? and subject = ? and language = ?",
        [report_id, subject, language],
    )
