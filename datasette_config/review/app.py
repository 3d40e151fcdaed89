"""The desk as an ASGI application: addresses, who may see them, and what happens when something fails."""

import re
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from datasette.utils.asgi import Request, Response

from datasette_config.page_wording import LANGUAGES
from datasette_config.pages.site import preferred_language
from datasette_config.review import accounts, coding, overview
from datasette_config.review.desk import Desk
from datasette_config.review.session import COOKIE, new_session
from datasette_config.review.visit import Visit
from datasette_config.review.web import RefusedError, Send, answer, check, posted, static
from db.coders import coder_of
from db.errors import NarrativesError

Scope = MutableMapping[str, Any]
Page = Callable[..., Awaitable[Response]]

#: Path below the language -> page. Those of ``accounts`` are open to whoever is not signed in.
_PAGES: tuple[tuple[re.Pattern[str], Page], ...] = tuple(
    (re.compile(pattern), page)
    for pattern, page in (
        (r"/sign-in", accounts.sign_in_page),
        (r"/sign-out", accounts.sign_out_page),
        (r"/password", accounts.password_page),
        (r"/", overview.home_page),
        (r"/codebook", overview.codebook_page),
        (r"/agreement", overview.agreement_page),
        (r"/next", coding.next_page),
        (r"/texts/(\d{1,12})", coding.text_page),
        (r"/disagreements", overview.disagreements_page),
        (r"/disagreements/(\d{1,12})", coding.settle_page),
    )
)
_OPEN = (accounts.sign_in_page,)


class ReviewDesk:
    """Serves one working database to the people who code; read and written through one connection."""

    def __init__(self, desk: Desk, hosts: Sequence[str] = ()) -> None:
        self._desk = desk
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            check(request, self._hosts)
            response = await self._answer_to(request)
        except RefusedError as refusal:
            response = Response.text(f"{refusal.words}\n", status=refusal.status)
        except Exception:  # the person sees no internals; whoever started the desk does
            traceback.print_exc(file=sys.stderr)
            response = Response.text("Something failed here. What was stored stays stored.\n", status=500)
        await answer(response, send, head=request.method == "HEAD")

    async def _answer_to(self, request: Request) -> Response:
        if (file := static(request.path)) is not None:
            return file
        language, path = _split(request.path)
        if language is None:
            if path == "/":
                return Response.redirect(f"/{preferred_language(request)}/", status=303)
            raise RefusedError(404, "There is no such page.")
        found = next(
            ((page, match) for pattern, page in _PAGES if (match := pattern.fullmatch(path)) is not None),
            None,
        )
        visit = await self._visit(request, language)
        if found is None:
            return await visit.page("problem.html", status=404, told="no_page")
        page, match = found
        if request.method == "POST":
            form = await posted(request)
            if not self._desk.sessions.accepts(visit.session, next(iter(form.get("token", ())), "")):
                return await visit.page("problem.html", status=403, told="form_not_yours")
            visit.form = form
        if page not in _OPEN and visit.coder is None:
            return visit.redirect("sign-in")
        if visit.must_change and page not in (accounts.password_page, accounts.sign_out_page):
            return visit.redirect("password")
        try:
            return await page(visit, *match.groups())
        except NarrativesError as error:
            return await visit.page("problem.html", status=400, told=None, problem=str(error))

    async def _visit(self, request: Request, language: str) -> Visit:
        """Return who asks. A session ends with its account and with its password."""
        session = self._desk.sessions.read(request.cookies.get(COOKIE))
        if session is None:
            return Visit(self._desk, request, language, new_session(), fresh=True)
        name = session.coder
        if name is not None:
            account = await self._desk.ask(lambda db: coder_of(db, name))
            if account is None or account.stamp != session.stamp:
                return Visit(self._desk, request, language, new_session(), fresh=True)
            return Visit(self._desk, request, language, session, coder=name, must_change=account.must_change)
        return Visit(self._desk, request, language, session)


def _split(path: str) -> tuple[str | None, str]:
    """Return the language at the beginning of a path and what follows it."""
    for language in LANGUAGES:
        if path == f"/{language}" or path.startswith(f"/{language}/"):
            return language, path[len(language) + 1 :] or "/"
    return None, path


async def _lifespan(receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
