"""Feeds: RSS, Atom, RDF, JSON Feed; the articles they list are fetched from their pages."""

from crawlers.spiders.platform import PlatformSpider


class FeedSpider(PlatformSpider):
    """Polls a feed conditionally and fetches what is new, changed, or due for a second look."""

    name = "feed"
    purpose = "feed"
    task = "feed"
