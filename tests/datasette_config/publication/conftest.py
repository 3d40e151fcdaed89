"""An invented press in a working database, its publication, and a reader of its pages."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_config.build import publish
from datasette_config.serving import application
from db.claims import refresh_claims
from db.connection import transaction, working_database
from db.identity import document_key, import_identity
from db.trends import recompute
from tests.datasette_config.publication.invented_press import InventedPress


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the working database of the invented press."""
    return build_press(tmp_path_factory.mktemp("press") / "press.db")


def build_press(path: Path, change: Callable[[InventedPress], None] = lambda press: None) -> Path:
    """Write the invented press into a new working database."""
    with working_database(path, "create") as db:
        with transaction(db):
            invented = InventedPress(db)
            invented.reference()
            invented.fill()
            change(invented)
        recompute(db)
        refresh_claims(db)
    return path


@pytest.fixture(scope="session")
def public(press: Path) -> Path:
    """Return the publication of the invented press."""
    return publish(press, press.with_name("public.db"), lambda text: None).path


class Reader:
    """Asks a publication in process, as a browser would."""

    def __init__(self, datasette: Datasette) -> None:
        self.datasette = datasette

    def get(self, path: str, **options: Any) -> Any:
        """Return the answer to a GET; redirects are not followed."""
        return self.ask("GET", path, **options)

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Return the answer to any request."""

        async def asked() -> Any:
            return await self.datasette.client.request(method, path, **options)

        return asyncio.run(asked())


@pytest.fixture(scope="session")
def reader(public: Path) -> Iterator[Reader]:
    """Return a reader of the invented press."""
    yield Reader(application(public))


@pytest.fixture(scope="session")
def open_publication() -> Callable[[Path], Reader]:
    """Return a way to read another publication."""
    return lambda path: Reader(application(path))


@pytest.fixture
def publish_rows(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Path], Path]:
    """Return a way to publish without charts and reports, for tests that look at neither."""
    monkeypatch.setattr("datasette_config.build._draw", lambda *_: 0)
    monkeypatch.setattr("datasette_config.build.write_reports", lambda *_: None)
    return lambda working, output: publish(working, output, lambda text: None).path


@pytest.fixture(scope="session")
def make_press() -> Callable[..., Path]:
    """Return a way to write the invented press with changes."""
    return build_press


@pytest.fixture
def key_of() -> Callable[[str], str]:
    """Return the public key of a document by its address."""
    return document_key


@pytest.fixture
def import_key() -> Callable[[str, str], str]:
    """Return the public key of an imported text."""
    return lambda source_id, text: document_key(import_identity(source_id, None, text))
