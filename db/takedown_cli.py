"""``takedown``: one command from the decision to the proof that nothing is left."""

import time
from contextlib import ExitStack
from pathlib import Path

import click

from db.claims import refresh_claims
from db.connection import working_database
from db.errors import NarrativesError
from db.lease import lease
from db.takedown import remove, scrub
from db.takedown_targets import Target, find
from db.tombstones import REASONS, Reason, file_of, is_buried
from db.traces import files_of, markers, older_copies, still_rightful, traces
from db.trends import recompute

#: Seconds between two tries to get hold of the publication while the scheduled job has it.
_PAUSE_SECONDS = 1.0


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("wanted", metavar="URL")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Why; kept with the tombstone.")
@click.option("--by", "actor", default="operator", show_default=True, help="Who: a role or a pseudonym.")
@click.option(
    "-o",
    "--publication",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The publication to rebuild; default: public.db beside DB, when it is there.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@click.option(
    "--wait", default=600, show_default=True, help="Seconds to wait for a scheduled job before publishing."
)
@click.pass_context
def takedown(
    ctx: click.Context,
    database: Path,
    wanted: str,
    reason: Reason,
    actor: str,
    publication: Path | None,
    dry_run: bool,
    wait: int,
) -> None:
    """Remove a document from DB, its search index and the publication, and never collect it again.

    URL may also be the document's key, or the SHA-256 of a text: then every document with that text goes.
    What stays is a tombstone: hashes, reason, time, actor. At the end every file is searched byte by byte.

    \b
    Example:
      narratives takedown mali.db https://outlet.example/article --reason author-request
    """
    publication = publication or database.with_name("public.db")
    with working_database(database, "write") as db:
        targets = [] if is_buried(db, wanted.strip()) else find(db, wanted)
        for target in targets:
            _describe(target)
        if not targets:
            click.echo("Taken down already; looking after what may be left of it.", err=True)
        if dry_run:
            click.echo("Nothing was changed (--dry-run).", err=True)
            return
        telling = {one for target in targets for one in markers(target)}
        tombstones = remove(db, database, targets, reason=reason, actor=actor) if targets else []
        for tombstone in tombstones:
            click.echo(f"{tombstone.document_key}\t{tombstone.sha256}\t{reason}\t{tombstone.taken_down_at}")
        recompute(db)
        refresh_claims(db)
        scrub(db)
    if publication.exists():
        _publish(ctx, database, publication, wait)
    _prove(database, publication, sorted(telling))
    _remind(database, targets, telling)


def _describe(target: Target) -> None:
    click.echo(f"{target.document_key}: {target.title or '(no title)'} [{target.source_id}]", err=True)
    if target.same_text:
        click.echo(
            f"  {len(target.same_text)} other documents carry the same text and stay: "
            f"{', '.join(target.same_text[:5])}{'...' if len(target.same_text) > 5 else ''}. "
            f"To take down all of them name the text: {target.text_hashes[0]}",
            err=True,
        )


def _publish(ctx: click.Context, database: Path, publication: Path, wait: int) -> None:
    """Rebuild the publication, after a job that may be building an older one."""
    group = ctx.find_root().command
    command = group.get_command(ctx, "publish") if isinstance(group, click.Group) else None
    if command is None:  # pragma: no cover - only without the front door
        raise NarrativesError(f"Now run `narratives publish {database} -o {publication}`.")
    end = time.monotonic() + wait
    with ExitStack() as stack:
        while not stack.enter_context(lease(database, "run")):
            if time.monotonic() > end:
                raise NarrativesError(
                    f"{database} is clean, but a scheduled job is at work and {publication} still holds the "
                    f"document. After its end run `narratives publish {database} -o {publication}`."
                )
            time.sleep(_PAUSE_SECONDS)
        ctx.invoke(command, database=database, output=publication)


def _prove(database: Path, publication: Path, telling: list[str]) -> None:
    """Search every file; what is found must stand in a document that stays, else build the index anew."""
    files = [*files_of(database), *files_of(publication)]
    left = _unexplained(database, traces(files, telling))
    if left:
        with working_database(database, "write") as db:
            scrub(db, thoroughly=True)
        left = _unexplained(database, traces(files, telling))
    if left:
        places = "; ".join(f"{path}: {len(found)} markers" for path, found in left.items())
        raise NarrativesError(
            f"Traces are left ({places}). Take the publication offline, end every program that has the files "
            "open, and run `narratives publish` once more."
        )
    click.echo(f"{len(telling)} markers searched in {len(files)} files: none is left.", err=True)


def _unexplained(database: Path, found: dict[Path, list[str]]) -> dict[Path, list[str]]:
    if not found:
        return {}
    with working_database(database, "read") as db:
        rightful = still_rightful(db, {one for hits in found.values() for one in hits})
    left = {path: [one for one in hits if one not in rightful] for path, hits in found.items()}
    return {path: hits for path, hits in left.items() if hits}


def _remind(database: Path, targets: list[Target], telling: set[str]) -> None:
    """Say what this command leaves to a person: evidence, copies, what others hold."""
    for target in targets:
        for warc, offset in target.evidence:
            click.echo(f"Evidence still holds the bytes: {warc} at byte {offset}.", err=True)
    for path in traces(older_copies(database), sorted(telling)):
        click.echo(f"This older copy still holds it; delete it: {path}", err=True)
    click.echo(
        f"Keep {file_of(database).name} with the backups: a restore reads it and removes the document again.",
        err=True,
    )
