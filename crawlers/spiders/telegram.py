"""Public preview pages of Telegram channels."""

from crawlers.spiders.posts import PostsSpider


class TelegramSpider(PostsSpider):
    """Public preview pages of Telegram channels."""

    name = "telegram"
    task = "telegram"
