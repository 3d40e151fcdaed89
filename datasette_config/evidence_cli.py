"""``narratives evidence``: prove a set of rows to somebody else, and check that proof."""

from pathlib import Path

import click

from datasette_config.report_cli import parsed_settings
from datasette_config.report_model import load_reports
from datasette_config.report_subjects import refuse_unknown
from datasette_config.reporting import behind, build_report, report_connection
from db.connection import working_database
from db.deployment import load_deployment
from db.errors import NarrativesError
from db.evidence_pack import document_keys, export
from db.evidence_verify import verify


@click.group()
def evidence() -> None:
    """Evidence packs: the recorded bytes behind rows and figures, and their verification.

    \b
    Examples:
      narratives evidence export mali.db --report weekly --since last -o week.zip
      narratives evidence verify week.zip
    """


@evidence.command(name="export", short_help="Write a pack that proves documents.")
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("references", metavar="[KEY]...", nargs=-1)
@click.option("--report", "report_id", metavar="REPORT", help="Every document behind this report.")
@click.option("--since", metavar="D", help="First day of the report, or `last` (default).")
@click.option("--until", metavar="D", help="Last day of the report, inclusive.")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A parameter of the report; repeatable."
)
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The pack, a zip."
)
def export_(
    database: Path,
    references: tuple[str, ...],
    report_id: str | None,
    since: str | None,
    until: str | None,
    settings: tuple[str, ...],
    output: Path,
) -> None:
    """Write one archive that proves documents: records, log, rows, question, codebook, model card, manifest.

    KEY is a document key, or a label as <document_key>:<start>-<end>:<narrative_id>. What is printed is
    the head of the manifest: kept elsewhere, it shows later that the whole pack was not made anew.

    \b
    Examples:
      narratives evidence export mali.db 0b0e9a7c4d1f2a33 -o one.zip
      narratives evidence export mali.db --report narrative --set narrative=army-resurgent -o pack.zip
    """
    if not (references or report_id):
        raise NarrativesError("Say what to export: document keys, label references, or --report REPORT.")
    deployment = load_deployment(database)
    with working_database(database, "read"):
        pass  # a publication holds no captures: say so before anything is computed
    with report_connection(database) as connection:
        question: dict[str, object] = {"keys": list(references)}
        keys = document_keys(connection, references) if references else []
        if report_id is not None:
            reports = load_reports(deployment.reports)
            if report_id not in reports:
                raise NarrativesError(f"No report {report_id!r}. There are: {', '.join(reports)}.")
            given = parsed_settings(settings)
            refuse_unknown(connection, reports[report_id], given)
            built = build_report(
                connection,
                reports[report_id],
                language="en",
                since=since,
                until=until,
                parameters=given,
                base_url=str(deployment.base_url) if deployment.base_url else None,
            )
            chosen, question["report"] = behind(connection, built)
            keys = sorted({*keys, *chosen})
        packed = export(connection, deployment.evidence, keys, question, output)
    click.echo(
        f"{output}: {packed.documents:,} documents, {packed.captures:,} captures, "
        f"{packed.size / 1e6:,.1f} MB.",
        err=True,
    )
    click.echo(packed.head)


@evidence.command(name="verify", short_help="Check a pack, or an evidence folder.")
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@click.option("--expect", "expected", metavar="SHA256", help="The head that was printed when PATH was made.")
@click.option(
    "--after-crash",
    is_flag=True,
    help="Accept records at the end of a file that no line lists: a crash can come between the two.",
)
def verify_(path: Path, expected: str | None, after_crash: bool) -> None:
    """Check a pack, or the evidence folder of a deployment; no database is needed.

    Ends with 1 and names the first broken line where anything was changed, added or removed. Prints the head.

    \b
    Examples:
      narratives evidence verify week.zip
      narratives evidence verify evidence --expect 5f0c…
    """
    found = verify(path, expected=expected, after_crash=after_crash)
    spare = f", {found.unlisted} records that no line lists" if found.unlisted else ""
    spare += f", {found.let_go} files of private texts let go by the policy" if found.let_go else ""
    click.echo(
        f"{path} is whole: {found.captures:,} captures ({found.payload_bytes / 1e6:,.1f} MB) "
        f"in {found.files:,} files{spare}.",
        err=True,
    )
    click.echo(found.head)
