"""Follows redirects, without the Referer machinery that is switched off here."""

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response


class PlainRedirectMiddleware(RedirectMiddleware):
    """Every hop is a new request: it passes the address gate and robots.txt like any other."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send no Referer on any hop."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Look for no Referer middleware: there is none to find."""
