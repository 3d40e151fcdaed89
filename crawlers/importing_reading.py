"""From import files to records that are ready to store. No database."""

import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from crawlers.addresses import MAX_URL_CHARACTERS
from crawlers.article import MIN_CHARACTERS, article_of
from crawlers.catalog import Source, name_key, sources_by_name
from crawlers.exchange import Headers
from crawlers.extraction import extract
from crawlers.importing_files import MAX_RECORD_BYTES, Format, open_maybe_compressed, read_records
from crawlers.importing_records import (
    ImportedRecord,
    SourceOfRecord,
    UnusableRecordError,
    read_record,
    record_url,
    source_name,
    source_slug,
)
from crawlers.importing_warc import WarcReader, read_pages
from crawlers.pseudonyms import Pseudonyms
from crawlers.source_hosts import source_of_host
from db.clock import utc_now
from db.crawl_records import Outcome
from db.errors import NarrativesError
from db.identity import import_identity
from db.store import NewDocument

_SUSPECTS: Mapping[str, Outcome] = {"encoding": "encoding_suspect", "parse": "parse_suspect"}


@dataclass(frozen=True, slots=True)
class Pending:
    """A record on its way into the database; ``record`` is None when it gave no document.

    A page of an archive brings the ``status``, ``headers`` and moment of its answer along; ``consumed`` says
    how far reading came in the file when that is not the length of ``raw``.
    """

    place: str
    raw: bytes
    content_type: str
    outcome: Outcome
    record: ImportedRecord | None = None
    detail: str | None = None
    status: int | None = None
    headers: Headers = ()
    captured_at: str | None = None
    consumed: int | None = None


