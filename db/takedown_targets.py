"""Finding what a takedown is about: by address, by public key, by the hash of a text."""

import re
from dataclasses import dataclass

from sqlite_utils import Database

from db.errors import NarrativesError
from db.tombstones import Reason, Tombstone, hashed

_KEY = re.compile(r"[0-9a-f]{16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Target:
    """A document to be taken down, with everything that leads to it."""

    document_id: int
    document_key: str
    source_id: str
    title: str | None
    text: str
    author: str | None
    author_key: str | None
    addresses: tuple[str, ...]
    text_hashes: tuple[str, ...]
    #: Other documents that carry the same text, by key: they stay.
    same_text: tuple[str, ...]
    #: Where the exact bytes lie in the evidence: (file, byte).
    evidence: tuple[tuple[str, int], ...]

    def tombstone(self, reason: Reason, actor: str, at: str, *, deny_texts: bool = True) -> Tombstone:
        """Return what is left of it; without ``deny_texts`` others may go on publishing the same words."""
        spelled = dict.fromkeys(one for address in self.addresses for one in spellings(address))
        addresses = [(hashed(address), "address") for address in spelled]
        texts = [(sha256, "text") for sha256 in self.text_hashes] if deny_texts else []
        return Tombstone.model_validate(
            {
                "document_key": self.document_key,
                "sha256": self.text_hashes[0],
                "reason": reason,
                "taken_down_at": at,
                "actor": actor,
                "denied": (*addresses, *texts),
            }
        )


def find(db: Database, wanted: str) -> list[Target]:
    """Return the documents named by an address, a document key, or the SHA-256 of a text.

    Raises NarrativesError when there is none.
    """
    wanted = wanted.strip()
    if _KEY.fullmatch(wanted):
        rows = db.execute("select document_id from documents where document_key = ?", [wanted])
    elif _SHA256.fullmatch(wanted):
        rows = db.execute(
            "select document_id from documents where text_sha256 = :sha256 union select document_id "
            "from document_versions where text_sha256 = :sha256",
            {"sha256": wanted},
        )
    else:
        names = spellings(wanted)
        marks = ", ".join("?" * len(names))
        rows = db.execute(
            f"select document_id from documents where identity in ({marks}) or url in ({marks}) "  # noqa: S608
            f"or canonical_url in ({marks}) union select document_id from fetches where url in ({marks}) "
            "and document_id in (select document_id from documents)",
            [*names, *names, *names, *names],
        )
    found = [target(db, row[0]) for row in rows.fetchall()]
    if not found:
        raise NarrativesError(
            f"No document is known under {wanted!r}. Name its address, its key (16 hex digits, as on its "
            "page) or the SHA-256 of its text."
        )
    return found


def target(db: Database, document_id: int) -> Target:
    """Return a document with everything that leads to it."""
    key, source_id, title, text, author, author_key, identity, url, canonical_url, sha256 = db.execute(
        "select document_key, source_id, title, text, author, author_key, identity, url, canonical_url, "
        "text_sha256 from documents where document_id = ?",
        [document_id],
    ).fetchone()
    versions = db.execute(
        "select distinct text_sha256 from document_versions where document_id = ?", [document_id]
    ).fetchall()
    fetched = db.execute(
        "select distinct url from fetches where document_id = ? and purpose in ('page', 'item')",
        [document_id],
    ).fetchall()
    same = db.execute(
        "select document_key from documents where text_sha256 = ? and document_id <> ? order by 1",
        [sha256, document_id],
    ).fetchall()
    evidence = db.execute(
        "select distinct warc_path, warc_offset from captures where capture_id in (select capture_id "
        "from documents where document_id = :id union select capture_id from document_versions "
        "where document_id = :id union select capture_id from fetches where document_id = :id) order by 1, 2",
        {"id": document_id},
    ).fetchall()
    addresses = [identity, url, canonical_url, *(row[0] for row in fetched)]
    return Target(
        document_id, key, source_id, title, text, author, author_key,
        tuple(dict.fromkeys(address for address in addresses if address)),
        tuple(dict.fromkeys([sha256, *(row[0] for row in versions)])),
        tuple(row[0] for row in same),
        tuple(evidence),
    )  # fmt: skip


def spellings(address: str) -> tuple[str, ...]:
    """Return an address with and without its last slash, and in the other scheme."""
    bare = address.rstrip("/")
    found = [address, bare, f"{bare}/"]
    scheme, colon, rest = bare.partition("://")
    if colon and scheme in ("http", "https"):
        other = f"{'http' if scheme == 'https' else 'https'}://{rest}"
        found += [other, f"{other}/"]
    return tuple(dict.fromkeys(found))
