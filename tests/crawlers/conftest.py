"""What nearly every test of a crawl begins with: a web on loopback, and a deployment that may crawl it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawlers.crawl_desk import Desk
from tests.crawlers.import_desk import CATALOGUE
from tests.crawlers.local_site import LocalSite, local_site


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with local_site() as served:
        yield served


@pytest.fixture
def desk(tmp_path: Path, site: LocalSite) -> Desk:
    return Desk(tmp_path, site)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a deployment with one catalogued source will have its database."""
    monkeypatch.setenv("NARRATIVES_NOW", "2026-06-15T06:00:00Z")
    monkeypatch.delenv("NARRATIVES_CONFIG", raising=False)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "echo.yml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "narratives.toml").write_text('sources = ["sources"]\nbundled_sources = false\n')
    return tmp_path / "work.db"
