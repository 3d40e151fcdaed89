"""What was measured of a model stands on the method pages and beside counts; what was not is called so."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from db.annotations import Label, store_review
from db.coders import add_coder
from db.connection import transaction, working_database
from db.errors import NarrativesError
from db.model_comparison import compare_models, store_comparison
from db.model_notes import note_measurement
from db.prevalence import store_prevalence, weekly_texts
from db.review_draws import top_up
from db.review_queue import Item, item_of
from db.reviewed import coder_agreement
from tests.db.review_press import MONDAYS, review_press

FRANCE = "neocolonial-france"
LATE = date(2024, 11, 20)
CODERS = ("ada-the-coder", "bee-the-coder")
CHALLENGE = {
    "made_by": "language-model texts and labels, not reviewed by a person",
    "items": 60,
    "cues": [
        {"name": "denied", "n": 40, "right": 30, "low": 0.6, "high": 0.86, "wanted": 40, "found": 32},
        {"name": "newly-thought-of", "n": 20, "right": 5, "low": 0.1, "high": 0.45, "wanted": 0, "found": 0},
    ],
}
SYMMETRY = {
    "sides": [
        {"group": "french", "texts": 30, "pairs": 500, "false_flags": 10, "texts_flagged": 8, "rate": 0.02,
         "low": 0.01, "high": 0.035},
        {"group": "russian", "texts": 4, "pairs": 70, "false_flags": 1, "texts_flagged": 1, "rate": None,
         "low": None, "high": None},
    ],
    "unplaced": 12, "gap": 0.013, "gap_low": -0.004, "gap_high": 0.03, "greatest_gap_allowed": 0.05,
}  # fmt: skip
SECOND = {
    "texts": 90, "sentences": 400, "share": 0.1,
    "parts": [
        {"part": "connected", "texts": 30, "sentences": 250, "first": 80, "second": 70, "both": 60, "f1": 0.8,
         "narratives": [
             {"narrative_id": FRANCE, "first": 12, "second": 14, "both": 10, "f1": 0.77, "alpha": 0.74,
              "low": 0.51, "high": 0.9}],
         "voice_same": 54, "voice_n": 60}],
}  # fmt: skip


@pytest.fixture(scope="module")
def measured_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a press that two people read, of one outlet whose side is stated, with all that is measured."""
    path = review_press(tmp_path_factory.mktemp("measured") / "press.db")
    with working_database(path, "write") as db:
        with transaction(db):
            state_side(db)
            for name in CODERS:
                add_coder(db, name, "long enough")
        top_up(db, size=40, seed="s", audit_per_week=14)
        with transaction(db):
            read_everything(db)
            measure_model(db)
    return path


def state_side(db: Database) -> None:
    """Move the largest outlet's texts to one that a cited statement places."""
    db.table("sources").insert(
        {
            "source_id": "rfi-afrique",
            "title": "Outlet",
            "platform": "feed",
            "first_listed_at": "2024-01-01T00:00:00Z",
        }
    )
    db.execute("update documents set source_id = 'rfi-afrique' where source_id = 'ancien'")
    db.table("source_statements").insert(
        {"source_id": "rfi-afrique", "property": "owner", "value": "x", "stated_by": "y",
         "url": "https://register.example/1", "status": "cited"}
    )  # fmt: skip


def read_everything(db: Database) -> None:
    """Let both find the same in three texts of four, and only the first in the fourth."""
    rows = db.execute("select review_item_id from review_items order by 1").fetchall()
    items = [item for (number,) in rows if (item := item_of(db, number)) is not None]
    for number, item in enumerate(items):
        for coder in CODERS:
            silent = coder == CODERS[1] and number % 4 == 0
            store_review(db, item.review_item_id, coder, [] if silent else [label(item)], comment="")


def label(item: Item) -> Label:
    start, end, _ = item.sentences[min(1, len(item.sentences) - 1)]
    return Label(start, end, FRANCE, "own")


