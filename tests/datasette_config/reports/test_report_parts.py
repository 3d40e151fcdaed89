"""The named parts of reports: each computed once for all that is built together, none left behind."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from datasette_config.report_model import BUNDLED, load_reports
from datasette_config.reporting import build_report, report_connection
from db.standing_parts import standing_parts
from db.views import relations

REPORTS = load_reports()


@contextmanager
def made(connection: sqlite3.Connection) -> Iterator[Counter[str]]:
    """Count the parts that are computed within the block."""
    found: Counter[str] = Counter()
    connection.set_trace_callback(
        lambda sql: found.update(re.findall(r"^create temp table (\w+) as with", sql))
    )
    yield found
    connection.set_trace_callback(None)


def test_no_part_bears_the_name_of_a_published_relation() -> None:
    parts = {path.stem for path in (BUNDLED / "parts").glob("*.sql")}
    assert parts
    assert not parts & relations().keys()


def test_a_part_is_computed_once_and_again_only_for_what_it_depends_on(press: Path) -> None:
    narratives = ("neocolonial-france", "intervention-failed")
    with report_connection(press) as connection, standing_parts(connection) as parts:
        for language, fresh in (("fr", {"flagged", "drawn", "own_weeks"}), ("en", {"own_weeks", "marks"})):
            for number, narrative in enumerate(narratives):
                with made(connection) as computed:
                    build_report(
                        connection, REPORTS["narrative"], language=language, parts=parts,
                        parameters={"narrative": narrative},
                    )  # fmt: skip
                assert set(computed.values()) <= {1}
                assert (fresh <= computed.keys()) if number == 0 else not computed


def test_the_database_stays_closed_to_writing(press: Path) -> None:
    with report_connection(press) as connection:
        build_report(connection, REPORTS["weekly"], language="fr")
        names = {row[0] for row in connection.execute("select name from temp.sqlite_master")}
        assert not names & {path.stem for path in (BUNDLED / "parts").glob("*.sql")}
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("delete from main.documents")


@pytest.mark.parametrize("report_id", sorted(REPORTS))
def test_a_section_alone_gives_the_rows_of_the_report(report_id: str, press: Path) -> None:
    chosen = {"narrative": "neocolonial-france", "source": "le-fleuve", "event": "aes-levy"}
    report = REPORTS[report_id]
    parameters = {name: chosen[name] for name, found in report.parameters.items() if found.required}
    with report_connection(press) as connection:
        built = build_report(connection, report, language="fr", parameters=parameters)
        for found in built.sections:
            if found.section.compute is None:
                cursor = connection.execute(found.sql, dict(built.bound))
                alone = [dict(zip(found.names, row, strict=True)) for row in cursor]
                assert alone == list(found.rows), found.section.id
