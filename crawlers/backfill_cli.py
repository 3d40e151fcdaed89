"""What a backfill says while it works and at its end."""

import importlib
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from db.errors import NarrativesError, ToldToStopError

_WIDTH = 24
_SECONDS_BETWEEN_LINES = 10.0


class _Bar:
    """A bar on a terminal, a plain line now and then elsewhere; always on stderr."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def __call__(self, walk: Any) -> None:
        said = f"{walk.source.id}: {walk.pages}/{walk.planned} pages, {walk.listings}/{walk.found} listings"
        if sys.stderr.isatty():
            filled = _WIDTH * walk.pages // max(walk.planned, 1)
            click.echo(f"\r\x1b[K[{'#' * filled:.<{_WIDTH}}] {said}", nl=False, err=True)
        elif time.monotonic() - self._said_at >= _SECONDS_BETWEEN_LINES:
            self._said_at = time.monotonic()
            click.echo(said, err=True)


def run_backfill(
    database: Path, names: tuple[str, ...], since: datetime | None, until: datetime | None, undated: bool
) -> None:
    """Walk the archives of the named sources and say how far they are."""
    if not names or since is None or until is None:
        raise click.UsageError("--backfill needs at least one SOURCE, --since and --until.")
    if since > until:
        raise click.UsageError(f"--since {since.date()} is later than --until {until.date()}.")
    window = importlib.import_module("crawlers.archive_window").Window(
        since=since.date(), until=until.date(), undated=undated
    )
    done: Any = importlib.import_module("crawlers.backfill_run").backfill(database, names, window, _Bar())
    if done is None:
        click.echo(f"Another crawl is at work on {database}; nothing to do.", err=True)
        return
    if sys.stderr.isatty():
        click.echo(err=True)
    empty = [name for name, walk in done.walks.items() if not _tell(name, walk, done.account)]
    left = sum(walk.left for walk in done.walks.values())
    if done.account.told_to_stop:
        raise ToldToStopError(f"Stopped with {left} listings left. The same command goes on where it was.")
    if left:
        raise click.ClickException(
            f"{left} listings are left: some of their addresses did not answer. "
            "The same command asks for them again."
        )
    if empty:
        raise NarrativesError(
            f"No sitemap was found for {', '.join(empty)}. Look for one in a browser, and name it in the "
            "source's YAML file with `platform: sitemap` and its `url`."
        )


def _tell(name: str, walk: Any, account: Any) -> bool:
    """Say how far one walk is; return whether any listing could be read."""
    outcomes = account.by_source().get(name, {})
    pages = ", ".join(
        f"{outcome} {count}" for outcome, count in sorted(outcomes.items()) if ":" not in outcome
    )
    click.echo(
        f"{name}: {walk.read} listings read, {walk.left} left; {walk.chosen} of {walk.entries} entries lie "
        f"in the range; this time {pages or 'no page was asked for'}",
        err=True,
    )
    if walk.undated:
        click.echo(f"{name}: {walk.undated} entries have no date; --undated takes them in", err=True)
    usable = bool(walk.entries > 0 or walk.read > len(walk.failed))
    places = importlib.import_module("crawlers.backfill").USUAL_PLACES
    for url, outcome in walk.failed if usable else ():
        # Nobody promised a sitemap at the usual places.
        if not (outcome == "http_error" and url.endswith(places)):
            click.echo(f"! {name}: {outcome} at {url}", err=True)
    return usable
