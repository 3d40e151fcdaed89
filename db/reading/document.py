"""One document: its labels in place, its evidence, its copies and its versions."""

import sqlite3

from db.reading.rows import Row, all_rows, one_row

#: Documents listed of one text: a notice may stand under thousands. The table has them all.
COPIES_LISTED = 50


def document(connection: sqlite3.Connection, document_key: str) -> Row | None:
    """Return a document with its outlet's title, kind and whether it is invented."""
    return one_row(
        connection,
        "select d.*, s.title as source_title, s.kind as source_kind, s.fictional from documents d "
        "join sources s using (source_id) where document_key = ?",
        [document_key],
    )


def labels(connection: sqlite3.Connection, document_id: int) -> list[Row]:
    """Return every label of a document, flagged before review, in order of the text."""
    return all_rows(
        connection,
        "select p.*, n.title_fr, n.title_en, n.status, n.family_id from predictions p "
        "join narratives n using (narrative_id) where document_id = ? "
        "order by p.start, p.\"end\", p.band = 'review', p.score desc, p.narrative_id",
        [document_id],
    )


def human_labels(connection: sqlite3.Connection, document_id: int) -> list[Row]:
    """Return the labels that people set on a document, in order; ``people`` of ``readers`` set each."""
    return all_rows(
        connection,
        "select h.*, n.title_fr, n.title_en, n.status from human_labels h join narratives n "
        "using (narrative_id) "
        'where document_id = ? order by h.start, h."end", n.position, h.voice',
        [document_id],
    )


def claims(connection: sqlite3.Connection, document_id: int) -> dict[tuple[str, str], str]:
    """Return (label reference, narrative) -> public reference of the claim that its sentence makes."""
    return {
        (reference, narrative_id): key
        for reference, narrative_id, key in connection.execute(
            "select reference, narrative_id, cluster_key from claims where document_id = ?", [document_id]
        )
    }


def same_text(connection: sqlite3.Connection, cluster_id: int, document_id: int) -> list[Row]:
    """Return the first other documents that carry the same text, by the date they claim."""
    return all_rows(
        connection,
        "select d.document_key, d.title, d.published_at, d.published_precision, d.placed_on, "
        "d.first_seen_at, d.source_id, "
        "d.credited_source, s.title as source_title, d.relation, c.similarity from documents d "
        "join sources s using (source_id) left join copies c using (document_id) "
        "where d.cluster_id = ? and d.document_id <> ? order by coalesce(d.published_at, d.first_seen_at), "
        "d.document_id limit ?",
        [cluster_id, document_id, COPIES_LISTED],
    )


def carried(connection: sqlite3.Connection, document_id: int) -> list[Row]:
    """Return the documents of the text that this document takes a passage from or credits; often none."""
    return all_rows(
        connection,
        "select d.document_key, d.title, d.language, d.placed_on, d.first_seen_at, d.source_id, s.title as "
        "source_title, c.relation, c.similarity from copies c "
        "join documents d on d.cluster_id = c.cluster_id join sources s using (source_id) "
        "where c.document_id = ? and c.relation in ('excerpt', 'credited') and d.document_id <> "
        "c.document_id "
        "order by coalesce(d.published_at, d.first_seen_at), d.document_id limit ?",
        [document_id, COPIES_LISTED],
    )


def excerpts(connection: sqlite3.Connection, cluster_id: int, document_id: int) -> list[Row]:
    """Return documents that share a passage with the text or credit it, without being the same text."""
    return all_rows(
        connection,
        "select d.document_key, d.title, d.placed_on, d.first_seen_at, d.source_id, s.title as "
        "source_title, c.relation, "
        "c.similarity from copies c join documents d using (document_id) join sources s using (source_id) "
        "where c.cluster_id = ? and c.relation in ('excerpt', 'credited') and d.document_id <> ? "
        "order by d.first_seen_at, d.document_id limit ?",
        [cluster_id, document_id, COPIES_LISTED],
    )


def versions(connection: sqlite3.Connection, document_id: int) -> list[Row]:
    """Return the later texts of an edited document, oldest first."""
    return all_rows(
        connection, "select * from document_versions where document_id = ? order by version_id", [document_id]
    )


def partners_named(connection: sqlite3.Connection, document_id: int) -> list[Row]:
    """Return the partners that the text names, most often named first."""
    return all_rows(
        connection,
        "select p.partner_id, p.title_fr, p.title_en, m.count from mentions m join partners p using "
        "(partner_id) "
        "where m.document_id = ? order by m.count desc, p.position",
        [document_id],
    )
