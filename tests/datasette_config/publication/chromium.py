"""Headless Chromium for page tests, as a phone or as a desktop, and a publication served on loopback."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from datasette_config.serving import application

PHONE, DESKTOP = (390, 844), (1280, 900)
INSTALLED = bool(shutil.which("chromium") and shutil.which("chromedriver"))
MISSING = "chromium and chromedriver are not installed (tests/install_browser.sh installs them)"
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--lang=fr-FR",
)


@contextmanager
def served(publication: Path, *, allow_sql: bool = False) -> Iterator[str]:
    """Serve a publication and yield its address."""
    served_as = application(publication, allow_sql=allow_sql).app()
    config = uvicorn.Config(served_as, port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def chromium(profile: Path, size: tuple[int, int]) -> Iterator[Any]:
    """Yield a driver with a French browser of this size; a phone's size makes it a phone."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"):
        options.add_argument(flag)
    if size == PHONE:
        options.add_experimental_option(
            "mobileEmulation", {"deviceMetrics": {"width": size[0], "height": size[1], "pixelRatio": 2.0}}
        )
    options.add_experimental_option("prefs", {"intl.accept_languages": "fr-FR,fr"})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def refused(driver: Any) -> list[str]:
    """Return what the security policy refused since the log was last read."""
    return [entry["message"] for entry in driver.get_log("browser") if "Content Security" in entry["message"]]
