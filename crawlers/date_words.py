"""Reading one date as people and machines write it: ISO, e-mail style, numbers, words, "il y a 3 heures".

Days come before months in numbers (``05/03/2024`` is 5 March) as French, British and African pages write
them. Month names: French, English, Spanish, Portuguese, German and Bambara.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from db.clock import timestamp

Precision = Literal["minute", "day", "month", "year"]

EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(hours=48)
#: Longer strings are no dates; poisoned metadata repeats a year ten thousand times.
MAX_CHARACTERS = 120

_MONTH_NAMES = (
    "janvier janv january jan enero ene janeiro januar zanwuye zanwiye",
    "fevrier fevr fev february feb febrero fevereiro februar feburuye fewuruye",
    "mars march mar marzo marco marz marisi",
    "avril avr april apr abril abr awirili",
    "mai may mayo maio me",
    "juin june jun junio junho juni zuwen zuen",
    "juillet juil july jul julio julho juli zuluye",
    "aout august aug agosto ago uti",
    "septembre sept september sep septiembre setembro setanburu setanburukalo",
    "octobre oct october octubre outubro oktober okt okutoburu",
    "novembre nov november noviembre novembro nowanburu",
    "decembre dec december diciembre dezembro dezember dez desanburu",
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ZONES = {
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "pst": -8,
    "pdt": -7,
    "cet": 1,
    "cest": 2,
    "bst": 1,
}
# Only after "am" or "pm": in French "est" is a verb.
_AMERICAN = frozenset({"est", "edt", "pst", "pdt"})

_TIME = (
    r"(?P<hour>[01]?\d|2[0-3])\s*(?:[:h]|heures?)\s*(?P<minute>[0-5]\d)?(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\b)?\s*"
    r"(?P<zone>z\b|[+-]\d\d:?\d\d\b|\(?(?:utc|gmt)?[+-]\d{1,2}\b|\b(?:utc|gmt|est|edt|pst|pdt|cet|cest|bst)\b)?"
)
_CLOCK = rf"(?:\D{{0,12}}?\b{_TIME})?"
_ISO = re.compile(
    r"\b(?P<year>(?:19|20)\d\d)(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])"
    rf"(?:(?P=sep)(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)(?:(?:t|\D{{0,12}}?\b){_TIME})?)?(?![\d]|[-/.]\d)"
)
_COMPACT = re.compile(
    r"^(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:t?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?:[0-5]\d)?(?P<zone>z|[+-]\d{4})?)?$"
)
_DAY_MONTH = re.compile(
    rf"\b(?P<day>0?[1-9]|[12]\d|3[01])(?:er|st|nd|rd|th)?[\s./-]+(?:de\s+|of\s+)?(?P<name>{_MONTH})(?:\s?kalo)?\b"
    r"\.?,?[\s/-]*(?:de\s+|del\s+|san\s+)?"
    rf"(?P<year>(?:19|20)\d\d)\b{_CLOCK}"
)
_MONTH_DAY = re.compile(
    rf"\b(?P<name>{_MONTH})\b\.?\s+(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b,?\s+(?P<year>(?:19|20)\d\d)\b{_CLOCK}"
)
# ``date`` of Unix, and what old feeds write: the year comes last, after the time.
_YEAR_LAST = re.compile(
    rf"\b(?P<name>{_MONTH})\s+(?P<day>0?[1-9]|[12]\d|3[01])\s+{_TIME}\s*(?P<year>(?:19|20)\d\d)\b"
)
# Bambara: "awirili kalo tile 13 san 2024", or the year first.
_BAMBARA = re.compile(
    rf"\b(?:san\s+(?P<first>(?:19|20)\d\d),?\s+)?(?P<name>{_MONTH})\s?kalo\s+tile\s+"
    r"(?P<day>0?[1-9]|[12]\d|3[01])(?:\s?nan)?\b(?:,?\s+(?:san\s+)?(?P<last>(?:19|20)\d\d)\b)?"
)
_NUMBERS = re.compile(
    rf"(?<![\d./-])(?P<day>0?[1-9]|[12]\d|3[01])(?P<sep>[./-])(?P<month>0?[1-9]|1[0-2])(?P=sep)"
    rf"(?P<year>(?:19|20)\d\d|\d\d)(?![\d./-]){_CLOCK}"
)
# Only where the day can stand nowhere else: "05/13/2024".
_AMERICAN_NUMBERS = re.compile(
    r"(?<![\d./-])(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])/"
    rf"(?P<year>(?:19|20)\d\d)(?![\d./-]){_CLOCK}"
)
# A day that its month does not have ("30 février") is no reason to take the month.
_MONTH_YEAR = re.compile(rf"(?<!\d[\s./-])\b(?P<name>{_MONTH})\b\.?,?\s+(?:de\s+)?(?P<year>(?:19|20)\d\d)\b")
_PATTERNS = (
    _COMPACT, _ISO, _BAMBARA, _DAY_MONTH, _MONTH_DAY, _YEAR_LAST, _NUMBERS, _AMERICAN_NUMBERS, _MONTH_YEAR,
)  # fmt: skip
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")
_UNITS = {"minute": 1, "min": 1, "mn": 1, "heure": 60, "hour": 60, "h": 60, "jour": 1440, "day": 1440}
_UNITS |= {"semaine": 10080, "week": 10080, "hora": 60, "minuto": 1, "dia": 1440, "semana": 10080}
#: Months and years ago are no day: unit -> months.
_LONG_UNITS = {"mois": 1, "month": 1, "mes": 1, "mese": 1, "an": 12, "annee": 12, "year": 12, "ano": 12}
_UNITS |= dict.fromkeys(_LONG_UNITS, 0)
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_AGO = re.compile(
    rf"\b(?:il y a|hace|ha)\s+(?:environ\s+)?(?P<fr>\d{{1,3}}|u[nm]e?a?)\s*(?P<fr_unit>{_UNIT})s?\b"
    rf"|\b(?P<en>\d{{1,3}}|an?)\s*(?P<en_unit>{_UNIT})s?\s+ago\b"
)
_LONGEST_AGO = 30
_NAMED_DAYS = {"avant-hier": 2, "hier": 1, "yesterday": 1, "aujourd'hui": 0, "today": 0}
_NAMED_DAYS |= {"ayer": 1, "ontem": 1, "hoy": 0, "hoje": 0}
_NAMED = re.compile(rf"\b(?P<named>{'|'.join(_NAMED_DAYS)})\b{_CLOCK}")
_WEEKDAY_NAMES = (
    "lundi monday", "mardi tuesday", "mercredi wednesday", "jeudi thursday",
    "vendredi friday", "samedi saturday", "dimanche sunday",
)  # fmt: skip
_WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAY_NAMES) for name in names.split()}
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b")
_CHANGED = re.compile(r"mise? a jour|modifi|updated|last edit|actualis|derniere mise")


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as the database keeps it: ISO 8601, UTC when it has a time, else ``YYYY-MM-DD``.

    A month or a year stands on its first day; ``precision`` says so.
    """

    at: str
    precision: Precision


