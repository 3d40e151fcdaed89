"""Weeks on a fake clock: a local web of outlets, a crawl every six hours, and the account of it.

    python -m tests.crawlers.weeks_run FOLDER --weeks 26 --outlets 60 --minutes 8

lives for so many minutes at most and says on stderr how far it came; the same command goes on from
there (:mod:`tests.crawlers.weeks_diary`), and the last one prints one JSON object, or ``--table``. Each
crawl is a forked copy of this process, the way a fresh process would be, without its start-up; bodies
are read in the crawl itself, for what disposable readers add is tested elsewhere.
"""

import argparse
import json
import multiprocessing
import os
import random
import resource
import sqlite3
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scrapy.utils.misc import load_object

import crawlers.run
from crawlers.parse_worker import read_one
from crawlers.parser_pool import ParserPool, Reading
from crawlers.settings import SETTINGS
from db.clock import timestamp
from db.status_file import read_status
from tests.crawlers.local_site import Answer, local_site
from tests.crawlers.weeks_account import account_of
from tests.crawlers.weeks_diary import Diary, Entry
from tests.crawlers.weeks_outlets import Outlet, Spell, answer, moment_of
from tests.crawlers.weeks_table import table

SEED = 20260105
RUNS_A_DAY = 4
#: A run begins some minutes after the hour.
OFFSET = 0.013


def cast(count: int, days: float) -> list[Outlet]:
    """Return the outlets: every kind of life in turn, the lives stretched over the weeks."""
    part = days / 26
    lives: list[dict[str, Any]] = [
        {"per_day": 1.5},
        {"spells": [Spell("404", 6 * part)]},
        {"validators": "frozen-etag", "per_day": 1.2},
        {"platform": "wordpress", "per_day": 1.0},
        {"spells": [Spell("503", 5 * part, 5 * part + min(60, 9 * part))], "listed": 30},
        {"spells": [Spell("moved", 8 * part)]},
        {"spells": [Spell("atom", 4 * part, 12 * part), Spell("json", 12 * part)]},
        {"platform": "sitemap", "per_day": 0.8, "listed": 60},
        {"per_day": 0.0},
        {"spells": [Spell("cut", 9 * part)], "per_day": 1.0},
        {"validators": "none", "per_day": 0.4},
        {"spells": [Spell("page", 10 * part, 14 * part)], "per_day": 0.5},
        {"spells": [Spell("resettled", 11 * part)]},
        {"spells": [Spell("bursts", 3 * part, 3 * part + 2)], "per_day": 1.2},
        {"validators": "frozen-date", "per_day": 0.6},
        {"spells": [Spell("404", 4 * part, 4 * part + min(60, 9 * part))], "listed": 30},
        {"spells": [Spell("rests", 7 * part, 15 * part)], "per_day": 1.2},
        {"spells": [Spell("429", 6 * part, 6 * part + 3)], "per_day": 0.5},
        {"spells": [Spell("410", 3 * part, 3 * part + min(60, 9 * part))], "per_day": 0.3, "listed": 30},
        {"spells": [Spell("drained", 13 * part, 15 * part)], "per_day": 0.5},
    ]  # fmt: skip
    outlets = []
    for number in range(count):
        life = lives[number % len(lives)]
        # No life keeps step with the hours at which crawls begin.
        later = (number // len(lives)) * part + random.Random(f"{SEED} {number}").random()
        spells = [Spell(each.what, each.since + later, each.until + later) for each in life.get("spells", ())]
        outlet = Outlet(f"outlet{number:02d}", **{**life, "spells": spells})
        outlet.live(days, SEED)
        outlets.append(outlet)
    return outlets


class _Routes(dict[tuple[str, str], Any]):
    """The routes of a LocalSite, computed from the outlets and the clock."""

    def __init__(self, outlets: Sequence[Outlet], clock: Any) -> None:
        super().__init__()
        self._outlets = {outlet.host: outlet for outlet in outlets}
        self._clock = clock

    def get(self, key: tuple[str, str], default: Any = None) -> Any:
        host, target = key
        outlet = self._outlets.get(host.removeprefix("new."))
        if outlet is None:
            return Answer("no such host", 404)
        day = self._clock.value
        return lambda headers: answer(outlet, host, target, headers, day)


def serve(outlets: Sequence[Outlet], clock: Any, pipe: Any) -> None:
    """Be the web of the outlets, in a process of its own; say how often it was asked when asked that."""
    with local_site() as site:
        site.routes = _Routes(outlets, clock)
        pipe.send(site.port)
        while pipe.recv() == "asked":
            pipe.send(len(site.asked))


def prepare(folder: Path, outlets: Sequence[Outlet], port: int) -> Path:
    """Write the deployment of the outlets, with today's port, and return where its database is."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    for outlet in outlets:
        (folder / "sources" / f"{outlet.name}.yml").write_text(
            f"title: {outlet.name}\nplatform: {outlet.platform}\nurl: {outlet.url}\nlanguage: fr\n"
            "kind: private\nenabled: true\nfictional: true\n"
        )
    hosts = "".join(f'"{host}" = {port}\n"new.{host}" = {port}\n' for host in (each.host for each in outlets))
    (folder / "narratives.toml").write_text(
        'contact = "https://tracker.example/about"\nsources = ["sources"]\nbundled_sources = false\n'
        f"[loopback]\n{hosts}"
    )
    return folder / "weeks.db"


def crawl_once(database: Path, day: float) -> None:
    """Crawl what is due at a moment, in a forked process; raises when that fails."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.environ["NARRATIVES_NOW"] = timestamp(moment_of(day))
            done = crawlers.run.crawl(database, ())
            code = 0 if done is not None and done.status == "finished" else 1
        except BaseException:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)
    _, state = os.waitpid(child, 0)
    if state:
        raise RuntimeError(f"the crawl of day {day:.2f} failed")


