"""`narratives import`: every record ends in one named outcome, and twice is once."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tests.crawlers.import_desk import rows, run, write_lines


def everything(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = sqlite3.connect(database)
    try:
        names = [
            row[0]
            for row in connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        ]
        return {name: connection.execute(f'select * from "{name}"').fetchall() for name in names}
    finally:
        connection.close()


RECORDS: tuple[Mapping[str, Any], ...] = (
    {
        "text": "Un premier texte.",
        "url": "https://a.example/x?utm_source=n",
        "source": "L'Echo",
        "published": "2024-03-05",
    },
    {
        "text": "Un deuxième texte.",
        "id": 7,
        "source": "Radio Delta",
        "published": "2024-03-05 10:00",
        "genre": "brève",
    },
    {
        "text": "Un avis de lecteur.",
        "doc_type": "reader comment",
        "source": "Forum",
        "author": "Awa",
        "user_name": "awa7",
    },
)


def test_records_become_documents_with_source_date_and_extra(database: Path) -> None:
    result = run(database, write_lines(database, RECORDS))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "stored 3" in result.stderr
    first, second, third = rows(database, "select * from documents order by document_id")
    assert (first["identity"], first["source_id"]) == ("https://a.example/x", "echo")
    assert first["document_key"] == hashlib.sha256(b"https://a.example/x").hexdigest()[:16]
    assert (first["published_at"], first["published_precision"], first["published_origin"]) == (
        "2024-03-05",
        "day",
        "import",
    )
    assert first["placed_on"] == "2024-03-05"
    assert (second["identity"], second["url"]) == ("import:radio-delta:7", None)
    assert second["published_at"] == "2024-03-05T10:00:00Z"
    assert json.loads(second["extra"]) == {"genre": "brève", "id": "7"}
    assert (third["kind"], third["author"]) == ("comment", None)
    assert "awa" not in str(third).lower()
    assert third["identity"] == "import:forum:" + hashlib.sha256(b"Un avis de lecteur.").hexdigest()


def test_a_naive_time_is_read_in_the_zone_of_its_source(database: Path) -> None:
    run(
        database,
        write_lines(database, [{"text": "Un texte.", "source": "echo", "published": "2024-03-05 00:30"}]),
    )
    assert rows(database, "select published_at from documents")[0]["published_at"] == "2024-03-04T23:30:00Z"


def test_an_unknown_source_is_listed_disabled_and_never_republished(database: Path) -> None:
    run(database, write_lines(database, RECORDS))
    found = rows(database, "select * from sources where source_id = 'radio-delta'")[0]
    assert (found["title"], found["platform"], found["enabled"], found["republish"]) == (
        "Radio Delta",
        "import",
        0,
        0,
    )


def test_twice_is_once_everywhere_but_in_the_log(database: Path) -> None:
    path = write_lines(database, RECORDS)
    run(database, path)
    before = everything(database)
    evidence = {
        file: file.read_bytes() for file in (database.parent / "evidence").rglob("*") if file.is_file()
    }
    result = run(database, path)
    assert (result.exit_code, "duplicate 3" in result.stderr) == (0, True)
    after = everything(database)
    assert {name for name in before if before[name] != after[name]} == {"crawl_runs", "fetches"}
    assert {file: file.read_bytes() for file in evidence} == evidence
    assert sum(1 for file in (database.parent / "evidence").rglob("*") if file.is_file()) == len(evidence)


def test_the_same_record_twice_in_one_file_is_one_document(database: Path) -> None:
    run(database, write_lines(database, [RECORDS[0], RECORDS[0]]))
    assert len(rows(database, "select 1 from documents")) == 1
    assert len(rows(database, "select 1 from captures")) == 1
    assert [row["outcome"] for row in rows(database, "select outcome from fetches order by fetch_id")] == [
        "stored",
        "duplicate",
    ]


def test_the_capture_is_the_exact_line(database: Path) -> None:
    path = database.with_name("texts.jsonl")
    line = b'{"text":  "Une ligne \\u00e9crite ainsi.",\t"url": "https://a.example/y"}'
    path.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n")
    run(database, path)
    capture = rows(database, "select * from captures")[0]
    assert capture["payload_sha256"] == hashlib.sha256(line).hexdigest()
    with (database.parent / "evidence" / capture["warc_path"]).open("rb") as stream:
        stream.seek(capture["warc_offset"])
        record = next(iter(ArchiveIterator(stream)))
        assert (record.rec_type, record.raw_stream.read()) == ("resource", line)
        assert record.rec_headers.get_header("WARC-Target-URI") == "https://a.example/y"


def test_a_changed_text_is_a_version_and_the_first_text_stays(database: Path) -> None:
    run(database, write_lines(database, [{"text": "Avant.", "url": "https://a.example/z"}]))
    result = run(database, write_lines(database, [{"text": "Après.", "url": "https://a.example/z"}]))
    assert "1 new versions" in result.stderr
    assert rows(database, "select text from documents") == [{"text": "Avant."}]
    assert rows(database, "select text from document_versions") == [{"text": "Après."}]


def test_bad_lines_are_named_and_the_rest_is_stored(database: Path) -> None:
    path = database.with_name("texts.jsonl")
    good = b'{"text": "Un bon texte."}\n'
    bad = [
        b"{broken\n",
        b"[1, 2]\n",
        b'{"title": "sans texte"}\n',
        b'{"text": " "}\n',
        b'{"text": ["x"]}\n',
        b"\xff\xfe\n",
    ]
    bad.append(b"[" * 20_000 + b"\n")
    path.write_bytes(good + b"".join(bad) + b"\n" + b'{"text": "Un autre bon texte."}')
    result = run(database, path)
    assert result.exit_code == 1
    assert "parse_failed 7, stored 2" in result.stderr
    failed = rows(
        database, "select url, detail from fetches where outcome = 'parse_failed' order by fetch_id"
    )
    assert [row["url"] for row in failed] == [f"texts.jsonl#L{line}" for line in range(2, 9)]
    assert failed[2]["detail"] == "no text" and failed[4]["detail"] == "text: expected text, found list"
    assert len(rows(database, "select 1 from captures")) == 2


def test_a_date_that_is_none_leaves_the_text_undated_and_says_so(database: Path) -> None:
    result = run(database, write_lines(database, [{"text": "Un texte.", "published": "bientôt"}]))
    assert result.exit_code == 0
    assert "stored undated" in result.stderr
    found = rows(database, "select published_at, published_precision, extra from documents")[0]
    assert (found["published_at"], found["published_precision"]) == (None, "unknown")
    assert json.loads(found["extra"])["published"] == "bientôt"


@pytest.mark.parametrize(
    ("published", "stated", "at", "precision", "placed"),
    [
        ("2021", "year (by content)", "2021-01-01", "year", None),
        ("2021-03", None, "2021-03-01", "month", None),
        ("2021-03-02", "month", "2021-03-02", "month", None),
        ("2021-03-02", "day of the article commented on", "2021-03-02", "unknown", None),
        ("2021-03-02T10:00:00Z", "day", "2021-03-02", "day", "2021-03-02"),
        ("1998-03-02", "day", "1998-03-02", "day", None),
    ],
)
def test_the_coarser_precision_counts(
    database: Path, published: str, stated: str | None, at: str, precision: str, placed: str | None
) -> None:
    record = {"text": "Un texte.", "published": published, "published_precision": stated}
    run(database, write_lines(database, [record]))
    found = rows(database, "select published_at, published_precision, placed_on from documents")[0]
    assert (found["published_at"], found["published_precision"], found["placed_on"]) == (
        at,
        precision,
        placed,
    )


@pytest.mark.parametrize(
    ("doc_type", "kind"),
    [
        (None, "article"), ("article", "article"), ("press article", "article"), ("blog post", "article"),
        ("reader comment", "comment"), ("Commentaire", "comment"), ("tweet", "post"),
        ("Facebook post", "post"), ("WhatsApp message", "post"),
    ],
)  # fmt: skip
def test_texts_of_private_persons_are_known_as_such(database: Path, doc_type: str | None, kind: str) -> None:
    run(database, write_lines(database, [{"text": "Un texte.", "doc_type": doc_type}]))
    assert rows(database, "select kind from documents") == [{"kind": kind}]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["text", "id", "url", "title", "published", "language", "source", "doc_type", "x"]
            ),
            st.one_of(st.none(), st.text(max_size=30), st.integers(), st.lists(st.integers(), max_size=2)),
        ),
        max_size=5,
    )
)
def test_whatever_a_line_holds_it_ends_in_one_outcome(database: Path, records: list[dict[str, Any]]) -> None:
    database.unlink(missing_ok=True)
    result = run(database, write_lines(database, records))
    assert result.exit_code in (0, 1) and (
        result.exception is None or isinstance(result.exception, SystemExit)
    )
    assert len(rows(database, "select 1 from fetches")) == len(records)
    stored = rows(database, "select 1 from fetches where outcome = 'stored'")
    with_document = rows(database, "select 1 from fetches where document_id is not null")
    assert len(stored) <= len(with_document)


@pytest.mark.skipif("NARRATIVES_REAL_TEXTS" not in os.environ, reason="$NARRATIVES_REAL_TEXTS is not set")
def test_every_real_text_is_stored_once(database: Path) -> None:
    path = Path(os.environ["NARRATIVES_REAL_TEXTS"]) / "docs.jsonl"
    assert run(database, path).exit_code == 0
    before = everything(database)
    assert len(before["documents"]) == len(path.read_text(encoding="utf-8").splitlines())
    run(database, path)
    after = everything(database)
    assert {name for name in before if before[name] != after[name]} == {"crawl_runs", "fetches"}
