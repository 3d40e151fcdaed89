"""Errors as pages in the reader's language, without paths, queries or traces."""

import sys
import traceback
from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any

import pluggy
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError

from datasette_config.page_wording import Wording
from datasette_config.pages.site import site_of

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

hookimpl = pluggy.HookimplMarker("datasette")


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: "Datasette", request: Request, exception: Exception
) -> Generator[None, Any, None]:
    """Answer an uncaught exception instead of Datasette, whose answer shows more than readers should see."""

    async def answer() -> Response:
        status, key, message = _told(request, exception)
        if status == 500:
            traceback.print_exception(exception, file=sys.stderr)
        return await error_answer(datasette, request, status, key, message)

    outcome = yield
    outcome.force_result([answer])


@hookimpl
def forbidden(datasette: "Datasette", request: Request) -> Callable[[], Awaitable[Response]]:
    """Answer a request that permissions refuse."""

    async def answer() -> Response:
        return await error_answer(datasette, request, 403, "error_403")

    return answer


async def error_answer(
    datasette: "Datasette", request: Request, status: int, key: str, message: str = ""
) -> Response:
    """Return the error, in the words of ``key``, as JSON where JSON was asked for, else as a page."""
    site = site_of(datasette, request)
    explained = Wording(site.language)(key, message=message)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": explained, "status": status}, status=status)
    context: dict[str, Any] = {**site.context(), "facts": {}, "status": status, "explained": explained}
    html = await datasette.render_template(
        "narratives/error.html", context, request=request, view_name="narratives"
    )
    return Response.html(html, status=status, headers={"Cache-Control": "no-store"})


def _told(request: Request, exception: Exception) -> tuple[int, str, str]:
    """Return status, key of the words, and what Datasette says of a question that it cannot answer.

    A question that takes too long, or too much memory, is told to be narrowed: asking again would not help.
    """
    if isinstance(exception, QueryInterrupted | MemoryError) or str(exception) == "interrupted":
        return 400, "error_too_long", ""
    if isinstance(exception, DatasetteError):
        message = str(exception.message)
        if "SQL query took too long" in message:
            return 400, "error_too_long", ""
        # Datasette gives the status of a defect to an order that a table does not have.
        status = 400 if message.startswith("Cannot ") else exception.status
        return status, _key(status), message[:200]
    if isinstance(exception, Base400):
        return (
            exception.status,
            _key(exception.status),
            str(exception.args[0] if exception.args else "")[:200],
        )
    if "_through" in request.args and isinstance(exception, (LookupError, TypeError, ValueError)):
        return 400, "error_400", "_through"  # Datasette reads its value as JSON and believes what it finds
    return 500, "error_500", ""


def _key(status: int) -> str:
    return f"error_{status}" if status in (400, 403, 404) else "error_500"
