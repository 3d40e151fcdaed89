"""Which addresses may be asked for, and what makes two of them the same address. Pure."""

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, safe_url_string, url_query_cleaner

MAX_URL_CHARACTERS = 2_048
#: A path segment that comes back this often is a link trap, not a page.
MAX_SEGMENT_REPEATS = 3

_PORTS = {"http": 80, "https": 443}
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".onion")
#: Special ranges that Python 3.11 still takes for public: protocol assignments, 6to4 relays, documentation.
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
#: All that is public in IPv6; outside are translated IPv4 (``64:ff9b::``, ``::7f00:1``) and local ranges.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
#: Full stops that name resolution reads as ".", beside those that NFKC folds.
_FULL_STOPS = str.maketrans("。｡", "..")
_UNWANTED = re.compile(r"[\x00-\x20\x7f\\]")
_LOOKS_NUMERIC = re.compile(r"(?:\d+|0x[0-9a-f]*)\Z", re.IGNORECASE)
#: Query parameters that say where a reader came from and never what is read.
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|_ga|_gl|wt_mc|xtor|at_medium|"
    r"at_campaign|ns_\w+|spm|fb_action_ids|fb_ref|fb_source|ref_src|ref_url)",
    re.IGNORECASE,
)


def canonical_url(url: str) -> str | None:
    """Return the one spelling of an address, or None when it is no web address.

    Lower-case host, no default port, no fragment, no tracking parameters, sorted query. Parameters
    without a value stay: SPIP sites (``spip.php?article123``) keep the article's number there.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        return None
    tracked = sorted(
        {name for pair in parts.query.split("&") if _TRACKING.fullmatch(name := pair.partition("=")[0])}
    )
    host = parts.hostname.rstrip(".")
    if port is not None and port != _PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    bare = parts._replace(scheme=parts.scheme.lower(), netloc=host, fragment="").geturl()
    if tracked:
        bare = url_query_cleaner(bare, tracked, remove=True)
    try:
        clean: str = canonicalize_url(safe_url_string(bare))
    except (ValueError, UnicodeError):
        return None
    return _bare_query(clean, had_query=parts.query)


def _bare_query(url: str, *, had_query: str) -> str:
    """Write ``?article1=`` back as ``?article1`` when the address had it so."""
    head, mark, query = url.partition("?")
    if not mark:
        return url
    valueless = {pair for pair in had_query.split("&") if pair and "=" not in pair}
    pairs = [
        pair[:-1] if pair.endswith("=") and pair[:-1] in valueless else pair for pair in query.split("&")
    ]
    return f"{head}?{'&'.join(pairs)}"


def host_of(url: str) -> str:
    """Return the host of an address in lower case without a trailing dot, or an empty string."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def address_refusal(address: str) -> str | None:
    """Say why a network address may not be connected to, or None. IPv4 inside IPv6 is unwrapped."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        ip = inner or ip
    special = any(ip in network for network in _SPECIAL) or (ip.version == 6 and ip not in _GLOBAL_UNICAST)
    if special or not ip.is_global or ip.is_multicast:
        return f"{address} is not a public address"
    return None


@dataclass(frozen=True, slots=True)
class UrlGate:
    """The one policy that every address passes: seeds, feed links, page links, redirects, robots.

    ``loopback`` names the hosts of a test or demo deployment; they are served on 127.0.0.1.
    """

    loopback: Collection[str] = field(default=())

    def refusal(self, url: str) -> str | None:
        """Say why an address is refused, or None when it may be asked for."""
        if len(url) > MAX_URL_CHARACTERS:
            return f"longer than {MAX_URL_CHARACTERS} characters"
        if _UNWANTED.search(url):
            return "holds spaces, control characters or backslashes"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            return f"cannot be read: {error}"
        scheme = parts.scheme.lower()
        if scheme not in _PORTS:
            return f"scheme {scheme or 'missing'} is not http or https"
        if parts.username is not None or parts.password is not None:
            return "carries user information"
        if port not in (None, 80, 443):
            return f"port {port} is not 80 or 443"
        host = unicodedata.normalize("NFKC", parts.hostname or "").translate(_FULL_STOPS)
        return self._host_refusal(host.rstrip(".").lower())

    def _host_refusal(self, host: str) -> str | None:
        if not host:
            return "no host"
        if host in self.loopback:
            return None
        try:
            return address_refusal(host)
        except ValueError:
            pass
        if _LOOKS_NUMERIC.match(host.rsplit(".", 1)[-1]):
            return f"host {host} is a number in disguise"
        if ":" in host or "%" in host:
            return f"host {host} is not a name"
        if "." not in host or host.endswith(_PRIVATE_SUFFIXES):
            return f"host {host} is not a public name"
        return None


def looks_like_trap(url: str) -> bool:
    """Whether the path repeats itself the way endless calendars and relative-link loops do."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return any(segments.count(segment) > MAX_SEGMENT_REPEATS for segment in set(segments))