def read_date(
    raw: str, timezone: str, now: datetime, *, relative: bool = False, earliest: datetime = EARLIEST
) -> ReadDate | None:
    """Read the first date of a short string; naive times are in ``timezone``.

    ``relative`` also reads "hier à 14h30" or "3 hours ago", which count from ``now``. Midnight sharp
    is how many sites write a day without a time, so it is a day. Returns None for no date, and for
    anything outside ``earliest`` (2005-01-01) .. now + 48 h.
    """
    if len(raw) > MAX_CHARACTERS:
        return None
    text = _folded(raw)
    if relative and (found := _relative(text, timezone, now)):
        return _in_range(found, now, earliest)
    if _EPOCH.match(text):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return _in_range(ReadDate(timestamp(moment), "minute"), now, earliest)
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if found := _from_match(match, timezone, now, earliest):
                return found
    return None


def weekday_in(line: str) -> int | None:
    """Return the first weekday that a line names in French or English, Monday being 0, or None."""
    named = _WEEKDAY.search(_folded(line))
    return _WEEKDAYS[named[0]] if named else None


def tells_change(line: str) -> bool:
    """Whether a line speaks of a change ("mis à jour le ...") and not of the publication."""
    return _CHANGED.search(_folded(line)) is not None


def _folded(raw: str) -> str:
    """Lower case, no accents (composed or not), Bambara letters as plain ones, single blanks."""
    letters = raw.lower().replace("ɛ", "e").replace("ɔ", "o").replace("’", "'")
    decomposed = unicodedata.normalize("NFKD", letters)
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())


