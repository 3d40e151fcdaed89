"""The report as one HTML file: inline style and SVG, no script, nothing asked of the network."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from datasette_config import typography as set_as
from datasette_config.export.addresses import defanged, document_address
from datasette_config.export.cells import NUMERIC, cell, figure_label, heading, period_words
from datasette_config.export.figures import (
    chart_key,
    drawn_intervals,
    draws,
    figures,
    marker_list,
    marker_text,
    sparkline,
    weekly_chart,
)
from datasette_config.export.findings import findings
from datasette_config.export.findings_changes import not_compared
from datasette_config.export.outline import compared, intro, quotation
from datasette_config.export.provenance import facts, notices, queries
from datasette_config.report_model import Column
from datasette_config.reporting import BuiltReport, BuiltSection
from datasette_config.wording import say, say_or

_TEMPLATES = Path(__file__).parent.parent / "templates" / "reports"


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring columns under one heading; an empty title has none."""

    title: str
    columns: int


def render(built: BuiltReport) -> bytes:
    """Return a complete, self-contained HTML document."""
    return _template("page.html", built).encode("utf-8")


def fragment(built: BuiltReport) -> Markup:
    """Return the report's article for a page of the publication, whose style sheet shapes it."""
    return Markup(_template("body.html", built))  # noqa: S704 - the template escapes its values


def without_styles(markup: str) -> str:
    """Drop inline styles, which the security policy of the pages refuses; their style sheet does the work."""
    return re.sub(r' style="[^"]*"', "", markup)


def _together(text: str) -> Markup:
    """Keep the two days of a span on one line: a dash would let it break after the first."""
    return Markup(re.sub(r"\d+(?:er)?–\d+", r'<span class="nb">\g<0></span>', str(escape(text))))  # noqa: S704


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str, built: BuiltReport) -> str:
    language = built.language

    def set_cell(row: dict[str, Any], column_name: str, column: Column) -> str:
        return _cell(built, row, column_name, column)

    return (
        _environment()
        .get_template(name)
        .render(
            built=built,
            lang=language,
            t=lambda key, **values: say(key, language, **values),
            t_or=lambda key, fallback: say_or(key, language, fallback),
            label=lambda text: heading(text.say(language), language),
            figure_label=lambda text, value: figure_label(text.say(language), value, language),
            cell=set_cell,
            is_number=lambda column: column.kind in NUMERIC,
            groups=_groups(language),
            by_narrative=_by_narrative,
            findings=findings(built),
            facts=facts(built),
            notices=notices(built),
            queries=queries(built),
            figures=figures(built),
            intervals=lambda found: drawn_intervals(built, found),
            weekly_chart=lambda found: weekly_chart(built, found),
            markers=marker_list(built),
            chart_key=lambda found: chart_key(built, found),
            intro=lambda found: intro(built, found),
            compared=lambda found: compared(built, found),
            not_compared=lambda found: not_compared(built, found),
            marker_text=lambda key: marker_text(key, language),
            quotation=lambda row: quotation(row, language),
            set_as=set_as,
            together=_together,
            period_words=period_words(built),
            defanged=defanged,
            document_address=lambda row: document_address(built, row),
            charts_drawn=draws(),
            style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        )
    )


def _cell(built: BuiltReport, row: dict[str, Any], name: str, column: Column) -> str:
    if column.kind == "spark":
        return sparkline(row, built.language)
    found = cell(built, row, name, column)
    if column.kind in ("quality", "recall", "proportion", "change"):
        return Markup(" ").join(
            Markup('<span class="nb">{}</span>').format(part) for part in found.text.split(" ")
        )
    mark = Markup(' <small class="mark">{}</small>').format(found.mark) if found.mark else Markup("")
    return _linked(found.text, found.address) + mark


def _linked(text: str, address: str | None) -> Markup:
    if address is None:
        return Markup("{}").format(text)
    return Markup('<a href="{}" rel="noreferrer nofollow">{}</a>').format(address, text)


def _groups(language: str) -> Callable[[BuiltSection], list[_Group]]:
    def found(section: BuiltSection) -> list[_Group]:
        titles = [
            heading(column.group.say(language), language) if column.group else ""
            for column in section.section.columns.values()
        ]
        if not any(titles):
            return []
        return [_Group(title, len(list(same))) for title, same in groupby(titles)]

    return found


def _by_narrative(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [list(same) for _, same in groupby(rows, key=lambda row: row["narrative_id"])]
