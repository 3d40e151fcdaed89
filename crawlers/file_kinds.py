"""Files that are no pages: what a link to a document, a picture or a film brings instead of an article."""

import re

#: First bytes -> what it is (https://mimesniff.spec.whatwg.org/, section 6).
_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"PK\x03\x04", "a zip or office file"),
    (b"\xd0\xcf\x11\xe0", "an office file"),
    (b"{\\rtf", "an office file"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or a film"),
    (b"\x1aE\xdf\xa3", "a film"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
)
_NO_PAGE = re.compile(
    r"\s*(?:image|audio|video|font)/|\s*application/(?:pdf|zip|msword|rtf|vnd\.)", re.IGNORECASE
)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HEAD = 1_024


def no_page(body: bytes, content_type: str | None = None) -> str | None:
    """Return what a body is when it is certainly no page, or None. Its bytes outweigh its label."""
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \r\n\t")
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[4:8] == b"ftyp":
        return "a film"
    if content_type and _NO_PAGE.match(content_type) and not _MARKUP.search(head):
        return f"a file of type {content_type.partition(';')[0].strip()[:60]}"
    return None
