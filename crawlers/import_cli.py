"""Commands `import` and `extract`."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import click

from db.errors import NarrativesError

_PLAIN_LINE_EVERY = 5_000_000


@click.command("import")
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv", "html"]),
    help="What the files are, when their names do not say.",
)
@click.option("--source", help="Source of records that name none: an id, a title or a new name.")
@click.option("--url", help="Address of the page, for one saved HTML file.")
@click.pass_context
def import_(
    ctx: click.Context,
    database: Path,
    files: tuple[Path, ...],
    form: str | None,
    source: str | None,
    url: str | None,
) -> None:
    """Import JSON lines, CSV or saved HTML pages (also compressed with gzip).

    A record has `text`, and may have id, url, title, published, published_precision, language, source,
    doc_type, author; other keys are kept. What is already known is not stored again. A bad record
    is named and the rest is stored; the exit code is then 1.

    \b
    Examples:
      narratives import mali.db texts.jsonl
      narratives import mali.db page.html --url https://example.org/article
    """
    if url and len(files) != 1:
        raise click.UsageError("--url belongs to one saved HTML file.")
    importing: Any = importlib.import_module("crawlers.importing")
    arguments = {"form": form, "url": url, "source": source}
    if sys.stderr.isatty():
        total = sum(path.stat().st_size for path in files)
        with click.progressbar(length=total, label="Importing", file=sys.stderr) as bar:
            account = importing.import_files(database, files, progress=bar.update, **arguments)
    else:
        account = importing.import_files(database, files, **arguments)
    for line in (*account.remarks, *account.failures):
        click.echo(line, err=True)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(account.outcomes.items()))
    versions = f" (of these {account.versions} new versions)" if account.versions else ""
    click.echo(f"{counts or 'no records'}{versions}", err=True)
    if account.failed:
        click.echo(
            f"{account.failed} record(s) gave no document; each stands in `fetches` with its reason.",
            err=True,
        )
        ctx.exit(1)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default="", help="Address the page was read from; resolves links and dates.")
@click.option("--timezone", default="UTC", show_default=True, help="Zone of times written without one.")
@click.option("--content-type", help="The Content-Type header, when its charset is known.")
def extract(file: Path, url: str, timezone: str, content_type: str | None) -> None:
    """One saved page -> JSON: title, text, date, author, language, canonical address, links.

    Reads .html and .html.gz. What the page does not say is null; `suspect` names what is wrong
    with it (encoding or parse), and is null for a sound page.

    \b
    Example:
      narratives extract page.html --url https://example.org/article
    """
    files: Any = importlib.import_module("crawlers.importing_files")
    extraction: Any = importlib.import_module("crawlers.extraction")
    catalog: Any = importlib.import_module("crawlers.catalog")
    if timezone not in catalog.available_timezones():
        raise NarrativesError(f"--timezone {timezone!r} is no IANA name. Give one such as Africa/Bamako.")
    try:
        with files.open_maybe_compressed(file) as stream:
            body = stream.read(files.MAX_RECORD_BYTES + 1)
    except (OSError, EOFError) as error:
        raise NarrativesError(f"{file} cannot be read ({error}). Save the page again.") from error
    if len(body) > files.MAX_RECORD_BYTES:
        raise NarrativesError(f"{file} is larger than {files.MAX_RECORD_BYTES} bytes: no page of an article.")
    found = extraction.extract(body, url, content_type=content_type, timezone=timezone)
    names = (
        "title", "text", "published_at", "published_precision", "published_origin", "author", "language",
        "canonical_url", "credited_source", "links", "encoding", "suspect", "detail",
    )  # fmt: skip
    click.echo(json.dumps({name: getattr(found, name) for name in names}, ensure_ascii=False, indent=2))