class FileReader:
    """Reads files and finds the source of each record: by name, else by the host of its address.

    ``fallback`` names the source of records that name none; ``pseudonyms`` and ``public_accounts`` are
    those of the deployment's policy, if it has one.
    """

    def __init__(
        self,
        catalogue: Mapping[str, Source],
        fallback: str | None,
        pseudonyms: Pseudonyms | None = None,
        public_accounts: Collection[str] = (),
    ) -> None:
        self._pseudonyms = pseudonyms
        self._public_accounts = public_accounts
        self._catalogue = catalogue
        self._names = sources_by_name(catalogue)
        self._fallback = fallback
        self.passed: Counter[str] = Counter()

    def records(self, path: Path, form: Format) -> Iterator[Pending]:
        """Yield what each line of a JSON lines or CSV file gives."""
        content_type = "text/csv" if form == "csv" else "application/json"
        try:
            with open_maybe_compressed(path) as stream:
                for raw in read_records(stream, form):
                    place = f"{path.name}#L{raw.line}"
                    failed = Pending(
                        place,
                        raw.raw,
                        content_type,
                        "too_big" if raw.too_big else "parse_failed",
                        None,
                        raw.fault,
                    )
                    if raw.fields is None:
                        yield failed
                        continue
                    try:
                        record = read_record(
                            raw.fields,
                            self._source_of(raw.fields),
                            utc_now(),
                            pseudonyms=self._pseudonyms,
                            public_accounts=self._public_accounts,
                        )
                    except UnusableRecordError as error:
                        yield replace(failed, detail=str(error))
                        continue
                    yield Pending(place, raw.raw, content_type, "stored", record)
        except (OSError, EOFError, zlib.error) as error:
            raise NarrativesError(
                f"{path} cannot be read to its end ({error}). What came before is stored."
            ) from error

    def pages(self, path: Path, url: str | None) -> Iterator[Pending]:
        """Yield what one saved page gives; its address is ``url``, else the one it states."""
        try:
            with open_maybe_compressed(path) as stream:
                raw = stream.read(MAX_RECORD_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise NarrativesError(f"{path} cannot be read ({error}).") from error
        if len(raw) > MAX_RECORD_BYTES:
            yield Pending(
                path.name, b"", "text/html", "too_big", None, f"longer than {MAX_RECORD_BYTES} bytes"
            )
            return
        found = extract(raw, url or "", timezone=self.timezone_at(url))
        if not found.text:
            yield Pending(path.name, raw, "text/html", "parse_failed", None, found.detail or "no text")
            return
        address = url or found.canonical_url
        if url is None and self.timezone_at(address) != "UTC":
            found = extract(raw, "", timezone=self.timezone_at(address))
        listed = source_of_host(self._catalogue, address) if address else None
        source = self._source_of({"url": address})
        outcome = _SUSPECTS.get(found.suspect or "", "stored")
        document = _document_of_page(asdict(found), address, source, listed)
        yield Pending(path.name, raw, "text/html", outcome, ImportedRecord(document, source), found.detail)

    def archive(self, path: Path, *, known_only: bool) -> Iterator[Pending]:
        """Yield what each page of a WARC file gives; ``known_only`` passes over hosts of no source.

        What was passed over stands in ``passed``, by kind.
        """
        reader = WarcReader(self.passed)
        pages = (page for page in reader.pages(path) if not known_only or self._is_known(page.url))
        for page, reading in read_pages(pages, self.timezone_at):
            failed = Pending(
                f"{path.name}#{page.number} {page.url}"[:MAX_URL_CHARACTERS],
                page.body,
                page.header("content-type") or "text/html",
                "parse_failed",
                status=page.status,
                headers=page.headers,
                captured_at=page.captured_at,
                consumed=page.consumed,
            )
            if page.fault or reading is None:
                outcome, detail = page.fault or ("parse_failed", "not read")
                yield replace(failed, outcome=cast("Outcome", outcome), detail=detail)
            elif reading.value is None or len(reading.value["text"].strip()) < MIN_CHARACTERS:
                detail = (
                    reading.detail or (reading.value or {}).get("detail") or "no article found on the page"
                )
                yield replace(failed, outcome=reading.outcome or "parse_failed", detail=detail)
            else:
                listed = source_of_host(self._catalogue, page.url)
                source = self._source_of({"url": page.url})
                document = _document_of_page(reading.value, page.url, source, listed)
                kept = {"warc_file": path.name, "warc_record": page.record_id}
                yield replace(
                    failed,
                    outcome=_SUSPECTS.get(reading.value["suspect"], "stored"),
                    record=ImportedRecord(replace(document, extra=kept), source),
                    detail=reading.value["detail"],
                )

    def _is_known(self, url: str) -> bool:
        known = source_of_host(self._catalogue, url) is not None
        self.passed["pages of hosts without a source"] += not known
        return known

    def timezone_at(self, address: str | None) -> str:
        """Return the zone in which times on a page without a zone are read."""
        listed = source_of_host(self._catalogue, address) if address else None
        return listed.timezone if listed else "UTC"

    def _source_of(self, record: Mapping[str, object]) -> SourceOfRecord:
        name = source_name(record) or self._fallback
        if name is None:
            address = record_url(record)
            listed = source_of_host(self._catalogue, address) if address else None
            if listed:
                return SourceOfRecord(listed.id, listed.title, True, listed.timezone)
            name = (urlsplit(address).hostname or "").removeprefix("www.") if address else "Unnamed import"
        source_id = self._names.get(name_key(name))
        if source_id is None:
            return SourceOfRecord(source_slug(name), name, False)
        listed = self._catalogue[source_id]
        return SourceOfRecord(listed.id, listed.title, True, listed.timezone)


def _document_of_page(
    found: Mapping[str, object], address: str | None, source: SourceOfRecord, listed: Source | None
) -> NewDocument:
    stand_in = listed or Source(
        id=source.source_id,
        title=source.title,
        platform="import",
        language=None,
        kind="private",
        enabled=False,
        disabled_reason="not in the catalogue",
    )
    if address:
        article = article_of(found, url=address, source=stand_in, item=None, identity=None)
        return NewDocument(**asdict(article))
    text = str(found["text"])
    article = article_of(
        found,
        url="",
        source=stand_in,
        item=None,
        identity=import_identity(source.source_id, None, text),
    )
    return NewDocument(**asdict(article) | {"url": None, "canonical_url": None})
