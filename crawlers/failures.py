"""From an exception to the named outcome it ends in. Pure."""

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawlers.exchange import exchanges_of
from crawlers.refusals import Refused
from db.crawl_records import Outcome

_LONGEST_DETAIL = 300
#: How the detail of a net_error begins when a name or a certificate is at fault.
UNKNOWN_HOST = "the host name is not known"
TLS_FAILED = "no secure connection"
_TLS_LIBRARIES = ("OpenSSL.", "service_identity.")


def outcome_of(error: BaseException, request: Request, max_redirects: int) -> tuple[Outcome, str]:
    """Return ``(outcome, detail)`` for a request that gave no response."""
    outcome, detail = _named(error, request, max_redirects)
    return outcome, " ".join(detail.split())[:_LONGEST_DETAIL]


def _named(error: BaseException, request: Request, max_redirects: int) -> tuple[Outcome, str]:
    match error:
        case Refused():
            return error.outcome, error.reason
        case DownloadTimeoutError():
            return "timeout", f"no complete answer within {request.meta.get('download_timeout', 30):.0f} s"
        case DownloadCancelledError():
            return "too_big", str(error)
        case CannotResolveHostError():
            return "net_error", UNKNOWN_HOST
        case DownloadConnectionRefusedError():
            return "net_error", "connection refused"
        case ResponseDataLossError():
            return "net_error", "the answer was cut short"
        case UnsupportedURLSchemeError():
            return "refused_policy", str(error)
        case DownloadFailedError():
            if fault := tls_fault(error):
                return "net_error", f"{TLS_FAILED}: {fault}"
            return "net_error", _said(error) or str(error) or "the connection broke"
        case ValueError() if _hops(request):
            # A redirect to what is no address at all: Scrapy cannot even make a request of it.
            return "refused_policy", f"redirected to what cannot be asked for: {error}"
        case IgnoreRequest() if _hops(request) > max_redirects:
            return "trap", f"more than {max_redirects} redirects"
        case _:
            return "net_error", f"{type(error).__name__}: {error}"


def tls_fault(error: DownloadFailedError) -> str | None:
    """Return what was wrong with the certificate or the handshake when that ended the connection, or None."""
    reasons = getattr(error.__cause__, "reasons", ())
    if any(type(reason.value).__module__.startswith(_TLS_LIBRARIES) for reason in reasons):
        return _said(error)
    return None


def _said(error: DownloadFailedError) -> str:
    return "; ".join(reason.getErrorMessage() for reason in getattr(error.__cause__, "reasons", ()))


def _hops(request: Request) -> int:
    return sum(300 <= exchange.status < 400 for exchange in exchanges_of(request.meta))
