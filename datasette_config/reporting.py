"""Running a report: one snapshot of a working database or a publication in, rows with provenance out."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette_config.report_model import Report, Section, over_parts, query_parameters
from datasette_config.reporting_period import Period, resolve_period
from datasette_config.reporting_series import COMPUTATIONS, Row
from db.connection import PUBLICATION_APPLICATION_ID, working_database
from db.errors import NarrativesError
from db.file_kinds import application_id
from db.reading import overview
from db.reading.method import current_model
from db.standing_parts import StandingParts, standing_parts
from db.views import QUOTE_CHARACTERS, data_sha256, install_views

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class BuiltSection:
    """A section with the rows its query gave, after computation; ``names`` are the query's columns."""

    section: Section
    sql: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class BuiltReport:
    """Everything an export needs; the exports add nothing but form."""

    report: Report
    language: str
    period: Period
    parameters: Mapping[str, str | None]
    about: Mapping[str, str | None]
    sections: tuple[BuiltSection, ...]
    base_url: str | None = None
    bound: Mapping[str, str | None] = field(default_factory=dict)

    def section(self, section_id: str) -> BuiltSection | None:
        """Return a section by id, or None."""
        return next((built for built in self.sections if built.section.id == section_id), None)

    def with_layout(self, layout: str) -> tuple[BuiltSection, ...]:
        """Return the sections of a layout."""
        return tuple(built for built in self.sections if built.section.layout == layout)

    @property
    def subject(self) -> str | None:
        """Return what the report is about where it is about one thing: a narrative, a source, an event."""
        for found in self.with_layout("facts"):
            if found.rows:
                return str(found.rows[0][next(iter(found.section.columns))])
        return None

    @property
    def uses_period(self) -> bool:
        """Return whether any query asks for the days of the period."""
        return any({"since", "until"} & query_parameters(built.sql) for built in self.sections)

    @property
    def rows_sha256(self) -> str:
        """Return a hash of every row of every section, in hex."""
        content = {built.section.id: built.rows for built in self.sections}
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def permalink(self) -> str | None:
        """Return the address of this report in the publication; None when there is no public address."""
        if self.base_url is None:
            return None
        chosen = {name: value for name, value in sorted(self.parameters.items()) if value is not None}
        return f"{self.base_url.rstrip('/')}/{self.language}/reports/{self.report.id}?" + urlencode(
            {"since": str(self.period.since), "until": str(self.period.until), **chosen}
        )


