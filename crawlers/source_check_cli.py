"""Commands `sources check` and `sources new`: offline faults of the YAML, and what its address is today."""

import importlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from db.deployment import Deployment, load_deployment
from db.errors import NarrativesError

_SAMPLE_TITLE = 70


@click.command(short_help="Check the YAML, and look at sources live.")
@click.argument("names", metavar="[SOURCE|URL]...", nargs=-1)
@click.option("--offline", is_flag=True, help="Only the YAML and its frozen page; nothing is asked for.")
@click.option("--json", "as_json", is_flag=True, help="The verdicts as JSON.")
def check(names: tuple[str, ...], offline: bool, as_json: bool) -> None:
    """Look at sources or addresses, live, and say what they are; without a name check all YAML, offline.

    SOURCE is an id or a YAML file. One address is asked for, as politely as by a crawl, and nothing is
    stored but the verdict: works, moved, empty, other (a page where a feed was promised, say), wall, refused,
    dead or failing. The exit code is 1 when one of them would bring nothing.

    \b
    Examples:
      narratives sources check
      narratives sources check my-sources/echo.yml --offline
      narratives sources check studio-tamani https://journal.example/rss
    """
    deployment = load_deployment()
    urls = [name for name in names if "://" in name]
    sources = _checked_offline(deployment, [name for name in names if name not in urls], bool(names))
    if offline or not names:
        if urls:
            raise click.UsageError("An address can only be looked at live; leave out --offline.")
        click.echo(f"{len(sources)} source(s) sound.", err=True)
        return
    source_check: Any = importlib.import_module("crawlers.source_check")
    check_log: Any = importlib.import_module("crawlers.check_log")
    reports = source_check.check_live(deployment, [*sources, *urls])
    for report in reports:
        check_log.note_check(deployment.source_checks, report.verdict)
    if as_json:
        click.echo(json.dumps([asdict(report) for report in reports], ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _show(report)
    failed = sum(not report.verdict.works for report in reports)
    if failed:
        raise click.ClickException(f"{failed} of {len(reports)} would bring nothing.")


@click.command(short_help="Write the YAML of a new source.")
@click.argument("url")
@click.option("--id", "name", help="Id of the source; by default made of the host name.")
@click.option(
    "-o", "--folder", type=click.Path(file_okay=False, path_type=Path),
    help="Where to write; by default the first of `sources` in narratives.toml.",
)  # fmt: skip
def new(url: str, name: str | None, folder: Path | None) -> None:
    """Find out how a site can be read, and write the YAML of a new source with one frozen page.

    Looks for a feed, the WordPress API, sitemaps (those of robots.txt, too) and, without these, for articles
    listed on the page itself. The source is written disabled: read the file, then enable it.

    \b
    Example:
      narratives sources new https://journal.example/ --id le-journal
    """
    source_new: Any = importlib.import_module("crawlers.source_new")
    catalog: Any = importlib.import_module("crawlers.catalog")
    deployment = load_deployment()
    target = folder or next(iter(deployment.sources), None)
    if target is None:
        raise NarrativesError(
            'There is no folder for sources of your own. Put `sources = ["sources"]` into narratives.toml, '
            "or name one with -o."
        )
    existing = [path for path in deployment.sources if path.is_dir()]
    known = catalog.load_catalogue(existing, deployment.bundled_sources)
    if name is not None and name in known:
        raise NarrativesError(f"There is a source {name!r} already. Give another one with --id.")
    found = source_new.discover(deployment, url)
    for verdict in found.tried:
        click.echo(f"{verdict.url}: {verdict.sentence}", err=True)
    path = source_new.write_source(found, target, name=name, known=known)
    _, problems = catalog.read_source(path)
    if problems:
        raise NarrativesError(f"{path} was written but has faults to correct: {'; '.join(problems)}")
    click.echo(str(path))
    click.echo(
        "Read the file, correct what is marked, set `enabled: true`, and remove `disabled_reason`.", err=True
    )


def _checked_offline(deployment: Deployment, names: list[str], named: bool) -> list[Any]:
    """Return the named sources, or all of them, sound in YAML and frozen page; raise with every problem."""
    catalog: Any = importlib.import_module("crawlers.catalog")
    paths = catalog.source_files(deployment.sources, deployment.bundled_sources)
    if named:
        known = {path.stem: path for path in paths}
        paths = []
        for name in names:
            path = known.get(name) or Path(name)
            if not path.is_file():
                raise NarrativesError(f"No source {name!r}. `narratives sources list` shows the ids.")
            paths.append(path)
        found, problems = [], []
        for path in paths:
            source, faults = catalog.read_source(path)
            problems += faults
            found += [source] if source else []
    else:
        catalogue, problems = catalog.check_catalogue(deployment.sources, deployment.bundled_sources)
        found = list(catalogue.values())
    folder_of = {path.stem: path.parent for path in paths}
    for source in found:
        if source.frozen is not None:
            # Loads the whole of extraction, which most catalogues have no use for.
            frozen_pages: Any = importlib.import_module("crawlers.frozen_pages")
            problems += frozen_pages.frozen_faults(source, folder_of[source.id])
    if problems:
        for problem in problems:
            click.echo(problem)
        raise click.ClickException(f"{len(problems)} problem(s) in the catalogue.")
    return found


def _show(report: Any) -> None:
    verdict = report.verdict
    name = verdict.source_id or verdict.url
    click.echo(f"{name}: {verdict.word}. {verdict.sentence}.")
    answered = f"answered {verdict.status} in {verdict.milliseconds} ms" if verdict.status else "no answer"
    where = verdict.url if verdict.found_at == verdict.url else f"{verdict.url} -> {verdict.found_at}"
    click.echo(f"  {where}: {answered}")
    probe = verdict.probe or {}
    for item in probe.get("samples", ()):
        if item["text"] is None:
            title = (item["title"] or "-")[:_SAMPLE_TITLE]
            click.echo(
                f"  {item['published_at'] or item['updated_at'] or 'no date':<20}  {title}  {item['url']}"
            )
    if probe.get("with_text"):
        click.echo(f"  the text of {probe['with_text']} comes along")
    for offer in report.offers:
        click.echo(f"  try {offer.platform}: {offer.url} ({offer.named_by})")
