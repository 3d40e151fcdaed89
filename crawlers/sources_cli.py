"""Commands that look after the source catalogue."""

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from crawlers.source_check_cli import check, new
from db.clock import utc_now
from db.connection import working_database
from db.deployment import load_deployment
from db.policy import TEMPLATE

_NEVER = "never"
_NEVER_LIVE = "never tried live"


@click.group()
def sources() -> None:
    """Look after the source catalogue: one YAML file per source.

    \b
    Examples:
      narratives sources list
      narratives sources check malijet
      narratives sources new https://journal.example/
      narratives sources health mali.db
    """


sources.add_command(check)
sources.add_command(new)


@sources.command("list", short_help="List the sources and their last live check.")
@click.option("--json", "as_json", is_flag=True, help="Everything the catalogue says, as JSON.")
@click.option("--enabled", is_flag=True, help="Only sources that a scheduled crawl visits.")
def list_(as_json: bool, enabled: bool) -> None:
    """List the sources: id, state, platform, last live check, grade, language, country, kind, address.

    The check is the newest of `sources check` in this folder's deployment; the grade (A to D) says how sure
    published evidence is of the address.

    \b
    Example:
      narratives sources list --enabled
    """
    catalog: Any = importlib.import_module("crawlers.catalog")
    platforms: Any = importlib.import_module("crawlers.platform_addresses")
    check_log: Any = importlib.import_module("crawlers.check_log")
    deployment = load_deployment()
    found = catalog.load_catalogue(deployment.sources, deployment.bundled_sources)
    seen = check_log.last_checks(deployment.source_checks)
    shown = [source for source in found.values() if source.enabled or not enabled]

    def checked(source: Any) -> str:
        last = seen.get(source.id)
        if source.platform in platforms.SOCIAL_PLATFORMS and (last is None or last.worked_at is None):
            return _NEVER_LIVE if last is None else f"{_NEVER_LIVE}, {last.word} {last.checked_at[:10]}"
        return f"{last.word} {last.checked_at[:10]}" if last else _NEVER

    if as_json:
        rows = [source.model_dump() | {"checked": checked(source)} for source in shown]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    _table(
        ("id", "state", "platform", "checked", "grade", "language", "country", "kind", "address"),
        [
            (
                source.id,
                "enabled" if source.enabled else "disabled",
                source.platform,
                checked(source),
                source.grade or "-",
                source.language or "-",
                source.country or "-",
                source.kind,
                source.url or "-",
            )
            for source in shown
        ],
    )
    active = sum(source.enabled for source in shown)
    click.echo(f"{len(shown)} sources, {active} enabled.", err=True)


@sources.command(short_help="Say how every source is doing.")
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Also the sources that no crawl visits.")
@click.option("--json", "as_json", is_flag=True, help="Every field, as JSON.")
@click.pass_context
def health(ctx: click.Context, database: Path, everything: bool, as_json: bool) -> None:
    """Say how every source is doing; the exit code is 1 when one needs somebody.

    Shown are state, last success, learned rhythm (items a week), items of the last 7 and 30 days and graded
    failures; below the table what is wrong, in words.

    \b
    Example:
      narratives sources health mali.db
    """
    feed_health: Any = importlib.import_module("db.feed_health")
    with working_database(database, "read") as db:
        rows = feed_health.source_health(db, utc_now())
    rows = [row for row in rows if everything or row.enabled]
    wrong = feed_health.alarms(rows)
    if as_json:
        click.echo(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=2))
    else:
        _table(
            ("id", "state", "last success", "a week", "7 days", "30 days", "failures", "next due"),
            [
                (
                    row.source_id,
                    row.state,
                    _minute(row.last_success_at),
                    "-" if row.items_per_week is None else f"{row.items_per_week:g}",
                    str(row.items_7_days),
                    str(row.items_30_days),
                    f"{row.failures:g}",
                    _minute(row.next_due_at),
                )
                for row in rows
            ],
        )
        for row in wrong:
            since = f" since {_minute(row.since)}" if row.since else ""
            click.echo(f"! {row.source_id}: {row.state}{since}: {row.trouble or 'see `fetches`'}", err=True)
    click.echo(f"{len(rows)} sources, {len(wrong)} need somebody.", err=True)
    ctx.exit(1 if wrong else 0)


@sources.command(short_help="Print a policy file, which posts of persons need.")
def policy() -> None:
    """Print a policy file to fill in: without one no post of a private person is collected.

    \b
    Example:
      narratives sources policy > policy.yml
    """
    click.echo(TEMPLATE, nl=False)


@sources.command(short_help="Take the pseudonyms from all stored posts.")
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
def rekey(database: Path) -> None:
    """Take the pseudonyms from all stored posts, so that another pseudonym key can be used.

    Whoever holds the old key can tell which posts an account wrote; after this nobody can. Posts stay, but
    those of before and after are never seen to be one account's. Change or remove the key file yourself.

    \b
    Example:
      rm pseudonym.key && narratives sources rekey mali.db
    """
    accounts: Any = importlib.import_module("db.private_accounts")
    care: Any = importlib.import_module("db.takedown")
    with working_database(database, "write") as db:
        count = accounts.forget_pseudonyms(db)
        care.scrub(db)
    click.echo(f"{count} documents bear no pseudonym any more; the next post makes one with the present key.")


def _minute(at: str | None) -> str:
    return at[:16].replace("T", " ") if at else "-"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as their widest cell; the last one is not padded."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    for row in (header, *rows):
        click.echo(
            "  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[-1]])
        )
