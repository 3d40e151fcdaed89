"""kill -9 at random moments of crawls: 0 lost, 0 double, 0 half runs, evidence complete."""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.clock import timestamp
from db.evidence_verify import verify
from tests.crawlers.crawl_desk import WATCHED, Desk
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

OUTLETS = ("un", "deux")
#: New articles of each outlet in one edition; an edition comes out when the last one is collected.
EDITION = 16
EDITIONS_OF_ONE_DATABASE = 8


class KillDesk(Desk):
    """A deployment whose crawls write twenty batches a second, so that kills fall between them.

    Reading may take long: on a busy machine a page would end as unreadable, which is not what is looked for.
    """

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a crawl."""
        changed = (
            "import crawlers.parser_pool, crawlers.pipelines.storing\n"
            "crawlers.pipelines.storing.MAX_WAIT_SECONDS = 0.05\n"
            "crawlers.parser_pool.WALL_SECONDS = 120.0\n"
        )
        return [sys.executable, "-c", changed + WATCHED, "crawl", str(self.database), *arguments]


class Press:
    """Two outlets whose feeds grow by an edition; their ETag is the number of the edition."""

    def __init__(self, desk: KillDesk, site: LocalSite) -> None:
        self._desk = desk
        self._site = site
        self.edition = 0
        for name in OUTLETS:
            site.put(desk.add(name, f"https://{name}.example/feed"), "/feed", self._feed(name))

    @property
    def now(self) -> str:
        """Return the moment of the crawls: a day after those of the edition before."""
        return timestamp(datetime(2026, 6, 15, 6, tzinfo=UTC) + timedelta(days=self.edition))

    def publish(self) -> None:
        """Bring out the next edition."""
        self.edition += 1
        for name in OUTLETS:
            for number in range(EDITION * (self.edition - 1), EDITION * self.edition):
                text = (
                    f"Le texte numéro {number} de {name} tient en une phrase assez longue pour être gardée."
                )
                page = Answer(article(f"Titre {number}", text), wait=0.02)
                self._site.put(f"{name}.example", f"/{number}", page)

    def _feed(self, name: str) -> Callable[[Mapping[str, str]], Answer]:
        def answer(headers: Mapping[str, str]) -> Answer:
            tag = f'"{self.edition}"'
            if headers.get("If-None-Match") == tag:
                return Answer(status=304)
            day = "Mon, 15 Jun 2026 05:00:00 GMT"
            numbers = range(EDITION * self.edition)
            links = [(f"https://{name}.example/{number}", f"Titre {number}", day) for number in numbers]
            return Answer(rss(*links), headers={"ETag": tag})

        return answer


class Inspection:
    """What is looked at after every kill; counts what it finds wrong."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._acknowledged: set[tuple[str, str]] = set()
        self.found: Counter[str] = Counter()

    def look(self) -> None:
        """Compare rows, checkpoints and evidence with each other and with the time before."""
        desk, found = self._desk, self.found
        evidence = desk.folder / "evidence"
        if not desk.database.exists() or not (evidence / "manifest.jsonl").exists():
            return
        found["evidence captures"] = verify(evidence, after_crash=True).captures
        lines = (evidence / "manifest.jsonl").read_text(encoding="utf-8").count("\n")
        rows = desk.rows("select url, text_sha256 from documents")
        found["lost"] += len(self._acknowledged - set(rows))
        found["double"] += len(rows) - len({url for url, _ in rows})
        self._acknowledged = set(rows)
        for what, sql in {
            "rows without evidence": "select count(*) from documents where capture_id is null",
            "half batches": "select count(*) from documents d where not exists "
            "(select 1 from fetches f where f.document_id = d.document_id)",
            "half batches of pages": "select count(*) from fetches where purpose = 'page' "
            "and outcome in ('stored', 'duplicate') and (document_id is null or capture_id is null)",
        }.items():
            found[what] += desk.rows(sql)[0][0]
        found["rows beyond the evidence"] += max(0, desk.rows("select count(*) from captures")[0][0] - lines)
        found["half runs"] += self._checkpoints_ahead()
        found["open runs"] += max(
            0, desk.rows("select count(*) from crawl_runs where status = 'running'")[0][0] - 1
        )
        assert desk.rows("pragma integrity_check") == [("ok",)]

    def _checkpoints_ahead(self) -> int:
        """Count the checkpoints that claim an edition of which an article is missing."""
        ahead = 0
        for source, tag in self._desk.rows("select source_id, etag from feeds where etag is not null"):
            ((kept,),) = self._desk.rows("select count(*) from documents where source_id = ?", source)
            ahead += kept < EDITION * int(tag.strip('"'))
        return ahead


