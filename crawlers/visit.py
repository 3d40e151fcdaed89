"""One source's visit in one run: what was expected, what is settled, and the checkpoint at its end. Pure."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawlers.catalog import Source
from crawlers.exchange import Exchange
from crawlers.listing import Listing
from crawlers.politeness import retry_after_seconds
from crawlers.results import Result
from crawlers.rhythm import learned
from crawlers.schedule import GIVEN_UP_AT, after_poll, will_try_again
from db.backfills import ListingRead
from db.clock import timestamp
from db.crawl_records import FeedState

#: This many pages in a row with a text that the visit has met before are a trap.
MAX_REPEATS = 50
#: A feed that lists fewer items than this may well have replaced them all since the last visit.
MIN_OVERLAP = 3
_POLLS = ("feed", "sitemap", "api")
HEALTHY = ("stored", "duplicate", "not_modified")
_PERMANENT = (301, 308)


@dataclass(slots=True)
class Visit:
    """The checkpoint (validators, due time) is written only when every expected address has its outcome.

    A run that is killed before leaves the old checkpoint, so the next one lists the same items again.
    ``conditional`` says whether the poll may ask "only if changed".
    """

    source: Source
    url: str
    state: FeedState
    now: datetime
    forced: bool = False
    conditional: bool = True
    expected: int = 1
    postponed: int = 0
    again: int = 0
    items: int | None = None
    fresh: int = 0
    known: int = 0
    dates: list[str] = field(default_factory=list)
    rests_until: datetime | None = None
    poll: Result | None = None
    answer: Exchange | None = None
    listing_detail: str | None = None
    settled: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    last_detail: str | None = None

    def expect(self, count: int) -> None:
        """Announce further addresses before their requests leave."""
        self.expected += count

    def listed(self, listing: Listing) -> None:
        """Count the items of one listing and remember their dates."""
        self.items = (self.items or 0) + len(listing.items)
        self.postponed += listing.unread
        self.dates += [date for item in listing.items if (date := item.published_at or item.updated_at)]

    def compared(self, known: Sequence[bool]) -> None:
        """Count how many of the listed addresses were known before this visit."""
        self.known += sum(known)
        self.fresh += len(known) - sum(known)

    def settle(self, result: Result) -> None:
        """Count one outcome; the pipeline calls this when the result is in its hands."""
        self.settled[result.outcome] += 1
        self.last_detail = result.detail
        self.expected -= 1
        self._heed(result)
        if result.purpose in _POLLS:
            if self.poll is None or result.url == self.url:
                self.poll = result
                self.answer = result.exchanges[-1] if result.exchanges else None
            if result.url != self.url and result.outcome not in HEALTHY:
                self.again += 1
        elif result.article is None and result.document_id is None:
            self.again += will_try_again(result.outcome, result.http_status, result.attempts)

    def _heed(self, result: Result) -> None:
        """Remember a server's wish to be left alone, from whichever of its answers."""
        if not result.exchanges or result.http_status not in (429, 503):
            return
        seconds = retry_after_seconds(result.exchanges[-1].header("retry-after"))
        if seconds is not None:
            until = self.now + timedelta(seconds=seconds)
            self.rests_until = max(until, self.rests_until or until)

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

    def checkpoint(self) -> FeedState | ListingRead | None:
        """Return the state to store at the end of the visit; None when nothing was polled."""
        poll = self.poll
        if poll is None:
            return None
        healthy = poll.outcome in HEALTHY
        state = self._taught() if healthy else self.state
        state = after_poll(
            state,
            outcome=poll.outcome,
            status=poll.http_status,
            detail=poll.detail,
            rests_until=self.rests_until,
            now=self.now,
        )
        state = replace(state, status=self._status(state), trouble=self.trouble())
        if self.again or self.postponed:
            # Not everything that was listed has arrived: the next poll must list it again.
            return replace(state, etag=None, last_modified=None, body_sha256=None)
        return self._validated(state, poll) if healthy else state

    def _taught(self) -> FeedState:
        """Return the state with what a successful poll says about the rhythm of the address."""
        state = replace(self.state, moved_to=self._moved_to())
        if self.items is not None:
            newest = max([*self.dates, state.last_item_at or ""]) or None
            state = replace(state, items_last_poll=self.items, last_item_at=newest)
        return learned(state, fresh=self.fresh, dates=self.dates, now=self.now)

    def _validated(self, state: FeedState, poll: Result) -> FeedState:
        """Return the state with the validators of a complete answer, or with the end of trust in them."""
        answer = self.answer
        if answer is None or answer.status != 200:
            return state
        etag, modified = answer.header("etag"), answer.header("last-modified")
        if self.fresh and not self.conditional and self._claimed_unchanged(etag, modified):
            lied = self.state.validators_lied_at or timestamp(self.now)
            state = replace(state, validators_lied_at=lied)
        return replace(state, etag=etag, last_modified=modified, body_sha256=_sha256(answer))

    def _claimed_unchanged(self, etag: str | None, modified: str | None) -> bool:
        """Whether this answer bears the very marks of the last one: a conditional poll had missed it."""
        known = self.state
        if known.body_sha256 is None:
            return False
        return etag == known.etag if etag else modified is not None and modified == known.last_modified

    def _moved_to(self) -> str | None:
        """Return where the polled address leads for good, or None."""
        if self.poll is None or not self.poll.exchanges:
            return self.state.moved_to
        *hops, last = self.poll.exchanges
        return last.url if hops and all(hop.status in _PERMANENT for hop in hops) else None

    def _status(self, state: FeedState) -> str:
        """new, ok, no_items, not_a_feed, failing or given_up."""
        if state.failures >= GIVEN_UP_AT:
            return "given_up"
        outcome = self.poll.outcome if self.poll else "not_modified"
        if outcome not in HEALTHY:
            return "not_a_feed" if outcome in ("parse_suspect", "parse_failed") else "failing"
        if self.items is None:
            return "no_items" if self.state.status == "no_items" else "ok"
        return "ok" if self.items else "no_items"

    def trouble(self) -> str | None:
        """Say what was wrong with this visit, or None: no answer, too little, or a gap since the last."""
        poll = self.poll
        if poll is None:
            return None
        if poll.outcome not in HEALTHY:
            return f"{poll.outcome} at {poll.url}{f': {poll.detail}' if poll.detail else ''}"
        if self.items is None:
            return self.state.trouble if self.state.status == "no_items" else None
        if self.items < (least := self.source.asserts.min_items):
            return f"{self.items} items at {self.url} where at least {least} are expected"
        since = self.state.last_success_at
        if poll.purpose == "feed" and self.state.last_new_at and since and not self.known:
            if self.items < MIN_OVERLAP:
                return None
            return (
                f"none of its {self.items} items was known: others may have come and gone since {since}; "
                f"fetch them with `crawl DB {self.source.id} --backfill --since {since[:10]}`"
            )
        return None

    def problems(self) -> list[str]:
        """Return what the person who looks after the source should know, in sentences."""
        if not self.finished:
            left = f"{self.expected} addresses without an outcome; the next run asks for them again"
            return [f"{self.source.id}: {left}"]
        trouble = self.trouble()
        return [f"{self.source.id}: {trouble}"] if trouble else []


def _sha256(exchange: Exchange) -> str:
    return hashlib.sha256(exchange.body).hexdigest()
