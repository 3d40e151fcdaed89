"""One crawl from start to end: catalogue, lease, run row, spiders, storage, closing account."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database

from crawlers.catalog import Source, load_catalogue
from crawlers.fetching import Note, by_platform, fetch
from crawlers.free_space import require_space
from crawlers.planning import due_visits, named_visits, page_visit
from crawlers.post_hosts import post_hosts
from crawlers.settings import user_agent
from crawlers.social import admit
from crawlers.source_hosts import unverified_hosts
from crawlers.spiders.page import PageSpider
from crawlers.spiders.platform import PlatformSpider
from crawlers.visit import Visit
from db.catalogue import sync_sources
from db.clock import timestamp, utc_now
from db.connection import transaction, working_database
from db.crawl_log import finish_run, outcome_counts, start_run
from db.crawl_records import RunStatus
from db.deployment import load_deployment
from db.feed_health import SourceHealth, alarms, source_health
from db.lease import lease
from db.log_lines import event
from db.status_file import note_collection

#: Called as visits end, with the source's id, how many are done, and how many there are.
Progress = Callable[[str, int, int], None]
#: Chooses the visits of a run from the catalogue, with a database to write to.
Plan = Callable[[Database, Mapping[str, Source]], list[Visit]]
#: Gives each visit its spider.
Sorting = Callable[[Sequence[Visit]], Mapping[type[PlatformSpider], Sequence[Visit]]]


@dataclass(frozen=True, slots=True)
class Account:
    """What one run did: outcomes by source and purpose, and sentences about what needs a person.

    ``alarms`` are the sources of the whole catalogue that somebody should look at, ``enabled`` how many
    sources it may visit at all; ``told_to_stop`` says that a signal ended the run, ``page_detail`` why the
    one page that was named ended as it did.
    """

    visited: int
    outcomes: Sequence[tuple[str, str, str, int]]
    problems: Sequence[str]
    status: RunStatus
    alarms: Sequence[SourceHealth] = ()
    told_to_stop: bool = False
    enabled: int = 0
    page_detail: str | None = None

    def by_source(self) -> dict[str, Counter[str]]:
        """Return the outcomes of pages and items by source; polls and robots.txt stand apart."""
        found: dict[str, Counter[str]] = {}
        for source_id, purpose, outcome, count in self.outcomes:
            key = outcome if purpose in ("page", "item") else f"{purpose}:{outcome}"
            found.setdefault(source_id, Counter())[key] += count
        return found

    def outcome_totals(self) -> dict[str, int]:
        """Return how often each outcome was met, polls and robots.txt included."""
        totals: Counter[str] = Counter()
        for _, _, outcome, count in self.outcomes:
            totals[outcome] += count
        return dict(totals)


def crawl(
    database: Path, names: Sequence[str], *, url: str | None = None, progress: Progress | None = None
) -> Account | None:
    """Visit the named sources, one page, or whatever is due; None when another crawl is at work."""
    now = utc_now()
    named: list[Visit] = []

    def plan(db: Database, catalogue: Mapping[str, Source]) -> list[Visit]:
        if url is not None:
            named.append(page_visit(db, catalogue, url, now))
            return named
        return named_visits(db, catalogue, names, now) if names else due_visits(db, catalogue, now)

    account = carry_out(
        database,
        plan,
        command="crawl --url" if url else "crawl",
        named=bool(names or url),
        sort=(lambda visits: {PageSpider: visits}) if url else by_platform,
        progress=progress,
    )
    return replace(account, page_detail=named[0].last_detail) if account and named else account


def carry_out(
    database: Path,
    plan: Plan,
    *,
    command: str,
    named: bool,
    sort: Sorting,
    progress: Progress | None = None,
) -> Account | None:
    """Run the planned visits under the crawl's lease and account for them; None when the lease is taken.

    Raises NarrativesError without a contact, without room on the disk, or when storing fails.
    """
    deployment = load_deployment(database)
    agent = user_agent(deployment.contact)
    catalogue = load_catalogue(deployment.sources, deployment.bundled_sources)
    with lease(database, "crawl") as held:
        if not held:
            return None
        for folder in (database.resolve().parent, deployment.evidence):
            require_space(folder)
        started_at = timestamp()
        with working_database(database, "create") as db:
            with transaction(db):
                rows = [source.model_dump() | {"source_id": source.id} for source in catalogue.values()]
                sync_sources(db, rows, started_at)
            admission = admit(db, deployment, plan(db, catalogue), named=named)
            visits = admission.visits
            with transaction(db):
                run_id = start_run(
                    db,
                    command=command,
                    sources=list(dict.fromkeys(visit.source.id for visit in visits)),
                    software=_software(),
                    at=started_at,
                )
        event("crawl_started", visits=len(visits), command=command)
        status: RunStatus = "failed"
        problems: list[str] = []
        told_to_stop = False
        try:
            told_to_stop = fetch(
                database, deployment, admission, sort(visits) if visits else {},
                agent=agent, post_hosts=post_hosts(catalogue.values()),
                unverified=unverified_hosts(catalogue.values()), run_id=run_id,
                note=_counted(progress, visits),
            )  # fmt: skip
            problems = admission.remarks + [problem for visit in visits for problem in visit.problems()]
            status = "finished" if all(visit.finished for visit in visits) else "interrupted"
        except Exception as error:
            problems = [str(error)]
            raise
        finally:
            with working_database(database, "write") as db:
                with transaction(db):
                    finish_run(db, run_id, status=status, problems=problems, at=timestamp())
                outcomes = outcome_counts(db, run_id)
                health = source_health(db, utc_now())
            enabled = sum(source.enabled for source in catalogue.values())
            account = Account(len(visits), outcomes, problems, status, alarms(health), told_to_stop, enabled)
            note_collection(database, _collection(account, started_at), health)
            _tell(account, visits)
    return account


def _collection(account: Account, started_at: str) -> dict[str, object]:
    """Return the account as the status file keeps it."""
    return {
        "started_at": started_at,
        "finished_at": timestamp(),
        "status": account.status,
        "visited": account.visited,
        "requests": sum(count for _, purpose, _, count in account.outcomes if purpose != "item"),
        "outcomes": account.outcome_totals(),
        "problems": list(account.problems),
    }


def _tell(account: Account, visits: Sequence[Visit]) -> None:
    """Say in events what became of every visit, and which sources want attention."""
    for visit in visits:
        event(
            "source_visited",
            source=visit.source.id,
            outcomes=dict(visit.settled),
            new=visit.fresh,
            complete=visit.finished,
            trouble=visit.trouble(),
        )
    for source in account.alarms:
        event(
            "alarm", source=source.source_id, state=source.state, since=source.since, trouble=source.trouble
        )
    event("crawl_ended", status=account.status, visited=account.visited, outcomes=account.outcome_totals())


def _counted(progress: Progress | None, visits: Sequence[Visit]) -> Note:
    done = 0

    def note(visit: Visit) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(visit.source.id, done, len(visits))

    return note


def _software() -> str:
    return " ".join(f"{name}/{version(name)}" for name in ("mali-narratives", "scrapy", "trafilatura"))
