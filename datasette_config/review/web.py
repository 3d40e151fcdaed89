"""Requests and answers of the desk: what is let in, and what every answer carries."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from datasette.utils.asgi import Request, Response

Send = Callable[[Mapping[str, Any]], Awaitable[None]]

#: The longest form that is read, in bytes.
MAX_BODY = 256 * 1024

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: a form would then be posted with the origin "null", which is refused.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FOLDER = Path(__file__).parent
_STATIC = {
    "/static/narratives.css": (_FOLDER.parent / "static" / "narratives.css", "text/css; charset=utf-8"),
    "/static/icon.svg": (_FOLDER.parent / "static" / "icon.svg", "image/svg+xml"),
    "/static/review.css": (_FOLDER / "static" / "review.css", "text/css; charset=utf-8"),
    "/static/review.js": (_FOLDER / "static" / "review.js", "text/javascript; charset=utf-8"),
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class RefusedError(Exception):
    """A request that goes no further: status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


def static(path: str) -> Response | None:
    """Return one of the four files that pages use, or None."""
    if path not in _STATIC:
        return None
    file, kind = _STATIC[path]
    return Response(file.read_bytes(), content_type=kind)


def check(request: Request, hosts: frozenset[str]) -> None:
    """Refuse other hosts, other methods, and forms that another site sent."""
    host = _name_of(request.headers.get("host", ""))
    if host not in _LOOPBACK | hosts:
        raise RefusedError(421, "Unknown host. Start the desk with --allow-host NAME.")
    if request.method not in ("GET", "HEAD", "POST"):
        raise RefusedError(405, "Only reading and posting forms.")
    if request.method == "POST":
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
            raise RefusedError(403, "This form was sent by another site.")
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise RefusedError(403, "This form was sent by another site.")


async def posted(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form; every field may come several times."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise RefusedError(415, "Only forms are read here.")
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise RefusedError(400, "The form ended early.")
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise RefusedError(413, "This form is too long.")
        more = message.get("more_body", False)
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=2_000)
    except ValueError:
        raise RefusedError(400, "This form cannot be read.") from None
    return {name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()}


async def answer(response: Response, send: Send, *, head: bool = False) -> None:
    """Send an answer with the headers that all of them carry; without its body to a HEAD request."""
    response.headers = {**HEADERS, **response.headers}
    if head:
        response.body = ""
    await response.asgi_send(send)


def _name_of(host: str) -> str:
    lowered = host.strip().lower()
    return lowered.partition("]")[0] + "]" if lowered.startswith("[") else lowered.partition(":")[0]
