"""Pages whose columns are table cells: the table is a frame there, and its text is prose."""

from lxml.html import HtmlElement

#: A cell with more text than this, or with one of these inside, is a column of the page.
_LONGEST_CELL = 600
_COLUMN = ("h1", "h2", "table", "form", "nav", "article")


def unwrap_layout_tables(tree: HtmlElement) -> None:
    """Turn the tables that frame a page, outermost first, into plain blocks; tables of data stay."""
    for table in list(tree.iter("table")):
        if _is_layout(table):
            _unwrap(table)


def _is_layout(table: HtmlElement) -> bool:
    for cell in _cells(table):
        if next(cell.iter(*_COLUMN), None) is not None:
            return True
        length = 0
        for piece in cell.itertext():
            length += len(piece.strip())
            if length > _LONGEST_CELL:
                return True
    return False


def _cells(table: HtmlElement) -> list[HtmlElement]:
    return [cell for row in _rows(table) for cell in row if cell.tag in ("td", "th")]


def _rows(table: HtmlElement) -> list[HtmlElement]:
    rows = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("tbody", "thead", "tfoot"):
            rows += [row for row in child if row.tag == "tr"]
    return rows


def _unwrap(table: HtmlElement) -> None:
    for row in _rows(table):
        for cell in row:
            if cell.tag in ("td", "th"):
                cell.tag = "div"
        if row.getparent() is not table:
            row.getparent().tag = "div"
        row.tag = "div"
    table.tag = "div"
