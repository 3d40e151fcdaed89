"""What the controls of filters and ready queries offer, with the number of documents behind each choice."""

import sqlite3

from db.reading.rows import Row, all_rows


def choices(connection: sqlite3.Connection) -> dict[str, list[Row]]:
    """Return narratives, families, partners, sources, languages, kinds of source and events, in order."""
    return {
        "narratives": all_rows(
            connection,
            "select n.narrative_id, n.title_fr, n.title_en, n.family_id, coalesce(t.documents, 0) as "
            "documents "
            "from narratives n left join narrative_totals t on t.narrative_id = n.narrative_id "
            "and t.source_id = 'all' and t.voice = 'any' order by n.position",
        ),
        "families": all_rows(
            connection, "select family_id, title_fr, title_en from narrative_families order by position"
        ),
        "partners": all_rows(
            connection, "select partner_id, title_fr, title_en from partners order by position"
        ),
        "sources": all_rows(
            connection,
            "select s.source_id, s.title, t.documents from sources s join source_totals t using (source_id) "
            "order by s.title collate nocase",
        ),
        "languages": all_rows(
            connection,
            "select language, documents from language_totals where language <> 'unknown' "
            "order by documents desc, language",
        ),
        "kinds": all_rows(
            connection,
            "select source_kind as kind, documents from collected_groups where year = 'all' "
            "and source_kind not in ('all', 'unknown') order by source_kind",
        ),
        "events": all_rows(
            connection, "select event_id, title_fr, title_en from events order by starts_on desc, event_id"
        ),
    }
