"""What an importer asks before it stores."""

from collections.abc import Sequence

from sqlite_utils import Database

_CHUNK = 500


def latest_text_hashes(db: Database, identities: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of the newest text of every known identity; unknown ones are absent."""
    found: dict[str, str] = {}
    for start in range(0, len(identities), _CHUNK):
        chunk = list(identities[start : start + _CHUNK])
        marks = ", ".join("?" * len(chunk))
        rows = db.execute(
            "select d.identity, coalesce((select v.text_sha256 from document_versions v "  # noqa: S608
            "where v.document_id = d.document_id order by v.version_id desc limit 1), d.text_sha256) "
            f"from documents d where d.identity in ({marks})",
            chunk,
        )
        found.update((row[0], row[1]) for row in rows.fetchall())
    return found
