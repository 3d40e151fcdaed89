"""The invented outlets and their pieces, as two editions: before and after a morning's changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

FOLDER = Path(__file__).parent
#: What stands for the borrowed paragraphs in a piece that quotes another at length.
EXCERPT_MARK = "{extrait}"

#: Fields of a piece that stand in its file as they are.
_WRITTEN = (
    "title", "author", "section", "language", "credit", "guid", "claim", "rating", "behaviour", "appears",
)  # fmt: skip
_NARROW, _WIDE = "\u202f", "\u00a0"


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented newsroom: where its site lives and how it writes."""

    outlet_id: str
    title: str
    motto: str
    host: str
    shape: str
    address: str
    apostrophe: str = "'"
    spaces: str = "plain"
    gzip: bool = False

    @property
    def root(self) -> str:
        """Public address of the site, without a closing slash."""
        return f"http://{self.host}"

    def typeset(self, text: str) -> str:
        """Set a text as this newsroom's software does: apostrophes and the spaces before « ; : ! ? »."""
        text = text.replace("'", self.apostrophe)
        if self.spaces == "plain":
            return text
        tall = _NARROW if self.spaces == "narrow" else _WIDE
        for mark in ";!?":
            text = text.replace(f" {mark}", f"{tall}{mark}")
        return text.replace(" :", f"{_WIDE}:").replace("« ", f"«{_WIDE}").replace(" »", f"{_WIDE}»")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece as it stands in one edition; ``behaviour`` is what its page does other than being read."""

    key: str
    outlet: Outlet
    title: str
    published: datetime
    author: str
    section: str
    paragraphs: tuple[str, ...]
    language: str = "fr"
    credit: str | None = None
    guid: str | None = None
    claim: str | None = None
    rating: str | None = None
    behaviour: str | None = None
    appears: str = "first"
    edited: bool = False
    modified: datetime | None = None

    @property
    def slug(self) -> str:
        """The piece's file name."""
        return self.key.partition("/")[2]

    @property
    def number(self) -> int:
        """A number for addresses, the same in every run."""
        return 1_000 + crc32(self.key.encode()) % 9_000

    @property
    def path(self) -> str:
        """Path of the piece on its site."""
        day = self.published
        section = "abonnes" if self.behaviour == "robots" else _plain(self.section)
        path = self.outlet.address.format(
            slug=self.slug,
            section=section,
            number=self.number,
            year=f"{day:%Y}",
            month=f"{day:%m}",
            day=f"{day:%d}",
            date=f"{day:%Y%m%d}",
        )
        return f"/abonnes{path}" if self.behaviour == "robots" else path

    @property
    def url(self) -> str:
        """Public address of the piece."""
        return self.outlet.root + self.path

    @property
    def listed_path(self) -> str:
        """Path under which the site's own listing names the piece."""
        return f"/?p={self.number}" if self.behaviour == "redirect" else self.path

    @property
    def text(self) -> str:
        """The paragraphs as they are written in the file, not typeset."""
        return "\n".join(self.paragraphs)


@cache
def outlets() -> Mapping[str, Outlet]:
    """Return the outlets by id."""
    content: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "outlets.yml").read_text(encoding="utf-8"))
    return {outlet_id: Outlet(outlet_id, **fields) for outlet_id, fields in content.items()}


@cache
def first_edition() -> Mapping[str, Piece]:
    """Return every piece of the first crawl by key (``outlet/slug``), newest first."""
    return {key: piece for key, piece in _everything().items() if piece.appears == "first"}


@cache
def second_edition(changed_at: datetime) -> Mapping[str, Piece]:
    """Return every piece of the second crawl: edits made, latecomers added, the vanished one kept listed."""
    found = {}
    for key, piece in _everything().items():
        edits = _read(key)[0].get("edit")
        found[key] = _edited(piece, edits, changed_at) if edits else piece
    return found


@cache
def _everything() -> Mapping[str, Piece]:
    keys = [
        f"{path.parent.name}/{path.stem}"
        for outlet_id in outlets()
        for path in sorted((FOLDER / "pieces" / outlet_id).glob("*.md"))
    ]
    pieces = sorted((_piece(key) for key in keys), key=lambda piece: (piece.published, piece.key))
    return {piece.key: piece for piece in reversed(pieces)}


@cache
def _read(key: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    _, head, body = (FOLDER / "pieces" / f"{key}.md").read_text(encoding="utf-8").split("---\n", 2)
    paragraphs = tuple(part.strip() for part in body.strip().split("\n\n") if part.strip())
    return yaml.safe_load(head), paragraphs


def _piece(key: str) -> Piece:
    head, written = _read(key)
    moment = head["published"]
    if isinstance(moment, date) and not isinstance(moment, datetime):
        raise ValueError(f"{key}: published needs a time")
    return Piece(
        key=key,
        outlet=outlets()[key.partition("/")[0]],
        published=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        paragraphs=_paragraphs(head, written),
        **{name: head[name] for name in _WRITTEN if name in head},
    )


def _paragraphs(head: Mapping[str, Any], written: tuple[str, ...]) -> tuple[str, ...]:
    """Return the piece's own paragraphs with what it takes over from the piece it is based on."""
    if "based_on" not in head:
        return written
    borrowed = _read(head["based_on"])[1]
    if numbers := head.get("keep_paragraphs"):
        borrowed = tuple(borrowed[number - 1] for number in numbers)
    borrowed = tuple(_replaced(paragraph, head.get("replace", ())) for paragraph in borrowed)
    if not written:
        return borrowed
    at = written.index(EXCERPT_MARK)
    return written[:at] + borrowed + written[at + 1 :]


def _edited(piece: Piece, edits: list[list[str]], at: datetime) -> Piece:
    paragraphs = tuple(_replaced(paragraph, edits) for paragraph in piece.paragraphs)
    return replace(piece, paragraphs=paragraphs, edited=True, modified=at)


def _replaced(paragraph: str, changes: Any) -> str:
    for old, new in changes:
        paragraph = paragraph.replace(old, new)
    return paragraph


def _plain(section: str) -> str:
    return section.split()[0].lower().translate(str.maketrans("éèêàîôç'", "eeeaioc-"))
