"""Evidence files, their chain, and the workers that read what strangers sent."""

import asyncio
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawlers import parser_pool
from crawlers.evidence import MANIFEST_NAME, Evidence, EvidenceWriter, read_payload
from crawlers.exchange import Exchange
from crawlers.parser_pool import ParserPool, Reading
from db.errors import NarrativesError

AT = "2026-06-15T06:00:00Z"
HEADERS = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Odd-É", "caf\xe9"))


def write(writer: EvidenceWriter, payload: bytes, status: int | None = 200) -> Evidence:
    return writer.write(
        "https://journal.example/a?b=é", payload, status=status, headers=HEADERS, captured_at=AT,
        content_type="text/html", request_headers=(("Host", "journal.example"),),
    )  # fmt: skip


def chain(folder: Path) -> list[int]:
    """Return the sequence numbers of a manifest whose every line names the hash of the one before."""
    previous, numbers = "0" * 64, []
    for line in (folder / MANIFEST_NAME).read_bytes().splitlines():
        entry = json.loads(line)
        assert entry["prev"] == previous
        previous = hashlib.sha256(line).hexdigest()
        numbers.append(entry["seq"])
    return numbers


@given(payload=st.binary(max_size=2_000), status=st.sampled_from([200, 304, 503, None]))
def test_any_bytes_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes, status: int | None
) -> None:
    folder = tmp_path_factory.mktemp("evidence")
    with EvidenceWriter(folder) as writer:
        first, second = write(writer, b"before"), write(writer, payload, status)
    assert first.warc_path == second.warc_path
    assert read_payload(folder, second.warc_path, second.warc_offset) == payload
    assert second.payload_sha256 == hashlib.sha256(payload).hexdigest()


def test_a_record_holds_answer_and_request_with_every_header(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        kept = write(writer, b"\x1f\x8b exact")
    with (tmp_path / kept.warc_path).open("rb") as stream:
        records = [(record.rec_type, record.http_headers) for record in ArchiveIterator(stream)]
    assert [kind for kind, _ in records] == ["warcinfo", "response", "request"]
    assert records[1][1].get_header("Content-Encoding") == "gzip"
    assert records[2][1].get_header("Host") == "journal.example"


def test_two_writers_share_one_unbroken_chain(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as crawl, EvidenceWriter(tmp_path) as imported:
        for number in range(3):
            write(crawl, b"page %d" % number)
            crawl.sync()
            write(imported, b"line %d" % number, None)
            imported.sync()
    assert chain(tmp_path) == [1, 2, 3, 4, 5, 6]
    assert len(list(tmp_path.rglob("*.warc.gz"))) == 2


def test_a_torn_manifest_line_is_cut_and_the_chain_goes_on(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        write(writer, b"one")
    with (tmp_path / MANIFEST_NAME).open("ab") as manifest:
        manifest.write(b'{"seq": 2, "torn')
    with EvidenceWriter(tmp_path) as writer:
        write(writer, b"two")
    assert chain(tmp_path) == [1, 2]


def test_missing_evidence_is_named(tmp_path: Path) -> None:
    with pytest.raises(NarrativesError, match="2026-06/gone"):
        read_payload(tmp_path, "2026-06/gone.warc.gz", 0)


def page(body: str) -> Exchange:
    return Exchange(
        url="https://journal.example/a", method="GET", request_headers=(), status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),), body=body.encode(), truncated=False,
        captured_at=AT, milliseconds=1,
    )  # fmt: skip


def test_a_page_that_takes_too_long_costs_its_worker_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parser_pool, "WALL_SECONDS", 2.0)
    endless = "<p>" + "</p><p>".join(f"Un paragraphe de plus, le {n}e." for n in range(60_000)) + "</p>"
    good = "<html><body><article><p>Un texte assez long pour être pris pour un article.</p></article>"

    async def read() -> list[Reading]:
        pool = ParserPool(workers=1)
        try:
            return [await pool.read("page", page(body), timezone="UTC") for body in (good, endless, good)]
        finally:
            pool.close()

    first, lost, again = asyncio.run(read())
    assert (lost.outcome, lost.value) == ("parse_failed", None)
    assert "needed more than" in (lost.detail or "")
    assert first.value is not None
    assert first == again
