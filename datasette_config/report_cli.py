"""``narratives report``: one report, or all of them for cron."""

import importlib
from pathlib import Path
from types import ModuleType

import click

from datasette_config.report_model import Report, load_reports
from db.deployment import load_deployment
from db.errors import NarrativesError

#: Formats by name; each is a module of ``datasette_config.export`` with a ``render`` function.
FORMATS = ("html", "csv", "json")


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("report_id", metavar="[REPORT]", required=False)
@click.option("--since", metavar="D", help="First day, or `last`: the last finished ISO week (default).")
@click.option("--until", metavar="D", help="Last day, inclusive; default: the end of the week of --since.")
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="html", show_default=True)
@click.option("--language", type=click.Choice(("fr", "en")), default="fr", show_default=True)
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A parameter of the report; repeatable."
)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Every report that needs no parameter, in both languages, into -o DIR.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File (folder with --all); default: stdout."
)
def report(
    database: Path,
    report_id: str | None,
    since: str | None,
    until: str | None,
    format_name: str,
    language: str,
    settings: tuple[str, ...],
    every: bool,
    output: Path | None,
) -> None:
    """Write a trend report from a working database or a publication.

    Without REPORT, lists the reports. Days are inclusive. The same data give the same bytes.

    \b
    Examples:
      narratives report mali.db
      narratives report mali.db weekly --since last --language fr -o brief.html
      narratives report mali.db weekly --since 2025-03-01 --until 2025-03-31 --format csv -o march.csv
      narratives report mali.db narrative --set narrative=neocolonial-france -o narrative.html
      narratives report mali.db --all --since last -o reports
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
        _write_all(database, reports, since, until, base_url, output)
        return
    if report_id is None:
        for found in reports.values():
            click.echo(f"{found.id}\t{found.title.say(language)}")
        return
    if report_id not in reports:
        raise NarrativesError(f"No report {report_id!r}. There are: {', '.join(reports)}.")
    content = _render(
        database, reports[report_id], since, until, base_url, format_name, language, _parsed(settings)
    )
    if output is None:
        click.echo(content, nl=False)
    else:
        _write(output, content)


def _write_all(
    database: Path,
    reports: dict[str, Report],
    since: str | None,
    until: str | None,
    base_url: str | None,
    folder: Path,
) -> None:
    """Write ``<folder>/<since>/<report>.<language>.<format>``: names made of days and ids alone."""
    reporting = _reporting()
    with reporting.report_connection(database) as connection:
        for found in reports.values():
            if any(parameter.required for parameter in found.parameters.values()):
                continue
            for language in reporting.LANGUAGES:
                built = reporting.build_report(
                    connection, found, language=language, since=since, until=until, base_url=base_url
                )
                for format_name in FORMATS:
                    name = f"{found.id}.{language}.{format_name}"
                    _write(folder / built.period.since.isoformat() / name, _format(format_name).render(built))


def _render(
    database: Path,
    found: Report,
    since: str | None,
    until: str | None,
    base_url: str | None,
    format_name: str,
    language: str,
    parameters: dict[str, str | None],
) -> bytes:
    reporting = _reporting()
    with reporting.report_connection(database) as connection:
        built = reporting.build_report(
            connection,
            found,
            language=language,
            since=since,
            until=until,
            parameters=parameters,
            base_url=base_url,
        )
    return bytes(_format(format_name).render(built))


def _parsed(settings: tuple[str, ...]) -> dict[str, str | None]:
    parameters: dict[str, str | None] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise NarrativesError(f"--set {setting!r} names no value. Write it as NAME=VALUE.")
        parameters[name] = value
    return parameters


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise NarrativesError(
            f"{path} cannot be written: {error.strerror}. Name another path with -o."
        ) from error
    click.echo(f"Wrote {path} ({len(content):,} bytes).", err=True)


def _reporting() -> ModuleType:
    return importlib.import_module("datasette_config.reporting")


def _format(name: str) -> ModuleType:
    return importlib.import_module(f"datasette_config.export.{name}")
