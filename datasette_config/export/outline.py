"""A report as a row of plain blocks, for formats that set type themselves: PDF, DOCX, feeds.

The words and their order are those of the HTML page; here is no form, and no format adds a figure of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from datasette_config import typography as set_as
from datasette_config.charts.appearance import Spec
from datasette_config.export.addresses import document_address
from datasette_config.export.cells import NUMERIC, Cell, cell, figure_label, heading
from datasette_config.export.figures import chart_key, chart_specs, marker_list, marker_text
from datasette_config.export.findings import findings
from datasette_config.export.findings_changes import not_compared
from datasette_config.export.provenance import facts, notices, queries
from datasette_config.report_model import Column
from datasette_config.reporting import BuiltReport, BuiltSection
from datasette_config.wording import say, say_or


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 2 stands under the report's title."""

    text: str
    level: int = 2
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in one of the styles ``finding``, ``intro``, ``note``, ``empty``, ``plain``."""

    text: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Tiles:
    """Large figures, each with its label."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``numeric`` says which columns are aligned to the right, ``moved`` which rows stand out."""

    caption: str
    groups: tuple[tuple[str, int], ...]
    header: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    moved: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart: its specification, and its title where it stands above the chart."""

    spec: Spec
    title: str | None = None
    wide: bool = True


@dataclass(frozen=True, slots=True)
class Marks:
    """What the signs on the charts mean."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    items: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotation with its voice, where it stands, and how to find it again."""

    quote: str
    language: str | None
    voice: str
    voice_name: str
    place: str
    title: Cell
    note: str
    original: str | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Query:
    """A query that gave a section's rows."""

    title: str
    sql: str


Block = Heading | Paragraph | Tiles | Table | Drawing | Marks | Facts | Passage | Query


def outline(built: BuiltReport) -> Iterator[Block]:
    """Yield the blocks of a report, its own title left out."""
    language = built.language
    if told := findings(built):
        yield Heading(say("briefly", language))
        yield from (Paragraph(sentence, "finding") for sentence in told)
    for found in built.sections:
        if found.section.layout in ("markers", "tidy"):
            continue
        yield Heading(heading(found.section.title.say(language), language))
        yield from _section(built, found)
    yield Heading(say("provenance", language))
    yield from (Paragraph(text) for text in notices(built))
    yield Facts(
        tuple(
            (label, Cell(value, value if value == built.permalink else None)) for label, value in facts(built)
        )
    )
    yield Heading(say("queries", language))
    yield from (Query(title, sql) for title, sql in queries(built))


def _section(built: BuiltReport, found: BuiltSection) -> Iterator[Block]:
    section, language = found.section, built.language
    if not found.rows:
        yield Paragraph(
            heading(section.empty.say(language), language) if section.empty else set_as.MISSING, "empty"
        )
        return
    if said := intro(built, found):
        yield Paragraph(said, "intro")
    columns = section.columns
    match section.layout:
        case "figures":
            row = found.rows[0]
            yield Tiles(
                tuple(
                    (
                        cell(built, row, name, column).text,
                        figure_label(column.label.say(language), row[name], language),
                    )
                    for name, column in columns.items()
                )
            )
        case "names":
            names = [
                cell(built, row, name, column).text for row in found.rows for name, column in columns.items()
            ]
            yield Paragraph(f"{', '.join(names)}.")
        case "facts":
            row = found.rows[0]
            yield Facts(
                tuple(
                    (heading(column.label.say(language), language), cell(built, row, name, column))
                    for name, column in columns.items()
                    if row[name] is not None
                )
            )
        case "passages":
            yield from _passages(built, found)
        case "weekly":
            yield from _drawn(built, found)
        case "changes":
            if any(row["expected"] is not None for row in found.rows):
                yield _table(built, found)
            yield from _drawn(built, found)
            if said := compared(built, found):
                yield Paragraph(said, "note")
        case _ if section.compute == "changes" and not_compared(built, found):
            return
        case _:
            yield _table(built, found)


def intro(built: BuiltReport, found: BuiltSection) -> str:
    """Return what stands above a section: its intro, or why the comparison that it speaks of is not there."""
    if found.section.compute == "changes" and (reason := not_compared(built, found)):
        return reason
    return heading(found.section.intro.say(built.language), built.language) if found.section.intro else ""


