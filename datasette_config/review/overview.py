"""What stands around the coding: the start, the codebook, disagreements, agreement."""

import json
from itertools import groupby

from datasette.utils.asgi import Response

from datasette_config.review.visit import Visit
from db.review_queue import codebook, disagreements, may_settle, own_readings, progress
from db.reviewed import coder_agreement


async def home_page(visit: Visit) -> Response:
    """Show how far the queue is and what one has done lately."""
    state = await visit.desk.ask(lambda db: progress(db, visit.name))
    readings = await visit.desk.ask(lambda db: own_readings(db, visit.name))
    return await visit.page("home.html", state=state, readings=readings)


async def codebook_page(visit: Visit) -> Response:
    """Show every narrative with its rules and examples."""
    rows = await visit.desk.ask(codebook)
    for row in rows:
        row["exclude"] = json.loads(row["exclude"] or "[]")
    family = f"family_{visit.language}"
    families = [(title, list(group)) for title, group in groupby(rows, key=lambda row: row[family])]
    titles = {row["narrative_id"]: row[f"title_{visit.language}"] for row in rows}
    return await visit.page("codebook.html", families=families, titles=titles)


async def disagreements_page(visit: Visit) -> Response:
    """List the texts on which readings differ and which this coder may settle."""
    found = await visit.desk.ask(
        lambda db: [(item, may_settle(db, item.codings, visit.name)) for item in disagreements(db)]
    )
    mine = [item for item, may in found if may]
    return await visit.page("disagreements.html", items=mine, others=len(found) - len(mine))


async def agreement_page(visit: Visit) -> Response:
    """Show how far people agree, by narrative and by coder."""
    reason = "audit" if "audit" in visit.request.args.getlist("of") else None
    measured = await visit.desk.ask(lambda db: coder_agreement(db, reason=reason))
    rows = await visit.desk.ask(codebook)
    titles = {row["narrative_id"]: row[f"title_{visit.language}"] for row in rows}
    return await visit.page("agreement.html", measured=measured, titles=titles, only_audit=reason is not None)
