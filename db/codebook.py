"""The codebook's rows: narratives and the partners they take a stance on."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlite_utils import Database

from db.clock import timestamp


class CodebookLike(Protocol):
    """What :func:`sync_codebook` needs to know of a codebook."""

    @property
    def version(self) -> str:
        """Content hash of all that decides about a label."""

    def records(self) -> Sequence[Mapping[str, Any]]:
        """One mapping per narrative, in the order in which they are shown."""


def sync_codebook(db: Database, codebook: CodebookLike) -> bool:
    """Bring ``narratives`` and ``narrative_partners`` in line with the codebook; return whether it changed.

    Must run inside a transaction, after :func:`db.reference.sync_reference`. A change of version is
    an instrument change. Rows of narratives that left the codebook stay: labels may point at them.
    """
    known = dict(db.execute("select narrative_id, codebook_version from narratives").fetchall())
    records = codebook.records()
    before = {known[record["id"]] for record in records if record["id"] in known}
    for position, record in enumerate(records):
        db.table("narratives").upsert(_row(record, codebook.version, position), pk="narrative_id")
        db.execute("delete from narrative_partners where narrative_id = ?", [record["id"]])
        for partner_id, stance in record["partners"].items():
            db.table("narrative_partners").insert(
                {"narrative_id": record["id"], "partner_id": partner_id, "stance": stance}
            )
    changed = before != {codebook.version} or any(record["id"] not in known for record in records)
    if changed and known:
        db.table("instrument_changes").insert(
            {
                "changed_at": timestamp(),
                "kind": "codebook",
                "subject": codebook.version,
                "detail": json.dumps({"from": sorted(before), "to": codebook.version}),
            }
        )
    return changed


def _row(record: Mapping[str, Any], version: str, position: int) -> dict[str, Any]:
    return {
        "narrative_id": record["id"],
        "family_id": record["family"],
        "title_fr": record["title"]["fr"],
        "title_en": record["title"]["en"],
        "definition_fr": record["definition"]["fr"],
        "definition_en": record["definition"]["en"],
        "kind": record["kind"],
        "falsifiable": int(record["falsifiable"]),
        "status": record["status"],
        "include_fr": "\n".join(rule["fr"] for rule in record["include"]),
        "include_en": "\n".join(rule["en"] for rule in record["include"]),
        "exclude": json.dumps(record["exclude"], ensure_ascii=False),
        "examples": json.dumps(record["examples"], ensure_ascii=False),
        "codebook_version": version,
        "position": position,
    }
