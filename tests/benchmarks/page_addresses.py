"""Addresses of every type of page of a publication, drawn at random, the heaviest of each type among them."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

#: The trend pages: what a live join of labels and documents would have to answer each time.
TRENDS = ("weekly series (JSON)",)
#: Words of the invented press, from one that every text holds to rare ones; phrases and odd questions too.
_SEARCHES = (
    "dossier", "ministre", "Kalanfa", "bara", "dossier+ministre", "%22le+march%C3%A9+rouvre%22", "Tien*",
    "dossier+-radio", "trois+rives", "%22pacte+des+trois+rives%22", "d*", "ministre&sort=newest&page=40",
)  # fmt: skip


def addresses(publication: Path, each: int, *, seed: int = 1) -> dict[str, list[str]]:
    """Return type of page -> ``each`` addresses, in the order of the issue that asks for them."""
    rng = random.Random(seed)
    with closing(sqlite3.connect(f"{publication.resolve().as_uri()}?mode=ro", uri=True)) as connection:

        def drawn(sql: str) -> list[str]:
            found = [str(row[0]) for row in connection.execute(sql)]
            return [*found[:1], *rng.choices(found, k=each - 1)]

        narratives = drawn(
            "select narrative_id from narrative_totals where source_id = 'all' and voice = 'any' "
            "order by documents desc"
        )
        partners = drawn(
            "select partner_id from partners join partner_totals using (partner_id) order by documents desc"
        )
        sources = drawn("select source_id from source_totals order by documents desc")
        events = drawn("select event_id from events order by starts_on desc")
        claims = drawn("select cluster_key from claim_clusters order by sentences desc limit 2000")
        newest = connection.execute("select max(document_id) from documents").fetchone()[0]
        widest = connection.execute(
            "select document_key from documents order by cluster_size desc limit 1"
        ).fetchall()
        random_ids = ", ".join(str(rng.randrange(1, newest)) for _ in range(each * 2))
        keys = [
            str(row[0])
            for row in connection.execute(
                f"select document_key from documents where document_id in ({random_ids})"
            )
        ]
        months = drawn("select distinct period from partner_stances where period like '____-__'")
    documents = [*(str(row[0]) for row in widest), *keys][:each]
    stances = [f"{partner}:{rng.choice((-1, 1))}" for partner in partners]
    filters = [
        f"narrative={narratives[0]}",
        f"narrative={narratives[1]}&voice=own",
        f"source={sources[0]}",
        f"partner={partners[0]}",
        f"partner={partners[0]}&stance=-1",
        "language=bm",
        "kind=agency",
        f"narrative={narratives[2]}&source={sources[1]}&voice=rejected&since=2025-01-01",
        "voice=own&language=en",
        "undated=1",
        f"since={months[0]}-01&until={months[0]}-28",
        f"q=ministre&narrative={narratives[0]}",
        f"q=dossier&source={sources[2]}&since=2026-01-01",
        "sort=seen&page=200",
        f"q=radio&partner={partners[1]}&sort=seen",
    ]
    tables = ("documents", "predictions", "trends", "narratives", "collected_daily", "claims", "mentions")
    pages = {
        "home": ["/fr/", "/en/"],
        "narratives": ["/fr/narratives", "/en/narratives"],
        "narrative": [f"/fr/narratives/{value}" for value in narratives],
        "partner": [f"/fr/partners/{partner}{'?month=' + month if number % 2 else ''}"
                    for number, (partner, month) in enumerate(zip(partners, months, strict=True))],
        "matrix": [f"/fr/partners?period={month}&given={given}&other={other}"
                   for month, given, other in zip(months, stances, reversed(stances), strict=True)],
        "documents": ["/fr/documents", "/fr/documents?page=2", "/fr/documents?page=200"],
        "documents, search": [f"/fr/documents?q={words}" for words in _SEARCHES],
        "documents, filters": [f"/fr/documents?{asked}" for asked in filters],
        "document": [f"/fr/documents/{key}" for key in documents],
        "sources": ["/fr/sources"],
        "source": [f"/fr/sources/{source}" for source in sources],
        "events": ["/fr/events"],
        "event": [f"/fr/events/{event}" for event in events],
        "claims": ["/fr/claims", "/fr/claims?page=100", "/en/claims"],
        "claim": [f"/fr/claims/{claim}" for claim in claims],
        "method": ["/fr/method"],
        "reports": ["/fr/reports", "/fr/reports/weekly", "/fr/reports/coverage"],
        "report on a narrative": [f"/fr/reports/narrative?narrative={value}" for value in narratives],
        "report on a source": [f"/fr/reports/source-profile?source={value}" for value in sources],
        "report on an event": [f"/fr/reports/event?event={value}" for value in events],
        "tables": ["/public", *(f"/public/{table}" for table in tables)],
        "table JSON": [f"/public/{table}.json" for table in tables],
        "table CSV": [f"/public/{table}.csv" for table in tables],
        "table Atom": [f"/public/{table}.atom" for table in tables],
        "documents JSON": [f"/fr/documents.json?{asked}" for asked in filters],
        "documents CSV": [f"/fr/documents.csv?{asked}" for asked in filters],
        "documents Atom": ["/fr/documents.atom", *(f"/fr/documents.atom?{asked}" for asked in filters)],
        "weekly series (JSON)": [f"/public/weekly-series.json?narrative={value}" for value in narratives],
    }  # fmt: skip
    return {kind: [found[number % len(found)] for number in range(each)] for kind, found in pages.items()}