def measure_model(db: Database) -> None:
    slice_row = {
        "model_id": "new", "split": "cross-validation", "dimension": "kind", "value": "opinion",
        "level": "document", "documents": 75, "n": 210, "predicted": 150, "precision": 0.68, "recall": 0.49,
        "f1": 0.57, "made_by": "language model", "evaluated_at": "2024-06-02T00:00:00Z",
    }  # fmt: skip
    db.table("evaluation_slices").insert(slice_row)
    db.table("evaluation_slices").insert(
        {**slice_row, "dimension": "outlet", "value": "essai", "predicted": 5}
    )
    for voice, n, predicted in (("own", 40, 44), ("attributed", 30, 6)):
        db.table("evaluations").insert(
            {"model_id": "new", "split": "cross-validation", "level": "document", "narrative_id": FRANCE,
             "language": "all", "voice": voice, "n": n, "predicted": predicted, "precision": 0.5,
             "recall": 0.6,
             "made_by": "language model", "evaluated_at": "2024-06-02T00:00:00Z"}
        )  # fmt: skip
    store_comparison(db, "old", "new", compare_models(db, "old", "new"))
    common = {"texts": 20, "outlets": 3, "flagged": 5, "audited_found": 2, "tuning": 0.4}
    store_prevalence(
        db,
        "new",
        [
            {**common, "period_start": MONDAYS[0], "narrative_id": FRANCE, "audited": 8,
             "method": "prediction-powered", "share": 0.31, "low": 0.12, "high": 0.55},
            {**common, "period_start": MONDAYS[1], "narrative_id": FRANCE, "audited": 0,
             "method": "uncorrected count", "share": 0.25, "low": None, "high": None},
        ],
    )  # fmt: skip
    note_measurement(db, "new", "challenge", CHALLENGE)
    note_measurement(db, "new", "symmetry", SYMMETRY)
    note_measurement(db, "new", "second_pass", SECOND)
    card = "# Carte\n\n## Qualité\n\n- un <b>point</b>\n\n| | n |\n|---|---:|\n| phrase | 12 |\n"
    db.execute("update models set card_fr = ?, card_en = ? where model_id = 'new'", [card, card])


@pytest.fixture(scope="module")
def pages(measured_db: Path, open_publication: Callable[[Path], Any]) -> Callable[[str], str]:
    """Return the words of a page of its publication."""
    from datasette_config.build import publish

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datasette_config.build._draw", lambda *_: 0)
        patch.setattr("datasette_config.build.write_reports", lambda *_: None)
        public = publish(measured_db, measured_db.with_name("public.db"), lambda text: None).path
    reader = open_publication(public)
    return lambda path: words(reader.get(path).text)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_agreement_of_people_is_published_without_people(
    pages: Callable[[str], str], measured_db: Path
) -> None:
    with working_database(measured_db, "read") as db:
        found = coder_agreement(db).overall
    assert found.alpha is not None
    assert found.low is not None
    text = pages("/en/method/agreement")
    assert f"{found.alpha:.2f} {found.low:.2f}–{found.high:.2f} {found.texts} " in text
    assert f"{found.alpha:.2f}" in pages("/en/method")
    assert "400 sentences of 90 texts, 10% of all" in text
    assert "Neocolonial France 12 14 10 0.77 0.74 0.51–0.90" in text
    assert "Same voice where both give the narrative: 90% (n = 60)" in text
    public = measured_db.with_name("public.db").read_bytes()
    assert not [name for name in CODERS if name.encode() in public]


def test_false_flags_are_counted_by_the_side_of_sources(
    pages: Callable[[str], str], measured_db: Path
) -> None:
    with working_database(measured_db, "read") as db:
        texts, flagged = db.execute(
            "select count(distinct document_id), count(distinct document_id) filter "
            "(where document_id % 4 = 0) "
            "from review_items join documents using (document_id) where reason = 'audit' "
            "and source_id = 'rfi-afrique' and review_item_id not in "
            "(select review_item_id from reviews group by 1 having count(distinct outcome) > 1)"
        ).fetchone()
    assert texts >= 10
    text = pages("/en/method/symmetry")
    # Of three narratives one is found by both people in every settled text: two are absent.
    share = f"{100 * flagged / texts:.0f}%"
    assert re.search(rf"Paris {texts} {share} \[\d+% to \d+%\] {flagged} of {2 * texts} ", text), text[-1500:]
    assert "Paris 30 8 of 30 2.0% 1.0%–3.5%" in text
    assert "Moscow 4 1 of 4 1 of 70" in text
    assert "Gap: 1.3 percentage points, interval −0.4 percentage points to 3.0" in text


def test_quality_is_published_slice_by_slice(pages: Callable[[str], str]) -> None:
    text = pages("/en/method/quality")
    assert "opinion 75 210 150 68% 49% 0.57" in text
    assert "essai 75 210 5 – 49% 0.57" in text, "no precision on fewer than ten flags"
    assert "denied 40 75% 60%–86% 32 of 40" in text
    assert "newly-thought-of 20 25% 10%–45% –" in text
    assert "from old to new 80 documents" in text
    assert "any narrative 0 20 0 0 20 0.00" in text


