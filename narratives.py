"""The front door: one lazy command group that imports no room until a command is asked for."""

import importlib
import os
from functools import partial
from pathlib import Path

import click

#: command -> (``module:attribute``, help line). The help stands here so that ``--help`` is instant.
COMMANDS = {
    "run": ("narratives:run", "The scheduled job, once: due sources, classify, trends, publish."),
    "crawl": ("crawlers.cli:crawl", "Collect named or due sources, or one page with --url."),
    "import": ("crawlers.cli:import_", "Import JSON lines, CSV, HTML, WARC files or lists of addresses."),
    "extract": ("crawlers.cli:extract", "One saved page -> JSON: title, text, date, author, language."),
    "schedule": (
        "crawlers.cli:schedule",
        "Print cron, systemd or GitHub units; check that the schedule is alive.",
    ),
    "sources": ("crawlers.cli:sources", "Look after the source catalogue: list, check, new, health, policy."),
    "train": ("classifiers.cli:train", "Train a model from the labelled passages."),
    "classify": ("classifiers.cli:classify", "Segment, label and find copies of what is new."),
    "copies": ("classifiers.cli:copies", "Find documents that share text."),
    "predict": ("classifiers.cli:predict", "Label texts without a database: JSON lines in, JSON lines out."),
    "evaluate": ("classifiers.cli:evaluate", "Measure a model, with n and intervals."),
    "codebook": ("classifiers.cli:codebook", "Look after the codebook: list, check, new."),
    "trends": ("db.cli:trends", "Recompute what charts draw."),
    "publish": ("datasette_config.cli:publish", "Build the publication database."),
    "serve": ("datasette_config.cli:serve", "Open a publication in Datasette."),
    "report": ("datasette_config.cli:report", "Write a trend report."),
    "evidence": ("datasette_config.evidence_cli:evidence", "Evidence packs: export, verify."),
    "review": ("datasette_config.review_cli:review", "The private review desk: people code what they read."),
    "takedown": ("db.takedown_cli:takedown", "Remove a document for good and leave a tombstone."),
    "db": ("db.cli:db_", "Care for the working database: check, migrate, back up, restore."),
}


class _FrontDoor(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        from db.errors import NarrativesError
        from db.machine_errors import in_words

        try:
            return super().invoke(ctx)
        except NarrativesError as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            if (said := in_words(error)) is None:
                raise
            raise click.ClickException(said) from error


@click.group(
    cls=_FrontDoor, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="mali-narratives", prog_name="narratives")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Settings file; otherwise $NARRATIVES_CONFIG, or narratives.toml beside the database.",
)
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """See how Mali's foreign partnerships are talked about: crawl, classify, explore, report."""
    if config is not None:
        ctx.call_on_close(partial(_set_config, os.environ.get("NARRATIVES_CONFIG")))
        _set_config(str(config.resolve()))


def _set_config(path: str | None) -> None:
    if path is None:
        del os.environ["NARRATIVES_CONFIG"]
    else:
        os.environ["NARRATIVES_CONFIG"] = path


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Publication; default: public.db beside DB.",
)
@click.option(
    "--log", type=click.Choice(["text", "json"]), default="text", help="json: one object per line on stderr."
)
@click.pass_context
def run(ctx: click.Context, database: Path, output: Path | None, log: str) -> None:
    """The scheduled job, once: crawl due sources, classify, trends, publish.

    Safe to start twice: the second start says that the first is still at work and ends. A stage that
    fails is named; a failed crawl does not keep the others from what is there. After the crawl, posts
    that are older than the policy keeps them are removed. How it went stands in
    <DB>.status.json, which `narratives schedule check` reads. Exit 0 when every stage ended well.

    \b
    Examples:
      narratives run mali.db
      narratives run mali.db --log json 2>>mali.db.log
    """
    from db.lease import lease
    from db.log_lines import json_lines
    from db.stages import Stage, run_stages

    def stage(name: str, needed: bool = True, **arguments: object) -> Stage:
        command = cli.get_command(ctx, name)
        if command is None:  # pragma: no cover - the table above names all four
            raise click.ClickException(f"No command {name}.")
        return Stage(name, partial(ctx.invoke, command, database=database, **arguments), needed)

    def retention() -> None:
        gone = importlib.import_module("crawlers.retention").let_old_posts_go(database)
        if gone is not None and (gone.posts or gone.deleted or gone.files):
            click.echo(
                f"The policy keeps posts for {gone.months} months. Removed: posts {gone.posts}, "
                f"posts deleted at their source {gone.deleted}, files of evidence {gone.files}.",
                err=True,
            )

    with json_lines(log == "json"), lease(database, "run") as held:
        if not held:
            click.echo(f"Another run is at work on {database}; nothing to do.", err=True)
            return
        publication = output or database.with_name("public.db")
        run_stages(
            database,
            [
                stage("crawl", needed=False),
                Stage("retention", retention, needed=False),
                stage("classify"),
                stage("trends"),
                stage("publish", output=publication),
            ],
        )


if __name__ == "__main__":
    cli()
