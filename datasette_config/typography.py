"""Numbers, dates and spaces as French and English printers set them."""

import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from db.clock import parse_timestamp

NARROW = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"
#: Stands where there is no value; never 0, never an empty cell.
MISSING = "\N{EN DASH}"

_MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def typeset(text: str, language: str) -> str:
    """Set spaces and apostrophes of a French text written with plain ones; English stays as it is."""
    if language != "fr":
        return text
    text = re.sub(r" +([;!?%])", NARROW + r"\1", text)
    text = re.sub(r" +:", NO_BREAK + ":", text)
    text = re.sub(r"« *", "«" + NO_BREAK, text)
    text = re.sub(r" *»", NO_BREAK + "»", text)
    return re.sub(r"(?<=\w)'(?=[\w«])", "\N{RIGHT SINGLE QUOTATION MARK}", text)


def bound(text: str, language: str | None) -> str:
    """Keep the high signs of somebody's French text on their word's line; letters stay as they are."""
    if language != "fr":
        return text
    return re.sub(r" (?=[;:!?%»])|(?<=«) ", NO_BREAK, text)


def quoted(text: str, language: str) -> str:
    """Put a text between the quotation marks of a language.

    A quotation inside that begins or ends with the text shares the mark with it, as printers do: a title
    that is a quotation, or the last sentence of one, does not end in two marks.
    """
    opening, closing, space = ("«", "»", NO_BREAK) if language == "fr" else ("“", "”", "")
    depths = list(accumulate((sign == opening) - (sign == closing) for sign in text))
    if depths and text[0] == opening and 0 not in depths[:-1] and depths[-1] == 0:
        return text
    begun = text.startswith(opening) and depths[-1] > 0
    ended = text.endswith(closing) and depths[-1] < 0
    return f"{'' if begun else opening + space}{text}{'' if ended else space + closing}"


@lru_cache(maxsize=4096)
def number(value: int | float | None, language: str, digits: int = 0) -> str:
    """Write a number: ``12 345,6`` in French, ``12,345.6`` in English."""
    if value is None:
        return MISSING
    # Zero has no sign; and 0.0 and -0.0, which are equal, would share a place in the cache.
    text = f"{value or 0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return text.translate({ord(","): NARROW, ord("."): ","}) if language == "fr" else text


class Counted(str):
    """A written number that knows its plural: ``f"{n:texte|textes}"`` gives ``1 texte``, ``2 textes``."""

    plural: bool = True

    def __format__(self, words: str) -> str:
        one, _, many = words.partition("|")
        word = (many or one) if self.plural else one
        return f"{self}{NO_BREAK}{word}" if word else str(self)


def counted(value: int | float, language: str, digits: int = 0) -> Counted:
    """Write a number that the words after it agree with; French counts everything below 2 as one."""
    found = Counted(number(value, language, digits))
    shown = round(value, digits)
    found.plural = abs(shown) >= 2 if language == "fr" else shown != 1
    return found


def share(value: float | None, language: str) -> str:
    """Write a share of 0-1 as per cent."""
    if value is None:
        return MISSING
    return f"{number(100 * value, language)}{NARROW}%" if language == "fr" else f"{100 * value:.0f}%"


def as_date(value: str | date) -> date:
    """Return the day of an ISO date or moment."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def day(value: str | date | None, language: str) -> str:
    """Write a day in full: ``1er mars 2025``, ``1 March 2025``."""
    if value is None:
        return MISSING
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{_day_and_month(found, language)}{NO_BREAK}{found.year}"


def month(value: str, language: str) -> str:
    """Write the month of an ISO date: ``mars 2025``."""
    found = date.fromisoformat(value[:10])
    return f"{_MONTHS[language][found.month - 1]}{NO_BREAK}{found.year}"


def moment(value: str | None, language: str) -> str:
    """Write a moment in UTC: ``17 mars 2025, 9 h 05 TU``; a bare day stays a day."""
    if value is None:
        return MISSING
    if len(value) <= 10:
        return day(value, language)
    at = parse_timestamp(value)
    clock = (
        f"{at.hour}{NO_BREAK}h{NO_BREAK}{at:%M}{NO_BREAK}TU"
        if language == "fr"
        else f"{at:%H:%M}{NO_BREAK}UTC"
    )
    return f"{day(at.date(), language)}, {clock}"


def days(since: date, until: date, language: str) -> str:
    """Write an inclusive span of days, saying month and year once where they are the same."""
    if since == until:
        return day(since, language)
    if (since.year, since.month) == (until.year, until.month):
        first = "1er" if since.day == 1 and language == "fr" else str(since.day)
        return f"{first}\N{EN DASH}{day(until, language)}"
    first = _day_and_month(since, language) if since.year == until.year else day(since, language)
    return f"{first} \N{EN DASH} {day(until, language)}"


def week(monday: date, language: str) -> str:
    """Name an ISO week with its days: ``semaine 12 (17-23 mars 2025)``."""
    word = "semaine" if language == "fr" else "week"
    span = days(monday, monday + timedelta(days=6), language)
    return f"{word}{NO_BREAK}{monday.isocalendar().week} ({span})"


def _day_and_month(found: date, language: str) -> str:
    number_of_day = "1er" if found.day == 1 and language == "fr" else str(found.day)
    return f"{number_of_day}{NO_BREAK}{_MONTHS[language][found.month - 1]}"
