"""What a schedule leaves behind for whoever asks: stages, one status file, a heartbeat, log lines."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from db.connection import transaction, working_database
from db.crawl_log import save_feed_state
from db.crawl_records import FeedState
from db.errors import NarrativesError, ToldToStopError
from db.feed_health import SourceHealth, source_health
from db.heartbeat import heartbeat
from db.log_lines import during, event, json_lines
from db.stages import Stage, run_stages
from db.status_file import note_collection, note_run_end, note_run_start, read_status, status_path

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def fails(error: Exception) -> object:
    raise error


def outcomes(database: Path) -> dict[str, str]:
    status = read_status(database)
    assert status is not None
    return {stage["name"]: stage["outcome"] for stage in status["run"]["stages"]}


def test_a_run_that_ends_well_says_so(tmp_path: Path) -> None:
    done: list[str] = []
    run_stages(
        tmp_path / "a.db", [Stage(name, lambda name=name: done.append(name)) for name in ("one", "two")]
    )  # type: ignore[misc]
    status = read_status(tmp_path / "a.db")
    assert status is not None
    assert done == ["one", "two"]
    assert status["run"]["outcome"] == "ok"
    assert all(stage["seconds"] >= 0 for stage in status["run"]["stages"])
    assert list(tmp_path.iterdir()) == [status_path(tmp_path / "a.db")]


def test_a_crawl_that_fails_does_not_keep_the_others_from_their_work(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    crawl = Stage("crawl", lambda: fails(NarrativesError("no space: free some")), needed=False)
    with pytest.raises(NarrativesError, match=r"failed in crawl\.\ncrawl: no space: free some"):
        run_stages(database, [crawl, Stage("classify", lambda: None), Stage("publish", lambda: None)])
    assert outcomes(database) == {"crawl": "failed", "classify": "ok", "publish": "ok"}


def test_after_a_needed_stage_fails_nothing_is_published(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    classify = Stage("classify", lambda: fails(click.ClickException("no model")))
    with pytest.raises(NarrativesError, match=r"classify: no model\nNot begun: trends, publish\."):
        run_stages(database, [classify, Stage("trends", lambda: None), Stage("publish", lambda: None)])
    assert outcomes(database) == {"classify": "failed", "trends": "skipped", "publish": "skipped"}


def test_a_run_that_is_told_to_stop_begins_nothing_more(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    crawl = Stage("crawl", lambda: fails(ToldToStopError("told to stop")), needed=False)
    with pytest.raises(ToldToStopError):
        run_stages(database, [crawl, Stage("classify", lambda: None)])
    assert outcomes(database) == {"crawl": "stopped", "classify": "skipped"}


def test_a_defect_is_a_failed_stage_with_its_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NarrativesError, match="defect: ZeroDivisionError"):
        run_stages(tmp_path / "a.db", [Stage("trends", lambda: fails(ZeroDivisionError("0")))])
    assert "Traceback" in capsys.readouterr().err


def test_a_broken_status_file_is_named_and_written_anew(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    status_path(database).write_text('{"format": 1, "ru')
    with pytest.raises(NarrativesError, match="Remove it"):
        read_status(database)
    note_run_start(database, NOW)
    status = read_status(database)
    assert status is not None
    assert status["run"]["outcome"] == "running"


def run_at(database: Path, *moments: datetime, outcome: str = "ok") -> None:
    for moment in moments:
        note_run_start(database, moment)
        stage = {"name": "classify", "outcome": outcome, "said": "no model"}
        note_run_end(database, outcome, [stage], moment + timedelta(minutes=20))


@pytest.mark.parametrize(
    ("hours_later", "alive"), [(1, True), (7, True), (13.9, True), (14.1, False), (200, False)]
)
def test_a_schedule_that_stopped_is_told_by_its_own_rhythm(
    tmp_path: Path, hours_later: float, alive: bool
) -> None:
    database = tmp_path / "a.db"
    run_at(database, *(NOW + 6 * n * HOUR for n in range(5)))
    now = NOW + 24 * HOUR + hours_later * HOUR
    beat = heartbeat(read_status(database), now, at_work=False)
    assert beat.alive is alive, beat.said
    if not alive:
        assert "the schedule has stopped" in beat.said
        assert "one every 6 h is usual" in beat.said
    assert heartbeat(read_status(database), now, at_work=False, patience=2 * HOUR).alive is (hours_later < 2)


def test_a_run_that_failed_was_cut_off_or_hangs_is_told(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    assert "no run has ever begun" in heartbeat(None, NOW, at_work=False).said
    run_at(database, NOW, outcome="failed")
    assert "failed in classify: no model" in heartbeat(read_status(database), NOW + HOUR, at_work=False).said
    note_run_start(database, NOW)
    status = read_status(database)
    assert "was cut off" in heartbeat(status, NOW + HOUR, at_work=False).said
    assert heartbeat(status, NOW + HOUR, at_work=True).alive
    hanging = heartbeat(status, NOW + 25 * HOUR, at_work=True)
    assert not hanging.alive and "still at work" in hanging.said


def healthy(**values: object) -> FeedState:
    state = {
        "status": "ok", "items_per_day": 2.0, "last_new_at": "2026-06-14T06:00:00Z", "failures": 0.0,
        "last_polled_at": "2026-06-15T05:00:00Z", "answering_since": "2026-05-01T00:00:00Z",
        "last_success_at": "2026-06-15T05:00:00Z", **values,
    }  # fmt: skip
    return FeedState("alpha", "https://alpha.example/feed", **state)  # type: ignore[arg-type]


def health_of(tmp_path: Path, state: FeedState | None, *, enabled: bool = True) -> SourceHealth:
    with working_database(tmp_path / "a.db", "create") as db, transaction(db):
        db.execute(
            "insert into sources (source_id, title, platform, url, enabled, first_listed_at) "
            "values ('alpha', 'Alpha', 'feed', 'https://alpha.example/feed', ?, '2026-01-01T00:00:00Z')",
            [int(enabled)],
        )
        if state is not None:
            save_feed_state(db, state)
        for day in ("01", "10", "14"):
            db.execute(
                "insert into documents (document_key, identity, source_id, text, published_precision, "
                "first_seen_at, kind, text_sha256) values (?, ?, 'alpha', 'x', 'unknown', ?, 'article', ?)",
                [day, day, f"2026-06-{day}T08:00:00Z", day],
            )
        return source_health(db, NOW)[0]


@pytest.mark.parametrize(
    ("state", "expected", "since"),
    [
        (None, "new", None),
        (healthy(), "ok", None),
        (healthy(status="failing", failures=0.5, failed_polls=1, failing_since="2026-06-15T05:00:00Z"),
         "ok", None),
        (healthy(status="failing", failures=0.5, failed_polls=1, last_success_at=None), "new", None),
        (healthy(status="failing", failures=1.0, failed_polls=1, failing_since="2026-06-15T05:00:00Z"),
         "failing", "2026-06-15T05:00:00Z"),
        (healthy(status="failing", failures=0.5, failed_polls=2, failing_since="2026-06-14T05:00:00Z"),
         "failing", "2026-06-14T05:00:00Z"),
        (healthy(status="given_up", failures=30.0, failed_polls=60, failing_since="2026-05-01T05:00:00Z"),
         "given_up", "2026-05-01T05:00:00Z"),
        (healthy(status="not_a_feed", failures=1.0, failed_polls=1, failing_since="2026-06-15T05:00:00Z"),
         "not_a_feed", "2026-06-15T05:00:00Z"),
        (healthy(status="no_items"), "no_items", "2026-06-14T06:00:00Z"),
        (healthy(last_new_at="2026-06-08T06:00:00Z"), "quiet", "2026-06-08T06:00:00Z"),
        (healthy(last_new_at="2026-06-08T06:00:00Z", answering_since="2026-06-14T00:00:00Z"), "ok", None),
        (healthy(last_new_at="2026-06-08T06:00:00Z", items_per_day=0.2), "ok", None),
        (healthy(moved_to="https://new.example/feed"), "moved", None),
    ],
)  # fmt: skip
def test_every_source_has_one_state(
    tmp_path: Path, state: FeedState | None, expected: str, since: str | None
) -> None:
    health = health_of(tmp_path, state)
    assert (health.state, health.since) == (expected, since)
    assert health.alarming is (expected not in ("ok", "new"))
    assert (health.items_7_days, health.items_30_days) == (2, 3)
    assert health.items_per_week == (None if state is None else round(7 * (state.items_per_day or 0), 1))


def test_a_disabled_source_is_no_alarm(tmp_path: Path) -> None:
    health = health_of(tmp_path, healthy(status="given_up", failures=30.0), enabled=False)
    assert (health.state, health.alarming, health.next_due_at) == ("disabled", False, None)


def test_the_status_file_names_what_wants_attention(tmp_path: Path) -> None:
    quiet = health_of(tmp_path, healthy(last_new_at="2026-06-01T06:00:00Z"))
    note_collection(tmp_path / "a.db", {"status": "finished"}, [quiet])
    status = read_status(tmp_path / "a.db")
    assert status is not None
    assert status["sources"]["alpha"]["items_per_week"] == 14.0
    (alarm,) = status["alarms"]
    assert (alarm["source"], alarm["state"]) == ("alpha", "quiet")
    assert alarm["trouble"] == "nothing new for 14 days, 14.0 items a week are usual"


def test_with_json_lines_everything_on_stderr_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    event("unheard", n=1)
    with json_lines():
        event("begun", n=1)
        with during(stage="crawl"):
            click.echo("Größe, é", err=True)
            sys.stderr.write("half a ")
            sys.stderr.write("line\nand more")
        event("ended", path=Path("x"))
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["begun", "said", "said", "ended", "said"]
    assert [line.get("text") for line in lines] == [None, "Größe, é", "half a line", None, "and more"]
    assert [line.get("stage") for line in lines] == [None, "crawl", "crawl", None, None]
    assert all(line["at"].endswith("Z") for line in lines)
