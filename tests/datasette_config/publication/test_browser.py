"""A reader with a phone: from the first page to the sentence, without scrolling sideways."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.datasette_config.publication.chromium import INSTALLED, MISSING, PHONE, chromium, refused, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not INSTALLED, reason=MISSING)]


@pytest.fixture(scope="module")
def address(public: Path) -> Iterator[str]:
    with served(public) as found:
        yield found


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile"), PHONE) as driver:
        yield driver


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
    assert refused(phone) == []


@pytest.mark.parametrize(
    "path",
    [
        "/fr/",
        "/fr/narratives",
        "/en/documents?voice=own",
        "/fr/sources",
        "/fr/sources/le-fleuve",
        "/en/partners",
        "/en/partners/france?month=2025-03",
        "/fr/claims",
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
