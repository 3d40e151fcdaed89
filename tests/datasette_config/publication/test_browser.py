"""A reader with a phone: from the first page to the sentence, without scrolling sideways."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from datasette_config.serving import application

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")),
        reason="chromium and chromedriver are not installed (tests/install_browser.sh installs them)",
    ),
]
PHONE = (390, 844)


@pytest.fixture(scope="module")
def address(public: Path) -> Iterator[str]:
    config = uvicorn.Config(application(public).app(), port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-sync",
        "--disable-background-networking",
        "--disable-component-update",
        "--lang=fr-FR",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(flag)
    options.add_experimental_option(
        "mobileEmulation", {"deviceMetrics": {"width": PHONE[0], "height": PHONE[1], "pixelRatio": 2.0}}
    )
    options.add_experimental_option("prefs", {"intl.accept_languages": "fr-FR,fr"})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def stays_inside(driver: Any) -> None:
    width = driver.execute_script("return document.documentElement.scrollWidth")
    assert width <= PHONE[0], f"{driver.current_url} is {width} px wide"


def test_from_home_to_the_highlighted_passage(phone: Any, address: str) -> None:
    from selenium.webdriver.common.by import By

    phone.get(address)
    assert phone.current_url.endswith("/fr/")
    stays_inside(phone)
    phone.find_element(By.LINK_TEXT, "La France néocoloniale").click()
    assert "/fr/narratives/neocolonial-france" in phone.current_url
    stays_inside(phone)
    phone.find_element(By.LINK_TEXT, "Le texte repris").click()
    assert "#p0" in phone.current_url
    stays_inside(phone)
    mark = phone.find_element(By.CSS_SELECTOR, "mark:target")
    assert mark.text.startswith("Paris garde la main")
    top = phone.execute_script("return arguments[0].getBoundingClientRect().top", mark)
    assert 0 <= top < PHONE[1], "the passage must stand on the screen"
    assert mark.value_of_css_property("background-color") != "rgba(0, 0, 0, 0)"
    refused = [entry for entry in phone.get_log("browser") if "Content Security Policy" in entry["message"]]
    assert refused == []


@pytest.mark.parametrize(
    "path",
    [
        "/fr/",
        "/fr/narratives",
        "/en/documents?voice=own",
        "/fr/sources",
        "/fr/sources/le-fleuve",
        "/en/partners",
        "/fr/events",
        "/en/method",
        "/fr/reports/weekly",
        "/public",
        "/public/documents",
        "/public/documents/1",
    ],
)
def test_no_page_scrolls_sideways_on_a_phone(phone: Any, address: str, path: str) -> None:
    phone.get(address + path)
    stays_inside(phone)


def test_the_keyboard_reaches_the_content_first(phone: Any, address: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    phone.get(f"{address}/fr/")
    phone.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = phone.switch_to.active_element
    assert skip.text == "Aller au contenu"
    skip.send_keys(Keys.ENTER)
    assert phone.current_url.endswith("#content")
