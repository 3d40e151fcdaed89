"""Charts as a reader meets them: the SVG element on the page."""

import re
import sys
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_config.charts import (
    Marker,
    marker_keys,
    render_svg,
    sparkline_spec,
    voice_panels,
    weekly_points,
    weekly_spec,
)
from datasette_config.charts.appearance import Spec
from datasette_config.charts.weekly import count_ticks, gap_rows
from db.errors import NarrativesError

MONDAYS = [(date(2025, 1, 6) + timedelta(weeks=week)).isoformat() for week in range(12)]
AS_OF = "2025-03-26T06:00:00Z"  # in the last of the twelve weeks


def weekly(language: str = "fr", silent: int = 3, **counts: int) -> Spec:
    collected = set(MONDAYS) - {MONDAYS[silent]}
    points = {
        voice: weekly_points(
            dict.fromkeys(sorted(collected), count),
            MONDAYS[0],
            MONDAYS[-1],
            collected=collected,
            as_of=AS_OF,
        )
        for voice, count in counts.items()
    }
    markers = marker_keys(
        [
            Marker("2025-02-04", "Un fait daté", "event"),
            Marker("2025-02-18", "Un fait non confirmé", "event", certain=False),
            Marker("2025-03-01", "Nouveau modèle", "instrument"),
        ]
    )
    return weekly_spec(voice_panels(points, language), title="Essai <b>", language=language, markers=markers)


def texts(svg: str) -> list[str]:
    return [
        "".join(element.itertext()) for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


def bars(svg: str) -> list[str]:
    return re.findall(r'aria-roledescription="bar"[^>]*', svg)


def test_the_same_chart_is_the_same_bytes_and_never_shares_an_id() -> None:
    one, other = weekly(own=4), weekly(own=5)
    assert render_svg(one, "fr") == render_svg(one, "fr")
    ids = [re.findall(r'\bid="([^"]+)"', render_svg(spec, "fr")) for spec in (one, other)]
    assert ids[0] and not set(ids[0]) & set(ids[1])
    assert len(ids[0]) == len(set(ids[0]))


def test_title_and_description_say_what_the_picture_shows() -> None:
    root = ET.fromstring(render_svg(weekly(own=4), "fr"))
    title, description = root[0], root[1]
    assert title.text == "Essai <b>"
    assert description.text is not None and "Voix propre : 4" in description.text
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_ink_follows_the_page_and_nothing_covers_its_background() -> None:
    svg = render_svg(weekly(own=4), "fr")
    assert 'fill="currentColor"' in svg
    assert "#010203" not in svg
    assert 'fill="white"' not in svg and 'fill="#fff' not in svg


def test_nothing_in_the_picture_reaches_out() -> None:
    svg = render_svg(weekly(own=4, attributed=2), "fr")
    assert re.findall(r'https?://[^"]+', svg) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in svg and "<image" not in svg


def test_an_unfinished_week_is_open_and_a_week_without_collection_is_no_zero() -> None:
    drawn = bars(render_svg(weekly(own=4), "fr"))
    assert len(drawn) == 11  # twelve weeks, one of them without collection
    assert sum("stroke-dasharray" in bar for bar in drawn) == 1
    assert "stroke-dasharray" in drawn[-1]
    assert sum('fill-opacity="0"' in bar for bar in drawn) == 1


def test_weeks_without_collection_lie_under_one_band_each_run() -> None:
    collected = [MONDAYS[0], MONDAYS[1], MONDAYS[5]]
    points = weekly_points({MONDAYS[0]: 2}, MONDAYS[0], MONDAYS[-1], collected=collected, as_of=AS_OF)
    assert gap_rows(points) == [
        {"start": MONDAYS[2], "end": MONDAYS[5]},
        {"start": MONDAYS[6], "end": "2025-03-31"},
    ]
    spec = weekly_spec(voice_panels({"own": points}, "fr"), title="t", language="fr")
    assert render_svg(spec, "fr").count('aria-roledescription="rect mark"') == 2


def test_voices_stand_in_panels_of_one_scale() -> None:
    spec = weekly(own=4, attributed=9, rejected=1)
    assert [panel["title"]["text"] for panel in spec["vconcat"]] == [
        "Voix propre", "Propos rapportés", "Rejeté ou démenti",
    ]  # fmt: skip
    domains = {
        str(layer["encoding"]["y"]["scale"]["domain"])
        for panel in spec["vconcat"]
        for layer in panel["layer"]
        if layer["mark"]["type"] == "bar"
    }
    assert domains == {"[0, 10]"}


def test_events_carry_numbers_and_changes_of_the_instrument_letters() -> None:
    found = texts(render_svg(weekly(own=4), "fr"))
    assert {"1", "2", "A"} <= set(found)


def test_a_mark_outside_the_weeks_is_not_drawn() -> None:
    points = weekly_points({}, MONDAYS[0], MONDAYS[-1], collected=MONDAYS, as_of=AS_OF)
    keys = marker_keys([Marker("2019-01-01", "Avant", "event"), Marker("2025-02-04", "Dedans", "event")])
    spec = weekly_spec(voice_panels({"own": points}, "fr"), title="t", language="fr", markers=keys)
    assert re.findall(r"sign: (\w+)", render_svg(spec, "fr")) == ["2"]


def test_months_are_written_in_the_language_of_the_page() -> None:
    french, english = (
        " ".join(texts(render_svg(weekly(language, own=4), language))) for language in ("fr", "en")
    )
    assert "févr." in french and "Feb" in english
    assert "textes distincts par semaine" in french and "distinct texts a week" in english


def test_a_sparkline_draws_every_week_without_axes() -> None:
    points = weekly_points({MONDAYS[0]: 3}, MONDAYS[0], MONDAYS[-1], collected=MONDAYS, as_of=AS_OF)
    svg = render_svg(sparkline_spec(points, title="Trois textes"), "fr")
    assert texts(svg) == []
    assert "Trois textes" in svg
    assert len(bars(svg)) >= 1


def test_without_the_drawing_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(NarrativesError, match="`reports` extra"):
        render_svg(weekly(own=1), "fr")


@given(st.integers(0, 10**7))
def test_ticks_are_few_whole_numbers_that_reach_the_top(highest: int) -> None:
    ticks = count_ticks(highest)
    assert ticks[0] == 0 and ticks == sorted(set(ticks))
    assert 2 <= len(ticks) <= 5
    assert ticks[-2] < max(highest, 1) <= ticks[-1]


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 400))
def test_every_iso_week_has_one_point(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    points = weekly_points({}, first.isoformat(), last.isoformat(), collected=(), as_of="2025-01-01")
    mondays = [date.fromisoformat(point.week_start) for point in points]
    assert mondays[0] <= first < mondays[0] + timedelta(days=7)
    assert mondays[-1] <= last < mondays[-1] + timedelta(days=7)
    assert all(after - before == timedelta(days=7) for before, after in pairwise(mondays))
    assert {point.value for point in points} == {None}
