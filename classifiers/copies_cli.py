"""The ``copies`` command."""

import importlib
import sys
from pathlib import Path

import click

from db.connection import working_database


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
def copies(database: Path) -> None:
    """Find documents that share text: identical, reworded, or carrying a long passage.

    Compares what has not been compared yet; a stopped call is taken up where it ended.

    \b
    Example:
      narratives copies mali.db
    """
    update_copies = importlib.import_module("classifiers.copies").update_copies
    with working_database(database, "write") as db:
        counts = update_copies(db, _bar if sys.stderr.isatty() else _lines)
    click.echo(
        f"{counts.compared} documents compared. In all: {counts.clusters} texts in several copies, "
        f"{counts.identical} identical, {counts.reworded} reworded, {counts.excerpts} excerpts, "
        f"{counts.credited} credited excerpts.",
        err=True,
    )


def _bar(done: int, total: int) -> None:
    width = 30
    filled = width * done // total
    click.echo(
        f"\rcomparing [{'#' * filled}{'.' * (width - filled)}] {done}/{total}", err=True, nl=done == total
    )


def _lines(done: int, total: int) -> None:
    if done % 1000 == 0 and done < total:
        click.echo(f"compared {done} of {total}", err=True)
