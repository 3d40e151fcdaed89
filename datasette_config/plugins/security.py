"""What every answer carries and what is refused before Datasette sees it."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

import pluggy

from datasette_config.pages.site import settings

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

hookimpl = pluggy.HookimplMarker("datasette")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: No script anywhere, nothing from elsewhere; pages need their own style sheet, icons and forms.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"cross-origin-opener-policy": b"same-origin",
}
#: Headers of a request, in bytes: what web servers commonly take.
MOST_HEADER_BYTES = 8_192
#: Hosts that always answer: this machine, and Datasette's own client.
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_OPEN_UNDER_DASH = ("/-/static/", "/-/static-plugins/")
_SECONDS_STATIC = b"public, max-age=86400"


@hookimpl(trylast=True)
def asgi_wrapper(datasette: "Datasette") -> Callable[[Application], Application]:
    """Put the guard around Datasette; it is the outermost layer."""
    allowed = _LOOPBACK | {str(host).lower() for host in settings(datasette).get("hosts", ())}

    def wrap(application: Application) -> Application:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            path = _raw_path(scope)
            is_static = path.startswith(_OPEN_UNDER_DASH)

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    ours = dict(HEADERS)
                    if is_static and message["status"] == 200:
                        ours[b"cache-control"] = _SECONDS_STATIC
                    kept = [
                        (key, value) for key, value in message.get("headers", []) if key.lower() not in ours
                    ]
                    message = {**message, "headers": [*kept, *ours.items()]}
                await send(message)

            if refusal := _refusal(scope, path, allowed):
                status, text = refusal
                allowed_methods = ((b"allow", b"GET, HEAD"),) if status == 405 else ()
                await plain_answer(send_with_headers, status, text, allowed_methods)
            else:
                await application(scope, receive, send_with_headers)

        return guarded

    return wrap


def _refusal(scope: Scope, path: str, allowed: frozenset[str]) -> tuple[int, str] | None:
    """Return the status and the words for a request that goes no further, or None."""
    if _host(scope) not in allowed:
        return 421, "Unknown host. Add it with `narratives serve --allow-host NAME`.\n"
    if sum(len(key) + len(value) for key, value in scope["headers"]) > MOST_HEADER_BYTES:
        return 431, "Too many headers.\n"
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "This site is read only.\n"
    lowered = path.lower()
    if (
        not path.startswith("/")
        or path.startswith("//")
        or "\\" in path
        or "%5c" in lowered
        or "/%2f" in lowered
    ):
        return 400, "Bad address.\n"
    if (path == "/-" or path.startswith("/-/")) and not path.startswith(_OPEN_UNDER_DASH):
        return 404, "Not found.\n"
    return None


def _host(scope: Scope) -> str:
    values = [value.decode("latin1") for key, value in scope["headers"] if key.lower() == b"host"]
    if len(values) != 1:
        return ""
    host: str = values[0].strip().lower().rstrip(".")
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def _raw_path(scope: Scope) -> str:
    raw = scope.get("raw_path") or scope["path"].encode("utf-8")
    return bytes(raw).partition(b"?")[0].decode("latin1")


async def plain_answer(
    send: Send, status: int, text: str, headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """Answer with a line of plain text."""
    kept = [(b"content-type", b"text/plain; charset=utf-8"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": kept})
    await send({"type": "http.response.body", "body": text.encode()})
