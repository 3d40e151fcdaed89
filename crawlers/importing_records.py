"""One imported record: which fields it may have, and what they become. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawlers.addresses import canonical_url
from crawlers.boilerplate import clean_text
from crawlers.date_words import read_date
from crawlers.encoding import clean, clean_line, undirected
from crawlers.masking import masked
from crawlers.page_facts import language_of_words, site_of
from crawlers.pseudonyms import Pseudonyms
from db.clock import timestamp
from db.identity import import_identity
from db.store import NewDocument, Precision

FIELDS = (
    "id",
    "text",
    "title",
    "url",
    "published",
    "published_precision",
    "language",
    "source",
    "doc_type",
    "author",
)

#: Archives reach further back than a crawl; nothing before this is a date of a document.
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_PRECISIONS: tuple[Precision, ...] = ("minute", "day", "month", "year", "unknown")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_NOTED_PRECISION = re.compile(r"^(minute|day|month|year|unknown)(?:\s*\(.*\))?$", re.IGNORECASE | re.DOTALL)
_LANGUAGES = {
    "fr": "fr", "fra": "fr", "fre": "fr", "french": "fr", "en": "en", "eng": "en", "english": "en",
    "bm": "bm", "bam": "bm", "bambara": "bm",
}  # fmt: skip
_COMMENT = re.compile(r"comment", re.IGNORECASE)
_POST = re.compile(r"(?<!blog )(?<!blog-)\bpost\b|tweet|toot|message|status update", re.IGNORECASE)
#: Keys that name a private person; dropped from comments and posts before anything is stored.
_PERSONAL = re.compile(
    r"author|auteur|user|utilisateur|nick|pseudo|e-?mail|courriel|phone|tel(?:_|$|eph)|handle|profil|avatar|"
    r"(?:^|_)ip(?:_|$)|(?:^|_)(?:name|nom|prenom|prénom)(?:_|$)|full_?name|commenter|poster|account",
    re.IGNORECASE,
)
#: What an account is called, most stable first; hashed with the deployment's key and never stored.
_AUTHOR_KEYS = ("author_id", "user_id", "account_id", "username", "user", "author", "author_name", "name")
_SLUG_CHARACTERS = 60


class UnusableRecordError(ValueError):
    """Says why a record cannot become a document."""


@dataclass(frozen=True, slots=True)
class SourceOfRecord:
    """The source a record belongs to; ``listed`` says whether the catalogue knows it."""

    source_id: str
    title: str
    listed: bool
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """A record as it is stored, with remarks about what could not be taken as it stood."""

    document: NewDocument
    source: SourceOfRecord
    remarks: tuple[str, ...] = field(default=())


def source_slug(name: str) -> str:
    """Return the id of a source that no catalogue knows: ASCII letters, digits and single hyphens."""
    lower = clean_line(name).lower().replace("œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", lower)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return slug[:_SLUG_CHARACTERS].rstrip("-") or "unnamed"


def source_name(record: Mapping[str, Any]) -> str | None:
    """Return the stated name of the record's source on one line, or None."""
    name = _string(record, "source")
    return clean_line(name) or None if name else None


def record_url(record: Mapping[str, Any]) -> str | None:
    """Return the record's address in its one spelling, or None when it has none that can be used."""
    url = _string(record, "url")
    return canonical_url(url) if url else None