def compared(built: BuiltReport, found: BuiltSection) -> str:
    """Name the compared week and how many sources every one has; nothing where none is compared."""
    if found.section.compute != "changes" or not_compared(built, found):
        return ""
    language, panel = built.language, found.rows[0]["panel_sources"]
    week = say("compared", language, week=set_as.week(built.period.week, language))
    about = say("panel", language, sources=set_as.counted(panel, language)) if panel else ""
    return f"{week} {about}".strip()


def _drawn(built: BuiltReport, found: BuiltSection) -> Iterator[Block]:
    drawings = [Drawing(spec, title, wide) for title, spec, wide in chart_specs(built, found)]
    if not drawings:
        return
    for drawing in drawings:
        yield drawing
        if drawing.wide and found.section.layout == "changes":
            yield Paragraph(say("interval_key", built.language), "note")
    if said := chart_key(built, found):
        yield Paragraph(said, "note")
    if keys := marker_list(built):
        yield Marks(tuple((key.sign, marker_text(key, built.language)) for key in keys))


def _table(built: BuiltReport, found: BuiltSection) -> Table:
    language = built.language
    columns = {name: column for name, column in found.section.columns.items() if column.kind != "spark"}
    groups: list[tuple[str, int]] = []
    for column in columns.values():
        title = heading(column.group.say(language), language) if column.group else ""
        if groups and groups[-1][0] == title:
            groups[-1] = (title, groups[-1][1] + 1)
        else:
            groups.append((title, 1))
    return Table(
        caption=heading(found.section.title.say(language), language),
        groups=tuple(groups) if any(title for title, _ in groups) else (),
        header=tuple(heading(column.label.say(language), language) for column in columns.values()),
        numeric=tuple(column.kind in NUMERIC for column in columns.values()),
        rows=tuple(_row(built, row, columns) for row in found.rows),
        moved=tuple(row.get("verdict") in ("up", "down") for row in found.rows),
    )


def _row(built: BuiltReport, row: dict[str, Any], columns: dict[str, Column]) -> tuple[Cell, ...]:
    return tuple(cell(built, row, name, column) for name, column in columns.items())


def _passages(built: BuiltReport, found: BuiltSection) -> Iterator[Block]:
    language, told = built.language, None
    for row in found.rows:
        if row["narrative_id"] != told:
            told = row["narrative_id"]
            mark = say("experimental", language) if row["status"] == "experimental" else None
            yield Heading(heading(row["narrative"], language), 3, mark)
            definition = heading(row["definition"], language)
            yield Paragraph(f"{definition} {first_told(row, language)}".strip(), "intro")
        yield _passage(built, row)


def first_told(row: dict[str, Any], language: str) -> str:
    """Say who published a storyline first in the period; nothing where the report does not ask."""
    if "first_outlet" not in row:
        return ""
    if not row["first_outlet"]:
        return say("first_unknown", language)
    moment = set_as.moment(row["first_at"], language)
    return say("first_known", language, outlet=row["first_outlet"], moment=moment)


def quotation(row: dict[str, Any], language: str) -> str:
    """Return a passage between its marks, or why it is not there: its source's terms forbid reproduction."""
    if row["quote"] is None:
        return say("not_quoted", language, sha256=row.get("payload_sha256") or set_as.MISSING)
    return set_as.quoted(row["quote"], language)


def _passage(built: BuiltReport, row: dict[str, Any]) -> Passage:
    language = built.language
    moment = set_as.moment(row["published_at"], language) if row["published_at"] else say("undated", language)
    outlet = f"{row['outlet']} ({say('fictional', language)})" if row["fictional"] else row["outlet"]
    note = [say("score", language, score=set_as.number(row["score"], language, 2))]
    if row["cluster_size"] > 1:
        note.insert(0, say("repeated", language, documents=set_as.counted(row["cluster_size"], language)))
    note.append(f"{say('reference', language)} {row['reference']}")
    return Passage(
        quote=quotation(row, language),
        language=row["passage_language"],
        voice=row["voice"],
        voice_name=say_or(f"voice_{row['voice']}", language, row["voice"]),
        place=f"{outlet}, {moment}",
        title=Cell(row["title"] or say("untitled", language), document_address(built, row)),
        note=" · ".join(note),
        original=row["url"] if built.base_url is not None else None,
    )
