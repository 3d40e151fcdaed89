"""One request and what came back for it, byte for byte: the raw material of evidence. Pure."""

import itertools
from dataclasses import dataclass, field

_serials = itertools.count()

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One hop: the request as sent and the answer as received.

    ``body`` is the entity after transfer decoding and before content decoding. ``url`` is the public
    address, also where a test deployment served it on loopback. ``milliseconds`` is the time from
    sending to the last byte; ``certificate_sha256`` that of the TLS certificate seen, if any;
    ``tls_unverified`` says why it proved nothing, for a host that is read all the same; ``serial`` tells
    exchanges of one process apart.
    """

    url: str
    method: str
    request_headers: Headers
    status: int
    headers: Headers
    body: bytes
    truncated: bool
    captured_at: str
    milliseconds: int
    ip_address: str | None = None
    certificate_sha256: str | None = None
    tls_unverified: str | None = None
    serial: int = field(default_factory=lambda: next(_serials))

    def header(self, name: str) -> str | None:
        """Return the first value of a response header, or None."""
        name = name.lower()
        return next((value for key, value in self.headers if key.lower() == name), None)


def exchanges_of(meta: dict[str, object]) -> list[Exchange]:
    """Return the hops that a request's meta has gathered; redirects and retries share the list."""
    gathered = meta.setdefault("exchanges", [])
    if not isinstance(gathered, list):  # pragma: no cover - only our handler writes this key
        raise TypeError("meta['exchanges'] must be a list")
    return gathered
