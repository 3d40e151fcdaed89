"""The day an outlet prints on an article that it put online the evening before, as evening papers do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from crawlers.date_words import ReadDate, read_date, tells_change, weekday_in
from crawlers.html_tree import beginning
from crawlers.structured_data import Node, text_of

#: From this hour on an article may carry the date of the next day.
_EVENING = 17
_LONGEST_LINE = 60
_MOST_ELEMENTS = 600
_CHANGE_NAMES = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")


def edition_day(
    stated: ReadDate,
    headline: HtmlElement | None,
    article: Node,
    metas: Mapping[str, Sequence[str]],
    timezone: str,
    now: datetime,
) -> ReadDate | None:
    """Return the day after ``stated`` when the article is dated to it for its readers, else None.

    Told to machines must be an evening hour; the ``article`` element around the headline must name the
    next day with its weekday and without an hour, and no other day; and nothing may say that the page was
    changed on that day. A page that was merely updated, or shows today's date above its menu, is none.
    """
    whole = next(headline.iterancestors("article"), None) if headline is not None else None
    if whole is None or stated.precision != "minute":
        return None
    moment = datetime.fromisoformat(stated.at).astimezone(ZoneInfo(timezone))
    following = moment.date() + timedelta(days=1)
    day = following.isoformat()
    if moment.hour < _EVENING or any(value.startswith(day) for value in _changes(article, metas)):
        return None
    lines = list(_dated_lines(whole, timezone, now))
    if {at for at, _ in lines} != {day} or all(weekday_in(line) != following.weekday() for _, line in lines):
        return None
    return ReadDate(day, "day")


def _changes(article: Node, metas: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield when the page says that it was changed last."""
    if value := text_of(article.get("dateModified")):
        yield value
    for name in _CHANGE_NAMES:
        yield from metas.get(name, ())


def _dated_lines(whole: HtmlElement, timezone: str, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what short lines of an article name, a day or a moment, each with its line."""
    for element in islice(whole.iter("p", "div", "span", "time", "li", "small", "em"), _MOST_ELEMENTS):
        line = beginning(element, _LONGEST_LINE + 1)
        if not 6 <= len(line) <= _LONGEST_LINE or tells_change(line):
            continue
        found = read_date(line, timezone, now, relative=True)
        if found and found.precision in ("minute", "day"):
            yield found.at, line