def _from_match(match: re.Match[str], timezone: str, now: datetime, earliest: datetime) -> ReadDate | None:
    parts = match.groupdict()
    written = parts.get("year") or parts.get("last") or parts.get("first")
    if written is None:
        return None
    year = int(written) + (2000 if len(written) == 2 else 0)
    month = MONTHS[parts["name"]] if parts.get("name") else int(parts["month"])
    day = parts.get("day")
    if day is None:
        return _in_range(ReadDate(f"{year:04d}-{month:02d}-01", "month"), now, earliest)
    try:
        on = date(year, month, int(day))
    except ValueError:
        return None
    return _in_range(_with_clock(on, parts, timezone), now, earliest)


def _with_clock(on: date, parts: dict[str, str | None], timezone: str) -> ReadDate:
    if parts.get("hour") is None:
        return ReadDate(on.isoformat(), "day")
    hour, minute = int(parts["hour"] or 0), int(parts.get("minute") or 0)
    half = (parts.get("half") or "")[:1]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 0 and minute == 0 and int(parts.get("second") or 0) == 0:
        return ReadDate(on.isoformat(), "day")
    second = int(parts.get("second") or 0)
    zone = parts.get("zone")
    if zone in _AMERICAN and not half:
        zone = None
    naive = datetime.combine(on, time(hour, minute, second))
    offset = _offset(zone) if zone else None
    moment = (
        naive.replace(tzinfo=UTC) - offset if offset is not None else naive.replace(tzinfo=ZoneInfo(timezone))
    )
    return ReadDate(timestamp(moment), "minute")


def _offset(zone: str) -> timedelta:
    zone = zone.strip("( ")
    if zone in _ZONES:
        return timedelta(hours=_ZONES[zone])
    digits = re.sub(r"[^\d+-]", "", zone)
    sign = -1 if digits.startswith("-") else 1
    number = digits.lstrip("+-")
    hours, minutes = (int(number[:2]), int(number[2:])) if len(number) == 4 else (int(number), 0)
    return sign * timedelta(hours=min(hours, 14), minutes=min(minutes, 59))


def _relative(text: str, timezone: str, now: datetime) -> ReadDate | None:
    if ago := _AGO.search(text):
        count, unit = ago.group("fr") or ago.group("en"), ago.group("fr_unit") or ago.group("en_unit")
        number = int(count) if count.isdigit() else 1
        if unit in _LONG_UNITS:
            # "Il y a vingt ans, ..." begins a story more often than it dates one.
            return _months_ago(number, unit, now) if len(text) <= _LONGEST_AGO else None
        minutes = number * _UNITS[unit]
        moment = now - timedelta(minutes=minutes)
        if minutes < 1440 and _UNITS[unit] < 1440:
            return ReadDate(timestamp(moment.replace(second=0)), "minute")
        return ReadDate(moment.astimezone(ZoneInfo(timezone)).date().isoformat(), "day")
    if named := _NAMED.search(text):
        today = now.astimezone(ZoneInfo(timezone)).date()
        return _with_clock(today - timedelta(days=_NAMED_DAYS[named["named"]]), named.groupdict(), timezone)
    return None


def _months_ago(number: int, unit: str, now: datetime) -> ReadDate:
    months = now.year * 12 + now.month - 1 - number * _LONG_UNITS[unit]
    year, month = divmod(months, 12)
    if _LONG_UNITS[unit] == 12:
        return ReadDate(f"{year:04d}-01-01", "year")
    return ReadDate(f"{year:04d}-{month + 1:02d}-01", "month")


def _in_range(found: ReadDate, now: datetime, earliest: datetime) -> ReadDate | None:
    latest = now.astimezone(UTC) + LATEST_AHEAD
    if found.precision == "minute":
        return found if timestamp(earliest) <= found.at <= timestamp(latest) else None
    return found if earliest.date().isoformat() <= found.at <= latest.date().isoformat() else None
