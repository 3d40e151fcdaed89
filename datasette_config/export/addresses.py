"""Where a reader finds what a row speaks of: our page where there is one, else the original address."""

from typing import Any
from urllib.parse import quote, urlsplit

from datasette_config.reporting import BuiltReport

#: Signs of an address that is written out.
_LONGEST = 200


def web_address(address: str | None) -> str | None:
    """Return an address that may be linked: http or https only."""
    return address if address and urlsplit(address).scheme in ("http", "https") else None


def host(address: str | None) -> str:
    """Return the host of an address, or nothing."""
    return urlsplit(address).hostname or "" if address else ""


def document_address(built: BuiltReport, row: dict[str, Any]) -> str | None:
    """Return where the evidence is: our page of the document, or without a public site the original page."""
    if built.base_url is not None:
        return page_address(built, "documents", row["document_key"])
    return web_address(row.get("url"))


def page_address(built: BuiltReport, kind: str, name: str) -> str | None:
    """Return the address of a page of the publication; None where there is no publication."""
    if built.base_url is None:
        return None
    return f"{built.base_url.rstrip('/')}/{built.language}/{kind}/{quote(name)}"


def defanged(address: str | None) -> str | None:
    """Write an address so that no reader links it, cut where it is endless: ``https://a[.]example/x``."""
    if address is None:
        return None
    scheme, separator, rest = address.partition("://")
    place, slash, path = rest.partition("/")
    written = f"{scheme}{separator}{place.replace('.', '[.]')}{slash}{path}"
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
