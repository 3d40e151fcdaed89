"""Reports that a publication keeps as pages: read at once, however many documents stand behind them."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from datasette_config.export.html import fragment, without_styles
from datasette_config.page_wording import LANGUAGES, phrases
from datasette_config.report_model import Report
from datasette_config.report_subjects import first_day_shown, subject_of, subjects
from datasette_config.reporting import BuiltReport, build_report, report_facts, report_period
from db.errors import NarrativesError
from db.reading.publication import put_report_page
from db.standing_parts import standing_parts

#: From so many documents on, reports about one thing are kept too; on fewer they are computed when somebody
#: asks, and the file stays small.
SUBJECTS_KEPT_FROM = 50_000


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A page to keep; ``subject`` is what the report is about, empty where it is about everything."""

    report: Report
    parameters: Mapping[str, str | None]
    since: str | None
    until: str | None

    @property
    def subject(self) -> str:
        return next(iter(value for value in self.parameters.values() if value), "")


def write_reports(
    connection: sqlite3.Connection, reports: Mapping[str, Report], say: Callable[[str], None]
) -> None:
    """Keep the last finished week of every report, and the last year of each subject where there is much."""
    facts = report_facts(connection)
    left_out: set[str] = set()
    with standing_parts(connection) as parts:
        for language in LANGUAGES:
            for wanted in _wanted(connection, reports, facts, language):
                if wanted.report.id in left_out:
                    continue
                try:
                    built = build_report(
                        connection, wanted.report, language=language, since=wanted.since, until=wanted.until,
                        parameters=wanted.parameters, base_url="", facts=facts, parts=parts,
                    )  # fmt: skip
                except NarrativesError as error:
                    say(f"The report {wanted.report.id} is left out: {error}")
                    left_out.add(wanted.report.id)
                    continue
                put_report_page(
                    connection,
                    wanted.report.id,
                    wanted.subject,
                    language,
                    since=built.period.since.isoformat(),
                    until=built.period.until.isoformat(),
                    html=page_fragment(built),
                )
    connection.commit()


def page_fragment(built: BuiltReport) -> str:
    """Return a report as a piece of our pages: no inline styles, nothing unnamed, tables that keys scroll."""
    drawn = re.sub(
        r"<svg.*?</svg>",
        lambda found: lighter(found[0]),
        without_styles(str(fragment(built))),
        flags=re.DOTALL,
    )
    label = phrases()["table"][built.language]
    reachable = f' tabindex="0" role="group" aria-label="{label}">'
    for kind in ("scroll", "chart-wide"):
        drawn = drawn.replace(f'<div class="{kind}">', f'<div class="{kind}"{reachable}')
    return drawn


def lighter(svg: str) -> str:
    """Drop what a page of ours does not need: a name for every bar (the table has them) and tiny decimals."""
    head, root, marks = svg.partition("</desc>") if "</desc>" in svg else svg.partition(">")
    marks = re.sub(r' (?:aria-\w+|role)="[^"]*"', "", marks)
    marks = re.sub(r"(\d\.\d)\d+", r"\1", marks)
    return head + root + marks


def _wanted(
    connection: sqlite3.Connection,
    reports: Mapping[str, Report],
    facts: Mapping[str, str | None],
    language: str,
) -> Iterator[_Wanted]:
    """Yield the pages to keep, those of one period together: they share what they count."""
    alone = [report for report in reports.values() if subject_of(report) is None]
    yield from (_Wanted(report, {}, None, None) for report in alone)
    if int(facts.get("documents") or 0) < SUBJECTS_KEPT_FROM:
        return
    period = report_period(facts, None, None)
    since, until = first_day_shown(period), period.until.isoformat()
    for report in reports.values():
        if (subject := subject_of(report)) is not None:
            name, parameter = subject
            for row in subjects(connection, parameter, language):
                if not row["day"] or (facts.get("period_from") or "") <= row["day"] <= until:
                    yield _Wanted(report, {name: row["value"]}, since, until)
