"""What Datasette is told: titles, descriptions of every table and column, facets, ready queries."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from datasette_config.page_wording import phrases
from datasette_config.report_model import load_reports
from datasette_config.typography import typeset
from db.queries import ready_queries
from db.schema import Description, TableDescription, tables
from db.views import published_columns

_PATH = Path(__file__).parent / "published_tables.yml"

#: Facets of table pages: indexed columns only.
_FACETS = {
    "documents": ["source_id", "language", "kind"],
    "predictions": ["narrative_id", "voice", "band"],
}
_LABELS = {
    "sources": "title",
    "documents": "title",
    "narratives": "title_fr",
    "narrative_families": "title_fr",
    "partners": "title_fr",
    "events": "title_fr",
}
#: Shown newest first; Datasette sorts the other tables by key.
_SORTED = {"events": "starts_on", "instrument_changes": "changed_at", "crawl_runs": "started_at"}
#: Machinery that a reader has no use for.
HIDDEN = ("document_quotes", "documents_search", "documents_matches", "charts", "report_pages")


class _Addition(BaseModel):
    """A table that only the publication has, or columns that it adds to a working table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str | None = None
    en: str | None = None
    columns: dict[str, Description] = {}


@cache
def descriptions() -> Mapping[str, TableDescription]:
    """Return table -> description with its columns, for every published table."""
    content = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    additions = TypeAdapter(dict[str, _Addition]).validate_python(content)
    found = {}
    for table in published_columns():
        addition = additions.get(table, _Addition())
        known = tables().get(table)
        fr, en = addition.fr or (known.fr if known else None), addition.en or (known.en if known else None)
        if fr is None or en is None:
            continue
        columns = {**(known.columns if known else {}), **addition.columns}
        found[table] = TableDescription(fr=fr, en=en, columns=columns)
    return found


def table_description(table: str, language: str) -> str:
    """Return what a published table holds; empty for one without a description."""
    found = descriptions().get(table)
    return typeset(getattr(found, language), language) if found else ""


def column_description(table: str, column: str, language: str) -> str:
    """Return what a published column means; empty for one without a description."""
    found = descriptions().get(table)
    described = found.columns.get(column) if found else None
    return typeset(getattr(described, language), language) if described else ""


def metadata(database: str, report_folders: Sequence[Path] = ()) -> dict[str, Any]:
    """Return Datasette's metadata: French first, with ``*_en`` beside it for our templates."""
    described = {
        table: {
            "description": table_description(table, "fr"),
            "columns": {
                column: column_description(table, column, "fr")
                for column in published_columns()[table]
                if column in found.columns
            },
        }
        for table, found in descriptions().items()
    }
    options: dict[str, dict[str, Any]] = {table: dict(entry) for table, entry in described.items()}
    for table, columns in _FACETS.items():
        options.setdefault(table, {})["facets"] = columns
    for table, column in _LABELS.items():
        options.setdefault(table, {})["label_column"] = column
    for table, column in _SORTED.items():
        options.setdefault(table, {})["sort_desc"] = column
    for table in HIDDEN:
        options.setdefault(table, {})["hidden"] = True
    options["documents"] |= {"fts_table": "documents_matches", "fts_pk": "document_id"}
    return {
        "title": phrases()["site"]["fr"],
        "description": phrases()["footer_labels"]["fr"],
        "databases": {database: {"tables": options, "queries": canned_queries(report_folders)}},
    }


def canned_queries(report_folders: Sequence[Path] = ()) -> dict[str, dict[str, Any]]:
    """Return the ready queries and the queries of every report, by name."""
    queries: dict[str, dict[str, Any]] = {}
    for name, ready in ready_queries().items():
        queries[name] = {
            "sql": ready.sql,
            "title": typeset(ready.fr, "fr"),
            "title_fr": typeset(ready.fr, "fr"),
            "title_en": ready.en,
        }
    for report in load_reports(report_folders).values():
        for section in report.sections:
            titles = {
                language: typeset(f"{report.title.say(language)} : {section.title.say(language)}", language)
                for language in ("fr", "en")
            }
            queries[f"report-{report.id}-{section.id}"] = {
                "sql": report.query(section),
                "title": titles["fr"],
                "title_fr": titles["fr"],
                "title_en": titles["en"].replace(" :", ":"),
                "report": report.id,
            }
    return queries
