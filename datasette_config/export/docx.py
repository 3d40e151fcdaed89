"""DOCX for those who write on: headings that navigate, tables with repeating heads, pictures described."""

import importlib
import io
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from datasette_config import typography as set_as
from datasette_config.charts import render_png
from datasette_config.export import outline as parts
from datasette_config.export.addresses import defanged
from datasette_config.export.archive import without_clock
from datasette_config.export.cells import Cell, heading, period_words
from datasette_config.export.column_widths import column_widths
from datasette_config.export.docx_parts import (
    add_break_between,
    add_link,
    describe_picture,
    never_break,
    repeat_head,
    set_border,
    set_language,
    set_page_number,
    shade,
)
from datasette_config.export.provenance import title
from datasette_config.export.text_safety import writable
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say
from db.clock import parse_timestamp
from db.errors import NarrativesError

_FONT = "Calibri"
_SOFT, _INK = "4D5661", "1C2024"
_LOCALES = {"fr": "fr-FR", "en": "en-GB", "bm": "bm-ML"}
#: Width of the text in centimetres: A4 less the margins.
_WIDTH = 17.2
#: Characters of a document property (ECMA-376, part 2).
_LONGEST_FACT = 255


def render(built: BuiltReport) -> bytes:
    """Return the report as DOCX. Raises NarrativesError where the ``reports`` extra is not installed."""
    return _Writer(built).written()


