"""Where sources are said to stand: groups for the audit of error rates, each resting on a cited statement."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sqlite_utils import Database

from db.errors import NarrativesError
from db.reviewed import audit_sample

_PATH = Path(__file__).parent / "reference" / "alignments.yml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AlignedSource(_Part):
    """A source in a group; ``rests_on`` is the property of the statement that puts it there."""

    rests_on: Literal["owner", "funding", "alignment"]
    names: tuple[str, ...] = ()


class _Title(_Part):
    fr: str
    en: str


class AlignmentGroup(_Part):
    """Sources that are said to stand on one side."""

    title: _Title
    sources: Mapping[str, AlignedSource]


@cache
def alignment_groups() -> Mapping[str, AlignmentGroup]:
    """Return the groups by name, in the order of the file."""
    try:
        return TypeAdapter(dict[str, AlignmentGroup]).validate_python(
            yaml.safe_load(_PATH.read_text(encoding="utf-8"))
        )
    except ValidationError as error:
        raise NarrativesError(f"{_PATH}: {error}") from error


def group_of_name(name: str) -> str | None:
    """Return the group of a source by the name that a collection of texts gives it, or None."""
    return next(
        (
            group
            for group, content in alignment_groups().items()
            for source in content.sources.values()
            if name in source.names
        ),
        None,
    )


def groups_in(db: Database) -> dict[str, str]:
    """Return source id -> group for the sources whose statement stands in the database, cited or disputed."""
    stated = {
        (source_id, name)
        for source_id, name in db.execute(
            "select source_id, property from source_statements where status in ('cited', 'disputed')"
        ).fetchall()
    }
    return {
        source_id: group
        for group, content in alignment_groups().items()
        for source_id, source in content.sources.items()
        if (source_id, source.rests_on) in stated
    }


def audited_flags(db: Database, model_id: str) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """Return (source id, narratives flagged, narratives found) of each document of the random audit."""
    found = {
        document.document_id: frozenset(narrative for narrative, _ in document.narratives)
        for period in audit_sample(db)
        for document in period.documents
    }
    flagged: dict[int, set[str]] = {document_id: set() for document_id in found}
    for document_id in found:
        flagged[document_id].update(
            row[0]
            for row in db.execute(
                "select distinct narrative_id from predictions where document_id = ? and model_id = ? "
                "and band = 'flagged'",
                [document_id, model_id],
            ).fetchall()
        )
    sources = {
        document_id: db.execute(
            "select source_id from documents where document_id = ?", [document_id]
        ).fetchone()[0]
        for document_id in found
    }
    return [
        (sources[document_id], frozenset(flagged[document_id]), found[document_id])
        for document_id in sorted(found)
    ]
