"""Taken down is gone: from every file, after every restore, in every later crawl."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from db.clock import timestamp
from db.connection import transaction, working_database
from db.crawl_log import seen_addresses
from db.errors import NarrativesError
from db.identity import document_key, text_sha256
from db.labels import NewPrediction, ScoredDocument, register_model, store_scorings
from db.reference import sync_reference
from db.store import NewDocument, store_document
from db.takedown import replay, scrub
from db.tombstones import TakenDownError, file_of, written_tombstones
from narratives import cli

URL = "https://alpha.example/articles/quixotelia-en-colere"
#: Five traces to look for: words of the text, its title, its address, its author.
MARKERS = ("Zorbelune vraktumique", "qwyxophane", "Titre ambrelouche", "quixotelia-en-colere", "Nomdeplumix")
TEXT = (
    "Zorbelune vraktumique est le premier mot. La suite du texte parle de qwyxophane et de rien d'autre.\n"
    "Une troisième phrase, assez longue pour que chaque marque y trouve sa place, ferme le paragraphe."
)
LINE = {
    "id": "q1",
    "url": URL,
    "title": "Titre ambrelouche",
    "text": TEXT,
    "author": "Nomdeplumix",
    "published": "2024-06-01",
    "source": "Alpha",
}

Run = Callable[..., Result]


def run_command(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def plain_publications(patch: pytest.MonkeyPatch) -> None:
    """Build publications without charts and reports, which hold no text."""
    patch.setattr("datasette_config.build._draw", lambda *_: 0)
    patch.setattr("datasette_config.build.write_reports", lambda *_: None)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command."""
    plain_publications(monkeypatch)
    return run_command


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the document, its changed text, labels, copies, neighbours, and the publication."""
    folder = tmp_path_factory.mktemp("deployment")
    database = folder / "mali.db"
    neighbours = [
        {
            "id": f"n{number}",
            "url": f"https://alpha.example/{number}",
            "source": "Alpha",
            "text": f"Un texte voisin, le numéro {number}, sur la pluie et les routes de la région.",
            "title": f"Voisin {number}",
            "published": "2024-06-02",
        }
        for number in range(30)
    ]
    changed = LINE | {"text": TEXT + " Une phrase ajoutée plus tard : zorbelune."}
    for name, lines in (("first.jsonl", [LINE, *neighbours]), ("second.jsonl", [changed])):
        (folder / name).write_text("\n".join(json.dumps(line) for line in lines))
        done = run_command("import", database, folder / name)
        assert done.exit_code == 0, done.output
    with working_database(database, "write") as db:
        with transaction(db):
            label_everything(db)
        scrub(db)  # so that what is found later was left by the takedown, not by the import
    with pytest.MonkeyPatch.context() as patch:
        plain_publications(patch)
        assert run_command("publish", database).exit_code == 0
    for file in (database, folder / "public.db"):
        assert MARKERS[0].encode() in file.read_bytes(), f"{file.name} must hold the text to begin with"
    return folder


@pytest.fixture
def collected(made: Path, tmp_path: Path) -> Path:
    """A database of its own for each test, beside its publication."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "mali.db"


def label_everything(db: Any) -> None:
    """Label, copy, read and code the document, so that every table that can hold it does."""
    sync_reference(db)
    family = db.execute("select family_id from narrative_families").fetchone()[0]
    db.table("narratives").insert(
        {"narrative_id": "n", "family_id": family,
         "title_fr": "n", "title_en": "n", "definition_fr": "n", "definition_en": "n", "kind": "accusation",
         "falsifiable": 1, "status": "core", "codebook_version": "v", "position": 0}
    )  # fmt: skip
    model = {"model_id": "m", "codebook_version": "v", "training_sha256": "0", "trained_at": timestamp(),
             "versions": "{}", "card": "{}"}  # fmt: skip
    register_model(db, model, [])
    db.execute("update models set current = 1")
    target = db.execute("select document_id from documents where url = ?", [URL]).fetchone()[0]
    prediction = NewPrediction(0, "n", "own", 0.9, "flagged")
    scored = ScoredDocument(target, "fr", [(0, 41, "fr"), (42, 99, "fr")], [prediction], {"france": 1})
    store_scorings(db, "m", [scored])
    passage = db.execute("select min(passage_id) from passages").fetchone()[0]
    db.execute("insert into pattern_hits values (?, ?, 'n')", [passage, target])
    db.execute("insert into copies values (?, ?, 'original', 1.0, 1)", [target, target])
    for other, relation in ((target + 1, "identical"), (target + 2, "reworded"), (target + 3, "excerpt")):
        db.execute("insert into copies values (?, ?, ?, 1.0, 2)", [other, target, relation])
    db.execute("insert into copy_signatures values (?, 1, x'00')", [target])
    db.execute("insert into copy_bands values (0, x'00', ?)", [target])
    db.execute("insert into coders values ('coder-a', x'00', x'00', 0, '2024-06-01T00:00:00Z', null)")
    item = db.execute(
        'insert into review_items (document_id, reason, start, "end", draw_number, drawn_at) '
        "values (?, 'audit', 0, 40, 0.5, '2024-06-01T00:00:00Z')", [target]
    ).lastrowid  # fmt: skip
    review = db.execute(
        "insert into reviews (review_item_id, document_id, coder, kind, outcome, comment, model_shown, "
        "codebook_version, created_at) values (?, ?, 'coder-a', 'coding', 'labels', 'yxophane', 0, 'v', 't')",
        [item, target],
    ).lastrowid
    db.execute(
        'insert into annotations (review_id, document_id, start, "end", narrative_id, voice, coder, '
        "created_at, codebook_version) values (?, ?, 0, 40, 'n', 'own', 'coder-a', 't', 'v')",
        [review, target],
    )  # fmt: skip


