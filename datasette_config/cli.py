"""``publish`` and ``serve``; ``report`` has a module of its own."""

import webbrowser
from pathlib import Path

import click

from datasette_config.build import publish as build_publication
from datasette_config.memory import PROCESS_MB
from datasette_config.report_cli import report
from datasette_config.serving import serve_publication
from datasette_config.typography import number
from db.deployment import load_deployment

__all__ = ["publish", "report", "serve"]


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The publication; default: public.db beside DB.",
)
def publish(database: Path, output: Path | None) -> None:
    """Build the publication database from the allow-list, check it, and put it in place at once.

    \b
    Example:
      narratives publish mali.db -o public.db
    """
    made = build_publication(
        database,
        output or database.with_name("public.db"),
        lambda text: click.echo(text, err=True),
        load_deployment(database).reports,
    )
    facts = made.facts
    click.echo(
        f"{made.path}: {number(int(facts['documents'] or 0), 'en')} documents, "
        f"{number(int(facts['distinct_texts'] or 0), 'en')} distinct texts, "
        f"{number(int(facts['flagged_documents'] or 0), 'en')} flagged, {made.charts} charts, "
        f"{made.size / 1e6:.1f} MB, as of {facts['as_of'] or 'nothing yet'}"
    )


@click.command()
@click.argument("database", metavar="PUBLIC_DB", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 picks one."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the home page in a browser.")
@click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="A public name under which the site is reached; base_url's is allowed already.",
)
@click.option("--allow-sql", is_flag=True, help="Answer any SELECT of any reader: for trusted networks only.")
@click.option(
    "--memory-mb",
    default=PROCESS_MB,
    show_default=True,
    type=click.IntRange(min=0),
    help="Memory that the process may set aside, about twice what it may use; 0 sets no limit.",
)
def serve(
    database: Path,
    host: str,
    port: int,
    open_browser: bool,
    allowed: tuple[str, ...],
    allow_sql: bool,
    memory_mb: int,
) -> None:
    """Open a publication in Datasette, read only. A working database is refused.

    \b
    Example:
      narratives serve public.db --port 8001
    """
    settings = load_deployment(database)
    base_url = str(settings.base_url).rstrip("/") if settings.base_url else None

    def ready(url: str) -> None:
        click.echo(f"{database} is served at {url} (Ctrl+C ends it)", err=True)
        if open_browser:
            webbrowser.open(url)

    serve_publication(database, host=host, port=port, base_url=base_url, hosts=allowed,
                      contact=settings.contact, report_folders=settings.reports, allow_sql=allow_sql,
                      ready=ready, memory_mb=memory_mb)  # fmt: skip
