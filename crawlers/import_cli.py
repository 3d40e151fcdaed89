"""Commands `import` and `extract`."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import click

from db.errors import NarrativesError

_PLAIN_PAGES_EVERY = 50
#: Outcomes of a page that is in the database afterwards.
_KEPT = frozenset({"stored", "duplicate", "encoding_suspect", "parse_suspect"})


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
    type=click.Choice(["jsonl", "csv", "html", "warc", "urls"]),
    help="What the files are, when their names do not say.",
)
@click.option("--source", help="Source of records that name none: an id, a title or a new name.")
@click.option("--url", help="Address of the page, for one saved HTML file.")
@click.option("--known-hosts", is_flag=True, help="Of WARC files only pages of hosts that a source has.")
@click.pass_context
def import_(
    ctx: click.Context,
    database: Path,
    files: tuple[Path, ...],
    form: str | None,
    source: str | None,
    url: str | None,
    known_hosts: bool,
) -> None:
    """Import JSON lines, CSV, saved HTML pages, WARC files, or a list of addresses.

    A record has `text`, and may have id, url, title, published, published_precision, language, source,
    doc_type, author; other keys are kept. In comments and posts private data is masked. A WARC file is a
    newspaper's archive or a Common Crawl news file; its pages belong to the source of their host. A list
    (.txt) has one address on each line; the pages are asked for as by a crawl. Files may be compressed with
    gzip. What is already known is not stored again. A bad record is named and the rest is stored; the exit
    code is then 1.

    \b
    Examples:
      narratives import mali.db texts.jsonl
      narratives import mali.db page.html --url https://example.org/article
      narratives import mali.db CC-NEWS-20260615-00042.warc.gz --known-hosts
      narratives import mali.db addresses.txt
    """
    if url and len(files) != 1:
        raise click.UsageError("--url belongs to one saved HTML file.")
    reading: Any = importlib.import_module("crawlers.importing_files")
    lists = [path for path in files if (form or reading.format_of(path)) == "urls"]
    records = [path for path in files if path not in lists]
    failed = _fetch_lists(database, lists) if lists else 0
    if records:
        arguments = {"form": form, "url": url, "source": source, "known_only": known_hosts}
        failed += _import_records(database, records, arguments)
    ctx.exit(1 if failed else 0)


def _import_records(database: Path, files: list[Path], arguments: dict[str, Any]) -> int:
    """Import files and say what came of it; return the number of records that gave no document."""
    importing: Any = importlib.import_module("crawlers.importing")
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
    if passed := ", ".join(f"{name} {count}" for name, count in account.passed.most_common() if count):
        click.echo(f"passed over: {passed}", err=True)
    if any("not UTF-8" in line for line in account.failures):
        click.echo(
            "Texts must be UTF-8. A file of an older Windows program becomes so with "
            "`iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW`; then import the new one.",
            err=True,
        )
    if account.failed:
        click.echo(
            f"{account.failed} record(s) gave no document; each stands in `fetches` with its reason.",
            err=True,
        )
    return int(account.failed)


def _fetch_lists(database: Path, files: list[Path]) -> int:
    """Ask for the addresses of lists and say what came of it; return the number that gave no document."""
    page_list: Any = importlib.import_module("crawlers.page_list")
    urls = [url for path in files for url in page_list.read_addresses(path)]

    def progress(source: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K[{done}/{total}] {source}", nl=done == total, err=True)
        elif done % _PLAIN_PAGES_EVERY == 0:
            click.echo(f"{done} of {total} pages", err=True)

    account = page_list.fetch_pages(database, urls, progress)
    if account.crawl is None:
        raise NarrativesError(f"A crawl or an import is at work on {database}. Try again after its end.")
    kept = 0
    for source, outcomes in account.crawl.by_source().items():
        pages = {name: count for name, count in sorted(outcomes.items()) if ":" not in name}
        if pages:
            click.echo(f"{source}: {', '.join(f'{name} {count}' for name, count in pages.items())}", err=True)
        kept += sum(count for name, count in pages.items() if name in _KEPT)
    if account.known:
        click.echo(f"{account.known} addresses are documents already", err=True)
    if account.waiting:
        click.echo(f"{account.waiting} addresses wait: import the same list again, later", err=True)
    return int(account.crawl.visited) - kept


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
