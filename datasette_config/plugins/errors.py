"""Errors as pages in the reader's language, without paths, queries or traces."""

import sqlite3
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
        status, message = _status(exception)
        if status == 500:
            traceback.print_exception(exception, file=sys.stderr)
        return await error_answer(datasette, request, status, message)

    outcome = yield
    outcome.force_result([answer])


@hookimpl
def forbidden(datasette: "Datasette", request: Request) -> Callable[[], Awaitable[Response]]:
    """Answer a request that permissions refuse."""

    async def answer() -> Response:
        return await error_answer(datasette, request, 403, "")

    return answer


async def error_answer(datasette: "Datasette", request: Request, status: int, message: str) -> Response:
    """Return the error as JSON where JSON was asked for, else as a page."""
    site = site_of(datasette, request)
    say = Wording(site.language)
    key = f"error_{status}" if status in (400, 403, 404, 503) else "error_500"
    explained = say(key, message=message) if status == 400 else say(key)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": explained, "status": status}, status=status)
    context: dict[str, Any] = {**site.context(), "facts": {}, "status": status, "explained": explained}
    html = await datasette.render_template(
        "narratives/error.html", context, request=request, view_name="narratives"
    )
    return Response.html(html, status=status, headers={"Cache-Control": "no-store"})


def _status(exception: Exception) -> tuple[int, str]:
    if isinstance(exception, QueryInterrupted):
        return 503, ""
    if isinstance(exception, sqlite3.OperationalError) and str(exception) == "interrupted":
        return 503, ""
    if isinstance(exception, DatasetteError):
        if exception.status == 400 and "SQL query took too long" in str(exception.message):
            return 503, ""
        return exception.status, str(exception.message)[:200] if exception.status == 400 else ""
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0] if exception.args else "")[:200]
    return 500, ""
