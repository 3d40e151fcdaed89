"""The short table that the demo prints, read from its publication."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_TOTALS = ("documents", "distinct_texts", "undated")
VOICES = ("own", "attributed", "rejected")
_FLAGS = """
select n.title_en as title, n.narrative_id, p.voice,
       count(distinct p.document_id) as documents, count(distinct p.cluster_id) as texts
from narratives n left join predictions p on p.narrative_id = n.narrative_id and p.band = 'flagged'
where n.status = 'core'
group by n.narrative_id, p.voice order by n.position
"""
_BEST = """
select p.quote, s.title as outlet, p.placed_on from predictions p join sources s using (source_id)
where p.narrative_id = ? and p.voice = ? and p.band = 'flagged'
order by p.score desc, p.reference limit 1
"""


def summary(publication: Path) -> str:
    """Return what the publication holds as lines of plain text, at most 100 characters wide."""
    with closing(sqlite3.connect(f"file:{publication}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return "\n".join([*_collected(db), "", *_flags(db), "", *_evidence(db), ""])


def _collected(db: sqlite3.Connection) -> Iterator[str]:
    about = dict(db.execute("select key, value from about").fetchall())
    copied = dict(db.execute("select relation, count(*) from copies group by 1").fetchall())
    edited, gone = db.execute("select sum(versions > 1), sum(gone_at is not null) from documents").fetchone()
    outcomes = db.execute(
        "select outcome, sum(fetches) from collection group by 1 order by 2 desc"
    ).fetchall()
    yield f"What two crawls of {about['outlets']} invented outlets found"
    yield "  " + ", ".join(f"{name.replace('_', ' ')} {about[name]}" for name in _TOTALS)
    kinds = [
        f"{copied[name]} {name}"
        for name in ("identical", "reworded", "excerpt", "credited")
        if name in copied
    ]
    yield f"  copies: {', '.join(kinds) or 'none'}; edited {edited}, gone from the web {gone}"
    yield "  requests: " + ", ".join(f"{name} {count}" for name, count in outcomes)
    yield f"  model {about['model_id']}, codebook {about['codebook_version']}"


def _flags(db: sqlite3.Connection) -> Iterator[str]:
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for row in db.execute(_FLAGS):
        counts.setdefault(row["title"], {})[row["voice"]] = (row["documents"], row["texts"])
    yield "Core storylines: documents with a flagged passage (distinct texts in brackets), by voice"
    yield f"  {'own':>9} {'attributed':>11} {'rejected':>9}"
    for title, voices in counts.items():
        cells = [
            f"{n} ({texts})" if n else "-" for n, texts in (voices.get(voice, (0, 0)) for voice in VOICES)
        ]
        yield f"  {cells[0]:>9} {cells[1]:>11} {cells[2]:>9}  {title}"
    yield "  Machine labels: their measured quality stands beside every count in the report and the pages."


def _evidence(db: sqlite3.Connection) -> Iterator[str]:
    """One storyline that is asserted, reported and rejected, with the strongest passage of each."""
    chosen = db.execute(
        "select narrative_id, title_en from narratives join predictions using (narrative_id) "
        "where band = 'flagged' and status = 'core' group by narrative_id "
        "order by count(distinct voice) desc, count(distinct document_id) desc, narrative_id limit 1"
    ).fetchone()
    if chosen is None:
        yield "No passage is flagged."
        return
    yield f"One storyline, three voices: {chosen['title_en']}"
    for voice in VOICES:
        best = db.execute(_BEST, [chosen["narrative_id"], voice]).fetchone()
        if best is not None:
            yield f"  {voice}: {best['outlet']}, {best['placed_on'] or 'undated'}"
            yield from _wrapped(best["quote"])


def _wrapped(quote: str, width: int = 92) -> Iterator[str]:
    line = "   "
    for word in quote.split():
        if len(line) + 1 + len(word) > width:
            yield line
            line = "   "
        line += f" {word}"
    yield line