def places_of(folder: Path) -> dict[str, list[str]]:
    """Return the markers in the bytes of every file of the deployment, evidence and inputs aside."""
    words = [*MARKERS, "ambrelouche", "yxophane", "vraktumique"]
    found = {}
    for path in sorted(folder.iterdir()):
        is_input = path.suffix == ".jsonl" and not path.name.endswith("tombstones.jsonl")
        if path.is_file() and not is_input:
            content = path.read_bytes()
            if hits := [word for word in words if word.encode() in content]:
                found[path.name] = hits
    return found


def test_nothing_of_it_is_left_in_any_file(collected: Path, run: Run) -> None:
    done = run("takedown", collected, URL, "--reason", "author-request")
    assert done.exit_code == 0, done.output
    assert places_of(collected.parent) == {}
    key = document_key(URL)
    assert done.stdout.startswith(f"{key}\t{text_sha256(TEXT)}\tauthor-request\t")
    assert "none is left" in done.stderr
    assert "Evidence still holds the bytes" in done.stderr, "what the command does not remove is said"
    with working_database(collected, "read") as db:
        assert db.execute("pragma foreign_key_check").fetchall() == []
        assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
        for table in ("passages", "predictions", "annotations", "reviews", "review_items", "copy_signatures",
                      "copy_bands", "mentions", "scorings", "pattern_hits", "document_versions"):  # fmt: skip
            assert db.table(table).count == 0, table
        assert db.table("documents").count == 30
        assert (
            db.execute("select count(*) from documents_fts where documents_fts match 'voisin'").fetchone()[0]
            == 30
        )
        stones = list(db.query("select document_key, reason, actor from tombstones"))
        assert stones == [{"document_key": key, "reason": "author-request", "actor": "operator"}]
    check = run("db", "check", collected)
    assert check.exit_code == 0, check.output


def test_its_copies_stay_and_gather_anew(collected: Path, run: Run) -> None:
    with working_database(collected, "read") as db:
        target = db.execute("select document_id from documents where url = ?", [URL]).fetchone()[0]
    run("takedown", collected, URL, "--reason", "safety")
    with working_database(collected, "read") as db:
        rows = db.execute("select document_id, cluster_id, relation from copies order by 1").fetchall()
    assert rows == [(target + 1, target + 1, "identical"), (target + 2, target + 1, "reworded"),
                    (target + 3, target + 1, "excerpt")]  # fmt: skip


def test_a_dry_run_changes_nothing(collected: Path, run: Run) -> None:
    before = {path.name: path.read_bytes() for path in collected.parent.iterdir() if path.suffix == ".db"}
    done = run("takedown", collected, document_key(URL), "--reason", "our-error", "--dry-run")
    assert done.exit_code == 0
    assert "Titre ambrelouche" in done.stderr and done.stdout == ""
    assert {
        path.name: path.read_bytes() for path in collected.parent.iterdir() if path.suffix == ".db"
    } == before
    assert not file_of(collected).exists()


@pytest.mark.parametrize(
    "name", [URL + "/", URL.replace("https", "http"), document_key(URL), text_sha256(TEXT)]
)
def test_it_is_found_under_each_of_its_names(collected: Path, run: Run, name: str) -> None:
    done = run("takedown", collected, name, "--reason", "legal-order", "--dry-run")
    assert document_key(URL) in done.stderr


