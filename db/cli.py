"""Commands of the hub: recompute what charts draw, and care for the working database."""

import json
import sys
from pathlib import Path

import click

from db import backup as copies
from db.care import check
from db.claim_reviews import record_reviews
from db.claims import refresh_claims
from db.connection import transaction, working_database
from db.deployment import load_deployment
from db.errors import NarrativesError
from db.review_markup import claim_reviews
from db.trends import recompute

#: Faults shown of each kind; the rest is counted.
SHOWN = 10

_database = click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@_database
def trends(database: Path) -> None:
    """Recompute what charts draw: trends and what was collected, each at its own grain; and the claims.

    Writes only what changed; a second call writes nothing.

    \b
    Example:
      narratives trends mali.db
    """
    with working_database(database, "write") as db:
        counts = recompute(db)
        claims = refresh_claims(db)
    click.echo(
        f"{counts.trends} trend rows, {counts.collected_daily} collection rows, {counts.changed} changed; "
        f"{claims.claims} checkable sentences in {claims.clusters} wordings, {claims.changed} changed.",
        err=True,
    )


@click.group(name="db")
def db_() -> None:
    """Care for the working database: check, migrate, back up, restore.

    \b
    Example:
      narratives db check mali.db
    """


@db_.command(name="check", short_help="Check that everything in DB is whole.")
@_database
@click.option(
    "--evidence",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of WARC files; default: that of the settings.",
)
def check_(database: Path, evidence: Path | None) -> None:
    """Check that everything in DB is whole and agrees with itself, down to the recorded bytes.

    Prints one line for each check, then its faults; ends with 1 when there is any.

    \b
    Example:
      narratives db check mali.db
    """
    folder = evidence or load_deployment(database).evidence
    faults = 0
    with working_database(database, "read") as db:
        for finding in check(db, folder, _progress if sys.stderr.isatty() else None):
            if finding.skipped is not None:
                click.echo(f"skipped  {finding.check}: {finding.skipped}")
                continue
            examined = "" if finding.examined is None else f" ({finding.examined} examined)"
            click.echo(f"{len(finding.faults) or 'none':>7}  {finding.check}{examined}")
            for fault in finding.faults[:SHOWN]:
                click.echo(f"         {fault}")
            if len(finding.faults) > SHOWN:
                click.echo(f"         and {len(finding.faults) - SHOWN} more")
            faults += len(finding.faults)
    if faults:
        raise NarrativesError(
            f"{faults} faults in {database}. Keep the file, and go back to a sound backup with "
            f"`narratives db restore {database} BACKUP`."
        )


@db_.command(short_help="Bring DB to the present schema.")
@_database
def migrate(database: Path) -> None:
    """Bring DB to the present schema, after a verified backup beside it.

    \b
    Example:
      narratives db migrate mali.db
    """
    steps = copies.migrate(database)
    for step in steps:
        click.echo(step)
    click.echo(f"{len(steps)} steps applied." if steps else f"{database} is up to date.", err=True)


@db_.command(short_help="Copy DB while it is in use, and check the copy.")
@_database
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The backup; default: beside DB, named after the moment.",
)
def backup(database: Path, output: Path | None) -> None:
    """Copy DB while it is in use, check the copy, and print its SHA-256 as sha256sum does.

    \b
    Example:
      narratives db backup mali.db -o backups/mali.db
    """
    target, sha256 = copies.backup(database, output)
    click.echo(f"{sha256}  {target}")


@db_.command(short_help="Put a backup in the place of DB.")
@_database
@click.argument("source", metavar="FROM", type=click.Path(dir_okay=False, path_type=Path))
def restore(database: Path, source: Path) -> None:
    """Put the backup FROM in the place of DB; the DB that was there is kept under another name.

    \b
    Example:
      narratives db restore mali.db backups/mali.db
    """
    kept = copies.restore(database, source)
    if kept is not None:
        click.echo(f"The database that was there is kept as {kept}.", err=True)
    click.echo(f"{database} restored from {source}.", err=True)


@db_.command(short_help="Import reviews of fact-checkers (ClaimReview).")
@_database
@click.argument("files", metavar="FILE...", nargs=-1, required=True,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
def reviews(database: Path, files: tuple[Path, ...]) -> None:
    """Import what fact-checkers published: files of schema.org ClaimReview in JSON-LD.

    A review says what its author concluded, in the author's words; claims in close words stand beside it.

    \b
    Example:
      narratives db reviews mali.db claimreviews.json
    """
    with working_database(database, "write") as db:
        for file in files:
            try:
                found = claim_reviews(json.loads(file.read_text(encoding="utf-8")))
            except ValueError as error:
                raise NarrativesError(
                    f"{file} is not JSON in UTF-8 ({error}). Save it as JSON-LD."
                ) from error
            with transaction(db):
                changed = record_reviews(db, found, origin="import")
            click.echo(f"{file}: {len(found)} reviews, {changed} new or changed.", err=True)
        claims = refresh_claims(db)
    click.echo(f"{claims.matches} links to claims in close words.", err=True)


def _progress(name: str, done: int, total: int) -> None:
    if done % 1000 == 0 or done == total:
        click.echo(f"\r{name}: {done} of {total}", err=True, nl=done == total)