def read_record(
    record: Mapping[str, Any],
    source: SourceOfRecord,
    now: datetime,
    *,
    pseudonyms: Pseudonyms | None = None,
    public_accounts: Collection[str] = (),
) -> ImportedRecord:
    """Turn a record into a document of ``source``.

    The text is kept as given, except for control characters and line ends. Keys beyond :data:`FIELDS`, and
    stated values that were not taken as they stood, are kept in ``extra``. In comments and posts private
    data is masked, in text, title and extra alike, and the author becomes a pseudonym where the deployment
    has them, else nothing. Raises :class:`UnusableRecordError`.
    """
    text = undirected(clean(_string(record, "text") or "")).strip("\n")
    if not text.strip():
        raise UnusableRecordError("no text")
    kind = _kind(_string(record, "doc_type"))
    private = kind != "article"
    stated_url, url = _string(record, "url"), record_url(record)
    at, precision, date_remark = _published(record, source.timezone, now)
    extra = _extra(record, source, precision, keep_persons=not private)
    remarks = []
    if stated_url and url is None:
        extra["url"] = stated_url
        remarks.append("url is no web address; stored without it")
    if date_remark:
        extra["published"] = _string(record, "published")
        remarks.append(date_remark)
    given_id = _string(record, "id")
    title = clean_line(_string(record, "title") or "") or None
    author_key = None
    if private:
        text = masked(text, public_accounts)
        title = masked(title, public_accounts) if title else None
        extra = {key: _masked_value(value, public_accounts) for key, value in extra.items()}
        author = next((named for name in _AUTHOR_KEYS if (named := _string_or_none(record.get(name)))), None)
        author_key = pseudonyms.of(source.source_id, author) if pseudonyms and author else None
    document = NewDocument(
        identity=url or import_identity(source.source_id, given_id, text),
        source_id=source.source_id,
        text=text,
        kind=kind,
        first_seen_at=timestamp(now),
        url=clean_line(stated_url) if stated_url and url else None,
        canonical_url=url,
        title=title,
        language=_language(_string(record, "language"), text),
        published_at=at,
        published_precision=precision,
        published_origin="import" if at else None,
        claimed_published_at=at,
        claimed_origin="import" if at else None,
        author=None if private else (clean_line(_string(record, "author") or "") or None),
        author_key=author_key,
        credited_source=None
        if private
        else clean_text(text, title, site_of(url) if url else None).credited_source,
        extra=extra or None,
    )
    return ImportedRecord(document, source, tuple(remarks))


def _extra(
    record: Mapping[str, Any], source: SourceOfRecord, precision: str, *, keep_persons: bool
) -> dict[str, Any]:
    """Return the keys that a document has no column for, and what it states otherwise than it was taken."""
    extra = {
        key: value
        for key, value in record.items()
        if key not in FIELDS and value not in (None, "") and (keep_persons or not _PERSONAL.search(key))
    }
    for name in ("id", "doc_type"):
        if (value := _string(record, name)) is not None:
            extra[name] = value
    stated_source, stated_precision = source_name(record), _string(record, "published_precision")
    if stated_source and stated_source != source.title:
        extra["source"] = stated_source
    if stated_precision and stated_precision != precision:
        extra["published_precision"] = stated_precision
    return extra


def _string_or_none(value: object) -> str | None:
    return (
        str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
    )


def _masked_value(value: Any, public_accounts: Collection[str]) -> Any:
    """Mask every text inside a value, and drop what names a person at any depth."""
    if isinstance(value, str):
        return masked(value, public_accounts)
    if isinstance(value, list):
        return [_masked_value(one, public_accounts) for one in value]
    if isinstance(value, dict):
        return {
            key: _masked_value(one, public_accounts)
            for key, one in value.items()
            if not _PERSONAL.search(key)
        }
    return value


def _string(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise UnusableRecordError(f"{name}: expected text, found {type(value).__name__}")


def _kind(doc_type: str | None) -> str:
    """Texts of private persons must be known as such: they are counted, never published."""
    if doc_type and _COMMENT.search(doc_type):
        return "comment"
    return "post" if doc_type and _POST.search(doc_type) else "article"


def _language(stated: str | None, text: str) -> str | None:
    code = re.split(r"[-_]", stated.strip().lower())[0] if stated else ""
    return _LANGUAGES.get(code, "other") if code else language_of_words(text)


def _published(
    record: Mapping[str, Any], timezone: str, now: datetime
) -> tuple[str | None, Precision, str | None]:
    """Return date, precision and a remark; the coarser of the stated and the written precision counts."""
    raw = _string(record, "published")
    if raw is None:
        return None, "unknown", None
    raw = raw.strip()
    written: Precision
    if _YEAR.match(raw):
        at, written = f"{raw}-01-01", "year"
    else:
        found = read_date(raw, timezone, now, earliest=_EARLIEST)
        if found is None:
            return None, "unknown", f"published {raw[:40]!r} is no date up to now + 48 h; stored undated"
        at, written = found.at, found.precision
    stated = _string(record, "published_precision")
    if stated is None:
        return at, written, None
    match = _NOTED_PRECISION.match(stated.strip())
    # "day of the article commented on" is a precision of something else.
    allowed: Precision = match.group(1).lower() if match else "unknown"  # type: ignore[assignment]
    precision = max(written, allowed, key=_PRECISIONS.index)
    if written == "minute" and precision != "minute":
        at = at[:10]
    return at, precision, None