def test_an_unknown_name_and_an_unknown_reason_are_refused(collected: Path, run: Run) -> None:
    unknown = run("takedown", collected, "https://nobody.example/", "--reason", "safety")
    assert unknown.exit_code == 1 and "No document is known" in unknown.stderr
    assert run("takedown", collected, URL, "--reason", "because").exit_code == 2


def test_three_later_imports_do_not_bring_it_back(collected: Path, run: Run) -> None:
    run("takedown", collected, URL, "--reason", "author-request")
    elsewhere = LINE | {"url": "https://mirror.example/copie", "id": "copy", "source": "Miroir"}
    other_text = LINE | {"text": "Tout autre chose à la même adresse, assez long pour être un texte."}
    for round_, line in enumerate((LINE, elsewhere, other_text)):
        file = collected.parent / f"again{round_}.jsonl"
        file.write_text(json.dumps(line))
        done = run("import", collected, file)
        assert "refused_policy" in done.output, done.output
    with working_database(collected, "read") as db:
        assert db.table("documents").count == 30
        outcomes = db.execute(
            "select outcome, detail, document_id from fetches order by fetch_id desc limit 3"
        ).fetchall()
    assert {outcome for outcome, _, _ in outcomes} == {"refused_policy"}
    assert all("taken down on" in detail and document is None for _, detail, document in outcomes)
    assert places_of(collected.parent) == {}


def test_the_store_itself_refuses(collected: Path, run: Run) -> None:
    run("takedown", collected, URL, "--reason", "safety")
    again = NewDocument(identity=URL, source_id="alpha", text="Autre texte.", kind="article",
                        first_seen_at="2024-06-03T00:00:00Z")  # fmt: skip
    with working_database(collected, "write") as db:
        with pytest.raises(TakenDownError, match="taken down on"), transaction(db):
            store_document(db, again)
        seen = seen_addresses(db, [URL, "https://alpha.example/new"])
    assert set(seen) == {URL} and seen[URL].taken_down is not None, "a crawl must not even ask for it"


def test_a_restored_backup_is_cleaned_before_it_is_in_place(
    collected: Path, run: Run, tmp_path: Path
) -> None:
    backup = tmp_path / "older" / "mali-backup.db"
    backup.parent.mkdir()
    assert run("db", "backup", collected, "-o", backup).exit_code == 0
    run("takedown", collected, URL, "--reason", "legal-order")
    assert run("db", "restore", collected, backup).exit_code == 0
    assert places_of(collected.parent) == {}
    with working_database(collected, "read") as db:
        assert db.table("documents").count == 30
        assert db.table("tombstones").count == 1
    assert run("import", collected, tmp_path / "first.jsonl").exit_code == 0
    with working_database(collected, "read") as db:
        assert db.table("documents").count == 30


def test_the_database_may_be_lost_and_the_file_of_tombstones_still_counts(
    collected: Path, run: Run, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    run("db", "backup", collected, "-o", backup)
    run("takedown", collected, URL, "--reason", "safety")
    collected.unlink()
    assert run("db", "restore", collected, backup).exit_code == 0
    backup.unlink()
    assert places_of(collected.parent) == {}


def test_a_torn_line_is_passed_over_and_a_strange_one_is_not(collected: Path, run: Run) -> None:
    run("takedown", collected, URL, "--reason", "safety")
    (whole,) = written_tombstones(collected.parent)
    assert whole.sha256 == text_sha256(TEXT)
    file = file_of(collected)
    content = file.read_text()
    file.write_text(content + content[:40])
    assert written_tombstones(collected.parent) == [whole]
    file.write_text(content + '{"a": 1}\n')
    with pytest.raises(NarrativesError, match="line 2 is no tombstone"):
        written_tombstones(collected.parent)


def test_a_second_takedown_of_the_same_thing_cleans_up_again(collected: Path, run: Run) -> None:
    run("takedown", collected, URL, "--reason", "safety")
    again = run("takedown", collected, URL, "--reason", "safety")
    assert again.exit_code == 0 and "Taken down already" in again.stderr
    with working_database(collected, "read") as db:
        assert db.table("tombstones").count == 1


def test_replaying_twice_is_replaying_once(collected: Path, run: Run) -> None:
    run("takedown", collected, URL, "--reason", "safety")
    with working_database(collected, "write") as db:
        assert replay(db, written_tombstones(collected.parent)) == 0
        assert db.table("tombstones").count == 1


def test_tombstones_cannot_be_changed(collected: Path, run: Run) -> None:
    run("takedown", collected, URL, "--reason", "safety")
    with working_database(collected, "write") as db:
        for sql in ("delete from tombstones", "update tombstones set actor = 'x'"):
            with pytest.raises(Exception, match="append-only"):
                db.execute(sql)
