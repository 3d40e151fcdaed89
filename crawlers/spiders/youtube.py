"""The feed of a YouTube channel: titles and descriptions of its newest videos."""

from crawlers.spiders.posts import PostsSpider


class YoutubeSpider(PostsSpider):
    """The feed of a YouTube channel: titles and descriptions of its newest videos."""

    name = "youtube"
    task = "youtube"
