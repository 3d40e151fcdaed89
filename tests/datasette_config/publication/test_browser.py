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
        "/fr/documents?q=" + "a" * 500,
        "/fr/events",
        "/en/method",
        "/fr/reports/weekly",
        "/public",
        "/public/documents",
        "/public/documents/1",
        "/public/weekly-series?narrative=neocolonial-france",
    ],
)
def test_no_page_scrolls_sideways_on_a_phone(phone: Any, address: str, path: str) -> None:
    phone.get(address + path)
    stays_inside(phone)


@pytest.mark.parametrize("path", ["/fr/claims", "/fr/partners", "/public/weekly-series"])
def test_a_long_choice_does_not_widen_the_page_of_a_phone(phone: Any, address: str, path: str) -> None:
    phone.get(address + path)
    phone.execute_script(
        "document.querySelector('main select').options[0].text = 'Récit sans fin '.repeat(9)"
    )
    stays_inside(phone)


def test_the_measured_figures_stay_short_on_a_phone(phone: Any, address: str) -> None:
    """A row of six figures is a title and at most four lines."""
    phone.get(f"{address}/fr/method/quality")
    heights = phone.execute_script(
        "return [...document.querySelectorAll('details[open] .dense tbody tr')].map(row => row.offsetHeight)"
    )
    assert heights
    assert max(heights) < 6 * 26


def test_paper_shows_what_a_screen_scrolls_to(phone: Any, address: str) -> None:
    """On paper no frame scrolls, no form stands in the way, and the marks of a chart are explained."""
    phone.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        phone.get(f"{address}/fr/partners/france?month=2025-03")
        shown = (
            "return [...document.querySelectorAll(arguments[0])].map(e => getComputedStyle(e)[arguments[1]])"
        )
        assert set(phone.execute_script(shown, "main form", "display")) == {"none"}
        assert set(phone.execute_script(shown, ".scroll", "overflowX")) == {"visible"}
        phone.get(f"{address}/fr/narratives/neocolonial-france")
        assert phone.execute_script(shown, "details.marks .signs", "display") == ["block"]
    finally:
        phone.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_keyboard_reaches_the_content_first(phone: Any, address: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    phone.get(f"{address}/fr/")
    phone.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = phone.switch_to.active_element
    assert skip.text == "Aller au contenu"
    skip.send_keys(Keys.ENTER)
    assert phone.current_url.endswith("#content")
