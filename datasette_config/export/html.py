"""The report as one HTML file: inline style and SVG, no script, nothing asked of the network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from datasette_config import typography as set_as
from datasette_config.charts import MarkerKey
from datasette_config.export.cells import NUMERIC, cell_text, heading, measured
from datasette_config.export.figures import draws, figures, marker_list, sparkline, weekly_chart
from datasette_config.export.findings import findings
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


def _template(name: str, built: BuiltReport) -> str:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language = built.language

    def cell(row: dict[str, Any], column_name: str, column: Column) -> str:
        return _cell(built, row, column_name, column)

    return environment.get_template(name).render(
        built=built,
        lang=language,
        t=lambda key, **values: say(key, language, **values),
        t_or=lambda key, fallback: say_or(key, language, fallback),
        label=lambda text: heading(text.say(language), language),
        cell=cell,
        is_number=lambda column: column.kind in NUMERIC,
        groups=_groups(language),
        by_narrative=_by_narrative,
        findings=findings(built),
        figures=figures(built),
        weekly_chart=lambda found: weekly_chart(built, found),
        markers=marker_list(built),
        marker_text=lambda key: _marker_text(key, language),
        measured=lambda row: measured(row, "precision", language),
        set_as=set_as,
        period_words=period_words(built),
        document_address=lambda row: document_address(built, row),
        host=_host,
        charts_drawn=draws(),
        style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )


def period_words(built: BuiltReport) -> str:
    """Name the period: the ISO week, month or year where it is one, else its days."""
    period = built.period
    if period.is_one_year:
        return str(period.since.year)
    if period.is_one_month:
        return set_as.month(period.since.isoformat(), built.language)
    if period.is_one_week:
        return set_as.week(period.since, built.language)
    return set_as.days(period.since, period.until, built.language)


def document_address(built: BuiltReport, row: dict[str, Any]) -> str | None:
    """Return where a reader finds the evidence: our page where there is one, else the original page."""
    if built.base_url is not None:
        return f"{built.base_url.rstrip('/')}/{built.language}/documents/{quote(row['document_key'])}"
    return _web_address(row.get("url"))


def _cell(built: BuiltReport, row: dict[str, Any], name: str, column: Column) -> str:
    text = cell_text(row, name, column, built.language)
    if column.kind == "spark":
        return sparkline(row, built.language)
    if column.kind in ("quality", "recall", "proportion", "change"):
        return Markup(" ").join(Markup('<span class="nb">{}</span>').format(part) for part in text.split(" "))
    if column.kind == "narrative":
        address = None
        if built.base_url is not None and row.get("narrative_id") not in (None, "all"):
            address = f"{built.base_url.rstrip('/')}/{built.language}/narratives/{quote(row['narrative_id'])}"
        mark = Markup("")
        if row.get("status") == "experimental":
            mark = Markup(' <small class="mark">{}</small>').format(say("experimental", built.language))
        return _linked(heading(text, built.language), address) + mark
    if column.kind == "source" and row.get("state"):
        return Markup('{} <small class="mark">{}</small>').format(
            text, say_or(row["state"], built.language, row["state"])
        )
    if column.kind == "document":
        return _linked(text, document_address(built, row) if row.get("document_key") else None)
    if column.kind == "link":
        return _linked(text, _web_address(row.get("url")))
    return text


def _linked(text: str, address: str | None) -> Markup:
    if address is None:
        return Markup("{}").format(text)
    return Markup('<a href="{}" rel="noreferrer nofollow">{}</a>').format(address, text)


def _web_address(address: str | None) -> str | None:
    return address if address and urlsplit(address).scheme in ("http", "https") else None


def _host(address: str | None) -> str:
    return urlsplit(address).hostname or "" if address else ""


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


def _marker_text(key: MarkerKey, language: str) -> str:
    unconfirmed = "" if key.marker.certain else f" ({say('unconfirmed', language)})"
    day = set_as.day(key.marker.on, language)
    return f"{day} \N{EN DASH} {heading(key.marker.label, language)}{unconfirmed}"
