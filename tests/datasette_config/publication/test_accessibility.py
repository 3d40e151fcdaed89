"""axe in Chromium: no violation on any type of page, in both languages, light and dark, desktop and phone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.datasette_config.publication.chromium import DESKTOP, INSTALLED, MISSING, PHONE, chromium, served

AXE = next(iter(sorted((Path(__file__).parents[3] / ".cache" / "axe-core").glob("axe-*.min.js"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not INSTALLED, reason=MISSING),
    pytest.mark.skipif(AXE is None, reason="axe-core is not there (tests/install_axe.sh fetches it)"),
]
#: One of every type; {key} is a document with labels, copies and versions, {claim} a claim with a review.
PAGES = (
    "/{lang}/",
    "/{lang}/narratives",
    "/{lang}/narratives/neocolonial-france",
    "/{lang}/documents?narrative=neocolonial-france",
    "/{lang}/documents/{key}",
    "/{lang}/sources",
    "/{lang}/sources/le-fleuve",
    "/{lang}/partners",
    "/{lang}/partners/france?month=2025-03",
    "/{lang}/events",
    "/{lang}/events/coup-2020",
    "/{lang}/claims",
    "/{lang}/claims/{claim}",
    "/{lang}/reports",
    "/{lang}/reports/weekly",
    "/{lang}/method",
    "/{lang}/method/quality",
    "/{lang}/method/symmetry",
    "/{lang}/sql?sql=select+source_id,+count(*)+as+n+from+documents+group+by+1",
    "/{lang}/sql?sql=delete+from+documents",
    "/{lang}/reports/narrative",
    "/{lang}/reports/narrative?narrative=neocolonial-france",
    "/{lang}/reports/source-profile?source=le-fleuve",
    "/{lang}/reports/event?event=coup-2020",
    "/{lang}/nowhere",
    "/public",
    "/public/documents",
    "/public/documents/1",
    "/public/weekly-series?narrative=neocolonial-france",
)
DOCUMENT = "https://le-fleuve.example/le-texte-repris"
#: WCAG 2.2 AA with all that it builds on, and axe's own advice.
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(
  found => done(found.violations.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 160)).join(" | "))),
  error => done(["axe failed: " + error]));
"""


@pytest.fixture(scope="module")
def address(public: Path) -> Iterator[str]:
    with served(public, allow_sql=True) as found:
        yield found


def violations(
    address: str,
    reader: Any,
    key: str,
    profile: Path,
    size: tuple[int, int],
    looks: dict[str, tuple[str, ...]],
) -> list[str]:
    """Return what axe finds on every page, for each colour scheme in its languages."""
    assert AXE is not None
    script = AXE.read_text(encoding="utf-8")
    claim = re.search(r'href="/fr/claims/([0-9a-f]{16})"', reader.get("/fr/claims?reviewed=1").text)
    assert claim
    found = []
    with chromium(profile, size) as driver:
        for scheme, languages in looks.items():
            feature = {"name": "prefers-color-scheme", "value": scheme}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
            # The browser's language decides the tables' language, and it is French.
            paths = {
                page.format(lang=language, key=key, claim=claim[1])
                for language in languages
                for page in PAGES
            }
            for path in sorted(paths):
                driver.get(address + path)
                driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
                driver.execute_cdp_cmd("Runtime.evaluate", {"expression": script})
                found += [f"{path} ({scheme}): {each}" for each in driver.execute_async_script(RUN)]
    return found


@pytest.mark.parametrize(
    ("size", "looks"), [(DESKTOP, {"light": ("fr",)}), (PHONE, {"dark": ("en",)})], ids=["desktop", "phone"]
)
def test_axe_finds_nothing(
    size: tuple[int, int],
    looks: dict[str, tuple[str, ...]],
    address: str,
    reader: Any,
    key_of: Callable[[str], str],
    tmp_path: Path,
) -> None:
    found = violations(address, reader, key_of(DOCUMENT), tmp_path, size, looks)
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_any_combination(
    size: tuple[int, int], address: str, reader: Any, key_of: Callable[[str], str], tmp_path: Path
) -> None:
    both = {"light": ("fr", "en"), "dark": ("fr", "en")}
    found = violations(address, reader, key_of(DOCUMENT), tmp_path, size, both)
    print(f"axe {size[0]} px: {2 * len(PAGES) * 2} pages, {len(found)} violations")  # noqa: T201
    assert not found, "\n".join(found)
