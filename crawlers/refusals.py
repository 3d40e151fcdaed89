"""Why a request was not made or not kept; each carries the named outcome it ends in. Pure."""

from scrapy.exceptions import IgnoreRequest

from db.crawl_records import Outcome


class Refused(IgnoreRequest):
    """A request that ends here; ``outcome`` is its name in ``fetches``."""

    outcome: Outcome = "refused_policy"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedByPolicy(Refused):
    """The address gate or the resolver guard said no."""


class RefusedByRobots(Refused):
    """robots.txt said no, or could not be read (RFC 9309: then nothing may be fetched)."""

    outcome: Outcome = "refused_robots"


class Trapped(Refused):
    """The address repeats itself, or the host has used up what one run may ask of it."""

    outcome: Outcome = "trap"


class Resting(Refused):
    """The host asked for a pause (Retry-After) that is longer than this run."""

    outcome: Outcome = "http_error"


class Stopped(IgnoreRequest):
    """The run was told to stop before this request's turn came: no outcome, the next run asks for it."""


class HeadersTooBig(Refused):
    """The answer's header lines never ended."""

    outcome: Outcome = "too_big"
