"""Partners: the matrix of stances, the stances that go together, and what is said about one partner."""

import calendar
import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from datasette_config.pages.site import ask, found, site_of
from datasette_config.shares import Share, share_of
from db.reading import partner as reading
from db.reading.overview import fact
from db.reading.partner import Stance
from db.reading.quality import measured_precision

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: The question that the page asks until a reader asks another: who criticises France also praises Russia?
_GIVEN, _OTHER = Stance("france", -1), Stance("russia", 1)
#: Passages shown of one stance on a partner's page.
PASSAGES_SHOWN = 5


async def partners(datasette: "Datasette", request: Request) -> Response:
    """``/fr/partners?kind=...&period=...&given=...&other=...``: documents against and for each partner."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        offered = reading.matrix_choices(connection)
        kind, period = request.args.get("kind") or "all", request.args.get("period") or "all"
        kind = kind if kind in offered["kinds"] else "all"
        periods = [*offered["years"], *offered["months"], *offered["undated"]]
        period = period if period in periods else "all"
        listed = reading.partners(connection)
        known = {row["partner_id"] for row in listed}
        given = _stance(request.args.get("given"), known) or _GIVEN
        other = _stance(request.args.get("other"), known) or _OTHER
        return {
            "offered": offered,
            "kind": kind,
            "period": period,
            "span": span_of(period),
            "matrix": reading.stance_matrix(connection, kind, period),
            "listed": listed,
            "given": given,
            "other": other,
            "together": _shares(reading.stances_together(connection, given, other)),
        }

    return await site_of(datasette, request).page("partners.html", await ask(datasette, question))


async def partner_page(datasette: "Datasette", request: Request) -> Response:
    """``/fr/partners/<id>?month=YYYY-MM``: what is said of a partner, where, since when, by whom first."""
    site = site_of(datasette, request)
    partner_id = request.url_vars["partner_id"]

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        described = reading.partner(connection, partner_id)
        if described is None:
            return None
        months = reading.months_of(connection, partner_id)
        present = (fact(connection, "period_to") or "")[:7]
        offered = sorted({*months, present} - {""}, reverse=True)
        asked = request.args.get("month")
        # Where the present month brought nothing, a reader is better served by everything.
        month = asked if asked in offered else present if asked is None and present in months else ""
        rows = reading.narratives_about(connection, partner_id, month)
        for row in rows:
            row["first"] = reading.first_told(connection, row["narrative_id"]) if row["first_on"] else None
        return {
            "partner": described,
            "months": offered,
            "month_asked": month,
            "span": span_of(month),
            "nothing_now": asked is None and not month and bool(present),
            "present": present,
            "unfinished": bool(month) and month == (fact(connection, "as_of") or "")[:7],
            "stances": {stance: [row for row in rows if row["stance"] == stance] for stance in (-1, 1, 0)},
            "measured": measured_precision(connection),
            "passages": {
                stance: reading.latest_about(connection, partner_id, stance, span_of(month), PASSAGES_SHOWN)
                for stance in (-1, 1)
            },
        }

    return await site.page("partner.html", found(await ask(datasette, question)))


def span_of(period: str) -> tuple[str, str]:
    """Return first and last day of a year or a month; two empty texts for a period without days."""
    if len(period) == 4:
        return f"{period}-01-01", f"{period}-12-31"
    if "-" in period:
        last = calendar.monthrange(int(period[:4]), int(period[5:]))[1]
        return f"{period}-01", f"{period}-{last:02}"
    return "", ""


def _stance(text: str | None, known: set[str]) -> Stance | None:
    """Read ``france:-1``."""
    name, _, stance = (text or "").rpartition(":")
    return Stance(name, int(stance)) if name in known and stance in ("-1", "1") else None


def _shares(counts: dict[tuple[str, str], reading.Together]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows by group of sources and those by year, each with the two shares to compare."""
    rows = [
        {"kind": kind, "year": year, "counts": together,
         "given": share_of(together.both, together.given),
         "others": _among_others(together)}
        for (kind, year), together in counts.items()
    ]  # fmt: skip
    return {
        "all": [row for row in rows if (row["kind"], row["year"]) == ("all", "all")],
        "kinds": [row for row in rows if row["year"] == "all" and row["kind"] != "all"],
        "years": [row for row in rows if row["kind"] == "all" and row["year"] != "all"],
    }


def _among_others(together: reading.Together) -> Share:
    taken = together.both + together.by_one
    return share_of(together.other - taken, together.collected - together.given)
