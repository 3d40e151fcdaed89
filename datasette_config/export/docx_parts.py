"""What DOCX files hold and python-docx does not offer: links, languages, repeating heads, descriptions."""

import importlib
from typing import Any

_LINK = "1A5A96"


def _element(name: str, **attributes: str) -> Any:
    oxml, ns = importlib.import_module("docx.oxml"), importlib.import_module("docx.oxml.ns")
    element = oxml.OxmlElement(name)
    for key, value in attributes.items():
        element.set(ns.qn(key.replace("_", ":", 1)), value)
    return element


def set_language(properties: Any, language: str) -> None:
    """Say which language a style or a run is in (ECMA-376, 17.3.2.20)."""
    properties.append(_element("w:lang", w_val=language, w_eastAsia=language))


def repeat_head(row: Any) -> None:
    """Repeat a table's row at the top of every page (17.4.78), and never break it."""
    never_break(row)
    row._tr.get_or_add_trPr().append(_element("w:tblHeader"))


def never_break(row: Any) -> None:
    """Keep a table's row on one page (17.4.6)."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def set_border(cell: Any, side: str, eighths: int) -> None:
    """Draw a line at one side of a cell, in eighths of a point."""
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(".//{*}tcBorders")
    if borders is None:
        borders = _element("w:tcBorders")
        properties.append(borders)
    borders.append(_element(f"w:{side}", w_val="single", w_sz=str(eighths), w_color="8C95A1", w_space="0"))


def shade(cell: Any, colour: str) -> None:
    """Fill a cell."""
    cell._tc.get_or_add_tcPr().append(_element("w:shd", w_val="clear", w_color="auto", w_fill=colour))


def add_link(paragraph: Any, address: str, text: str, size: Any) -> None:
    """Add a link; the text is as it is read, the address stands in the document's relationships."""
    kinds = importlib.import_module("docx.opc.constants").RELATIONSHIP_TYPE
    relation = paragraph.part.relate_to(address, kinds.HYPERLINK, is_external=True)
    link = _element("w:hyperlink", r_id=relation, w_history="1")
    run = paragraph.add_run(text)
    shared = importlib.import_module("docx.shared")
    run.font.size, run.font.underline = size, True
    run.font.color.rgb = shared.RGBColor.from_string(_LINK)
    link.append(run._r)
    paragraph._p.append(link)


def set_page_number(paragraph: Any, size: Any) -> None:
    """Add the number of the page as a field (17.16.5.33)."""
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = size
        if text is None:
            run._r.append(_element("w:fldChar", w_fldCharType=str(kind)))
        else:
            instruction = _element("w:instrText")
            instruction.text = text
            run._r.append(instruction)


def describe_picture(shape: Any, text: str) -> None:
    """Say in words what a picture shows."""
    shape._inline.docPr.set("descr", text)


def add_break_between(document: Any) -> None:
    """Add the small empty paragraph without which two tables grow together."""
    shared = importlib.import_module("docx.shared")
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = shared.Pt(2)
    paragraph.paragraph_format.line_spacing = shared.Pt(6)