class _Writer:
    """Fills one document, block by block."""

    def __init__(self, built: BuiltReport) -> None:
        self._docx = _python_docx()
        self._built = built
        self._document = self._docx.Document()
        self._pictures: list[parts.Drawing] = []

    def written(self) -> bytes:
        """Return the finished file."""
        self._prepare()
        self._head()
        for block in parts.outline(self._built):
            if isinstance(block, parts.Drawing) and not block.wide:
                self._pictures.append(block)
                continue
            self._place_pictures()
            self._add(block)
        target = io.BytesIO()
        self._document.save(target)
        return without_clock(target.getvalue())

    def _prepare(self) -> None:
        built, document, shared = self._built, self._document, self._docx.shared
        section = document.sections[0]
        section.page_width, section.page_height = shared.Cm(21), shared.Cm(29.7)
        section.left_margin = section.right_margin = shared.Cm(1.9)
        section.top_margin = section.bottom_margin = shared.Cm(2)
        for name, size, colour in (
            ("Normal", 10.5, _INK), ("Title", 20, _INK), ("Heading 1", 20, _INK), ("Heading 2", 13.5, _INK),
            ("Heading 3", 11, _INK), ("List Bullet", 11.5, _INK), ("Quote", 10.5, _INK),
        ):  # fmt: skip
            style = document.styles[name]
            style.font.name, style.font.size = _FONT, shared.Pt(size)
            style.font.color.rgb = shared.RGBColor.from_string(colour)
            style.font.italic = False
            set_language(style.element.get_or_add_rPr(), _LOCALES[built.language])
        document.styles["Normal"].paragraph_format.space_after = shared.Pt(5)
        document.styles["Quote"].paragraph_format.left_indent = shared.Cm(0.4)
        facts, moment = document.core_properties, parse_timestamp(str(built.about["as_of"])).astimezone(UTC)
        facts.title, facts.author, facts.language = (
            title(built)[:_LONGEST_FACT],
            "mali-narratives",
            _LOCALES[built.language],
        )
        facts.created = facts.modified = moment.replace(tzinfo=None)
        facts.last_modified_by, facts.comments, facts.revision = "mali-narratives", "", 1
        facts.subject = (built.permalink or "")[:_LONGEST_FACT]
        foot = section.footer.paragraphs[0]
        self._run(foot, f"{title(built)} · ", size=8, colour=_SOFT)
        set_page_number(foot, self._docx.shared.Pt(8))

    def _head(self) -> None:
        built, language = self._built, self._built.language
        name = heading(built.report.title.say(language), language)
        self._run(self._paragraph(), f"mali-narratives · {name}", size=9, colour=_SOFT)
        subject = heading(built.subject, language) if built.subject else name
        self._document.add_heading(writable(subject[:1].upper() + subject[1:]), level=1)
        if built.uses_period:
            self._run(self._paragraph(), period_words(built), size=13)
        self._run(self._paragraph(), heading(built.report.description.say(language), language), size=11.5)
        about = (
            say("as_of", language, moment=set_as.moment(built.about.get("as_of"), language)),
            f"{say('model', language)} {built.about.get('model_id') or say('no_model', language)}",
            f"{say('codebook', language)} {built.about.get('codebook_version') or set_as.MISSING}",
        )
        self._run(self._paragraph(), " · ".join(about), size=8.5, colour=_SOFT)
        if built.uses_period and not built.period.is_finished:
            self._run(self._paragraph(), say("unfinished", language), bold=True)

    def _add(self, block: parts.Block) -> None:
        match block:
            case parts.Heading(text, level, mark):
                self._document.add_heading(writable(f"{text} ({mark})" if mark else text), level=level)
            case parts.Paragraph(text, style):
                self._words(text, style)
            case parts.Tiles(items):
                self._tiles(items)
            case parts.Table():
                self._table(block)
            case parts.Drawing():
                self._picture(self._paragraph(), block, _WIDTH)
            case parts.Marks(items):
                for sign, words in items:
                    mark = self._paragraph(after=1)
                    self._run(mark, f"{sign}  ", size=8.5, bold=True)
                    self._run(mark, words, size=8.5)
            case parts.Facts(items):
                for label, value in items:
                    fact = self._paragraph(after=2)
                    colon = "\N{NO-BREAK SPACE}: " if self._built.language == "fr" else ": "
                    self._run(fact, f"{label}{colon}", size=9, colour=_SOFT)
                    self._cell(fact, value, size=9)
            case parts.Passage():
                self._passage(block)
            case parts.Query(name, sql):
                self._run(self._paragraph(after=1, keep=True), name, size=9, bold=True)
                for line in sql.splitlines():
                    self._run(
                        self._paragraph(after=0), line, size=6.5, font="DejaVu Sans Mono", language="zxx"
                    )

    def _words(self, text: str, style: str) -> None:
        if style == "finding":
            self._run(self._document.add_paragraph(style="List Bullet"), text, size=11.5)
            return
        size, colour = {"intro": (9.5, _SOFT), "note": (8.5, _SOFT)}.get(style, (10.5, _INK))
        paragraph = self._paragraph(keep=style == "intro")
        self._run(paragraph, text, size=size, colour=colour, italic=style == "empty")

    def _tiles(self, items: Sequence[tuple[str, str]]) -> None:
        columns = min(len(items), 3)
        table = self._document.add_table(rows=-(-len(items) // columns), cols=columns)
        for number, (value, label) in enumerate(items):
            place = table.cell(number // columns, number % columns).paragraphs[0]
            self._run(place, value, size=17, bold=True)
            place.add_run().add_break()
            self._run(place, label, size=9, colour=_SOFT)
        add_break_between(self._document)

    def _table(self, block: parts.Table) -> None:
        table = self._document.add_table(
            rows=len(block.rows) + 1 + bool(block.groups), cols=len(block.header)
        )
        table.autofit = False
        for column, width in zip(table.columns, column_widths(block, _WIDTH), strict=True):
            column.width = self._docx.shared.Cm(width)
            for place in column.cells:
                place.width = column.width
        size = 7.5 if len(block.header) > 7 else 8.5
        right = self._docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
        rows = list(table.rows)
        head = 0
        if block.groups:
            head, cells, at = 1, rows[0].cells, 0
            for name, span in block.groups:
                merged = cells[at].merge(cells[at + span - 1]) if span > 1 else cells[at]
                merged.paragraphs[0].paragraph_format.space_after = 0
                self._run(merged.paragraphs[0], name, size=size)
                at += span
            repeat_head(rows[0])
        repeat_head(rows[head])
        for place, name, numeric in zip(rows[head].cells, block.header, block.numeric, strict=True):
            place.paragraphs[0].paragraph_format.space_after = 0
            self._run(place.paragraphs[0], name, size=size - 0.5, colour=_SOFT)
            if numeric:
                place.paragraphs[0].alignment = right
            set_border(place, "bottom", 8)
        for row, content, moved in zip(rows[head + 1 :], block.rows, block.moved, strict=True):
            never_break(row)
            for number, (place, value) in enumerate(zip(row.cells, content, strict=True)):
                paragraph = place.paragraphs[0]
                paragraph.paragraph_format.space_after = 0
                self._cell(paragraph, value, size=size)
                if block.numeric[number]:
                    paragraph.alignment = right
                set_border(place, "bottom", 2)
                if moved:
                    shade(place, "EEF0F3")
        add_break_between(self._document)

    def _passage(self, block: parts.Passage) -> None:
        quoted = self._document.add_paragraph(style="Quote")
        quoted.paragraph_format.keep_with_next = True
        quoted.paragraph_format.space_after = self._docx.shared.Pt(1)
        self._run(quoted, block.quote, language=block.language)
        told = self._paragraph(after=8)
        self._run(told, f"{block.voice_name} · ", size=8.5, bold=True)
        self._run(told, f"{block.place} – ", size=8.5, colour=_SOFT)
        self._cell(told, block.title, size=8.5)
        told.add_run().add_break()
        original = f" · {defanged(block.original)}" if block.original else ""
        self._run(told, f"{block.note}{original}", size=7.5, colour=_SOFT)

    def _place_pictures(self) -> None:
        """Put the small charts that were gathered into rows of two."""
        if not self._pictures:
            return
        table = self._document.add_table(rows=-(-len(self._pictures) // 2), cols=2)
        for number, drawing in enumerate(self._pictures):
            place = table.cell(number // 2, number % 2).paragraphs[0]
            if drawing.title:
                self._run(place, drawing.title, size=9, bold=True)
                place.add_run().add_break()
            self._picture(place, drawing, _WIDTH / 2 - 0.6)
        for row in table.rows:
            never_break(row)
        self._pictures = []
        add_break_between(self._document)

    def _picture(self, paragraph: Any, drawing: parts.Drawing, width: float) -> None:
        png = render_png(drawing.spec, self._built.language)
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=self._docx.shared.Cm(width))
        described = f"{drawing.spec['usermeta']['title']}. {drawing.spec['description']}"
        describe_picture(shape, writable(described))

    def _cell(self, paragraph: Any, value: Cell, *, size: float) -> None:
        if value.address is not None:
            add_link(paragraph, writable(value.address), writable(value.text), self._docx.shared.Pt(size))
        else:
            self._run(paragraph, value.text, size=size)
        if value.mark is not None:
            self._run(paragraph, f" {value.mark}", size=size - 0.5, colour=_SOFT, italic=True)

    def _paragraph(self, *, after: float = 5, keep: bool = False) -> Any:
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_after = self._docx.shared.Pt(after)
        paragraph.paragraph_format.keep_with_next = keep
        return paragraph

    def _run(
        self, paragraph: Any, text: str, *, size: float = 10.5, colour: str = _INK, bold: bool = False,
        italic: bool = False, font: str = _FONT, language: str | None = None,
    ) -> None:  # fmt: skip
        run = paragraph.add_run(writable(text))
        run.font.size, run.font.bold, run.font.italic, run.font.name = (
            self._docx.shared.Pt(size),
            bold,
            italic,
            font,
        )
        run.font.color.rgb = self._docx.shared.RGBColor.from_string(colour)
        if language is not None:
            set_language(run._r.get_or_add_rPr(), _LOCALES.get(language, language))


def _python_docx() -> Any:
    try:
        for name in ("docx.shared", "docx.enum.text"):
            importlib.import_module(name)
        return importlib.import_module("docx")
    except ImportError as error:
        raise NarrativesError(
            "DOCX needs the package python-docx, which is not installed. "
            "Install the `reports` extra: pip install 'mali-narratives[reports]' from the project folder."
        ) from error
