"""From a response, or the lack of one, to a result: every address gets exactly one named outcome. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.addresses import UrlGate, looks_like_trap
from crawlers.article import MIN_CHARACTERS, article_of
from crawlers.exchange import Exchange, exchanges_of
from crawlers.listing import Item, Listing
from crawlers.parser_pool import Reading
from crawlers.results import Article, Purpose, Result
from crawlers.visit import Visit
from crawlers.walls import MAX_WALL_CHARACTERS
from db.clock import timestamp
from db.crawl_records import Outcome, Seen
from db.review_markup import ClaimReview

#: A short text at more addresses than this is what a site says instead of its articles.
MAX_SAME_TEXT = 3
_LONGEST_URL = 2_048
_LONGEST_DETAIL = 500
_SUSPECTS: Mapping[str, Outcome] = {"encoding": "encoding_suspect", "parse": "parse_suspect"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page to fetch: its listed item, if any, and what is known of its address."""

    url: str
    item: Item | None
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result comes from: the request, its visit, and the page it was for, if it was a page."""

    request: Request | None
    visit: Visit
    purpose: Purpose
    page: Wanted | None = None
    evidence: Exchange | None = None


def named(
    origin: Origin, outcome: Outcome, detail: str | None = None, article: Article | None = None
) -> Result:
    """Return the result of one address."""
    meta: dict[str, Any] = origin.request.meta if origin.request is not None else {}
    seen = origin.page.seen if origin.page else None
    return Result(
        source_id=origin.visit.source.id,
        url=origin.page.url if origin.page else meta.get("asked", origin.visit.url),
        purpose=origin.purpose,
        outcome=outcome,
        detail=detail[:_LONGEST_DETAIL] if detail else None,
        exchanges=() if origin.evidence is not None else tuple(exchanges_of(meta)),
        evidence=origin.evidence,
        article=article,
        document_id=seen.document_id if seen else None,
        attempts=(seen.failures if seen else 0) + 1,
        at=timestamp(),
        visit=origin.visit,
    )


def refused_at_sight(gate: UrlGate, url: str, visit: Visit, purpose: Purpose) -> Result | None:
    """Return the refusal of an address that is not even worth a request, or None."""
    reason = gate.refusal(url)
    outcome: Outcome = "refused_policy"
    if reason is None and looks_like_trap(url):
        outcome, reason = "trap", "its path repeats itself"
    return None if reason is None else refused_by_name(visit, url, purpose, reason, outcome)


def refused_by_name(
    visit: Visit, url: str, purpose: Purpose, reason: str, outcome: Outcome = "refused_policy"
) -> Result:
    """Return the outcome of an address that is not asked for."""
    return Result(
        source_id=visit.source.id,
        url=url[:_LONGEST_URL],
        purpose=purpose,
        outcome=outcome,
        detail=reason,
        at=timestamp(),
        visit=visit,
    )


def without_reading(origin: Origin, response: Response) -> Result | None:
    """Return the outcome of an answer that needs no reading: unchanged, too big, an error."""
    exchange = last_exchange(response)
    if exchange.truncated:
        declared = exchange.header("content-length")
        said = f"cut at {len(exchange.body)} bytes{f' of {declared}' if declared else ''}"
        return named(origin, "too_big", said)
    if response.status == 304:
        return named(origin, "not_modified")
    if 300 <= response.status < 400:
        location = (response.headers.get(b"Location") or b"").decode("latin-1")
        said = f"answer {response.status} to {location[:200]!r}, not followed"
        return named(origin, "refused_policy", said)
    if response.status != 200:
        return named(origin, "http_error", f"answer {response.status}")
    return None


def page_read(origin: Origin, reading: Reading, url: str) -> Result:
    """Turn the reading of a page into its result; ``url`` is where the page was found in the end."""
    value, visit, page = reading.value, origin.visit, origin.page
    if value is None:
        return named(origin, reading.outcome or "parse_failed", reading.detail)
    text, suspect = value["text"], _SUSPECTS.get(value["suspect"])
    if len(text.strip()) < MIN_CHARACTERS:
        outcome: Outcome = "parse_suspect" if suspect == "parse_suspect" else "parse_failed"
        return named(origin, outcome, value["detail"] or "no article found on the page")
    # Pages already under way when the trap closes are counted with it.
    trap = visit.trapped
    times = visit.met(text)
    if trap and times > 1:
        return named(origin, "trap", trap)
    if times > MAX_SAME_TEXT and len(text) <= MAX_WALL_CHARACTERS:
        return named(origin, "walled", f"the same short text at more than {MAX_SAME_TEXT} addresses")
    identity = page.seen.identity if page and page.seen else None
    item = page.item if page else None
    article = article_of(value, url=url, source=visit.source, item=item, identity=identity)
    reviews = tuple(ClaimReview(**review) for review in value.get("claim_reviews", ()))
    return replace(named(origin, suspect or "stored", value["detail"], article), reviews=reviews)


def led_to_front_page(page: Wanted, response: Response) -> bool:
    """Whether an article's address leads to the front page: so many sites answer for what they removed."""
    asked, found = urlsplit(page.url), urlsplit(response.url)
    return found.path in ("", "/") and not found.query and bool(asked.path.strip("/") or asked.query)


def removed(origin: Origin, response: Response) -> Result:
    """Return the outcome of an article whose address leads to the front page; known ones are gone for good.

    A redirect that is only for now says nothing of the kind: the whole site may be under repair.
    """
    hops = [exchange.status for exchange in exchanges_of(response.meta)[:-1]]
    lasting = bool(hops) and all(status in (301, 308) for status in hops)
    said = "its address leads to the front page" + ("" if lasting else ", for now")
    return replace(named(origin, "http_error", said), vanished=lasting)


def last_exchange(response: Response) -> Exchange:
    """Return the hop that answered."""
    return exchanges_of(response.meta)[-1]


def listing_from(value: Mapping[str, Any]) -> Listing:
    """Rebuild a listing from the worker's mapping."""
    return Listing(**{**value, "items": tuple(Item(**item) for item in value["items"])})
