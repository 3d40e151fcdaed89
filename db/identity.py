"""What makes a document the same document, and how its text is folded for search."""

import hashlib

#: FTS5 folds accents but not these letters, so they get a second, folded column.
_BAMBARA_LETTERS = str.maketrans(
    {"ɛ": "e", "Ɛ": "E", "ɔ": "o", "Ɔ": "O", "ɲ": "ny", "Ɲ": "Ny", "ŋ": "ng", "Ŋ": "Ng"}
)


def text_sha256(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def import_identity(source_id: str, given_id: str | None, text: str) -> str:
    """Return the identity of an imported text that has no URL."""
    return f"import:{source_id}:{given_id or text_sha256(text)}"


def document_key(identity: str) -> str:
    """Return the public key of a document: the first 16 hex digits of its identity's SHA-256."""
    return hashlib.sha256(identity.encode("utf-8")).hexdigest()[:16]


def folded(text: str) -> str | None:
    """Return the text with Bambara letters folded, or None when that changes nothing."""
    other = text.translate(_BAMBARA_LETTERS)
    return None if other == text else other
