"""Public timelines of Mastodon servers: an account or a hashtag."""

from typing import Any

from scrapy import Request

from crawlers.results import Result
from crawlers.spiders.posts import PostsSpider
from crawlers.visit import Visit


class MastodonSpider(PostsSpider):
    """Asks for the statuses of a hashtag, or looks an account up and then asks for its statuses."""

    name = "mastodon"
    task = "mastodon"

    def poll(self, visit: Visit, url: str, **context: Any) -> Request | Result:
        """Return the request; an account's own entry is always read, for it leads to the statuses."""
        request = super().poll(visit, url, **context)
        if isinstance(request, Request) and url.partition("?")[0].endswith("/accounts/lookup"):
            for name in ("If-None-Match", "If-Modified-Since"):
                request.headers.pop(name, None)
        return request
