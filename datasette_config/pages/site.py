"""What every page needs: the publication, the language, the addresses, and a way to answer."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import NotFound, Request, Response

from datasette_config.page_wording import LANGUAGES, Wording
from datasette_config.typography import bound, day, moment, month, number, share, typeset, week
from db.reading.overview import about

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

#: Name of the distribution: Datasette serves our static files and keeps our settings under it.
PLUGIN = "mali-narratives"
#: The name under which Datasette knows the publication, whatever the file is called.
DATABASE = "public"
#: Milliseconds that all queries of one page may take together.
PAGE_TIME_LIMIT_MS = 1_200
DEFAULT_LANGUAGE = "fr"

_Answer = TypeVar("_Answer")


async def ask(datasette: "Datasette", question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
    """Run a question on the publication, within the time limit, in Datasette's own threads."""

    def limited(connection: sqlite3.Connection) -> _Answer:
        with sqlite_timelimit(connection, PAGE_TIME_LIMIT_MS):
            return question(connection)

    answer: _Answer = await datasette.get_database(DATABASE).execute_fn(limited)
    return answer


@dataclass(frozen=True, slots=True)
class Site:
    """One request's view of the site: its language and how to write addresses."""

    datasette: "Datasette"
    request: Request
    language: str

    def path(self, *parts: str, **query: str) -> str:
        """Return the path of a page in this language: ``path("documents", "0123")``."""
        path = "/".join(["", self.language, *parts])
        asked = {key: value for key, value in query.items() if value != ""}
        found: str = self.datasette.urls.path(path + (f"?{urlencode(asked)}" if asked else ""))
        return found

    def static(self, name: str) -> str:
        """Return the path of one of our static files."""
        found: str = self.datasette.urls.path(f"/-/static-plugins/{PLUGIN}/{name}")
        return found

    def data_path(self) -> str:
        """Return the path of Datasette's own page over the publication."""
        found: str = self.datasette.urls.path(f"/{DATABASE}")
        return found

    def other_language_path(self) -> str:
        """Return this same page in the other language."""
        other = "en" if self.language == "fr" else "fr"
        path = self.request.path
        for language in LANGUAGES:
            if path == f"/{language}" or path.startswith(f"/{language}/"):
                query = f"?{self.request.query_string}" if self.request.query_string else ""
                found: str = self.datasette.urls.path(f"/{other}{path[len(language) + 1 :]}{query}")
                return found
        home: str = self.datasette.urls.path(f"/{other}/")
        return home

    @property
    def base_url(self) -> str:
        """Return scheme and host for addresses that leave the site: configured, else those of the request."""
        configured = settings(self.datasette).get("base_url")
        return str(configured).rstrip("/") if configured else f"{self.request.scheme}://{self.request.host}"

    def context(self) -> dict[str, Any]:
        """Return what every template may use."""
        language = self.language
        return {
            "site": self,
            "lang": language,
            "say": Wording(language),
            "number": lambda value, digits=0: number(value, language, digits),
            "share": lambda value: share(value, language),
            "day": lambda value: day(value, language),
            "moment": lambda value: moment(value, language),
            "month": lambda value: month(value, language),
            "week": lambda value: week(value, language),
            "title_of": lambda row: typeset(row[f"title_{language}"], language),
            "said": lambda text: typeset(text or "", language),
            "bound": bound,
            "outward": outward,
            "colon": "\N{NO-BREAK SPACE}: " if language == "fr" else ": ",
            "made_by": lambda text: _made_by(text, language),
        }

    async def page(self, template: str, context: Mapping[str, Any], *, status: int = 200) -> Response:
        """Answer with a rendered page."""
        facts = await ask(self.datasette, about)
        html = await self.datasette.render_template(
            f"narratives/{template}",
            {**self.context(), "facts": facts, **context},
            request=self.request,
            view_name="narratives",
        )
        headers = {"Cache-Control": "public, max-age=120", "Content-Language": self.language}
        return Response.html(html, status=status, headers=headers)


def site_of(datasette: "Datasette", request: Request) -> Site:
    """Return the site in the language of the path, else in the one that the browser asks for."""
    first = request.path.split("/")[1] if request.path.startswith("/") else ""
    return Site(datasette, request, first if first in LANGUAGES else preferred_language(request))


def preferred_language(request: Request) -> str:
    """Return ``en`` when the browser prefers English to French, else ``fr``."""
    weights: dict[str, float] = {}
    for part in request.headers.get("accept-language", "").split(","):
        name, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        code = name.strip().lower()[:2]
        weights[code] = max(weight, weights.get(code, 0.0))
    return "en" if weights.get("en", 0.0) > weights.get("fr", 0.0) else DEFAULT_LANGUAGE


def settings(datasette: "Datasette") -> dict[str, Any]:
    """Return the plugin's settings, set by ``narratives serve``."""
    return datasette.plugin_config(PLUGIN) or {}


def found(row: _Answer | None) -> _Answer:
    """Return the row, or answer 404 when there is none."""
    if row is None:
        raise NotFound("not found")
    return row


def page_number(request: Request) -> int:
    """Return the page of a list that is asked for; 1 for anything that is no number."""
    try:
        return max(int(request.args.get("page") or 1), 1)
    except ValueError:
        return 1


def outward(url: str | None) -> str | None:
    """Return an address that a page may link to: http or https only."""
    return url if url and urlsplit(url).scheme in ("http", "https") else None


def _made_by(text: str, language: str) -> str:
    """Say who made reference labels; what a language model made is called that in both languages."""
    if "language" in text and "model" in text:
        return Wording(language)("made_by_model")
    return text
