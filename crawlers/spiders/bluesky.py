"""Public posts of one Bluesky account."""

from crawlers.spiders.posts import PostsSpider


class BlueskySpider(PostsSpider):
    """Public posts of one Bluesky account."""

    name = "bluesky"
    task = "bluesky"
