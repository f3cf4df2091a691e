"""A headless browser with the mail page in it: the fixtures, and what tests do with the page."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
DRIVER = shutil.which("chromedriver")

needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="LEFT OUT: the pages were not tested, no chromium is installed",
)

SECONDS = 10

DESKTOP, PHONE = (1280, 800), (390, 844)


@dataclass
class Browser:
    """A browser, and the folder that its downloads go to."""

    driver: webdriver.Chrome
    downloads: Path


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless browser with a profile of its own, for all tests of the session."""
    downloads = tmp_path_factory.mktemp("downloads")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        "--host-resolver-rules=MAP *.localhost.localstack.cloud 127.0.0.1",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield Browser(driver, downloads)
    driver.quit()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator["Page"]:
    """The browser, as wide as a desktop's and as a phone's, with nothing open, stored or logged."""
    yield from _page(chromium, request.param)


@pytest.fixture
def desktop_page(chromium: Browser) -> Iterator["Page"]:
    """The browser, as wide as a desktop's."""
    yield from _page(chromium, DESKTOP)


def _page(browser: Browser, size: tuple[int, int]) -> Iterator["Page"]:
    page = Page(browser, size)
    yield page
    page.leave()


class Page:
    """The mail page, and a reader of it."""

    def __init__(self, browser: Browser, size: tuple[int, int]) -> None:
        self.driver = browser.driver
        self.downloads = browser.downloads
        self.is_phone = size == PHONE
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False},
        )
        self.driver.get_log("browser")

    def open(self, url: str) -> None:
        """Open an address, and wait until the page is live."""
        self.driver.get(url)
        self.until(lambda: self.is_live)

    def leave(self) -> None:
        """Close what was opened; the stream of the page ends before its sink does."""
        first, *others = self.driver.window_handles
        for handle in others:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(first)
        # A mail's own document has no storage.
        self.js("try { localStorage.clear() } catch {}")
        self.driver.get("about:blank")

    def until(self, condition: Callable[[], Any], seconds: float = SECONDS) -> Any:
        """What *condition* returns, once it is true."""
        # The list may put another element in the place of one that is being looked at.
        again = [StaleElementReferenceException]
        wait = WebDriverWait(self.driver, seconds, poll_frequency=0.03, ignored_exceptions=again)
        return wait.until(lambda _: condition())

    def js(self, script: str, *arguments: Any) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[WebElement]:
        """The elements of a selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def seen(self, selector: str) -> WebElement:
        """The first element of a selector that can be seen, once there is one."""
        found: WebElement = self.until(
            lambda: next((each for each in self.all(selector) if each.is_displayed()), None)
        )
        return found

    def text(self, selector: str) -> str:
        """What an element says, whether it is seen or not; empty where there is none."""
        script = "return document.querySelector(arguments[0])?.textContent ?? ''"
        return str(self.js(script, selector))

    def click(self, selector: str, *, shift: bool = False) -> None:
        """Click the first element of a selector that can be seen."""
        element = self.seen(selector)
        if shift:
            chain = ActionChains(self.driver).key_down(Keys.SHIFT).click(element)
            chain.key_up(Keys.SHIFT).perform()
        else:
            element.click()

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def search(self, query: str) -> None:
        """Type a query in place of the one that is there, and wait until the list shows what it finds."""
        field = self.seen("#query")
        field.clear()
        field.send_keys(query, Keys.ENTER)
        self.until(lambda: self.is_at(query=query))

    def is_at(self, **parameters: str) -> bool:
        """Whether the address has these parameters and no others."""
        found: dict[str, str] = self.js(
            "return Object.fromEntries(new URL(location.href).searchParams)"
        )
        return found == {name: value for name, value in parameters.items() if value}

    def subjects(self) -> list[str]:
        """The subjects in the list, as they follow each other."""
        return [subject for _, subject in self.rows()]

    def rows(self) -> list[tuple[int, str]]:
        """The rows that are in the page: their numbers, from 1, and subjects."""
        script = (
            "return [...document.querySelectorAll('.row')]"
            ".map(row => [Number(row.ariaRowIndex), row.querySelector('.subject a').textContent])"
            ".sort((one, other) => one[0] - other[0])"
        )
        return [(number, subject) for number, subject in self.js(script)]

    def shows(self, *subjects: str) -> None:
        """Wait until the list consists of these."""
        self.until(lambda: self.subjects() == list(subjects))

    def row(self, subject: str) -> str:
        """The selector of the first row with a subject."""
        script = (
            "return [...document.querySelectorAll('.row')]"
            ".find(row => row.querySelector('.subject a').textContent === arguments[0])?.id"
        )
        return "#" + str(self.until(lambda: self.js(script, subject)))

    def read(self, subject: str) -> None:
        """Open a mail of the list, and wait until it is shown."""
        self.click(f"{self.row(subject)} .subject a")
        self.until(lambda: self.title == subject)

    @property
    def is_live(self) -> bool:
        """Whether news reach the page."""
        return bool(self.js("return !!document.querySelector('#live.is-live')"))

    @property
    def title(self) -> str:
        """What the open mail is called; empty where none is open."""
        return str(self.js("return document.querySelector('#opened h1')?.textContent ?? ''"))

    @property
    def cursor(self) -> str:
        """The subject of the row at the cursor; empty where it is nowhere."""
        return str(
            self.js("return document.querySelector('.is-cursor .subject a')?.textContent ?? ''")
        )

    @property
    def path(self) -> str:
        """The path of the address."""
        return str(self.js("return location.pathname"))

    @property
    def complaints(self) -> list[str]:
        """What the browser has logged since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def frame_text(self) -> str:
        """What the open mail's HTML says."""
        frame = self.seen("iframe")
        self.driver.switch_to.frame(frame)
        try:
            return self.driver.find_element(By.TAG_NAME, "body").text
        finally:
            self.driver.switch_to.default_content()

    def downloaded(self, name: str) -> bytes:
        """A file that is being downloaded, once it is there; it is removed."""
        file = self.downloads / name
        self.until(file.exists)
        time.sleep(0.05)  # it has its name before its last bytes
        content = file.read_bytes()
        file.unlink()
        return content
