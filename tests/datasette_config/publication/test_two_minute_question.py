"""The question that the pages are for, walked in a browser by somebody who has never written SQL.

What is being said about France this month, where, since when, by whom first, and show me the sentence.
"""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.datasette_config.publication.chromium import DESKTOP, INSTALLED, MISSING, chromium, refused, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not INSTALLED, reason=MISSING)]


class Walker:
    """Clicks links by their words, and counts."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.clicks = 0

    def click(self, words: str, inside: str = "main") -> None:
        from selenium.webdriver.common.by import By

        self.driver.find_element(By.CSS_SELECTOR, inside).find_element(By.LINK_TEXT, words).click()
        self.clicks += 1

    def rows(self, table: int) -> list[list[str]]:
        """Return the cells of a table as they are read on the screen."""
        from selenium.webdriver.common.by import By

        body = self.driver.find_elements(By.CSS_SELECTOR, "table.said")[table]
        return [
            [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th, td")]
            for row in body.find_elements(By.CSS_SELECTOR, "tbody tr")
        ]


def test_two_clicks_answer_it(public: Path, tmp_path: Path) -> None:
    from selenium.webdriver.common.by import By

    with served(public) as address, chromium(tmp_path, DESKTOP) as driver:
        driver.get(address)
        began = time.monotonic()
        walker = Walker(driver)
        walker.click("France")
        assert "mars 2025" in _plain(driver.find_element(By.CSS_SELECTOR, "main h2").text)
        what = {row[0].splitlines()[0]: row[1:] for row in walker.rows(0)}
        own, attributed, rejected, where, since, first = what["La France néocoloniale"]
        assert (own, attributed, rejected) == ("1 (1)", "3 (2)", "0")
        assert where == "Le Fleuve (1)"
        assert _plain(since) == "3 septembre 2024"
        assert first == "Agence du Sahel"
        assert "Précision mesurée : 62 % (n = 44 signalés)" in _plain(
            driver.find_element(By.CSS_SELECTOR, "table.said").text
        )
        widths = "t = document.querySelector('.said'); return [t.offsetWidth, t.parentElement.clientWidth]"
        table, frame = driver.execute_script(widths)
        assert table <= frame, "no column of the answer hides beyond the edge"
        walker.click("Le texte repris")
        sentence = driver.find_element(By.CSS_SELECTOR, "mark:target")
        assert sentence.text == "Paris garde la main sur nos richesses et nous dicte encore sa loi."
        box = driver.execute_script("return arguments[0].getBoundingClientRect().top", sentence)
        assert 0 <= box < DESKTOP[1], "the sentence must stand on the screen"
        reference = driver.find_element(By.CSS_SELECTOR, "code.reference").text
        assert reference.endswith(":0-66:neocolonial-france"), "and it can be disputed"
        assert walker.clicks == 2
        assert time.monotonic() - began < 120
        assert refused(driver) == []


def _plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
