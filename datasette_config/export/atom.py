"""Atom (RFC 4287): one report as a feed of one entry, and the feed of every report in a folder.

The content is plain HTML without pictures, styles or scripts, as feed readers show it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from markupsafe import Markup

from datasette_config.export import outline as parts
from datasette_config.export.cells import Cell, heading
from datasette_config.export.findings import findings
from datasette_config.export.provenance import title
from datasette_config.export.text_safety import writable
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say

_NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """One report in a feed; ``identity`` is the same whenever the same report is built again."""

    identity: str
    title: str
    updated: str
    summary: str
    address: str | None
    content: str | None = None


def render(built: BuiltReport) -> bytes:
    """Return a feed of this report alone, its whole text in it."""
    return feed([entry(built, whole=True)], built.language, address=built.permalink)


def entry(built: BuiltReport, *, whole: bool = False) -> Entry:
    """Return the entry of a report: what it found as summary and, where ``whole``, all its words."""
    told = " ".join(findings(built)) or heading(built.report.description.say(built.language), built.language)
    period = f"{built.period.since}/{built.period.until}"
    chosen = ",".join(f"{name}={value}" for name, value in sorted(built.parameters.items()) if value)
    name = f"{built.base_url or 'mali-narratives'}/{built.report.id}/{built.language}/{period}/{chosen}"
    return Entry(
        identity=_identity(name),
        title=title(built),
        updated=_moment(built.about.get("as_of")),
        summary=told,
        address=built.permalink,
        content=_html(built) if whole else None,
    )


def feed(
    entries: Iterable[Entry], language: str, *, address: str | None = None, name: str | None = None
) -> bytes:
    """Return a feed, its entries in the order given."""
    entries = list(entries)
    root = ElementTree.Element("feed", {"xmlns": _NAMESPACE, "xml:lang": language})
    label = name or (entries[0].title if entries else say("reports", language))
    _add(root, "id", _identity(f"feed/{language}/{label}"))
    _add(root, "title", label)
    _add(root, "updated", max((found.updated for found in entries), default=_moment(None)))
    ElementTree.SubElement(ElementTree.SubElement(root, "author"), "name").text = "mali-narratives"
    _add(root, "rights", say("machine_made", language))
    if address:
        ElementTree.SubElement(root, "link", {"rel": "alternate", "href": address})
    for found in entries:
        element = ElementTree.SubElement(root, "entry")
        _add(element, "id", found.identity)
        _add(element, "title", found.title)
        _add(element, "updated", found.updated)
        _add(element, "summary", found.summary)
        if found.address:
            ElementTree.SubElement(element, "link", {"rel": "alternate", "href": found.address})
        if found.content is not None:
            content = ElementTree.SubElement(element, "content", {"type": "html"})
            content.text = writable(found.content)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written + b"\n"


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = writable(text)


def _identity(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _moment(text: str | None) -> str:
    """Return a moment as the format asks for it; a day becomes its midnight."""
    if text is None:
        return "1970-01-01T00:00:00Z"
    return text if len(text) > 10 else f"{text}T00:00:00Z"


def _html(built: BuiltReport) -> str:
    return "\n".join(str(markup) for block in parts.outline(built) if (markup := _block(block)))


def _block(block: parts.Block) -> Markup | None:
    match block:
        case parts.Heading(text, level, mark):
            return Markup("<h{0}>{1}{2}</h{0}>").format(level, text, f" ({mark})" if mark else "")
        case parts.Paragraph(text, style):
            if style == "finding":
                return Markup("<p><strong>{}</strong></p>").format(text)
            return Markup("<p>{}</p>").format(text)
        case parts.Tiles(items):
            return _listed(Markup("<strong>{}</strong> {}").format(value, label) for value, label in items)
        case parts.Facts(items):
            return _listed(Markup("{}: {}").format(label, _cell(value)) for label, value in items)
        case parts.Table():
            return _table(block)
        case parts.Passage():
            return Markup("<blockquote>{}</blockquote><p>{} · {} – {}<br><small>{}</small></p>").format(
                block.quote, block.voice_name, block.place, _cell(block.title), block.note
            )
        case _:
            return None


def _table(block: parts.Table) -> Markup:
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in block.header)
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(_cell(value)) for value in row)
        )
        for row in block.rows
    )
    return Markup("<table><tr>{}</tr>{}</table>").format(head, rows)


def _listed(items: Iterable[Markup]) -> Markup:
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))


def _cell(value: Cell) -> Markup:
    mark = Markup(" <em>{}</em>").format(value.mark) if value.mark else Markup("")
    if value.address is None:
        return Markup("{}{}").format(value.text, mark)
    return Markup('<a href="{}" rel="noreferrer nofollow">{}</a>{}').format(value.address, value.text, mark)
