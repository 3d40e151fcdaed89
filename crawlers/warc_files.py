"""The WARC files of one writer: begun anew at every start, never opened again, one series for each part."""

import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from warcio.warcwriter import WARCWriter

from db.errors import NarrativesError

#: A new WARC file is begun beyond this many bytes.
MAX_WARC_BYTES = 256 * 1024 * 1024
TOOL = f"mali-narratives/{version('mali-narratives')}"


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A file under way and its writer; ``path`` is relative to the evidence folder."""

    file: IO[bytes]
    path: str
    writer: Any


class WarcFiles:
    """Opens ``<part>/<month>/<time>-<number>.warc.gz`` below one folder, as they are needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, WarcFile] = {}

    def of(self, part: str, captured_at: str) -> WarcFile:
        """Return the file to append to; a new one is named after the moment of its first capture."""
        if part not in self._open:
            self._open[part] = self._begin(part, captured_at)
        return self._open[part]

    def sync(self) -> None:
        """Put everything written so far on disk."""
        for warc in self._open.values():
            warc.file.flush()
            os.fsync(warc.file.fileno())

    def close(self, larger_than: int = 0) -> None:
        """Close the files that have grown beyond so many bytes; what comes next begins new ones."""
        for part, warc in list(self._open.items()):
            if warc.file.tell() > larger_than:
                self._open.pop(part).file.close()

    def _begin(self, part: str, captured_at: str) -> WarcFile:
        stamp = captured_at.replace("-", "").replace(":", "").rstrip("Z")
        month = self._folder / part / captured_at[:7]
        month.mkdir(parents=True, exist_ok=True)
        for number in range(10_000):
            path = month / f"{stamp}-{number:04d}.warc.gz"
            try:
                file = path.open("xb")
                break
            except FileExistsError:
                continue
        else:
            raise NarrativesError(f"No free file name for evidence in {month}. Move old files elsewhere.")
        sync_folder(month)
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        info = writer.create_warcinfo_record(path.name, {"software": TOOL, "format": "WARC 1.1"})
        info.rec_headers.replace_header("WARC-Date", captured_at)
        writer.write_record(info)
        return WarcFile(file, path.relative_to(self._folder).as_posix(), writer)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder's files on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
