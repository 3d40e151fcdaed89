"""One request at the desk: who asks, in which language, and how to answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from datasette_config.page_wording import Wording
from datasette_config.review.desk import Desk
from datasette_config.review.session import COOKIE, LASTS_SECONDS, Session
from datasette_config.typography import day, moment, number, typeset

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(slots=True)
class Visit:
    """A request; ``fresh`` sessions get their cookie with the answer."""

    desk: Desk
    request: Request
    language: str
    session: Session
    coder: str | None = None
    must_change: bool = False
    fresh: bool = False
    form: dict[str, list[str]] = field(default_factory=dict)

    @property
    def posted(self) -> bool:
        """Whether a form was sent."""
        return bool(self.request.method == "POST")

    @property
    def name(self) -> str:
        """The signed-in coder; pages behind the sign-in may rely on it."""
        if self.coder is None:
            raise PermissionError("nobody is signed in")
        return self.coder

    def value(self, name: str) -> str:
        """Return a posted field, or nothing."""
        return next(iter(self.form.get(name, ())), "")

    def values(self, name: str) -> Sequence[str]:
        """Return all values of a posted field."""
        return self.form.get(name, [])

    def path(self, *parts: object) -> str:
        """Return the path of a page in this language."""
        return "/" + "/".join([self.language, *(str(part) for part in parts)]) + ("" if parts else "/")

    def redirect(self, *parts: object, session: Session | None = None) -> Response:
        """Go to another page; a new ``session`` takes the place of the one before."""
        response = Response.redirect(self.path(*parts), status=303)
        if session is not None or self.fresh:
            self._set_cookie(response, session or self.session)
        return response

    async def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page."""
        language = self.language
        other = "en" if language == "fr" else "fr"
        html = _environment().get_template(template).render(
            visit=self,
            lang=language,
            say=Wording(language, "review"),
            voices=Wording(language, "pages"),
            number=lambda value, digits=0: number(value, language, digits),
            day=lambda value: day(value, language),
            moment=lambda value: moment(value, language),
            said=lambda text: typeset(text or "", language),
            other_path=f"/{other}{self.request.path[len(language) + 1 :]}",
            token=self.desk.sessions.token(self.session),
            **values,
        )  # fmt: skip
        response = Response.html(html, status=status, headers={"Content-Language": language})
        if self.fresh:
            self._set_cookie(response, self.session)
        return response

    def _set_cookie(self, response: Response, session: Session) -> None:
        response.set_cookie(
            COOKIE,
            self.desk.sessions.write(session),
            max_age=LASTS_SECONDS,
            httponly=True,
            samesite="strict",
            secure=self.desk.secure_cookies,
        )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
