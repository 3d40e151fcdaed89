"""A review desk over the invented press, and people who sign in to it."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasette_config.review.app import ReviewDesk
from datasette_config.review.desk import Desk
from db.coders import add_coder, set_password
from db.connection import transaction, working_database
from db.review_draws import top_up
from tests.db.review_press import review_press

PASSWORD = "a long password"


class Person:
    """A browser without scripts: keeps cookies, and sends forms with their token."""

    def __init__(self, desk: ReviewDesk, base: str = "http://127.0.0.1:8002") -> None:
        self._desk = desk
        self._base = base
        self.cookies = httpx.Cookies()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._ask("GET", path, **options)

    def post(
        self, path: str, *, token: str | None = None, page: str | None = None, **fields: Any
    ) -> httpx.Response:
        """Send a form; its token is read from the page that holds it, unless one is given."""
        if token is None:
            token = self.token(page or path)
        options = {"headers": fields.pop("headers", {})}
        return self._ask("POST", path, data={"token": token, **fields}, **options)

    def token(self, path: str) -> str:
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.get(path).text)
        return found[1] if found else ""

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/en/sign-in", name=name, password=password)

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._desk)  # type: ignore[arg-type]
            async with httpx.AsyncClient(
                transport=transport, base_url=self._base, cookies=self.cookies
            ) as client:
                response = await client.request(method, path, **options)
                self.cookies = client.cookies
                return response

        return asyncio.run(asked())


def words(response: httpx.Response) -> str:
    """Return what a page says, without its markup."""
    return unescape(re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture(scope="session")
def drawn_press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a working database with a queue and three accounts."""
    path = review_press(tmp_path_factory.mktemp("desk") / "press.db")
    with working_database(path, "write") as db:
        top_up(db, size=20, seed="s", audit_per_week=2)
        with transaction(db):
            for name in ("ada", "bee", "cas"):
                add_coder(db, name, PASSWORD)
                set_password(db, name, PASSWORD)
    return path


@pytest.fixture
def press_db(drawn_press: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    path = tmp_path / "press.db"
    path.write_bytes(drawn_press.read_bytes())
    return path


@pytest.fixture
def desk(press_db: Path) -> Iterator[Desk]:
    """Return an open desk."""
    with closing(Desk(press_db, queue=20)) as opened:
        yield opened


@pytest.fixture
def person(desk: Desk) -> Callable[..., Person]:
    """Return a way to sit down at the desk."""
    application = ReviewDesk(desk, ["desk.example"])
    return lambda **options: Person(application, **options)
