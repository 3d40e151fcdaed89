"""One source's visit in one run: what was expected, what is settled, and the checkpoint at its end. Pure."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawlers.catalog import Source
from crawlers.exchange import Exchange
from crawlers.listing import Listing
from crawlers.results import Result
from crawlers.schedule import GIVEN_UP_AT, after_poll, will_try_again
from db.crawl_records import FeedState

#: This many pages in a row with a text that the visit has met before are a trap.
MAX_REPEATS = 50
_POLLS = ("feed", "sitemap", "api")


@dataclass(slots=True)
class Visit:
    """The checkpoint (validators, due time) is written only when every expected address has its outcome.

    A run that is killed before leaves the old checkpoint, so the next one lists the same items again.
    """

    source: Source
    url: str
    state: FeedState
    now: datetime
    forced: bool = False
    expected: int = 1
    postponed: int = 0
    again: int = 0
    items: int | None = None
    newest_item_at: str | None = None
    poll: Result | None = None
    answer: Exchange | None = None
    listing_detail: str | None = None
    settled: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    repeats: int = 0

    def expect(self, count: int) -> None:
        """Announce further addresses before their requests leave."""
        self.expected += count

    def listed(self, listing: Listing) -> None:
        """Count the items of one listing and remember the newest date among them."""
        self.items = (self.items or 0) + len(listing.items)
        self.postponed += listing.unread
        dates = [item.published_at or item.updated_at for item in listing.items]
        self.newest_item_at = max([date for date in dates if date] + [self.newest_item_at or ""]) or None

    def settle(self, result: Result) -> None:
        """Count one outcome; the pipeline calls this when the result is in its hands."""
        self.settled[result.outcome] += 1
        self.expected -= 1
        if result.purpose in _POLLS:
            if self.poll is None or result.url == self.url:
                self.poll = result
                self.answer = result.exchanges[-1] if result.exchanges else None
            if result.url != self.url and result.outcome not in ("stored", "not_modified", "duplicate"):
                self.again += 1
        elif result.article is None and result.document_id is None:
            self.again += will_try_again(result.outcome, result.http_status, result.attempts)

    def met(self, text: str) -> int:
        """Note a page's text and return how many pages of this visit have said it so far."""
        self.repeats = self.repeats + 1 if text in self.texts else 0
        self.texts[text] += 1
        return self.texts[text]

    @property
    def trapped(self) -> str | None:
        """Say why no further page of this visit is worth a request, or None."""
        if self.repeats < MAX_REPEATS:
            return None
        return f"{MAX_REPEATS} pages in a row without a new text"

    @property
    def finished(self) -> bool:
        """Whether every expected address has its outcome."""
        return self.expected <= 0

    def is_known_body(self, exchange: Exchange, asked: str) -> bool:
        """Whether the polled address answered with the very bytes of the last complete visit."""
        known = self.state.body_sha256
        return known is not None and asked == self.url and known == _sha256(exchange)

    def checkpoint(self) -> FeedState | None:
        """Return the state to store at the end of the visit; None when nothing was polled."""
        poll = self.poll
        if poll is None:
            return None
        answer = self.answer
        state = after_poll(
            self.state,
            outcome=poll.outcome,
            status=poll.http_status,
            retry_after=answer.header("retry-after") if answer else None,
            now=self.now,
        )
        if self.again or self.postponed:
            # Not everything that was listed has arrived: the next poll must list it again.
            state = replace(state, etag=None, last_modified=None, body_sha256=None)
        elif answer is not None and answer.status == 200 and poll.outcome in ("stored", "duplicate"):
            state = replace(
                state,
                etag=answer.header("etag"),
                last_modified=answer.header("last-modified"),
                body_sha256=_sha256(answer),
            )
        if self.items is not None:
            state = replace(
                state,
                items_last_poll=self.items,
                last_item_at=max(filter(None, (self.newest_item_at, state.last_item_at)), default=None),
            )
        return replace(state, status=self._status(state))

    def _status(self, state: FeedState) -> str:
        """new, ok, no_items, not_a_feed, failing or given_up."""
        if state.failures >= GIVEN_UP_AT:
            return "given_up"
        outcome = self.poll.outcome if self.poll else "not_modified"
        if outcome not in ("stored", "duplicate", "not_modified"):
            return "not_a_feed" if outcome in ("parse_suspect", "parse_failed") else "failing"
        if self.items is None:
            return "no_items" if self.state.status == "no_items" else "ok"
        return "ok" if self.items else "no_items"

    def problems(self) -> list[str]:
        """Return what the person who looks after the source should know, in sentences."""
        name = self.source.id
        if not self.finished:
            return [f"{name}: {self.expected} addresses without an outcome; the next run asks for them again"]
        poll = self.poll
        if poll is not None and poll.outcome not in ("stored", "duplicate", "not_modified"):
            return [f"{name}: {poll.outcome} at {poll.url}{f': {poll.detail}' if poll.detail else ''}"]
        least = self.source.asserts.min_items
        if self.items is not None and self.items < least:
            return [f"{name}: {self.items} items at {self.url} where at least {least} are expected"]
        return []


def _sha256(exchange: Exchange) -> str:
    return hashlib.sha256(exchange.body).hexdigest()
