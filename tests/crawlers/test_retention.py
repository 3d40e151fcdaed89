"""Posts are kept for as long as the policy says: then text, labels and evidence go, and stay away."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import narratives
from db.evidence_verify import BrokenEvidenceError, verify
from db.retention import kept_since
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import article, local_site, rss
from tests.crawlers.post_answers import POLICY, telegram_message, telegram_page, with_policy

WORDS = "Le marché aux oignons reste fermé jeudi."
#: Two years after MORNING, a Monday, the week in which it was collected is over for the policy.
NOT_YET, DUE = "2028-06-14T23:00:00Z", "2028-06-15T00:00:00Z"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A channel and a newspaper that printed the same words, both collected on MORNING."""
    with local_site() as site:
        desk = Desk(tmp_path, site)
        host = desk.add("chaine", "https://t.me/s/la_chaine", platform="telegram")
        paper = desk.add("journal", "https://journal.example/feed")
        with_policy(desk)
        message = telegram_message("la_chaine", 1, WORDS, at="2026-06-01T06:00:00+00:00")
        site.put(host, "/s/la_chaine", telegram_page(message))
        site.put(paper, "/feed", rss(("https://journal.example/a", "Note", "Mon, 15 Jun 2026 05:00:00 GMT")))
        site.put(paper, "/a", article("Note", "Un autre texte, qui parle du pont et de sa réparation."))
        desk.crawl()
        yield desk


def run(desk: Desk, monkeypatch: pytest.MonkeyPatch, now: str) -> Result:
    """Run the scheduled job at a moment, its other stages left out."""
    nothing = click.Command("nothing", params=[click.Argument(["database"]), click.Option(["--output"])],
                            callback=lambda **_: None)  # fmt: skip
    usual = narratives.cli.get_command
    monkeypatch.setattr(
        narratives.cli, "get_command", lambda ctx, name: usual(ctx, name) if name == "run" else nothing
    )
    monkeypatch.setenv("NARRATIVES_NOW", now)
    done = CliRunner().invoke(narratives.cli, ["run", str(desk.database)])
    monkeypatch.undo()
    return done


def every_byte(desk: Desk) -> bytes:
    """Return what stands in the files of the deployment, evidence unpacked."""
    files = [path for path in desk.folder.rglob("*") if path.is_file() and path.name != "killed.log"]
    return b"\n".join(
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files
    )


def test_a_post_and_its_evidence_go_in_the_week_in_which_their_time_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(desk, monkeypatch, NOT_YET).exit_code == 0
    assert desk.rows("select count(*) from documents where kind = 'post'") == [(1,)]
    assert WORDS.encode() in every_byte(desk)

    done = run(desk, monkeypatch, DUE)
    assert done.exit_code == 0, done.output
    assert (
        "for 24 months. Removed: posts 1, posts deleted at their source 0, files of evidence 1."
        in done.stderr
    )
    assert desk.rows("select kind from documents") == [("article",)]
    assert WORDS.encode() not in every_byte(desk)
    assert desk.rows("select reason from tombstones") == [("retention",)]
    assert desk.rows("pragma integrity_check") == [("ok",)]
    assert desk.rows("pragma foreign_key_check") == []
    found = verify(desk.folder / "evidence")
    assert (found.let_go, found.unlisted) == (1, 0)
    # The answers of the newspaper, and robots.txt of both hosts.
    assert found.captures == desk.rows("select count(*) from captures")[0][0] == 4


def test_what_went_stays_away_but_its_words_may_be_printed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(desk, monkeypatch, DUE)
    desk.site.put("journal.example", "/b", article("Autre note", WORDS))
    feed = rss(("https://journal.example/b", "Autre note", "Thu, 15 Jun 2028 05:00:00 GMT"))
    desk.site.put("journal.example", "/feed", feed)
    desk.crawl(now="2028-06-17T00:00:00Z")
    kind, text = desk.rows("select kind, text from documents order by document_id desc limit 1")[0]
    assert kind == "article" and WORDS in text
    assert desk.rows("select distinct kind from denied_hashes") == [("address",)]
    assert desk.rows("select count(*) from documents where kind = 'post'") == [(0,)]
    # Listed still, but no news: it is passed over without a word.
    assert desk.rows("select count(*) from fetches where outcome = 'refused_policy'") == [(0,)]


def test_a_post_that_somebody_coded_goes_with_the_coding(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.python(
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1])\n"
        "db.execute(\"insert into coders values ('awa', x'00', x'00', 0, '2026-06-16T00:00:00Z', null)\")\n"
        "(post,) = db.execute(\"select document_id from documents where kind = 'post'\").fetchone()\n"
        "db.execute('insert into review_items (document_id, reason, start, \"end\", draw_number, '\n"
        "  \"drawn_at) values (?, 'audit', 0, 9, 0.5, 't')\", [post])\n"
        "db.execute('insert into reviews (review_item_id, document_id, coder, kind, outcome, model_shown, '\n"
        "  \"codebook_version, created_at) values (1, ?, 'awa', 'coding', 'nothing', 0, 'v', 't')\",\n"
        "  [post])\n"
        "db.commit()\n",
        str(desk.database),
    )
    assert run(desk, monkeypatch, DUE).exit_code == 0
    assert desk.rows("select count(*) from reviews") == [(0,)]


def test_a_policy_that_says_too_little_stops_the_job_from_looking_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.folder / "policy.yml").write_text(POLICY + "retention_months: 0\n", "utf-8")
    done = run(desk, monkeypatch, DUE)
    assert done.exit_code == 1
    assert "retention_months" in done.stderr
    assert desk.rows("select count(*) from documents where kind = 'post'") == [(1,)]


def test_no_other_file_of_evidence_may_be_let_go(desk: Desk) -> None:
    manifest = desk.folder / "evidence" / "manifest.jsonl"
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    public = next(line["warc"] for line in lines if not line["warc"].startswith("private/"))
    desk.python(
        "import sys; from pathlib import Path; from crawlers import evidence\n"
        "with evidence.EvidenceWriter(Path(sys.argv[1])) as writer:\n"
        "    try: writer.remove(sys.argv[2], at='2028-06-12T00:00:00Z', reason='none')\n"
        "    except ValueError: pass\n"
        "    else: sys.exit('removed')\n"
        "    writer._lock_manifest()\n"
        "    writer._add_line({'removed': sys.argv[2]})\n",
        str(manifest.parent),
        public,
    )
    with pytest.raises(BrokenEvidenceError, match="may not be removed"):
        verify(manifest.parent)


@pytest.mark.parametrize(
    ("months", "now", "since"),
    [
        (24, "2028-06-14", "2026-06-15"),
        (24, "2028-06-15", "2026-06-22"),
        (24, "2028-06-21", "2026-06-22"),
        (12, "2028-02-29", "2027-03-01"),
        (1, "2026-01-31", "2026-01-05"),
    ],
)
def test_the_week_in_which_the_time_is_over(months: int, now: str, since: str) -> None:
    moment = kept_since(months, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert moment.date().isoformat() == since
    assert moment.weekday() == 0
