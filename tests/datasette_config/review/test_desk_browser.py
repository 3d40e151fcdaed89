"""The desk in a real browser: three texts with keys alone, a second coder, a disagreement, alpha."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from datasette_config.review.app import ReviewDesk
from datasette_config.review.desk import Desk
from db.connection import working_database
from tests.datasette_config.publication.chromium import DESKTOP, INSTALLED, MISSING, PHONE, chromium, refused
from tests.datasette_config.publication.test_accessibility import AXE, RUN
from tests.datasette_config.review.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not INSTALLED, reason=MISSING)]


@pytest.fixture
def address(press_db: Path) -> Iterator[str]:
    with closing(Desk(press_db, queue=20)) as desk:
        server = uvicorn.Server(uvicorn.Config(ReviewDesk(desk), port=0, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


class Keyboard:
    """A coder who never touches the mouse."""

    def __init__(self, driver: Any, address: str) -> None:
        self._driver = driver
        self._address = address

    def press(self, *keys: str) -> None:
        for key in keys:
            self._driver.switch_to.active_element.send_keys(key)

    def arrives(self, *keys: str) -> None:
        """Press keys of which the last one leads to another page, and wait for it."""
        from selenium.webdriver.support.ui import WebDriverWait

        self._driver.execute_script("document.documentElement.dataset.before = '1'")
        self.press(*keys)
        gone = "return !document.documentElement.dataset.before && document.readyState === 'complete'"
        WebDriverWait(self._driver, 15).until(lambda driver: driver.execute_script(gone))

    def sign_in(self, name: str) -> None:
        from selenium.webdriver.common.keys import Keys

        self._driver.get(f"{self._address}/fr/sign-in")
        self.press(name, Keys.TAB, PASSWORD)
        self.arrives(Keys.ENTER)
        assert self._driver.current_url == f"{self._address}/fr/"

    def leaves(self) -> None:
        self._driver.delete_all_cookies()

    def label(self, sentence: int, narrative: str, voice: str) -> None:
        """Pick a sentence (counted from 1), name a narrative, choose a voice, add the label."""
        from selenium.webdriver.common.keys import Keys

        self.press("k", "k", "k", "k", "k", *("j" * (sentence - 1)), "x", voice, "/", narrative)
        self.arrives(Keys.ENTER)

    def says(self) -> str:
        return str(self._driver.find_element("tag name", "main").text)

    @property
    def at(self) -> str:
        return str(self._driver.current_url).removeprefix(self._address)


def test_three_texts_with_keys_only_a_disagreement_and_alpha(
    address: str, press_db: Path, tmp_path: Path
) -> None:
    from selenium.webdriver.common.keys import Keys

    with chromium(tmp_path / "profile", DESKTOP) as driver:
        desk = Keyboard(driver, address)
        coded = []
        for coder in ("ada", "bee"):
            desk.sign_in(coder)
            desk.arrives(Keys.ENTER)  # the way on has the focus
            assert desk.at.startswith("/fr/texts/")
            coded.append(desk.at)
            desk.label(2, "néocoloniale", "2")
            if coder == "ada":
                desk.label(3, "armée", "1")
            desk.arrives("d")
            coded.append(desk.at)
            desk.label(2, "néocoloniale", "2")
            desk.arrives("d")
            coded.append(desk.at)
            desk.arrives("n")
            desk.leaves()
        assert coded[:3] == coded[3:], "both were given the same three texts"
        with working_database(press_db, "read") as db:
            rows = db.execute(
                "select coder, narrative_id, voice from annotations order by annotation_id"
            ).fetchall()
            assert rows == [
                ("ada", "neocolonial-france", "attributed"), ("ada", "army-resurgent", "own"),
                ("ada", "neocolonial-france", "attributed"), ("bee", "neocolonial-france", "attributed"),
                ("bee", "neocolonial-france", "attributed"),
            ]  # fmt: skip
            assert db.table("reviews").count == 6
        desk.sign_in("cas")
        driver.get(f"{address}/fr/disagreements")
        desk.arrives(Keys.ENTER)
        assert "Lecture 1" in desk.says() and "La montée en puissance" in desk.says()
        desk.arrives("d")  # what both found is there already
        assert desk.at == "/fr/disagreements" and "rien à trancher" in desk.says()
        driver.get(f"{address}/fr/agreement")
        france = driver.find_element("id", "neocolonial-france").text.split()
        army = driver.find_element("id", "army-resurgent").text.split()
        assert "1,00" in france and "0,00" in army
        assert refused(driver) == []


def test_the_words_of_a_label_are_chosen_with_keys(address: str, press_db: Path, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    with chromium(tmp_path / "profile", DESKTOP) as driver:
        desk = Keyboard(driver, address)
        desk.sign_in("ada")
        desk.arrives(Keys.ENTER)
        desk.press(
            "k", "k", "k", "k", "j", "(", "(", "(", "(", "[", "[", "[", "[", "]", "1", "/", "néocoloniale"
        )
        desk.arrives(Keys.ENTER)
        desk.press("?")
        assert driver.find_element("css selector", "details.keys").get_attribute("open")
        desk.arrives("u")
        assert "0 étiquette" in desk.says()
        desk.press("k", "k", "k", "k", "j", "(", "(", "(", "[", "[", "[", "[", "1", "/", "néocoloniale")
        desk.arrives(Keys.ENTER)
        desk.arrives("d")
    with working_database(press_db, "read") as db:
        (words,) = db.execute(
            'select substr(text, start + 1, "end" - start) from annotations join documents '
            "using (document_id)"
        ).fetchone()
    assert words == "la tutelle d’hier continue"


def test_the_form_fits_a_phone_and_axe_finds_nothing(address: str, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile", PHONE) as driver:
        desk = Keyboard(driver, address)
        desk.sign_in("ada")
        found = {}
        for path in ("", "texts/1", "disagreements", "agreement", "codebook", "password"):
            for scheme in ("light", "dark"):
                feature = {"name": "prefers-color-scheme", "value": scheme}
                driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
                driver.get(f"{address}/fr/{path}")
                width = driver.execute_script("return document.documentElement.scrollWidth")
                assert width <= PHONE[0], f"/fr/{path} is {width} px wide"
                if AXE is not None:
                    driver.execute_script(AXE.read_text(encoding="utf-8"))
                    found[path, scheme] = driver.execute_async_script(RUN)
        assert not {page: hits for page, hits in found.items() if hits}
        assert refused(driver) == []