@contextmanager
def report_connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a working database or a publication: the published relations, one snapshot, no writing."""
    if application_id(path) == PUBLICATION_APPLICATION_ID:
        with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True)) as connection:
            connection.execute("begin")
            yield connection
        return
    with working_database(path, "read") as db:
        install_views(db.conn)
        db.conn.commit()
        db.conn.execute("pragma query_only = on")
        db.conn.execute("begin")
        try:
            yield db.conn
        finally:
            db.conn.rollback()


def build_report(
    connection: sqlite3.Connection,
    report: Report,
    *,
    language: str,
    since: str | None = None,
    until: str | None = None,
    parameters: Mapping[str, str | None] | None = None,
    base_url: str | None = None,
    facts: dict[str, str | None] | None = None,
    parts: StandingParts | None = None,
) -> BuiltReport:
    """Run every query of a report over the published relations.

    ``since`` and ``until`` are inclusive days, or ``last``. Where many reports are built on one snapshot,
    ``facts`` are those of :func:`report_facts` and ``parts`` what their queries share. Raises
    :class:`NarrativesError` where the database holds nothing, a parameter is missing or unknown, or a query
    cannot run.
    """
    about = facts if facts is not None else report_facts(connection)
    period = resolve_period(since, until, _as_of(about))
    chosen = _chosen(report, parameters or {})
    bound = {**_given(period, language), **chosen}
    sections = []
    with standing_parts(connection) if parts is None else nullcontext(parts) as standing:
        for section in report.sections:
            names, rows = _rows(connection, report, section, standing, bound)
            if section.compute is not None:
                rows = COMPUTATIONS[section.compute](rows, period)
            sections.append(BuiltSection(section, report.query(section), names, tuple(rows)))
    return BuiltReport(report, language, period, chosen, about, tuple(sections), base_url, bound)


def reach_missed(connection: sqlite3.Connection, built: BuiltReport) -> str | None:
    """Return a warning where no document is dated in the period, with the days that the data reach over."""
    since, until = built.period.since.isoformat(), built.period.until.isoformat()
    if not built.uses_period or overview.anything_between(connection, since, until):
        return None
    days = overview.reach(connection)
    there = (
        f"Dated documents reach from {days[0]} to {days[1]}: choose days with --since and --until."
        if days
        else "No document has a sure date, or `narratives trends` has not been run."
    )
    return f"No document is dated from {since} to {until}, so this report has no figures. {there}"


def behind(connection: sqlite3.Connection, built: BuiltReport) -> tuple[list[str], dict[str, Any]]:
    """Return the keys of the documents behind a report, sorted, and the question that chose them."""
    sql = built.report.evidence_query
    if sql is None:
        raise NarrativesError(
            f"Report {built.report.id} names no evidence. "
            "Add `evidence:` with a query of document_key to its YAML."
        )
    try:
        rows = connection.execute(sql, {name: built.bound[name] for name in query_parameters(sql)}).fetchall()
    except sqlite3.Error as error:
        raise NarrativesError(
            f"The evidence query of report {built.report.id} cannot run: {error}."
        ) from error
    return sorted({row[0] for row in rows}), {
        "id": built.report.id,
        "parameters": dict(built.bound),
        "about": dict(built.about),
        "rows_sha256": built.rows_sha256,
        "permalink": built.permalink,
        "sql": sql,
        "sections": {found.section.id: found.sql for found in built.sections},
    }


def _rows(
    connection: sqlite3.Connection,
    report: Report,
    section: Section,
    parts: StandingParts,
    bound: Mapping[str, str | None],
) -> tuple[tuple[str, ...], list[Row]]:
    sql = over_parts(section.sql)
    try:
        parts.stand(report.parts_of(sql), bound)
        cursor = connection.execute(sql, {name: bound[name] for name in query_parameters(sql)})
        names = tuple(column[0] for column in cursor.description)
        return names, [_short(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    except sqlite3.Error as error:
        raise NarrativesError(
            f"The query of section {section.id} in report {report.id} cannot run: {error}. "
            f"Correct {report.id}.yml."
        ) from error


def _short(row: Row) -> Row:
    """Cut a title as long as a text where a quotation would be cut: some feeds put the whole text there."""
    title = row.get("title")
    if isinstance(title, str) and len(title) > QUOTE_CHARACTERS:
        row["title"] = title[: QUOTE_CHARACTERS - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    return row


def _chosen(report: Report, given: Mapping[str, str | None]) -> dict[str, str | None]:
    if unknown := sorted(set(given) - set(report.parameters)):
        known = ", ".join(report.parameters) or "none"
        raise NarrativesError(f"Report {report.id} has no parameter {unknown[0]!r}. It knows: {known}.")
    for name, parameter in report.parameters.items():
        if parameter.required and not given.get(name):
            raise NarrativesError(
                f"Report {report.id} needs a {name} ({parameter.label.en}). Add --set {name}=VALUE."
            )
    return {name: given.get(name) for name in report.parameters}


def choices(
    connection: sqlite3.Connection, report: Report, period: Period, language: str = "fr"
) -> list[dict[str, str | None]]:
    """Return the sets of parameters that ``--all`` builds a report for: one, empty, where it needs none.

    A report with a required parameter that gives no ``choices`` in its YAML is built under none.
    """
    sets: list[dict[str, str | None]] = [{}]
    for name, parameter in report.parameters.items():
        if not parameter.required:
            continue
        sql = report.choices_query(name)
        if sql is None:
            return []
        bound = _given(period, language)
        try:
            rows = connection.execute(
                sql, {asked: bound[asked] for asked in query_parameters(sql)}
            ).fetchall()
        except sqlite3.Error as error:
            raise NarrativesError(
                f"The choices of {name} in report {report.id} cannot be read: {error}."
            ) from error
        sets = [{**chosen, name: str(row[0])} for chosen in sets for row in rows]
    return sets


def report_period(facts: Mapping[str, str | None], since: str | None, until: str | None) -> Period:
    """Return the period that two options name on a snapshot with these facts."""
    return resolve_period(since, until, _as_of(facts))


def _as_of(facts: Mapping[str, str | None]) -> str:
    as_of = facts.get("as_of")
    if as_of is None:
        raise NarrativesError(
            "There is nothing to report: no document has been stored and no run has ended. "
            "Fill the database with `narratives crawl DB` or `narratives import DB FILE`."
        )
    return as_of


def _given(period: Period, language: str) -> dict[str, str | None]:
    return {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "week": period.week.isoformat(),
        "drawn_from": period.drawn_from.isoformat(),
        "before_from": period.before_from.isoformat(),
        "as_of": period.as_of,
        "language": language,
    }


def report_facts(connection: sqlite3.Connection) -> dict[str, str | None]:
    """Return what the data stand on: as of when, which model and codebook, how much, and the data's hash."""
    facts = overview.about(connection)
    if not facts.get("data_sha256"):
        facts["data_sha256"] = data_sha256(connection)
    model = current_model(connection) or {}
    facts["training_sha256"], facts["trained_at"] = model.get("training_sha256"), model.get("trained_at")
    return dict(sorted(facts.items()))


def json_ready(value: Any) -> Any:
    """Return a row's value as JSON can hold it: dataclasses become mappings."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: json_ready(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    return value
