"""``review``: the private review desk, its accounts, its queue and what comes out of it."""

import json
import sys
from pathlib import Path

import click

from datasette_config.review.serving import serve_desk
from datasette_config.typography import number
from db import coders as accounts
from db.agreement import Agreement
from db.connection import transaction, working_database
from db.errors import NarrativesError
from db.review_draws import AUDIT_PER_WEEK, AUDIT_WEEKS, top_up
from db.reviewed import coder_agreement, reviewed_passages


@click.command()
@click.argument("database", metavar="DB", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8002, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 picks one."
)
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="A name under which it is reached."
)
@click.option("--https", is_flag=True, help="Behind a TLS proxy: cookies are sent over https only.")
@click.option("--queue", default=50, show_default=True, type=click.IntRange(0), help="Texts kept waiting.")
@click.option("--audit-per-week", default=AUDIT_PER_WEEK, show_default=True, type=click.IntRange(1),
              help="Documents of each closed week in the random audit.")  # fmt: skip
@click.option("--audit-weeks", default=AUDIT_WEEKS, show_default=True, type=click.IntRange(0),
              help="Closed weeks that are audited.")  # fmt: skip
@click.option("--seed", help="Seed of all draws; only before the first one. Default: random, kept in DB.")
@click.option("--draw", is_flag=True, help="Fill the queue, say what was drawn, and end.")
@click.option("--add-coder", metavar="NAME", help="Open an account; prints a password for one sign-in.")
@click.option("--password-stdin", is_flag=True, help="With --add-coder: take the password from stdin.")
@click.option("--close-coder", metavar="NAME", help="Close an account; what it coded stays.")
@click.option("--remove-coder", metavar="NAME", help="Remove all that one coder did; close the account.")
@click.option("--reason", default="", help="With --remove-coder: why; it is logged.")
@click.option("--by", "actor", default="operator", show_default=True, help="With --remove-coder: who.")
@click.option("--coders", is_flag=True, help="List accounts: name, state, readings, annotations.")
@click.option("--agreement", is_flag=True, help="Print Krippendorff's alpha by narrative, tab separated.")
@click.option("--export", is_flag=True, help="Print reviewed texts as training lines (JSON).")
def review(
    database: Path,
    host: str,
    port: int,
    hosts: tuple[str, ...],
    https: bool,
    queue: int,
    audit_per_week: int,
    audit_weeks: int,
    seed: str | None,
    draw: bool,
    add_coder: str | None,
    password_stdin: bool,
    close_coder: str | None,
    remove_coder: str | None,
    reason: str,
    actor: str,
    coders: bool,
    agreement: bool,
    export: bool,
) -> None:
    """Open the private review desk, on which people read texts and code what they find.

    It is reached from this machine only unless --host says otherwise, and never serves a publication.
    The options below the queue's do one thing and end.

    \b
    Example:
      narratives review mali.db --add-coder ada
      narratives review mali.db
    """
    asked = [add_coder, close_coder, remove_coder, coders, agreement, export, draw]
    if sum(map(bool, asked)) > 1:
        raise click.UsageError("Ask for one thing at a time.")
    if add_coder:
        _add(database, add_coder, password_stdin)
    elif close_coder:
        _close(database, close_coder)
    elif remove_coder:
        _remove(database, remove_coder, reason, actor)
    elif coders:
        _list(database)
    elif agreement:
        _agreement(database)
    elif export:
        _export(database)
    else:
        _draw(database, queue, seed, audit_per_week, audit_weeks)
        if not draw:
            serve_desk(
                database, host=host, port=port, hosts=hosts, https=https, queue=queue,
                ready=lambda url: click.echo(f"{database} is reviewed at {url} (Ctrl+C ends it)", err=True),
            )  # fmt: skip


def _add(database: Path, name: str, password_stdin: bool) -> None:
    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with working_database(database, "write") as db, transaction(db):
        password = accounts.add_coder(db, name, given)
    if given is None:
        click.echo(password)
        click.echo(f"The account {name} is open. This password is good for one sign-in.", err=True)
    else:
        click.echo(f"The account {name} is open.", err=True)


def _close(database: Path, name: str) -> None:
    with working_database(database, "write") as db, transaction(db):
        accounts.close_coder(db, name)
    click.echo(f"The account {name} is closed; what it coded stays.", err=True)


def _remove(database: Path, name: str, reason: str, actor: str) -> None:
    with working_database(database, "write") as db, transaction(db):
        removed = accounts.remove_labels(db, name, reason=reason, actor=actor)
    click.echo(f"{removed.coder}\t{removed.reviews}\t{removed.annotations}")
    click.echo(
        f"{removed.reviews} readings and {removed.annotations} annotations of {name} are removed; the "
        "account is closed. A model trained with them keeps them until `narratives train`.",
        err=True,
    )


def _list(database: Path) -> None:
    with working_database(database, "read") as db:
        for name, is_open, readings, annotations in accounts.list_coders(db):
            click.echo(f"{name}\t{'open' if is_open else 'closed'}\t{readings}\t{annotations}")


def _agreement(database: Path) -> None:
    with working_database(database, "read") as db:
        measured = coder_agreement(db)
    if not measured.overall.texts:
        raise NarrativesError("No text has been coded by two people yet, so agreement cannot be measured.")
    click.echo("subject\talpha\tlow\thigh\tfound\tsentences\ttexts")
    rows = {"all": measured.overall, "voice": measured.voice, **measured.narratives}
    rows |= {f"coder:{name}": one for name, one in measured.coders.items()}
    for subject, one in rows.items():
        if one.units:
            click.echo("\t".join([subject, *_figures(one)]))


def _figures(one: Agreement) -> list[str]:
    shares = ["" if value is None else f"{value:.3f}" for value in (one.alpha, one.low, one.high)]
    return [*shares, str(one.found), str(one.units), str(one.texts)]


def _export(database: Path) -> None:
    with working_database(database, "read") as db:
        for text in reviewed_passages(db):
            click.echo(json.dumps(text.training_line(), ensure_ascii=False))


def _draw(database: Path, queue: int, seed: str | None, per_week: int, weeks: int) -> None:
    with working_database(database, "write") as db:
        drawn = top_up(db, size=queue, seed=seed, audit_per_week=per_week, audit_weeks=weeks)
    click.echo(
        f"{number(drawn.total, 'en')} texts drawn: {drawn.uncertain} uncertain, {drawn.disagreeing} "
        f"disagreeing, {drawn.audit} at random, {drawn.new_outlet} from new outlets.",
        err=True,
    )