def _read_here(self: ParserPool, task: Mapping[str, Any], body: bytes) -> Reading:
    found = json.loads(json.dumps(read_one(dict(task), body)))
    return Reading(found.get("value"), found.get("outcome"), found.get("detail"))


def load_before_forking() -> None:
    """Import what Scrapy loads by name, once for all crawls."""
    ParserPool._read = _read_here  # type: ignore[method-assign]
    ParserPool.warm_up = lambda self: None  # type: ignore[method-assign]
    for part in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "ITEM_PIPELINES", "EXTENSIONS"):
        for name in SETTINGS[part]:
            load_object(name)
    load_object(SETTINGS["DOWNLOAD_HANDLERS"]["http"])
    load_object("scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler")


def live(folder: Path, weeks: float, count: int, minutes: float = 1e9) -> dict[str, Any] | None:
    """Let the weeks pass, or a stage of them, and return the account; None while weeks are left."""
    load_before_forking()
    days = 7 * weeks
    runs = round(days * RUNS_A_DAY)
    outlets = cast(count, days)
    fork = multiprocessing.get_context("fork")
    clock, (ours, theirs) = fork.Value("d", 0.0), fork.Pipe()
    server = fork.Process(target=serve, args=(outlets, clock, theirs), daemon=True)
    server.start()
    database = prepare(folder, outlets, ours.recv())
    diary, asked, until = Diary(folder / "diary.jsonl"), 0, time.monotonic() + 60 * minutes
    while (run := len(diary.entries)) < runs and time.monotonic() < until:
        began, spent = time.monotonic(), _processor_seconds()
        clock.value = run / RUNS_A_DAY + OFFSET
        crawl_once(database, clock.value)
        ours.send("asked")
        before, asked = asked, ours.recv()
        status = read_status(database) or {}
        diary.add(
            Entry(
                day=clock.value,
                asked=asked - before,
                seconds=time.monotonic() - began,
                processor_seconds=_processor_seconds() - spent,
                alarms={alarm["source"]: alarm["state"] for alarm in status.get("alarms", [])},
                intervals={name: each.get("interval_minutes") for name, each in status["sources"].items()},
            )
        )
        if run % (7 * RUNS_A_DAY) == 0:
            print(f"week {run // 28 + 1}: {diary.seconds():.0f} s so far", file=sys.stderr, flush=True)  # noqa: T201
    ours.send("stop")
    server.join()
    if len(diary.entries) < runs:
        return None
    connection = sqlite3.connect(database)
    try:
        account = account_of(connection, outlets, diary.entries)
    finally:
        connection.close()
    sizes = {
        "database_bytes": database.stat().st_size,
        "evidence_bytes": sum(path.stat().st_size for path in (folder / "evidence").rglob("*.*")),
    }
    return {"weeks": weeks, "runs": runs, **sizes, **account}


def _processor_seconds() -> float:
    """Return what this process and the crawls that have ended took; the web of the outlets is not counted."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weeks", type=float, default=26)
    parser.add_argument("--outlets", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long; go on another time")
    parser.add_argument("--table", action="store_true", help="print a table, not JSON")
    chosen = parser.parse_args()
    account = live(chosen.folder, chosen.weeks, chosen.outlets, chosen.minutes)
    if account is None:
        sys.exit("Weeks are left: the same command goes on.")
    sys.stdout.write(table(account) if chosen.table else json.dumps(account) + "\n")


if __name__ == "__main__":
    main()
