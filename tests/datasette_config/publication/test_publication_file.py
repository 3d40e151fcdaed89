"""The published file: what is in it, and above all what is not."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from datasette_config.build import publish
from datasette_config.serving import application
from db.connection import PUBLICATION_APPLICATION_ID, transaction, working_database
from db.errors import NarrativesError
from db.schema import tables
from db.views import install_views, published_columns, relations
from narratives import cli


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_file_is_marked_complete_and_without_a_journal(public: Path) -> None:
    assert rows(public, "pragma application_id") == [(PUBLICATION_APPLICATION_ID,)]
    assert rows(public, "pragma journal_mode") == [("delete",)]
    assert rows(public, "pragma integrity_check") == [("ok",)]
    assert not list(public.parent.glob(".*building*"))


def test_tables_and_columns_are_exactly_the_allow_list(public: Path) -> None:
    with closing(sqlite3.connect(public)) as connection:
        names = [
            row[0]
            for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")
        ]
        found = {
            name: tuple(row[1] for row in connection.execute(f"pragma table_xinfo({name})"))
            for name in names
            if not name.startswith("sqlite_stat")
        }
    assert found == published_columns()


def test_every_relation_selects_the_columns_it_declares(press: Path) -> None:
    with working_database(press, "read") as db:
        install_views(db.conn)
        for name, relation in relations().items():
            if relation.declarations:
                cursor = db.conn.execute(f"select * from temp.{name} limit 0")
                assert tuple(column[0] for column in cursor.description) == published_columns()[name], name


def test_reports_and_the_file_read_the_same_rows(press: Path, public: Path) -> None:
    with working_database(press, "read") as db, closing(sqlite3.connect(public)) as connection:
        install_views(db.conn)
        for name, relation in relations().items():
            if relation.declarations and name != "about":
                here = sorted(db.conn.execute(f"select * from temp.{name}").fetchall(), key=repr)
                there = sorted(connection.execute(f"select * from {name}").fetchall(), key=repr)
                assert here == there, name


def test_no_private_value_reaches_the_file(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any
) -> None:
    """A canary in every private column and in every row of a private person must not appear in the bytes."""
    canaries: list[str] = []

    def plant(invented: Any) -> None:
        db = invented.db
        planted = invented.document("le-fleuve", "porteur", "Un texte ordinaire, sans étiquette.", None)
        db.table("copy_signatures").insert({"document_id": planted, "shingles": 1, "signature": b"x"})
        kept_apart = {
            "documents": f"document_id = {planted}",
            "fetches": f"document_id = {planted}",
            "feeds": "1",
            "crawl_runs": "1",
            "captures": "url like '%porteur'",
        }
        for table, condition in kept_apart.items():
            for column, described in tables()[table].columns.items():
                kind = {row.name: row.type for row in db.table(table).columns}[column]
                private = described.private or tables()[table].private
                constrained = ("status", "outcome", "published_precision", "purpose")
                if (
                    private
                    and kind.lower() == "text"
                    and column not in (*constrained, *ALSO_PUBLISHED.get(table, ()))
                ):
                    canary = f"CANARY-{table}-{column}-"
                    canaries.append(canary)
                    db.execute(f"update {table} set {column} = ? || rowid where {condition}", [canary])

    public = publish_rows(make_press(tmp_path / "w.db", plant), tmp_path / "public.db")
    content = public.read_bytes()
    assert len(canaries) > 12
    for canary in [
        *canaries,
        "particulier que personne",
        "message-prive",
        "Prénom Nom",
        "secret-path",
        "somebody",
    ]:
        assert canary.encode() not in content, canary


#: Columns of private tables whose values are published on purpose, in another table.
ALSO_PUBLISHED = {
    "feeds": (
        "url",
        "source_id",
        "last_polled_at",
        "last_success_at",
        "last_item_at",
        "last_new_at",
        "failing_since",
    ),
    "fetches": ("source_id", "fetched_at"),
    "captures": ("payload_sha256", "captured_at"),
    "crawl_runs": ("started_at", "finished_at"),
    "documents": ("text",),
}


def test_text_stays_back_where_the_source_does_not_allow_it(public: Path) -> None:
    assert rows(
        public,
        "select count(*) from documents where text is not null and source_id <> 'le-fleuve' and source_id "
        "<> 'la-place'",
    ) == [(0,)]
    assert rows(public, "select count(*) from documents where text is null and source_id = 'le-fleuve'") == [
        (0,)
    ]
    with closing(sqlite3.connect(public)) as connection:
        plain = connection.execute(
            "select count(*) from documents_matches f join documents d on d.document_id = f.rowid "
            "where documents_matches match 'maraîchers' and d.source_id = 'agence-du-sahel'"
        ).fetchone()
    assert plain == (0,), "the index must not hold what the file may not show"


def test_a_source_that_may_not_be_quoted_is_not_quoted_anywhere(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any
) -> None:
    def forbid(invented: Any) -> None:
        invented.db.execute(
            "update sources set quotable = 0, republish = 1 where source_id = 'agence-du-sahel'"
        )

    public = publish_rows(make_press(tmp_path / "w.db", forbid), tmp_path / "public.db")
    of_source = "from predictions where source_id = 'agence-du-sahel'"
    assert rows(public, f"select count(*) > 5, count(quote) {of_source}") == [(1, 0)]
    assert rows(public, "select count(*) from claims where source_id = 'agence-du-sahel'") == [(0,)]
    assert rows(public, "select count(*) from claims") > [(0,)]
    assert rows(
        public, "select count(*), count(text) from documents where source_id = 'agence-du-sahel'"
    ) == [(22, 0)]


def test_quotes_are_short_and_offsets_point_at_them(press: Path, public: Path) -> None:
    lengths = rows(public, "select max(length(quote)), sum(length(quote) > 250) from predictions")
    assert lengths[0][0] <= 280
    assert lengths[0][1] > 0, "the set must hold a passage that is cut"
    with working_database(press, "read") as db:
        for start, end, quote, key in rows(
            public, 'select start, "end", quote, document_key from predictions where quote is not null'
        ):
            text = db.execute("select text from documents where document_key = ?", [key]).fetchone()[0]
            assert text[start:end].startswith(quote.removesuffix("…"))


def test_controls_and_direction_marks_become_visible(public: Path) -> None:
    title = rows(public, "select title from documents where url like '%controle'")[0][0]
    assert title == "Titre\ufffdgéip \ufffdbref"


def test_addresses_that_are_no_web_pages_are_dropped(public: Path) -> None:
    assert rows(public, "select url from source_statements where property = 'funding'") == [(None,)]


def test_the_same_data_give_the_same_bytes(press: Path, public: Path, tmp_path: Path) -> None:
    again = publish(press, tmp_path / "again.db", lambda text: None).path
    assert again.read_bytes() == public.read_bytes()


def test_a_build_that_fails_leaves_the_old_publication(
    press: Path, public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "public.db"
    shutil.copy(public, output)
    before = output.read_bytes()

    def fail(*_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("datasette_config.build.verify", fail)
    with pytest.raises(RuntimeError):
        publish(press, output, lambda text: None)
    assert output.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["public.db"]


def test_a_surplus_column_is_refused(press: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leak(connection: sqlite3.Connection, *_: Any) -> int:
        connection.execute("alter table documents add column author text")
        return 0

    monkeypatch.setattr("datasette_config.build._draw", leak)
    with pytest.raises(NarrativesError, match="allow-list"):
        publish(press, tmp_path / "public.db", lambda text: None)


def test_the_working_database_is_never_overwritten(press: Path) -> None:
    with pytest.raises(NarrativesError, match="working database itself"):
        publish(press, press, lambda text: None)


def test_only_a_publication_is_replaced(press: Path, public: Path, tmp_path: Path) -> None:
    other, notes = tmp_path / "other.db", tmp_path / "notes.txt"
    shutil.copy(press, other)
    notes.write_text("Notes of a colleague.", encoding="utf-8")
    for path in (other, notes):
        before = path.read_bytes()
        with pytest.raises(NarrativesError, match="is no publication; it would be lost"):
            publish(press, path, lambda text: None)
        assert path.read_bytes() == before
    with pytest.raises(NarrativesError, match="is a publication, not a working database"):
        publish(public, public, lambda text: None)


def test_an_empty_database_is_published_and_readable(
    tmp_path: Path, publish_rows: Any, open_publication: Callable[[Path], Any]
) -> None:
    with working_database(tmp_path / "w.db", "create") as db, transaction(db):
        pass
    public = publish_rows(tmp_path / "w.db", tmp_path / "public.db")
    reader = open_publication(public)
    for path in (
        "/fr/",
        "/en/documents",
        "/fr/partners",
        "/fr/sources",
        "/en/events",
        "/fr/method",
        "/fr/documents.atom",
    ):
        assert reader.get(path).status_code == 200, path


def test_the_command_says_what_it_made(press: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.db"
    result = CliRunner().invoke(cli, ["publish", str(press), "-o", str(output)])
    assert result.exit_code == 0, result.output
    assert "67 documents, 66 distinct texts" in result.stdout
    assert output.exists()


def test_serve_refuses_a_working_database(press: Path) -> None:
    result = CliRunner().invoke(cli, ["serve", str(press)])
    assert result.exit_code == 1
    assert "working database" in result.stderr
    assert "narratives publish" in result.stderr


def test_what_missed_the_threshold_is_quoted_only_where_the_text_is_republished(
    make_press: Callable[..., Path], tmp_path: Path, publish_rows: Any
) -> None:
    def add(invented: Any) -> None:
        for source_id in ("le-fleuve", "agence-du-sahel"):
            document_id = invented.document(source_id, "douteux", "Une phrase douteuse. Une autre.", None)
            invented.label(
                document_id, "Une phrase douteuse.", "neocolonial-france", band="review", score=0.2
            )

    public = publish_rows(make_press(tmp_path / "w.db", add), tmp_path / "public.db")
    found = rows(public, "select source_id, quote from predictions where score = 0.2 order by 1")
    assert found == [("agence-du-sahel", None), ("le-fleuve", "Une phrase douteuse.")]
    assert rows(public, "select count(*) from predictions where quote is null and band = 'flagged'") == [(0,)]


@pytest.mark.parametrize(
    "change", ["drop table prevalence", "alter table prevalence rename column method to how"]
)
def test_serve_refuses_a_publication_of_another_release(public: Path, tmp_path: Path, change: str) -> None:
    older = tmp_path / "older.db"
    older.write_bytes(public.read_bytes())
    with closing(sqlite3.connect(older)) as connection:
        connection.execute(change)
        connection.commit()
    with pytest.raises(NarrativesError, match=r"lacks prevalence.*[Pp]ublish"):
        application(older)
