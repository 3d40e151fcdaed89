"""Pages that list articles, for outlets without a feed."""

from crawlers.spiders.platform import PlatformSpider


class ListingSpider(PlatformSpider):
    """Polls a listing page and fetches the articles it links to."""

    name = "listing"
    purpose = "feed"
    task = "listing"
