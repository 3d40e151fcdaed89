"""What the spiders of post platforms do alike: the text comes with the listing, no page is fetched.

Once, a month after it was collected, each post is asked for by itself: was it deleted at its source?
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from scrapy import Request
from scrapy.http import Response

from crawlers.listing import Listing
from crawlers.post import post_of
from crawlers.post_checks import check_address, still_there
from crawlers.results import Result
from crawlers.spiders.outcomes import Origin, Wanted, last_exchange, named, refused_at_sight
from crawlers.spiders.platform import HEALTHY, Output, PlatformSpider
from crawlers.visit import Visit
from db.clock import parse_timestamp, timestamp
from db.crawl_records import Outcome

#: Pages of posts read in one run; what lies behind them is said to be unread.
MAX_PAGES = 10


class PostsSpider(PlatformSpider):
    """Pages through posts, newest first, back to the last complete visit.

    Refused by the run, before any request, when the deployment has no policy (:mod:`crawlers.social`).
    """

    purpose = "api"

    async def on_listing(self, response: Response, visit: Visit, number: int = 1) -> Output:
        """Read one page of posts: its outcome, its posts, the next page."""
        result, listing = await self.read_listing(response, visit)
        posts: list[Wanted] = []
        further: list[Request | Result] = []
        leads_on = listing is not None and listing.kind == "index"
        if listing is not None and leads_on:
            further = [self.poll(visit, item.url) for item in listing.items[:1]]
        elif listing is not None:
            posts = await self.wanted(visit, listing.items, young=False)
            if listing.further and _reaches_back(listing, visit):
                if number < MAX_PAGES:
                    further = [self.poll(visit, listing.further, number=number + 1)]
                else:
                    result = named(
                        Origin(response.request, visit, self.purpose),
                        result.outcome,
                        f"{result.detail}; older posts behind {MAX_PAGES} pages are unread",
                    )
        if number == 1 and result.outcome in HEALTHY and not leads_on:
            further += await self._checks(visit, {post.url for post in posts})
        visit.expect(len(posts) + len(further))
        yield result
        for post in posts:
            yield self._post(response, visit, post)
        for each in further:
            yield each

    async def _checks(self, visit: Visit, listed: Collection[str]) -> list[Request | Result]:
        """Return the requests that tell whether posts of a month ago are still there."""
        due = [url for url in await self.due_late(visit, "item") if url not in listed]
        seen = await self.session.ledger.seen(due)
        checks: list[Request | Result] = []
        for url in due:
            address = check_address(visit.source.platform, url)
            if address is None or not self.session.take_page(address):
                continue
            context = {"visit": visit, "page": Wanted(url, None, seen.get(url))}
            # Packed answers would have to be unpacked, and that is no work for the crawl itself.
            checks.append(
                self._request(address, "item", self.on_check, context, {"Accept-Encoding": "identity"})
            )
        return checks

    async def on_check(self, response: Response, visit: Visit, page: Wanted) -> Output:
        """Name what became of one post."""
        origin, exchange = Origin(response.request, visit, "item", page), last_exchange(response)
        there = None
        if not exchange.truncated and not exchange.header("content-encoding"):
            there = still_there(visit.source.platform, page.url, response.status, exchange.body)
        if there is None:
            outcome: Outcome = "parse_suspect" if response.status == 200 else "http_error"
            yield named(origin, outcome, f"answer {response.status} does not say whether the post is there")
        elif there:
            yield named(origin, "duplicate", "still there")
        else:
            yield replace(named(origin, "http_error", "no longer there"), vanished=True)

    def _post(self, response: Response, visit: Visit, post: Wanted) -> Result:
        origin = Origin(None, visit, "item", post, evidence=last_exchange(response))
        item, pseudonyms = post.item, self.session.pseudonyms
        if refusal := refused_at_sight(self.session.gate, post.url, visit, "item"):
            return refusal
        if item is None or item.withheld or pseudonyms is None:
            reason = item.withheld if item else None
            return named(origin, "refused_policy", reason or "no policy for posts of private persons")
        article = post_of(
            item,
            source=visit.source,
            pseudonyms=pseudonyms,
            public_accounts=self.session.public_accounts,
            identity=post.seen.identity if post.seen else None,
        )
        if article is None:
            return named(origin, "parse_failed", "no text in it")
        return named(origin, "stored", article=article)


def _reaches_back(listing: Listing, visit: Visit) -> bool:
    """Whether posts since the last complete visit may stand on the next page."""
    if not listing.items:
        return False
    if not visit.state.last_success_at or not visit.state.body_sha256:
        return True
    since = timestamp(parse_timestamp(visit.state.last_success_at) - timedelta(days=1))
    return min((item.published_at for item in listing.items if item.published_at), default="") > since
