"""Commands that look after the source catalogue."""

import importlib
import json
from pathlib import Path
from typing import Any

import click

from db.deployment import load_deployment
from db.errors import NarrativesError


@click.group()
def sources() -> None:
    """Look after the source catalogue: one YAML file per source.

    \b
    Examples:
      narratives sources list
      narratives sources check malijet
    """


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="Everything the catalogue says, as JSON.")
@click.option("--enabled", is_flag=True, help="Only sources that a scheduled crawl visits.")
def list_(as_json: bool, enabled: bool) -> None:
    """List the sources: id, state, platform, language, country, kind, address.

    \b
    Example:
      narratives sources list --enabled
    """
    catalog: Any = importlib.import_module("crawlers.catalog")
    deployment = load_deployment()
    found = catalog.load_catalogue(deployment.sources, deployment.bundled_sources)
    shown = [source for source in found.values() if source.enabled or not enabled]
    if as_json:
        click.echo(json.dumps([source.model_dump() for source in shown], ensure_ascii=False, indent=2))
        return
    rows = [("id", "state", "platform", "language", "country", "kind", "address")]
    rows += [
        (
            source.id,
            "enabled" if source.enabled else "disabled",
            source.platform,
            source.language or "-",
            source.country or "-",
            source.kind,
            source.url or "-",
        )
        for source in shown
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        click.echo(
            "  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[6]])
        )
    active = sum(source.enabled for source in shown)
    click.echo(f"{len(shown)} sources, {active} enabled.", err=True)


@sources.command("check")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
def check(names: tuple[str, ...]) -> None:
    """Check the YAML of the catalogue, offline, and list every problem.

    SOURCE is an id or a file; without one the whole catalogue is checked.

    \b
    Examples:
      narratives sources check
      narratives sources check my-sources/echo.yml
    """
    catalog: Any = importlib.import_module("crawlers.catalog")
    deployment = load_deployment()
    if names:
        known = {
            path.stem: path for path in catalog.source_files(deployment.sources, deployment.bundled_sources)
        }
        problems: list[str] = []
        for name in names:
            path = known.get(name) or Path(name)
            if not path.is_file():
                raise NarrativesError(f"No source {name!r}. `narratives sources list` shows the ids.")
            problems += catalog.read_source(path)[1]
        count = len(names)
    else:
        found, problems = catalog.check_catalogue(deployment.sources, deployment.bundled_sources)
        count = len(found)
    if problems:
        for problem in problems:
            click.echo(problem)
        raise click.ClickException(f"{len(problems)} problem(s) in the catalogue.")
    click.echo(f"{count} source(s) sound.", err=True)
