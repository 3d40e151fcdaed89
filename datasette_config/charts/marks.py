"""The marks on a chart: dated events and changes of the instrument, each under a short sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from datasette_config.charts.appearance import INK, Spec
from datasette_config.charts.series import Marker
from db.clock import iso_week_start

#: More marks than this are drawn without their numbers; the list beside the chart still names them.
_MOST_NUMBERS = 24
#: Pixels that a character of a sign takes, and that stay free between two signs.
_CHARACTER, _GAP = 6, 4
#: The sign of the event that a chart is about.
OCCASION = "\N{BLACK DOWN-POINTING TRIANGLE}"


@dataclass(frozen=True, slots=True)
class MarkerKey:
    """The sign under which a chart shows a marker: ▼ for the event that it is about, else 1, 2, 3 for events
    and A, B, C for the instrument.
    """

    sign: str
    marker: Marker


def marker_keys(markers: Sequence[Marker]) -> list[MarkerKey]:
    """Give every marker its sign, in order of date."""
    keys, events, changes = [], 0, 0
    for marker in sorted(markers, key=lambda found: (found.on, found.kind, found.label)):
        if marker.kind == "occasion":
            keys.append(MarkerKey(OCCASION, marker))
        elif marker.kind == "event":
            events += 1
            keys.append(MarkerKey(str(events), marker))
        else:
            keys.append(MarkerKey(_letters(changes), marker))
            changes += 1
    return keys


def marker_layers(keys: Sequence[MarkerKey], signs: list[dict[str, str]], x: Spec) -> list[Spec]:
    """Return the layers of vertical lines, and of the signs above them."""
    if not keys:
        return []
    at = {**x, "field": "on"}
    dates: dict[tuple[str, bool], list[Spec]] = {}
    for marker in (key.marker for key in keys):
        dates.setdefault((marker.kind, marker.certain), []).append({"on": marker.on})
    layers: list[Spec] = [
        {"data": {"values": rows}, "mark": _line(kind, certain), "encoding": {"x": at}}
        for (kind, certain), rows in sorted(dates.items())
    ]
    if signs:
        layers.append(
            {"data": {"values": signs},
             "mark": {"type": "text", "baseline": "bottom", "dy": -2, "fontSize": 9, "color": INK},
             "encoding": {"x": at, "y": {"value": 0}, "text": {"field": "sign", "type": "nominal"}}}
        )  # fmt: skip
    return layers


def _line(kind: str, certain: bool) -> Spec:
    dash = [1, 3] if kind == "instrument" else [] if certain else [4, 3]
    width = {"event": 0.8, "instrument": 1.5, "occasion": 1.6}[kind]
    opacity = 0.9 if kind == "occasion" else 0.4
    return {"type": "rule", "color": INK, "opacity": opacity, "strokeDash": dash, "strokeWidth": width}


def marker_signs(keys: Sequence[MarkerKey], days_per_pixel: float = 0.0) -> list[dict[str, str]]:
    """Return one label per week and kind; neighbours that would touch read ``3-5`` instead of a blot.

    ``days_per_pixel`` is the scale of the chart; at 0 only marks of the same week share a label.
    """
    groups: dict[str, list[list[MarkerKey]]] = {}
    for key in keys:
        of_kind = groups.setdefault("event" if key.sign == OCCASION else key.marker.kind, [])
        if of_kind and _touch(of_kind[-1], key, days_per_pixel):
            of_kind[-1].append(key)
        else:
            of_kind.append([key])
    found = [group for of_kind in groups.values() for group in of_kind]
    if len(found) > _MOST_NUMBERS:
        return []
    return [{"on": group[0].marker.on, "sign": _sign(group)} for group in found]


def _touch(group: Sequence[MarkerKey], key: MarkerKey, days_per_pixel: float) -> bool:
    first, day = (date.fromisoformat(found.marker.on) for found in (group[0], key))
    if iso_week_start(first) == iso_week_start(day):
        return True
    room = (len(_sign(group)) + len(key.sign)) * _CHARACTER / 2 + _GAP
    return (day - first).days < room * days_per_pixel


def _sign(keys: Sequence[MarkerKey]) -> str:
    """Return the sign of one mark, or the first and last of several; the occasion stands before others."""
    others = [key.sign for key in keys if key.sign != OCCASION]
    span = others[0] if len(others) == 1 else f"{others[0]}\N{EN DASH}{others[-1]}" if others else ""
    return span if len(others) == len(keys) else f"{OCCASION}{span}"


def _letters(number: int) -> str:
    return _letters(number // 26 - 1) + chr(65 + number % 26) if number >= 26 else chr(65 + number)
