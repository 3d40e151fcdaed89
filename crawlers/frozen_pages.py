"""Checking the frozen page of a source: does today's extraction still read from it what it read then?"""

import gzip
import hashlib
import zlib
from pathlib import Path

from crawlers.catalog import Source
from crawlers.extraction import extract
from db.clock import parse_timestamp

#: The text may become this much longer or shorter before somebody should look.
TOLERANCE = 0.1


def frozen_faults(source: Source, folder: Path) -> list[str]:
    """Return what is wrong with the frozen page of a source; ``folder`` is that of its YAML file."""
    kept = source.frozen
    if kept is None:
        return []
    path = folder / kept.file
    try:
        body = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        return [f"{path}: cannot be read ({error}); restore it, or remove `frozen` from {source.id}.yml"]
    if hashlib.sha256(body).hexdigest() != kept.sha256:
        return [f"{path}: is not the page that {source.id}.yml describes (SHA-256 differs)"]
    found = extract(body, kept.url, now=parse_timestamp(kept.captured_at))
    faults = []
    for name, then, now in (("title", kept.title, found.title), ("date", kept.published, found.published_at)):
        if then != now:
            faults.append(f"{path}: its {name} was read as {then!r} and is now read as {now!r}")
    if abs(len(found.text) - kept.characters) > TOLERANCE * max(kept.characters, 1):
        faults.append(f"{path}: its text had {kept.characters} characters and now has {len(found.text)}")
    return faults
