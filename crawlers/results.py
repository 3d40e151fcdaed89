"""What a spider hands to the pipeline: one address, its outcome, its evidence, perhaps an article. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from crawlers.exchange import Exchange
from crawlers.platform_addresses import SOCIAL_PLATFORMS
from db.crawl_records import Outcome
from db.review_markup import ClaimReview

if TYPE_CHECKING:
    from crawlers.visit import Visit

Purpose = Literal["robots", "feed", "sitemap", "api", "page", "item"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A document as crawled; the fields are those of ``db.store.NewDocument`` without its capture."""

    identity: str
    source_id: str
    text: str
    kind: str
    first_seen_at: str
    url: str
    canonical_url: str | None
    title: str | None
    language: str | None
    published_at: str | None
    published_precision: Any
    published_origin: str | None
    claimed_published_at: str | None
    claimed_origin: str | None
    page_published_at: str | None
    page_published_origin: str | None
    author: str | None
    credited_source: str | None
    author_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One address and the named outcome it ended in.

    ``evidence`` names the exchange an ``item`` arrived in. ``document_id`` is known when the address was
    a document before; ``attempts`` counts this request among those that gave no document; ``vanished``
    says that the document is gone though the answer was no 404 or 410.
    """

    source_id: str | None
    url: str
    purpose: Purpose
    outcome: Outcome
    at: str
    detail: str | None = None
    exchanges: Sequence[Exchange] = field(default=())
    evidence: Exchange | None = None
    article: Article | None = None
    reviews: Sequence[ClaimReview] = ()
    document_id: int | None = None
    attempts: int = 1
    vanished: bool = False
    visit: "Visit | None" = None

    @property
    def private(self) -> bool:
        """Whether private persons wrote what the answers hold: posts, whatever page they came in."""
        return self.visit is not None and self.visit.source.platform in SOCIAL_PLATFORMS

    @property
    def tls_unverified(self) -> str | None:
        """Why a certificate met on the way proved nothing, for hosts that are read all the same; or None."""
        hops = [*self.exchanges, self.evidence] if self.evidence else self.exchanges
        return next((hop.tls_unverified for hop in hops if hop.tls_unverified), None)

    @property
    def http_status(self) -> int | None:
        """The status of the last answer, or None when there was none."""
        return self.exchanges[-1].status if self.exchanges else None

    @property
    def milliseconds(self) -> int | None:
        """Time spent on the network over all hops."""
        return sum(exchange.milliseconds for exchange in self.exchanges) if self.exchanges else None
