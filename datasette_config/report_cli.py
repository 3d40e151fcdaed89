"""``narratives report``: one report, or all of them for cron."""

import importlib
import sqlite3
import sys
from pathlib import Path
from types import ModuleType

import click

from datasette_config.report_model import Report, load_reports
from db.deployment import load_deployment
from db.errors import NarrativesError

#: Formats by name; each is a module of ``datasette_config.export`` with a ``render`` function.
FORMATS = ("html", "pdf", "docx", "csv", "xlsx", "json", "atom")
#: Formats whose bytes would garble a terminal.
BINARY = frozenset({"pdf", "docx", "xlsx"})


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("report_id", metavar="[REPORT]", required=False)
@click.option("--since", metavar="D", help="First day, or `last`: the last finished ISO week (default).")
@click.option("--until", metavar="D", help="Last day, inclusive; default: the end of the week of --since.")
@click.option(
    "--format",
    "format_names",
    type=click.Choice(FORMATS),
    multiple=True,
    help="Default: html; with --all, where it may be repeated, every format.",
)
@click.option("--language", type=click.Choice(("fr", "en")), default="fr", show_default=True)
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A parameter of the report; repeatable."
)
@click.option("--values", is_flag=True, help="List what the parameter of REPORT may be: value, title, day.")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Every report in both languages, into -o DIR, with an index and a feed.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File (folder with --all); default: stdout."
)
def report(
    database: Path,
    report_id: str | None,
    since: str | None,
    until: str | None,
    format_names: tuple[str, ...],
    language: str,
    settings: tuple[str, ...],
    values: bool,
    every: bool,
    output: Path | None,
) -> None:
    """Write a trend report from a working database or a publication.

    Without REPORT, lists the reports: id, title, and the --set that one needs. Days are inclusive; without
    --since and --until it is the last finished week. The same data give the same bytes.

    \b
    Examples:
      narratives report mali.db
      narratives report mali.db weekly --since last --language fr -o brief.html
      narratives report mali.db weekly --since 2025-03-01 --until 2025-03-31 --format csv -o march.csv
      narratives report mali.db narrative --values
      narratives report mali.db narrative --set narrative=neocolonial-france -o narrative.html
      narratives report mali.db --all --since last --format html --format pdf -o reports

    --all writes DIR/<first day>/<report>.<language>.<format>, lets DIR/latest name the newest folder, and
    keeps DIR/feed.<language>.atom. A report with a parameter is written for each value that its YAML
    chooses: storylines and the twenty sources flagged most in the period, events of its last eight weeks.
    """
    if not database.exists():
        raise NarrativesError(
            f"No database at {database}. Make one with `narratives import {database} FILE` "
            f"or `narratives crawl {database}`."
        )
    deployment = load_deployment(database)
    reports = load_reports(deployment.reports)
    base_url = str(deployment.base_url) if deployment.base_url else None
    if every:
        if output is None:
            raise NarrativesError("--all writes many files. Name a folder for them with -o DIR.")
        if report_id is not None:
            raise NarrativesError(f"Name either the report {report_id!r} or --all, not both.")
        shelf = _shelf()
        with _reporting().report_connection(database) as connection:
            shelf.write_all(
                connection, reports, output, since=since, until=until, formats=format_names or FORMATS,
                base_url=base_url, say_so=_say,
            )  # fmt: skip
        return
    if report_id is None:
        for found in reports.values():
            needed = [f"--set {name}=VALUE" for name, one in found.parameters.items() if one.required]
            click.echo("\t".join([found.id, found.title.say(language), *needed]))
        return
    if report_id not in reports:
        raise NarrativesError(f"No report {report_id!r}. There are: {', '.join(reports)}.")
    if len(format_names) > 1:
        raise NarrativesError("Several formats need --all -o DIR. Name one --format.")
    given = parsed_settings(settings)
    format_name = format_names[0] if format_names else "html"
    if output is None and format_name in BINARY and sys.stdout.isatty():
        raise NarrativesError(f"A terminal cannot show {format_name}. Name a file with -o, or redirect.")
    reporting = _reporting()
    with reporting.report_connection(database) as connection:
        if values:
            _list_values(connection, reports[report_id], language)
            return
        _subjects().refuse_unknown(connection, reports[report_id], given)
        built = reporting.build_report(
            connection,
            reports[report_id],
            language=language,
            since=since,
            until=until,
            parameters=given,
            base_url=base_url,
        )
        if (reach := reporting.reach_missed(connection, built)) is not None:
            _say(reach)
    if output is None:
        click.echo(_shelf().format_module(format_name).render(built), nl=False)
    else:
        _shelf().write_report(output, built, format_name, _say)


def parsed_settings(settings: tuple[str, ...]) -> dict[str, str | None]:
    """Return what ``--set NAME=VALUE`` gave, by name."""
    parameters: dict[str, str | None] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise NarrativesError(f"--set {setting!r} names no value. Write it as NAME=VALUE.")
        parameters[name] = value
    return parameters


def _list_values(connection: sqlite3.Connection, report: Report, language: str) -> None:
    found = _subjects().subject_of(report)
    if found is None:
        raise NarrativesError(f"Report {report.id} needs no --set. Leave --values out.")
    for row in _subjects().subjects(connection, found[1], language):
        click.echo("\t".join([row["value"], row["title"], *([row["day"]] if row["day"] else [])]))


def _say(text: str) -> None:
    click.echo(text, err=True)


def _reporting() -> ModuleType:
    return importlib.import_module("datasette_config.reporting")


def _subjects() -> ModuleType:
    return importlib.import_module("datasette_config.report_subjects")


def _shelf() -> ModuleType:
    return importlib.import_module("datasette_config.report_shelf")
