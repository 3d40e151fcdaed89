"""Commands of the crawling room. Scrapy is loaded only when a crawl really starts."""

import importlib
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crawlers.backfill_cli import run_backfill
from crawlers.import_cli import extract, import_
from crawlers.schedule_cli import schedule
from crawlers.sources_cli import sources
from db.errors import ToldToStopError
from db.log_lines import json_lines

__all__ = ["crawl", "extract", "import_", "schedule", "sources"]

#: Outcomes that mean: the page named with --url is in the database.
_KEPT = {"stored", "duplicate", "encoding_suspect", "parse_suspect"}


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--url", help="Fetch this one page now, as an article.")
@click.option("--backfill", is_flag=True, help="Walk the archives of the named sources instead.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of a backfill.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of a backfill.")
@click.option("--undated", is_flag=True, help="Take in archive entries without any date.")
@click.option(
    "--log", type=click.Choice(["text", "json"]), default="text", help="json: one object per line on stderr."
)
def crawl(
    database: Path,
    names: tuple[str, ...],
    url: str | None,
    backfill: bool,
    since: datetime | None,
    until: datetime | None,
    undated: bool,
    log: str,
) -> None:
    """Collect: named sources now, or every source whose time has come.

    Asks robots.txt first, one request at a time per host and at least five seconds apart. Every
    address ends in one named outcome (table `fetches`), every answer is kept as evidence. Needs
    `contact` in narratives.toml.

    A backfill reads sitemaps, or the posts of a WordPress site, and fetches what was published in a
    range of days. It may take days at one request in five seconds; stop it at any time, the same
    command goes on where it was.

    \b
    Examples:
      narratives crawl mali.db
      narratives crawl mali.db studio-tamani lefaso
      narratives crawl mali.db --url https://example.org/article
      narratives crawl mali.db lefaso --backfill --since 2025-01-01 --until 2025-03-31
    """
    if url and (names or backfill):
        raise click.UsageError("Give sources or --url, not both.")
    if not backfill and (since or until or undated):
        raise click.UsageError("--since, --until and --undated belong to --backfill.")
    with json_lines(log == "json"):
        if backfill:
            run_backfill(database, names, since, until, undated)
        else:
            _crawl(database, names, url)


def _crawl(database: Path, names: tuple[str, ...], url: str | None) -> None:
    account: Any = importlib.import_module("crawlers.run").crawl(
        database, names, url=url, progress=_show_progress
    )
    if account is None:
        click.echo(f"Another crawl is at work on {database}; nothing to do.", err=True)
        return
    _show_account(account, about=() if url else names or None)
    if account.told_to_stop:
        raise ToldToStopError("The crawl was told to stop. Start it again: it goes on where it was.")
    if account.status == "interrupted":
        raise click.ClickException("The crawl was interrupted. Start it again: it goes on where it was.")
    if url and not any(outcome in _KEPT for _, purpose, outcome, _ in account.outcomes if purpose == "page"):
        raise click.ClickException(f"{url} was not stored: {account.page_detail or 'see the outcome above'}.")


def _show_progress(source: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K[{done}/{total}] {source}", nl=done == total, err=True)
    elif total > 1:
        click.echo(f"[{done}/{total}] {source}", err=True)


def _show_account(account: Any, about: tuple[str, ...] | None) -> None:
    """Say what came of a crawl; of ailing sources only those ``about`` it, and None stands for all."""
    if account.visited == 0 and account.enabled == 0:
        click.echo(
            "The catalogue has no enabled source. Write one with `narratives sources new URL`, "
            "or set `enabled: true` in the YAML file of one that `narratives sources list` shows.",
            err=True,
        )
    elif account.visited == 0:
        click.echo("No source is due. Name one to visit it now.", err=True)
    total: Counter[str] = Counter()
    for source, outcomes in account.by_source().items():
        total += Counter({name: count for name, count in outcomes.items() if ":" not in name})
        click.echo(f"{source}: {_counts(outcomes)}", err=True)
    if total:
        click.echo(f"total: {_counts(total)}", err=True)
    for problem in account.problems:
        click.echo(f"! {problem}", err=True)
    for source in account.alarms:
        if about is not None and source.source_id not in about:
            continue
        since = f" since {source.since}" if source.since else ""
        click.echo(
            f"!! {source.source_id} is {source.state.replace('_', ' ')}{since}: {source.trouble}", err=True
        )


def _counts(outcomes: Counter[str]) -> str:
    ordered = sorted(outcomes.items(), key=lambda pair: (":" in pair[0], pair[0] != "stored", pair[0]))
    return ", ".join(f"{name.replace(':', ' ')} {count}" for name, count in ordered)
