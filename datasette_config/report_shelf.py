"""A folder of reports, for cron: names made of days and ids alone, an index, and a feed of what is on it.

``<folder>/<since>/<report>[.<value>].<language>.<format>``, an ``index.json`` beside them, ``latest`` for
the newest folder, and ``feed.<language>.atom`` over all of them. The same data give the same bytes.
"""

import hashlib
import importlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from datasette_config.export import atom
from datasette_config.export.csvw import METADATA_SUFFIX
from datasette_config.report_model import Report
from datasette_config.reporting import (
    LANGUAGES,
    BuiltReport,
    build_report,
    choices,
    report_facts,
    report_period,
)
from datasette_config.reporting_period import Period
from datasette_config.wording import say
from db.errors import NarrativesError
from db.file_kinds import refuse_database

INDEX = "index.json"
LATEST = "latest"
#: Reports in a feed, the newest first.
MOST_ENTRIES = 60
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\Z")

Say = Callable[[str], None]


def format_module(name: str) -> ModuleType:
    """Return the module of ``datasette_config.export`` that renders a format."""
    return importlib.import_module(f"datasette_config.export.{name}")


def write_file(path: Path, content: bytes, say_so: Say) -> None:
    """Write a file whole or not at all, and never over a database."""
    try:
        refuse_database(path, "-o")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise NarrativesError(
            f"{path} cannot be written: {error.strerror}. Name another path with -o."
        ) from error
    say_so(f"Wrote {path} ({len(content):,} bytes).")


def write_report(path: Path, built: BuiltReport, format_name: str, say_so: Say) -> None:
    """Write one report; beside a CSV file goes what it cannot hold: query, columns and coverage."""
    write_file(path, format_module(format_name).render(built), say_so)
    if format_name == "csv":
        described = format_module("csvw").render(built, path.name)
        write_file(path.with_name(f"{path.name}{METADATA_SUFFIX}"), described, say_so)


def write_all(
    connection: sqlite3.Connection,
    reports: Mapping[str, Report],
    folder: Path,
    *,
    since: str | None,
    until: str | None,
    formats: Sequence[str],
    base_url: str | None,
    say_so: Say,
) -> None:
    """Write every report in both languages and the given formats, then the index and the feeds."""
    facts = report_facts(connection)
    period = report_period(facts, since, until)
    place = folder / _folder_name(period)
    index: list[dict[str, Any]] = []
    for found, chosen in _every(connection, reports, period, say_so):
        for language in LANGUAGES:
            built = build_report(
                connection,
                found,
                language=language,
                since=period.since.isoformat(),
                until=period.until.isoformat(),
                parameters=chosen,
                base_url=base_url,
                facts=facts,
            )
            stem = ".".join([found.id, *(_safe(str(value)) for value in chosen.values()), language])
            for name in formats:
                write_report(place / f"{stem}.{name}", built, name, say_so)
            index.append(_index_entry(built, place, stem, formats))
    write_file(place / INDEX, _json({"facts": facts, "reports": index}), say_so)
    _point_at_latest(folder)
    for language in LANGUAGES:
        write_file(folder / f"feed.{language}.atom", _feed(folder, language), say_so)


def _every(
    connection: sqlite3.Connection, reports: Mapping[str, Report], period: Period, say_so: Say
) -> Iterator[tuple[Report, dict[str, str | None]]]:
    for found in reports.values():
        sets = choices(connection, found, period)
        if not sets:
            say_so(f"{found.id}: nothing to build it for in this period (its parameters give no choice).")
        for chosen in sets:
            yield found, chosen


def _folder_name(period: Period) -> str:
    if period.is_one_week:
        return period.since.isoformat()
    return f"{period.since.isoformat()}_{period.until.isoformat()}"


def _safe(value: str) -> str:
    """Return an id that may be part of a file name; anything else becomes a hash."""
    return value if _PLAIN_NAME.match(value) else hashlib.sha256(value.encode()).hexdigest()[:16]


def _index_entry(built: BuiltReport, place: Path, stem: str, formats: Sequence[str]) -> dict[str, Any]:
    entry = atom.entry(built)
    names = [f"{stem}.{name}" for name in formats]
    return {
        "report": built.report.id,
        "language": built.language,
        "since": built.period.since.isoformat(),
        "until": built.period.until.isoformat(),
        "parameters": dict(built.parameters),
        "identity": entry.identity,
        "title": entry.title,
        "updated": entry.updated,
        "summary": entry.summary,
        "permalink": built.permalink,
        "rows_sha256": built.rows_sha256,
        "files": {name: hashlib.sha256((place / name).read_bytes()).hexdigest() for name in names},
    }


def _point_at_latest(folder: Path) -> None:
    """Let ``latest`` name the folder whose reports end last."""
    newest = max(_indexes(folder), key=lambda path: max(_reports_of(path), key=_age)["until"], default=None)
    if newest is None:
        return
    link, part = folder / LATEST, folder / f".{LATEST}.part"
    part.unlink(missing_ok=True)
    try:
        part.symlink_to(newest.parent.name, target_is_directory=True)
        part.replace(link)
    except OSError as error:
        raise NarrativesError(
            f"{link} cannot be written: {error.strerror}. Move what stands there away."
        ) from error


def _feed(folder: Path, language: str) -> bytes:
    """Return the feed of the reports on the shelf: those without parameters, the newest first."""
    found = [
        (path.parent.name, report)
        for path in _indexes(folder)
        for report in _reports_of(path)
        if report["language"] == language and not any(report["parameters"].values())
    ]
    found.sort(key=lambda pair: (_age(pair[1]), pair[1]["report"]), reverse=True)
    entries = [
        atom.Entry(
            identity=report["identity"],
            title=report["title"],
            updated=report["updated"],
            summary=report["summary"],
            address=report["permalink"] or f"{place}/{_readable(report)}",
        )
        for place, report in found[:MOST_ENTRIES]
    ]
    return atom.feed(entries, language, name=f"mali-narratives \N{EN DASH} {say('reports', language)}")


def _readable(report: dict[str, Any]) -> str:
    """Return the file that a person opens: HTML where there is one, else the first."""
    names = [str(name) for name in report["files"]]
    return next((name for name in names if name.endswith(".html")), names[0])


def _indexes(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"*/{INDEX}") if path.parent.name != LATEST)


def _reports_of(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["reports"]
    return found


def _age(report: dict[str, Any]) -> tuple[str, str]:
    return report["until"], report["since"]


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