def test_a_narrative_says_how_sure_its_counts_are(pages: Callable[[str], str]) -> None:
    # The current model flags one narrative; its counts were never measured.
    assert "precision not measured" in pages("/en/narratives/aes-emancipation")
    text = pages(f"/en/narratives/{FRANCE}")
    assert "3 June 2024 31% [12% to 55%] 8 20" in text
    assert "10 June 2024 25% uncorrected count, no interval 0 20" in text
    assert "50% (n = 44 flagged)" in text
    assert "Random audit, read by people 1 week" in pages("/en/method")


@pytest.mark.usefixtures("pages")
def test_the_model_card_is_a_page_and_its_markup_is_text(
    measured_db: Path, open_publication: Callable[[Path], Any]
) -> None:
    html = open_publication(measured_db.with_name("public.db")).get("/fr/method/model").text
    assert "&lt;b&gt;point&lt;/b&gt;" in html
    assert '<td class="n">12</td>' in html
    assert html.count("<h1") == 1
    assert "style=" not in html


def test_the_log_of_changes_has_words_and_no_json(reader: Any) -> None:
    text = words(reader.get("/fr/method/changes").text)
    assert "nouveau modèle" in text
    assert "model-1" in text
    assert "{" not in text


def test_what_was_not_measured_is_called_so(reader: Any) -> None:
    overview = words(reader.get("/en/method").text)
    lines = ("by document (F1)", "ironic...", "who code (alpha)", "training texts (F1)", "side of sources")
    for line in lines:
        assert f"{line} not measured here" in overview, line
    assert "none: counts are uncorrected, without an interval" in overview
    assert "Not measured here: no document of a source" in words(reader.get("/en/method/symmetry").text)
    assert "agreement between people is not measured" in words(reader.get("/en/method/agreement").text)
    narrative = words(reader.get(f"/en/narratives/{FRANCE}").text)
    assert "Uncorrected count, no interval: no random audit" in narrative


def test_measurements_are_noted_once_and_only_for_known_models(measured_db: Path, tmp_path: Path) -> None:
    path = tmp_path / "press.db"
    path.write_bytes(measured_db.read_bytes())
    with working_database(path, "write") as db, transaction(db):
        before = db.execute("select card from models where model_id = 'new'").fetchone()
        note_measurement(db, "new", "challenge", CHALLENGE)
        assert db.execute("select card from models where model_id = 'new'").fetchone() == before
        note_measurement(db, "new", "challenge", {**CHALLENGE, "items": 61})
        assert '"items": 61' in db.execute("select card from models where model_id = 'new'").fetchone()[0]
        with pytest.raises(NarrativesError, match="not registered"):
            note_measurement(db, "unknown", "challenge", CHALLENGE)
        with pytest.raises(NarrativesError, match="No page shows"):
            note_measurement(db, "new", "guess", {})  # type: ignore[arg-type]


def test_texts_by_private_persons_are_in_no_published_measure(measured_db: Path, tmp_path: Path) -> None:
    path = tmp_path / "press.db"
    path.write_bytes(measured_db.read_bytes())
    with working_database(path, "write") as db:
        whole = next(iter(weekly_texts(db, "new")))
        with transaction(db):
            changed = db.execute(
                "update documents set kind = 'comment' where source_id = 'moyen' and placed_on < ?",
                [MONDAYS[1]],
            ).rowcount
        week = next(iter(weekly_texts(db, "new")))
        assert changed == 6
        assert len(week.texts) == len(whole.texts) - changed
        assert {text.source_id for text in week.texts} == {"rfi-afrique", "nouveau"}
        assert compare_models(db, "old", "new")[0].documents.of == 80 - changed


def test_a_source_that_comes_or_falls_silent_is_an_instrument_break(
    make_press: Callable[..., Path], publish_rows: Callable[[Path, Path], Path],
    open_publication: Callable[[Path], Any], tmp_path: Path,
) -> None:  # fmt: skip
    def add(press: Any) -> None:
        press.db.table("sources").insert_all(
            {"source_id": name, "title": name.title(), "platform": "feed",
             "first_listed_at": "2024-08-01T00:00:00Z"} for name in ("tardive", "rare")
        )  # fmt: skip
        for week in range(5):
            press.document(
                "tardive", f"t{week}", f"Texte {week} de la tardive.", LATE + timedelta(weeks=week)
            )
            press.document("rare", f"r{week}", f"Texte {week} de la rare.", LATE + timedelta(weeks=5 * week))

    public = publish_rows(make_press(tmp_path / "late.db", add), tmp_path / "public.db")
    text = words(open_publication(public).get("/en/method/changes").text)
    assert "18 November 2024 – source added: Tardive" in text
    assert "23 December 2024 – source fallen silent: Tardive" in text
    assert "Rare" not in text, "a source that writes now and then breaks no series"
