"""Reading import files record by record, with the exact bytes of each: JSON lines, CSV. Streams."""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from crawlers.importing_records import FIELDS
from db.errors import NarrativesError

Format = Literal["jsonl", "csv", "html", "warc", "urls"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "html", "warc", "urls")

#: A record above this many bytes is refused like a page above it.
MAX_RECORD_BYTES = 8 * 1024 * 1024
_SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".warc": "warc", ".txt": "urls", ".urls": "urls",
}  # fmt: skip
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record: its first line in the file, its bytes, and its fields or the reason it has none."""

    line: int
    raw: bytes
    fields: Mapping[str, Any] | None
    fault: str | None = None
    too_big: bool = False


def format_of(path: Path) -> Format:
    """Return the format that a file's name promises (``.gz`` is looked through)."""
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    found = _SUFFIXES.get(name.suffix.lower())
    if found is None:
        raise NarrativesError(
            f"{path}: the name does not say what it is. Use .jsonl, .csv, .html, .warc or .txt "
            "(a list of addresses), or give --format."
        )
    return found


def open_maybe_compressed(path: Path) -> IO[bytes]:
    """Open a file for reading, through gzip when it begins like gzip."""
    with path.open("rb") as stream:
        compressed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path) if compressed else path.open("rb")  # type: ignore[return-value]


def read_records(stream: IO[bytes], form: Format) -> Iterator[RawRecord]:
    """Yield the records of a JSON lines or CSV file; a bad one is yielded with its fault."""
    return _csv_records(stream) if form == "csv" else _json_lines(stream)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """Yield ``(number, line, too_big)``; of a line over the cap only its beginning is held."""
    number = 0
    while line := stream.readline(MAX_RECORD_BYTES + 1):
        number += 1
        too_big = len(line) > MAX_RECORD_BYTES
        if too_big and not line.endswith(b"\n"):
            while (rest := stream.readline(MAX_RECORD_BYTES)) and not rest.endswith(b"\n"):
                pass
        yield number, line, too_big


def _json_lines(stream: IO[bytes]) -> Iterator[RawRecord]:
    for number, line, too_big in _lines(stream):
        raw = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        raw = raw.rstrip(b"\r\n")
        if too_big:
            yield RawRecord(number, b"", None, f"longer than {MAX_RECORD_BYTES} bytes", too_big=True)
        elif raw.strip():
            yield _json_record(number, raw)


def _json_record(number: int, raw: bytes) -> RawRecord:
    try:
        content = json.loads(raw.decode("utf-8"), parse_constant=lambda name: None)
    except UnicodeDecodeError as error:
        return RawRecord(number, raw, None, f"not UTF-8 at byte {error.start}")
    except json.JSONDecodeError as error:
        return RawRecord(number, raw, None, f"not JSON: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return RawRecord(number, raw, None, f"not JSON: {type(error).__name__}")
    if not isinstance(content, dict):
        return RawRecord(number, raw, None, f"expected a JSON object, found {type(content).__name__}")
    return RawRecord(number, raw, content)


class _RecordingLines:
    """Feeds lines to the CSV reader and remembers which bytes the present record is made of."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._lines = _lines(stream)
        self.taken: list[bytes] = []
        self.first = 0
        self.too_big = False

    def __iter__(self) -> "_RecordingLines":
        return self

    def __next__(self) -> str:
        number, line, too_big = next(self._lines)
        line = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        if not self.taken:
            self.first = number
        self.taken.append(line)
        self.too_big = self.too_big or too_big or sum(map(len, self.taken)) > MAX_RECORD_BYTES
        if self.too_big:
            raise csv.Error(f"longer than {MAX_RECORD_BYTES} bytes")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise csv.Error(f"not UTF-8 at byte {error.start} of its line") from error

    def begin(self) -> None:
        self.taken, self.too_big = [], False


def _csv_records(stream: IO[bytes]) -> Iterator[RawRecord]:
    csv.field_size_limit(MAX_RECORD_BYTES)
    lines = _RecordingLines(stream)
    header_line = next(lines, "")
    delimiter = max(_DELIMITERS, key=header_line.count)
    header = next(csv.reader(io.StringIO(header_line), delimiter=delimiter), [])
    names = [name.strip().lower() for name in header]
    if "text" not in names:
        raise NarrativesError(
            "The first line of the CSV file names no column `text` "
            f"(found: {', '.join(names) or 'nothing'}). "
            f"Name the columns {', '.join(FIELDS)}; only text is required."
        )
    while True:
        lines.begin()
        # A new reader for each record: after a fault the old one would still hold half a record.
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            values = next(reader, None)
        except csv.Error as error:
            raw = b"".join(lines.taken)
            yield RawRecord(lines.first, b"" if lines.too_big else raw, None, str(error), lines.too_big)
            continue
        if values is None:
            return
        raw = b"".join(lines.taken).rstrip(b"\r\n")
        if not any(values):
            continue
        if len(values) != len(names):
            yield RawRecord(lines.first, raw, None, f"{len(values)} values under {len(names)} columns")
        else:
            yield RawRecord(lines.first, raw, dict(zip(names, values, strict=True)))
