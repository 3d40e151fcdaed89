"""Importing files into the working database: every record ends in one named outcome, twice is once.

Evidence is on disk before the rows that point at it; a record whose text is already known writes neither.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database

from crawlers.catalog import load_catalogue
from crawlers.evidence import EvidenceWriter
from crawlers.importing_files import Format, format_of
from crawlers.importing_reading import FileReader, Pending
from crawlers.social import pseudonyms_of
from crawlers.taken_down import record_unless_taken_down
from db.catalogue import add_unlisted_source, sync_sources
from db.clock import timestamp
from db.connection import transaction, working_database
from db.crawl_log import finish_run, record_capture, record_fetch, start_run
from db.crawl_records import NewCapture, NewFetch, RunStatus
from db.deployment import load_deployment
from db.errors import NarrativesError
from db.identity import text_sha256
from db.imports import latest_text_hashes
from db.lease import lease
from db.store import NewDocument, store_document

#: Outcomes stored in one transaction.
BATCH = 200
#: Failures described one by one in the closing account; all stand in ``fetches``.
MAX_NAMED_FAILURES = 20

#: Called with the bytes read since the last call.
Progress = Callable[[int], None]


@dataclass(slots=True)
class ImportAccount:
    """What an import did: records by outcome, and the first failures and remarks in words.

    ``without_article`` counts the pages of archives that gave no document (front pages, lists: every archive
    has them), ``passed`` what in an archive is no page.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    versions: int = 0
    without_article: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Records that gave no document and should have."""
        return sum(self.outcomes[name] for name in ("parse_failed", "too_big")) - self.without_article


def import_files(
    database: Path,
    files: Sequence[Path],
    *,
    form: Format | None = None,
    url: str | None = None,
    source: str | None = None,
    known_only: bool = False,
    progress: Progress | None = None,
) -> ImportAccount:
    """Import files; ``source`` names the source of records that name none, ``url`` the page of one HTML file.

    ``known_only`` leaves out the pages of a WARC file whose host belongs to no source of the catalogue.
    Raises NarrativesError when nothing can be read; a bad record is an outcome, not an error.
    """
    deployment = load_deployment(database)
    catalogue = load_catalogue(deployment.sources, deployment.bundled_sources)
    forms = {path: form or format_of(path) for path in files}
    with lease(database, "crawl") as held:
        if not held:
            raise NarrativesError(f"A crawl or an import is at work on {database}. Try again after its end.")
        with working_database(database, "create") as db, EvidenceWriter(deployment.evidence) as evidence:
            now = timestamp()
            with transaction(db):
                sync_sources(
                    db, [row.model_dump() | {"source_id": row.id} for row in catalogue.values()], now
                )
                run_id = start_run(
                    db,
                    command="import",
                    sources=[path.name for path in files],
                    software=f"mali-narratives {version('mali-narratives')}",
                    at=now,
                )
            importer = _Importer(db, evidence, run_id)
            pseudonyms, public_accounts = None, frozenset[str]()
            if deployment.policy is not None:
                pseudonyms, public_accounts, importer.account.remarks = pseudonyms_of(db, deployment)
            reader = FileReader(catalogue, source, pseudonyms, public_accounts)
            status: RunStatus = "failed"
            try:
                for path in files:
                    form_of_file = forms[path]
                    if form_of_file == "html":
                        pending = reader.pages(path, url)
                    elif form_of_file == "warc":
                        pending = reader.archive(path, known_only=known_only)
                    else:
                        pending = reader.records(path, form_of_file)
                    importer.store(_counted(pending, progress))
                status = "finished"
            finally:
                importer.account.passed = reader.passed
                with transaction(db):
                    problems = importer.account.failures
                    finish_run(db, run_id, status=status, problems=problems, at=timestamp())
    return importer.account


class _Importer:
    """Stores the records of one run."""

    def __init__(self, db: Database, evidence: EvidenceWriter, run_id: int) -> None:
        self._db = db
        self._evidence = evidence
        self._run_id = run_id
        self.account = ImportAccount()

    def store(self, pending: Iterator[Pending]) -> None:
        """Store everything in batches: evidence first, then the rows, each batch whole or not at all.

        When reading fails half-way, what was read before is stored first.
        """
        batch: list[Pending] = []
        try:
            for item in pending:
                batch.append(item)
                if len(batch) == BATCH:
                    full, batch = batch, []
                    self._store_batch(full)
        finally:
            if batch:
                self._store_batch(batch)

    def _store_batch(self, batch: Sequence[Pending]) -> None:
        batch = [record_unless_taken_down(self._db, item) for item in batch]
        identities = [item.record.document.identity for item in batch if item.record]
        known = latest_text_hashes(self._db, identities)
        captures: dict[int, NewCapture] = {}
        for position, item in enumerate(batch):
            if item.record is None:
                continue
            document = item.record.document
            sha256 = text_sha256(document.text)
            if known.get(document.identity) != sha256:
                known[document.identity] = sha256
                captures[position] = self._write_evidence(item, document)
        self._evidence.sync()
        with transaction(self._db):
            for position, item in enumerate(batch):
                self._store_one(item, captures.get(position))

    def _write_evidence(self, item: Pending, document: NewDocument) -> NewCapture:
        kept = self._evidence.write(
            document.url or document.identity,
            item.raw,
            status=item.status,
            headers=item.headers,
            captured_at=item.captured_at or document.first_seen_at,
            content_type=item.content_type,
            private=document.kind != "article",
        )
        return NewCapture(
            url=document.url,
            captured_at=item.captured_at or document.first_seen_at,
            status=item.status,
            content_type=item.content_type,
            **asdict(kept),
        )

    def _store_one(self, item: Pending, capture: NewCapture | None) -> None:
        outcome, source_id, capture_id, document_id = item.outcome, None, None, None
        if item.record is not None:
            document, source = item.record.document, item.record.source
            source_id = source.source_id
            if not source.listed:
                add_unlisted_source(
                    self._db, source_id, source.title, document.first_seen_at, platform="import"
                )
            capture_id = record_capture(self._db, capture) if capture else None
            document_id, result = store_document(self._db, replace(document, capture_id=capture_id))
            self.account.versions += result == "new_version"
            outcome = "duplicate" if result == "duplicate" else outcome
        remarks = item.record.remarks if item.record and outcome != "duplicate" else ()
        detail = "; ".join(part for part in (item.detail, *remarks) if part)
        record_fetch(
            self._db,
            NewFetch(
                crawl_run_id=self._run_id,
                source_id=source_id,
                url=item.place,
                purpose="import",
                outcome=outcome,
                detail=detail or None,
                fetched_at=timestamp(),
                capture_id=capture_id,
                document_id=document_id,
            ),
        )
        self.account.outcomes[outcome] += 1
        named = self.account.failures if item.record is None else self.account.remarks
        if item.consumed is not None:
            self.account.without_article += outcome in ("parse_failed", "too_big")
        elif detail and len(named) < MAX_NAMED_FAILURES:
            named.append(f"{item.place}: {detail}")


def _counted(records: Iterator[Pending], progress: Progress | None) -> Iterator[Pending]:
    for record in records:
        if progress:
            progress(len(record.raw) + 1 if record.consumed is None else record.consumed)
        yield record