FAULTS = (
    "lost", "double", "half runs", "half batches", "half batches of pages", "open runs",
    "rows without evidence", "rows beyond the evidence",
)  # fmt: skip


def kill_crawls(folder: Path, times: int, seed: int) -> Counter[str]:
    """Kill so many crawls, each at a random moment, and return the account."""
    chance, account, number = random.Random(seed), Counter[str](), 0
    with local_site() as site:
        while account["kills"] < times:
            site.routes.clear()
            desk = KillDesk(folder / str(number := number + 1), site)
            press, inspection = Press(desk, site), Inspection(desk)
            while press.edition < EDITIONS_OF_ONE_DATABASE and account["kills"] < times:
                press.publish()
                while kill_one(desk, press, chance, account):
                    inspection.look()
                    if account["kills"] == times:
                        desk.crawl(now=press.now)
                        break
                inspection.look()
                kept = desk.rows("select count(*), count(distinct url) from documents")
                assert kept == [(len(OUTLETS) * EDITION * press.edition,) * 2]
            account["documents"] += kept[0][0]
            account["runs that ended by themselves"] += len(
                desk.rows("select 1 from crawl_runs where status = 'finished'")
            )
            account["runs cut off"] += len(desk.rows("select 1 from crawl_runs where status = 'interrupted'"))
            account["runs left open"] += len(desk.rows("select 1 from crawl_runs where status = 'running'"))
            account["page requests"] += sum("/feed" != asked.path != "/robots.txt" for asked in site.asked)
            site.asked.clear()
            account.update(inspection.found)
    return account


def kill_one(desk: KillDesk, press: Press, chance: random.Random, account: Counter[str]) -> bool:
    """Start a crawl and kill it at a random moment; return whether it was still at work then."""
    # A fifth of them at any moment of the start, the others when some of the edition has been asked for.
    asked = 0 if chance.random() < 0.2 else chance.randint(1, len(OUTLETS) * (EDITION + 1))
    before, began = len(desk.site.asked), time.monotonic()
    code = desk.crawl_and_kill(asked, chance.random() * (0.2 if asked else 1.5), now=press.now)
    if code != -9:
        assert code == 0, (desk.folder / "killed.log").read_text(encoding="utf-8")
        return False
    requests = len(desk.site.asked) - before
    account["kills"] += 1
    account["kills before the first request" if not requests else "kills while asking or storing"] += 1
    account["milliseconds until killed"] += round(1000 * (time.monotonic() - began))
    return True


def assert_faultless(account: Counter[str]) -> None:
    assert {fault: account[fault] for fault in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert account["runs left open"] == 0
    assert account["runs cut off"] <= account["kills"]


def test_a_few_kills_at_random_moments(tmp_path: Path) -> None:
    account = kill_crawls(tmp_path, 3, 20260616)
    assert account["kills"] == 3
    assert_faultless(account)


_STAGE = 25
_TOTAL = Counter[str]()


@pytest.mark.soak
@pytest.mark.parametrize("stage", range(20))
def test_five_hundred_kills_at_random_moments(tmp_path: Path, stage: int) -> None:
    account = kill_crawls(tmp_path, _STAGE, 20260615 + stage)
    assert account["kills"] == _STAGE
    assert_faultless(account)
    _TOTAL.update(account)
    for fault in FAULTS:
        _TOTAL[fault] += 0
    table = "".join(f"{what:<32}{count}\n" for what, count in sorted(_TOTAL.items()))
    sys.stdout.write(f"\nuntil here\n{table}")
