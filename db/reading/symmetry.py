"""Whether the instrument sees both sides: what is flagged against and for each partner, how well."""

import sqlite3

from db.reading.quality import measured_precision
from db.reading.rows import Row, all_rows

_SIDES = (-1, 1)


def both_sides(connection: sqlite3.Connection) -> list[Row]:
    """Return the partners with ``sides``: stance -> how it is coded, found and measured.

    A side holds ``narratives`` (how many describe it), ``documents`` (flagged in own voice) and, from the
    evaluation of the current model, ``judged`` (flagged cases judged, over its narratives) and ``right``
    of them; ``cases`` (true cases) and ``found`` of them. Zeros mean that nothing was measured.
    """
    measured = measured_precision(connection, every_row=True)
    pairs = all_rows(
        connection,
        "select p.partner_id, p.title_fr, p.title_en, np.stance, np.narrative_id from partners p "
        "join narrative_partners np using (partner_id) where np.stance <> 0 order by p.position, np.stance",
    )
    documents = {
        (row["partner_id"], row["stance"]): row["documents"]
        for row in all_rows(
            connection,
            "select partner_id, stance, documents from partner_stances where source_kind = 'all' "
            "and period = 'all' and voice = 'own'",
        )
    }
    found: dict[str, Row] = {}
    for row in pairs:
        partner = found.setdefault(
            row["partner_id"],
            {key: row[key] for key in ("partner_id", "title_fr", "title_en")}
            | {"sides": {stance: _empty() for stance in _SIDES}},
        )
        side = partner["sides"][row["stance"]]
        side["narratives"] += 1
        side["documents"] = documents.get((row["partner_id"], row["stance"]), 0)
        rates = measured.get(row["narrative_id"])
        if rates is not None:
            side["judged"] += rates["predicted"]
            side["right"] += round((rates["precision"] or 0) * rates["predicted"])
            side["cases"] += rates["n"]
            side["found"] += round((rates["recall"] or 0) * rates["n"])
    return list(found.values())


def _empty() -> dict[str, int]:
    return dict.fromkeys(("narratives", "documents", "judged", "right", "cases", "found"), 0)
