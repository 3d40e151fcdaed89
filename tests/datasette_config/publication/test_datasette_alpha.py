"""Every type of page under a pinned alpha of Datasette 1.0, in an environment of its own."""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.datasette_config.publication.test_accessibility import DOCUMENT, PAGES

pytestmark = pytest.mark.soak
VERSION = "1.0a41"
ROOT = Path(__file__).parents[3]
OTHERS = {
    "/": 302,
    "/fr/documents.atom?q=tutelle": 200,
    "/fr/documents.csv?narrative=neocolonial-france": 200,
    "/fr/documents.json?q=tutelle": 200,
    "/public/documents.csv": 200,
    "/public/documents.json?_shape=array": 200,
    "/public/events.atom": 200,
    "/public/weekly-series.json?narrative=neocolonial-france&_shape=array": 200,
    "/public/-/query?sql=select+1": 403,
    "/public/documents?_where=1=1": 403,
    "/-/versions": 404,
    "/-/databases": 404,
}


@pytest.fixture(scope="module")
def alpha() -> Path:
    """Return the interpreter of the environment, made once."""
    folder = ROOT / ".cache" / "datasette-alpha"
    python = folder / "bin" / "python"
    wanted = [python, "-c", f"from datasette.version import __version__ as v; assert v == {VERSION!r}"]
    if not python.exists() or subprocess.run(wanted, capture_output=True, check=False).returncode:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", f"datasette=={VERSION}"]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"datasette {VERSION} could not be installed: {done.stderr[-200:]}")
    return python


def test_every_type_of_page_answers(alpha: Path, public: Path, reader: Any, key_of: Any) -> None:
    claim = re.search(r'href="/fr/claims/([0-9a-f]{16})"', reader.get("/fr/claims?reviewed=1").text)
    assert claim
    expected = {
        page.format(lang=language, key=key_of(DOCUMENT), claim=claim[1]): 404
        if page.endswith("nowhere")
        else 200
        for page in PAGES
        for language in ("fr", "en")
    } | OTHERS
    script = Path(__file__).with_name("alpha_smoke.py")
    libraries = sysconfig.get_path("purelib")
    done = subprocess.run(
        [alpha, script, libraries, ROOT, public, json.dumps(list(expected))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    first, *lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert first == {"version": VERSION}
    found = {line["path"]: line["status"] for line in lines}
    print(f"datasette {VERSION}: {len(found)} addresses, "  # noqa: T201
          f"{sum(found[path] != status for path, status in expected.items())} wrong")  # fmt: skip
    assert found == expected
