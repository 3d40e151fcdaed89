"""An event: its weeks before and after, drawn with the event, its interval and what else happened then."""

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from datasette_config.charts import Marker, marker_keys
from datasette_config.charts.marks import marker_signs
from datasette_config.export import docx, figures, html, outline
from datasette_config.export.findings import findings
from datasette_config.report_model import load_reports
from datasette_config.reporting import BuiltReport, build_report, report_connection
from tests.datasette_config.reports.conftest import FIRST_MONDAY

EVENT = "ecowas-exit-effective"
EVENT_DAY = date(2025, 1, 29)


def built_event(database: Path, language: str = "en", event: str = EVENT) -> BuiltReport:
    with report_connection(database) as connection:
        return build_report(
            connection, load_reports()["event"], language=language, parameters={"event": event}
        )


def told(built: BuiltReport) -> list[str]:
    return [unicodedata.normalize("NFKC", sentence) for sentence in findings(built)]


def risen(world: Any) -> None:
    """Ten pieces a week; six tell the storyline from the week after the event on, one before it."""
    for week in range(30):
        for number in range(10):
            day = FIRST_MONDAY + timedelta(weeks=week, days=number % 7)
            document_id = world.document("le-fleuve", day, f"Une nouvelle, semaine {week}, numéro {number}.")
            if number < (6 if week > 21 else 1):
                world.flag(document_id, "russia-reliable-partner")
    world.db.table("instrument_changes").insert(
        {"changed_at": "2025-01-15T00:00:00Z", "kind": "model", "subject": "m-2025-03"}
    )


def layers(spec: dict[str, Any], mark: str) -> list[list[dict[str, Any]]]:
    """Return the rows of every layer drawn with a mark, in the first panel."""
    return [layer["data"]["values"] for layer in spec["vconcat"][0]["layer"]
            if layer["mark"]["type"] == mark and "data" in layer]  # fmt: skip


def test_an_event_without_effect_is_told_as_none(press: Path) -> None:
    none, furthest, besides = told(built_event(press, "fr"))
    assert none.startswith(
        "Aucun changement au-delà du hasard après l’événement : 3 récits comparés, 8 semaines"
    )
    assert furthest.startswith("Le plus loin du rythme d’avant, mais dans le hasard : ")
    assert "contre" in furthest and "rapport et intervalle à 95 % : ×" in furthest
    assert besides.endswith("L’instrument a changé 1 fois pendant ce temps : prudence.")
    (unknown,) = told(built_event(press, "en", "aes-levy"))
    assert unknown.startswith(
        "No comparison is possible: it takes at least four collected weeks before the event"
    )


def test_a_rise_after_an_event_is_told_with_its_interval(make_world: Callable[..., Path]) -> None:
    head, rise, _ = told(built_event(make_world(risen)))
    assert head.startswith(
        "Beyond noise after the event: 1 of 1 storyline, against 8 collected weeks before."
    )
    assert rise.startswith(
        "Russia, a reliable partner: up by more than chance, 48 distinct texts against 8.0 exp"
    )


def test_the_chart_marks_the_event_the_pace_before_and_the_interval_after(
    make_world: Callable[..., Path],
) -> None:
    built = built_event(make_world(risen))
    (row,) = built.sections[1].rows
    (figure,) = figures.figures(built)
    bars, pace, band = layers(figure.spec, "bar"), layers(figure.spec, "rule"), layers(figure.spec, "rect")
    drawn = figure.spec["vconcat"][0]["data"]["values"]
    assert bars == [] and [point["value"] for point in drawn] == [1] * 8 + [1] + [6] * 8
    after = [(EVENT_DAY + timedelta(days=days)).isoformat() for days in (5, 61)]
    before = drawn[0]["start"], (EVENT_DAY - timedelta(days=2)).isoformat()
    levels = next(rows for rows in pace if "value" in rows[0])
    assert [(level["start"], level["end"], level["value"]) for level in levels] == [
        (*before, 1.0), (*after, 1.0),
    ]  # fmt: skip
    ((interval,),) = band
    assert (interval["start"], interval["end"]) == tuple(after)
    assert interval["value"] == pytest.approx(row["change"].low) and interval["value"] > 1
    keys = {key.sign: key.marker for key in figures.marker_list(built)}
    assert keys["▼"].on == EVENT_DAY.isoformat() and keys["▼"].kind == "occasion"
    assert keys["A"].on == "2025-01-15" and keys["A"].kind == "instrument"


def test_page_and_exports_draw_the_same_specification(press: Path) -> None:
    built = built_event(press, "fr")
    specs = [block.spec for block in outline.outline(built) if isinstance(block, outline.Drawing)]
    intervals = figures.interval_chart(built, built.sections[1])
    assert specs == [intervals, *(figure.spec for figure in figures.figures(built))]
    page = html.render(built).decode()
    assert page.count("<svg") == len(specs) + len(built.sections[1].rows)
    assert "▼" in page and "rythme moyen d’avant" in page
    with zipfile.ZipFile(io.BytesIO(docx.render(built))) as document:
        pictures = [name for name in document.namelist() if name.startswith("word/media/")]
    assert len(pictures) == len(specs)
    assert json.dumps(specs, sort_keys=True) == json.dumps(
        [
            block.spec
            for block in outline.outline(built_event(press, "fr"))
            if isinstance(block, outline.Drawing)
        ],
        sort_keys=True,
    )


def test_an_event_whose_weeks_are_not_over_is_drawn_and_not_compared(press: Path) -> None:
    built = built_event(press, "en", "aes-levy")
    assert [row["expected"] for row in built.sections[1].rows] == [None] * len(built.sections[1].rows)
    assert not any(isinstance(block, outline.Table) for block in outline.outline(built))
    assert figures.interval_chart(built, built.sections[1]) is None
    assert len(figures.figures(built)) == len(built.sections[1].rows) > 0
    assert not any("value" in rows[0] for rows in layers(figures.figures(built)[0].spec, "rule"))


def test_an_event_in_the_same_week_shares_the_sign_of_the_occasion() -> None:
    occasion = Marker("2025-01-29", "The event", "occasion")
    others = [Marker(f"2025-01-{day}", f"Event {day}", "event") for day in (28, 30)]
    apart = Marker("2025-02-10", "Later", "event")
    signs = marker_signs(marker_keys([occasion, *others, apart, Marker("2025-01-31", "model", "instrument")]))
    assert {sign["sign"] for sign in signs} == {"▼1\N{EN DASH}2", "3", "A"}
    assert marker_signs(marker_keys([occasion])) == [{"on": "2025-01-29", "sign": "▼"}]


def test_signs_that_would_touch_on_a_long_chart_are_written_as_one() -> None:
    """Two events eight days apart: 40 pixels on a chart of half a year, two on one of ten years."""
    keys = marker_keys([Marker(f"2025-01-{day}", f"Event {day}", "event") for day in ("06", "14")])
    assert [sign["sign"] for sign in marker_signs(keys, days_per_pixel=0.2)] == ["1", "2"]
    assert [sign["sign"] for sign in marker_signs(keys, days_per_pixel=4)] == ["1\N{EN DASH}2"]
