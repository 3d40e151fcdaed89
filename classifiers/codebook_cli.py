"""Commands that look after the codebook."""

import json
import re
from pathlib import Path

import click

from classifiers.codebook import ID_FORM, load_codebook, read_codebook
from db.deployment import load_deployment
from db.errors import NarrativesError

_TEMPLATE = """\
# classifiers/README.md explains every field and how patterns are written.
title: {fr: "…", en: "…"}
definition:
  fr: "Le texte affirme que …"
  en: "The text claims that …"
family: anti-french          # an entry of db/reference/families.yml
kind: grievance              # grievance, legitimation, accusation (a checkable claim) or counter
partners: {france: -1}       # entries of db/reference/partners.yml, with the stance towards them
falsifiable: false
status: experimental         # until its quality is measured
include:
  - {fr: "…", en: "…"}
exclude:
  - {fr: "…", en: "…", where: null}
near_misses: []
examples:                    # in your own words; nobody said or printed them
  - {text: "…", language: fr, voice: own}
  - {text: "…", language: fr, voice: attributed}
  - {text: "…", language: fr, voice: rejected}
  - {text: "…", language: en, voice: own}
patterns:
  fr:
    - "{@france} .. {failed}"
  en: []
"""


@click.group()
def codebook() -> None:
    """Look after the codebook: list it, check it, begin a narrative.

    \b
    Example:
      narratives codebook check
    """


@codebook.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
def list_(as_json: bool) -> None:
    """List the narratives.

    \b
    Example:
      narratives codebook list
    """
    book = load_codebook(load_deployment().codebook)
    if as_json:
        click.echo(json.dumps(book.records(), ensure_ascii=False, indent=2))
        return
    for narrative in book.narratives.values():
        click.echo(f"{narrative.id:<26} {narrative.status:<13} {narrative.family:<16} {narrative.title.en}")
    click.echo(f"{len(book.narratives)} narratives, codebook {book.version}.", err=True)


@codebook.command()
def check() -> None:
    """Check every file and list all that is wrong.

    \b
    Example:
      narratives codebook check
    """
    book, problems = read_codebook(load_deployment().codebook)
    if problems:
        raise NarrativesError(
            "\n".join([*problems, f"Problems in the codebook: {len(problems)}. Correct these files."])
        )
    patterns = sum(len(each.patterns.fr) + len(each.patterns.en) for each in book.narratives.values())
    click.echo(
        f"{len(book.narratives)} narratives, {patterns} patterns, codebook {book.version}: no problems."
    )


@codebook.command()
@click.argument("narrative_id", metavar="ID")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("codebook"), show_default=True
)
def new(narrative_id: str, folder: Path) -> None:
    """Write the file of a new narrative, to be filled in.

    The folder is one of those that narratives.toml names under `codebook`.

    \b
    Example:
      narratives codebook new fishing-rights
    """
    if not re.fullmatch(ID_FORM, narrative_id):
        raise NarrativesError(
            f"{narrative_id!r} cannot be an id. Take lower-case words joined by hyphens: fishing-rights."
        )
    book, _ = read_codebook(load_deployment().codebook)
    path = folder / f"{narrative_id}.yml"
    if path.exists() or narrative_id in book.narratives:
        raise NarrativesError(
            f"The narrative {narrative_id} exists already. Edit its file, or take another id."
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_TEMPLATE, encoding="utf-8")
    click.echo(path)
