"""Scrapy's settings, all of them in code: politeness and limits are no matter of taste.

Scrapy's own delay and throttle stay off because :mod:`crawlers.politeness` spaces requests for the whole
process, and its own robots middleware because it fetches pages when robots.txt cannot be read.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from crawlers.content_decoding import ACCEPT_ENCODING
from db.errors import NarrativesError

PAGE_CAP_BYTES = 8 * 1024 * 1024
DOWNLOAD_TIMEOUT_SECONDS = 30
MAX_REDIRECTS = 5
MEMORY_LIMIT_MB = 512

SETTINGS: dict[str, Any] = {
    "BOT_NAME": "mali-narratives",
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "TWISTED_DNS_RESOLVER": "crawlers.guard.GuardedResolver",
    "DNS_TIMEOUT": 15,
    # Only this handler checks where a name leads; no other scheme and no other handler exists.
    "DOWNLOAD_HANDLERS": {
        "http": "crawlers.handler.PoliteHandler",
        "https": "crawlers.handler.PoliteHandler",
        "file": None,
        "data": None,
        "ftp": None,
        "s3": None,
    },
    "DOWNLOAD_MAXSIZE": PAGE_CAP_BYTES,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_TIMEOUT": DOWNLOAD_TIMEOUT_SECONDS,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "REDIRECT_MAX_TIMES": MAX_REDIRECTS,
    "METAREFRESH_ENABLED": False,
    "RETRY_TIMES": 1,
    # Giving up is an outcome in `fetches`, not an error of the program.
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
    # Without 429: who asks for peace is not asked again.
    "RETRY_HTTP_CODES": [408, 500, 502, 503, 504, 522, 524],
    # Its spider bounds how far a platform is followed (three levels of sitemaps, ten pages of posts);
    # Scrapy's own limit would drop requests without an outcome.
    "DEPTH_LIMIT": 0,
    "URLLENGTH_LIMIT": 2_048,
    "CONCURRENT_ITEMS": 2,
    # Newest first, in the order the spiders give.
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    # No bound over all hosts (a slow host must not hold up the others), one connection for each.
    "CONCURRENT_REQUESTS": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    # Obeyed by our own middleware below.
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "COMPRESSION_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    "REFERER_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "MEMUSAGE_ENABLED": True,
    "MEMUSAGE_LIMIT_MB": MEMORY_LIMIT_MB,
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": 5,
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5",
        "Accept-Language": "fr,en;q=0.5",
        "Accept-Encoding": ACCEPT_ENCODING,
    },
    "DOWNLOADER_MIDDLEWARES": {
        "crawlers.middlewares.url_gate.UrlGateMiddleware": 50,
        "crawlers.middlewares.robots.RobotsMiddleware": 100,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
        "crawlers.middlewares.redirect.PlainRedirectMiddleware": 600,
    },
    "SPIDER_MIDDLEWARES": {"scrapy.spidermiddlewares.referer.RefererMiddleware": None},
    "ITEM_PIPELINES": {"crawlers.pipelines.storing.StoringPipeline": 300},
    # Not even loaded: consoles, exporters, periodic logs, and the memory watch that ours stands in for.
    "EXTENSIONS": {"crawlers.memory.OwnMemory": 0}
    | {
        f"scrapy.extensions.{name}": None
        for name in (
            "memusage.MemoryUsage",
            "telnet.TelnetConsole",
            "remote_control.RemoteControl",
            "feedexport.FeedExporter",
            "memdebug.MemoryDebugger",
            "closespider.CloseSpider",
            "logstats.LogStats",
            "logcount.LogCount",
            "spiderstate.SpiderState",
            "throttle.AutoThrottle",
        )
    },
    "LOG_LEVEL": "ERROR",
    "LOG_INSTALL_ROOT_HANDLER": True,
    "STATS_DUMP": False,
    "LOGSTATS_INTERVAL": 0,
}


def user_agent(contact: str | None) -> str:
    """Return the honest name we go by; refuses to have none to answer complaints at."""
    if not contact or not contact.strip():
        raise NarrativesError(
            "No contact is configured, and a crawler must say where its owner can be reached. "
            "Put a line like\n"
            '  contact = "https://your-project.example/about"\n'
            "into narratives.toml beside the database (or name the file with --config)."
        )
    if not contact.isascii() or not contact.isprintable() or any(mark in contact for mark in "()<>"):
        raise NarrativesError(
            f"contact = {contact!r} cannot be sent in a header. Use an address of plain ASCII characters."
        )
    return f"mali-narratives/{version('mali-narratives')} (+{contact.strip()})"


def crawl_settings(agent: str, loopback: Mapping[str, int]) -> dict[str, Any]:
    """Return the settings of one run."""
    return {**SETTINGS, "USER_AGENT": agent, "NARRATIVES_LOOPBACK": dict(loopback)}
