"""An evidence pack: one archive that proves a set of rows to somebody who has nothing else.

It holds the recorded bytes of every document, the log of how they were fetched, the rows and labels, the
question that chose them, the codebook, the model's card, and a chained manifest; its last bytes seal all
the others. The same rows give the same bytes.
"""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from db.errors import NarrativesError
from db.evidence_chain import Chain, read_chain
from db.evidence_scan import mapped, record_at
from db.evidence_verify import MANIFEST, RECORDS, SEAL_BYTES, SEAL_PREFIX, file_sha256
from db.file_kinds import refuse_database
from db.reading import evidence as reading
from db.reading.rows import Row

TOOL = f"mali-narratives/{version('mali-narratives')}"
README = Path(__file__).parent / "published" / "evidence_pack.txt"
#: The earliest moment an archive can name: no clock in a reproducible file.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written: documents, captures, bytes of the pack, and the hash of the last manifest line."""

    documents: int
    captures: int
    size: int
    head: str


def document_keys(connection: sqlite3.Connection, references: Sequence[str]) -> list[str]:
    """Return the document keys that keys and label references name, in order and each once.

    Raises :class:`NarrativesError` for one that the published rows do not hold.
    """
    keys = sorted({reference.partition(":")[0] for reference in references})
    known = {row["document_key"] for row in reading.documents(connection, keys)}
    labels = {row["reference"] for row in reading.labels(connection, keys)}
    for reference in references:
        if reference.partition(":")[0] not in known:
            raise NarrativesError(
                f"No document {reference!r} to export: it is unknown, or a message of a private person. "
                "Name a document key, or a label as <document_key>:<start>-<end>:<narrative_id>."
            )
        if ":" in reference and reference not in labels:
            raise NarrativesError(
                f"No label {reference!r} of the current model. Name the document key alone: "
                f"{reference.partition(':')[0]}."
            )
    return keys


def export(
    connection: sqlite3.Connection,
    folder: Path,
    keys: Sequence[str],
    question: Mapping[str, Any],
    output: Path,
) -> Packed:
    """Write a pack of the documents ``keys`` and return what it holds.

    ``connection`` is one to a working database with the published relations installed; ``folder`` its
    evidence; ``question`` says how the rows were chosen. Raises :class:`NarrativesError` where evidence is
    missing or no longer what its row says.
    """
    refuse_database(output, "-o")
    if not keys:
        raise NarrativesError(
            "There is nothing to export: the question chose no document. Widen the period or the keys."
        )
    documents = reading.documents(connection, keys)
    captures = reading.captures(connection, keys)
    if not captures:
        raise NarrativesError(
            "These documents have no captures. Export from the working database that crawled them."
        )
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("w+b") as handle:
            head = _write(handle, connection, folder, keys, captures, documents, question)
        seal = file_sha256(part, part.stat().st_size - SEAL_BYTES)
        with part.open("r+b") as handle:
            handle.seek(-SEAL_BYTES, 2)
            handle.write(seal.encode())
        part.replace(output)
    except OSError as error:
        raise NarrativesError(
            f"{output} cannot be written: {error.strerror}. Name another path with -o."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Packed(len(documents), len({row["capture_id"] for row in captures}), output.stat().st_size, head)


def _write(
    handle: IO[bytes],
    connection: sqlite3.Connection,
    folder: Path,
    keys: Sequence[str],
    captures: Sequence[Row],
    documents: Sequence[Row],
    question: Mapping[str, Any],
) -> str:
    chain = Chain()
    lines: list[bytes] = []
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = SEAL_PREFIX + b"0" * SEAL_BYTES
        origins = _manifest_lines(folder, captures)
        with archive.open(_entry(RECORDS), "w", force_zip64=True) as target:
            lines += [chain.add(line) for line in _copy_records(target, folder, captures, origins)]
        content: dict[str, bytes] = {
            "README.txt": README.read_bytes(),
            "documents.jsonl": _json_lines(documents),
            "labels.jsonl": _json_lines(reading.labels(connection, keys)),
            "capture-log.jsonl": _json_lines([*reading.fetches(connection, keys), *origins.values()]),
            "query.json": _json(question),
            "codebook.json": _json(reading.codebook(connection)),
        }
        if (card := reading.model_card(connection)) is not None:
            content["model-card.json"] = _json(card)
        for name, written in content.items():
            archive.writestr(_entry(name), written)
            lines.append(
                chain.add(
                    {"file": name, "sha256": hashlib.sha256(written).hexdigest(), "bytes": len(written)}
                )
            )
        lines.append(chain.add({"end": chain.length + 1, "tool": TOOL}))
        archive.writestr(_entry(MANIFEST), b"".join(lines))
    return chain.head


def _copy_records(
    target: IO[bytes],
    folder: Path,
    captures: Sequence[Row],
    origins: Mapping[tuple[str, int], Row],
) -> Iterable[dict[str, Any]]:
    """Copy each capture's record, and the request after it, byte for byte; yield a line for each."""
    written = 0
    named: dict[int, list[str]] = {}
    for row in captures:
        named.setdefault(row["capture_id"], []).append(row["document_key"])
    for row in {row["capture_id"]: row for row in captures}.values():
        place = (row["warc_path"], row["warc_offset"])
        raw = _raw_record(folder, row)
        origin = origins.get(place, {})
        yield {
            "url": row["url"],
            "time_utc": row["captured_at"],
            "status": row["status"],
            "sha256": row["payload_sha256"],
            "bytes": row["payload_bytes"],
            "truncated": bool(row["truncated"]),
            "warc": RECORDS,
            "offset": written,
            "document_keys": named[row["capture_id"]],
            "from": {"warc": place[0], "offset": place[1], "line_sha256": origin.get("line_sha256")},
        }
        target.write(raw)
        written += len(raw)


def _raw_record(folder: Path, row: Row) -> bytes:
    path = folder / row["warc_path"]
    where = f"Capture {row['capture_id']} ({row['warc_path']} at byte {row['warc_offset']})"
    try:
        with mapped(path) as data:
            found = record_at(data, row["warc_offset"])
            end = found.end
            if end < len(data):
                following = record_at(data, end)
                end = following.end if following.kind == "request" else end
            raw = bytes(data[found.offset : end])
    except (OSError, ValueError) as error:
        raise NarrativesError(
            f"{where} cannot be read below {folder}: {error}. Restore it from a copy."
        ) from error
    if found.payload_sha256 != row["payload_sha256"]:
        raise NarrativesError(
            f"{where} is not what it was. Find the fault with `narratives evidence verify {folder}`."
        )
    return raw


def _manifest_lines(folder: Path, captures: Sequence[Row]) -> dict[tuple[str, int], Row]:
    """Return the deployment's own manifest lines of the captures, each with its hash."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NarrativesError(f"{folder} holds no {MANIFEST}. Correct `evidence` in narratives.toml.")
    wanted = {(row["warc_path"], row["warc_offset"]) for row in captures}
    return {
        place: {"manifest": line.fields, "line_sha256": line.sha256}
        for line in read_chain(path.read_bytes(), MANIFEST)
        if (place := (str(line.fields.get("warc")), int(line.fields.get("offset") or 0))) in wanted
    }


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_DATE)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n").encode()


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
