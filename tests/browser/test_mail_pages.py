"""The mail pages in a real browser: the list is live, mail is shown, and hostile mail does nothing."""

import contextlib
import shutil
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.serving import HttpServer, Message, bind, bound_address
from localstack_shared.settings import Address

FREE = Address("127.0.0.1", 0)
SECONDS = 5

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
DRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="LEFT OUT: the pages were not tested, no chromium is installed",
)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """A running sink without mail."""
    running = MailSink(MailSettings(smtp_bind_addr=FREE, api_bind_addr=FREE, ui_bind_addr=FREE))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A headless browser with a profile of its own, whose downloads go to ``.downloads``."""
    downloads = tmp_path_factory.mktemp("downloads")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.downloads = downloads  # type: ignore[attr-defined]
    yield driver
    driver.quit()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def browser(
    request: pytest.FixtureRequest, chromium: webdriver.Chrome
) -> Iterator[webdriver.Chrome]:
    """The browser, as wide as a desktop's and as a phone's, with nothing open and nothing logged."""
    chromium.set_window_size(*request.param)
    chromium.get("about:blank")
    chromium.get_log("browser")
    yield chromium
    chromium.get("about:blank")  # the stream of the last page ends before its sink does


def deliver(sink: MailSink, raw: bytes, to: tuple[str, ...] = ("b@y.example",)) -> str:
    return sink.deliver(Mail("a@x.example", to, raw)).result(SECONDS)


def until(browser: webdriver.Chrome, condition: Callable[[], Any]) -> Any:
    """What *condition* returns, once it is true."""
    return WebDriverWait(browser, SECONDS, poll_frequency=0.05).until(lambda _: condition())


def subjects(browser: webdriver.Chrome) -> list[str]:
    """The subjects in the list."""
    script = "return [...document.querySelectorAll('td.subject')].map(e => e.textContent.trim())"
    found: list[str] = browser.execute_script(script)
    return found


def open_list(browser: webdriver.Chrome, url: str) -> None:
    """Open the list, and wait until it is live."""
    browser.get(url)
    until(browser, lambda: browser.find_element(By.ID, "live").text == "Live")


def test_mail_appears_in_the_open_list_and_goes_when_it_is_deleted(
    browser: webdriver.Chrome, sink: MailSink
) -> None:
    open_list(browser, sink.url)
    assert str(sink.smtp_address) in browser.find_element(By.CLASS_NAME, "empty").text

    for number in range(3):
        deliver(sink, f"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_{number}?=\r\n\r\n".encode())

    until(browser, lambda: subjects(browser) == ["Grüße 2", "Grüße 1", "Grüße 0"])
    assert browser.title == "Mail (3)"
    browser.execute_script("window.confirm = () => true")
    browser.find_element(By.ID, "delete-all").click()
    until(browser, lambda: browser.find_elements(By.CLASS_NAME, "empty"))


def test_a_mail_is_opened_shown_downloaded_and_deleted(
    browser: webdriver.Chrome, sink: MailSink
) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Shop <shop@x.example>", "Zoë <zoe@y.example>"
    mail["Subject"] = "Bestellung"
    mail.set_content("Der Text\n")
    mail.add_alternative("<h1 id=x>Das HTML</h1>", subtype="html")
    mail.add_attachment(b"PDF" * 500, "application", "pdf", filename="Rechnüng.pdf")
    deliver(sink, mail.as_bytes(), ("zoe@y.example", "hidden@y.example"))
    open_list(browser, sink.url)

    browser.find_element(By.CSS_SELECTOR, "td.subject a").click()
    until(browser, lambda: browser.title == "Bestellung")

    assert "Zoë <zoe@y.example>" in browser.find_element(By.CLASS_NAME, "envelope").text
    assert "hidden@y.example" in browser.find_element(By.CLASS_NAME, "envelope").text
    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
    assert browser.find_element(By.ID, "x").text == "Das HTML"
    browser.switch_to.default_content()
    browser.find_element(By.LINK_TEXT, "Rechnüng.pdf").click()
    saved = Path(browser.downloads, "Rechnüng.pdf")  # type: ignore[attr-defined]
    until(browser, lambda: saved.exists() and saved.read_bytes() == b"PDF" * 500)
    saved.unlink()
    browser.find_element(By.ID, "delete").click()
    until(browser, lambda: browser.find_elements(By.CLASS_NAME, "empty"))


def test_the_list_is_paged_and_stays_on_its_page(browser: webdriver.Chrome, sink: MailSink) -> None:
    for number in range(120):
        deliver(sink, f"Subject: {number}\r\n\r\n".encode())
    open_list(browser, f"{sink.url}/?start=50")

    assert subjects(browser)[0] == "69"
    deliver(sink, b"Subject: new\r\n\r\n")
    until(browser, lambda: subjects(browser)[0] == "70")
    assert "51–100 of 121" in browser.find_element(By.CLASS_NAME, "pages").text
    browser.find_element(By.LINK_TEXT, "Older").click()
    until(browser, lambda: len(subjects(browser)) == 21)
    assert "101–121 of 121" in browser.find_element(By.CLASS_NAME, "pages").text


def test_nothing_sticks_out_of_the_page(browser: webdriver.Chrome, sink: MailSink) -> None:
    deliver(
        sink, b"Subject: " + b"W" * 5000 + b"\r\nFrom: " + b"m" * 900 + b"@x\r\n\r\n" + b"x" * 5000
    )

    def overhang() -> int:
        root = "document.documentElement"
        return int(browser.execute_script(f"return {root}.scrollWidth - {root}.clientWidth"))

    open_list(browser, sink.url)
    assert overhang() == 0
    browser.find_element(By.CSS_SELECTOR, "td.subject a").click()
    until(browser, lambda: browser.find_elements(By.ID, "delete"))
    for details in browser.find_elements(By.TAG_NAME, "summary"):
        details.click()
    assert overhang() == 0


EVIL = "<script>top.document.title='pwned';window.pwned=1</script><img src=x onerror='pwned=1'>"

HOSTILE_HTML = f"""{EVIL}
<meta http-equiv=refresh content="0;url=TRACKER/refresh"><base href="TRACKER/base/">
<iframe src="javascript:top.document.title='pwned'"></iframe><iframe src="TRACKER/frame"></iframe>
<svg onload="top.document.title='pwned'"></svg><link rel=stylesheet href="TRACKER/style">
<form action="TRACKER/form" method=post><button id=send>x</button></form>
<img src="TRACKER/pixel"><img src="relative"><a id=top href="TRACKER/top" target=_top>top</a>
<a id=link href="javascript:top.document.title='pwned'">x</a><p id=end>end</p>"""


@pytest.fixture
def tracker() -> Iterator[socket.socket]:
    """What a hostile mail would like to reach: a listener that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        yield listener


def requests_to(listener: socket.socket) -> list[bytes]:
    """What was asked of *listener*; connections on which nothing was asked do not count.

    Chromium opens one ahead for a frame before it looks whether the frame is allowed.
    """
    asked = []
    with contextlib.suppress(TimeoutError):
        while True:
            connection, _ = listener.accept()
            connection.settimeout(0.2)
            with connection, contextlib.suppress(TimeoutError):
                asked.append(connection.recv(1000))
    return [request for request in asked if request]


def test_hostile_mail_neither_runs_nor_breaks_the_page(
    browser: webdriver.Chrome, sink: MailSink, tracker: socket.socket
) -> None:
    away = "http://{}:{}".format(*tracker.getsockname())
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "x@x.example"
    mail.set_content(EVIL)
    mail.add_alternative(HOSTILE_HTML.replace("TRACKER", away), subtype="html")
    mail.add_attachment(b"<script>alert(1)</script>", "text", "html", filename=f"{EVIL}.html")
    raw = f"Subject: {EVIL}</title></table>\r\nX-Evil: {EVIL}\r\n".encode() + mail.as_bytes()
    identifier = deliver(sink, raw, (f'"{EVIL}"@y.example',))

    open_list(browser, sink.url)
    assert subjects(browser) == [f"{EVIL}</title></table>"]
    browser.get(f"{sink.url}/messages/{identifier}")
    for details in browser.find_elements(By.TAG_NAME, "summary"):
        details.click()
    frame = browser.find_element(By.TAG_NAME, "iframe")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", frame)
    browser.switch_to.frame(frame)
    assert browser.find_element(By.ID, "end").text == "end"
    browser.find_element(By.ID, "send").click()
    browser.find_element(By.ID, "link").click()
    browser.find_element(By.ID, "top").click()
    browser.switch_to.default_content()

    assert requests_to(tracker) == []
    assert browser.current_url.endswith(f"/messages/{identifier}")
    assert browser.title == f"{EVIL}</title></table>"
    assert browser.execute_script("return window.pwned") is None
    assert len(browser.window_handles) <= 3
    for handle in browser.window_handles[1:]:
        browser.switch_to.window(handle)
        browser.close()
    browser.switch_to.window(browser.window_handles[0])


def test_a_mails_html_opened_by_itself_runs_nothing_either(
    browser: webdriver.Chrome, sink: MailSink
) -> None:
    raw = b"Content-Type: text/html\r\n\r\n<title>t</title><script>document.title='pwned'</script>"
    identifier = deliver(sink, raw)

    browser.get(f"{sink.url}/messages/{identifier}/html")

    assert browser.title == "t"


@pytest.mark.parametrize("knows", [True, False], ids=["mounted", "behind a proxy"])
def test_the_pages_work_under_any_prefix(
    browser: webdriver.Chrome, sink: MailSink, knows: bool
) -> None:
    prefix = "/_extension/mailhog"

    async def mounted(scope: Message, receive: Any, send: Any) -> None:
        path = scope["path"]
        assert path.startswith(prefix)
        changes = {"root_path": prefix} if knows else {"path": path.removeprefix(prefix) or "/"}
        await sink.application({**scope, **changes}, receive, send)

    listener = bind(FREE, "nothing")
    server = HttpServer(mounted, [listener])
    sink.serving.submit(server.open()).result(SECONDS)
    url = f"http://{bound_address(listener)}{prefix}"

    open_list(browser, url if knows else f"{url}/")
    deliver(sink, b"Subject: prefixed\r\nContent-Type: text/html\r\n\r\n<p id=x>shown</p>")
    until(browser, lambda: subjects(browser) == ["prefixed"])
    browser.find_element(By.CSS_SELECTOR, "td.subject a").click()
    until(browser, lambda: browser.title == "prefixed")
    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
    assert browser.find_element(By.ID, "x").text == "shown"
    browser.switch_to.default_content()
    browser.find_element(By.ID, "delete").click()
    until(browser, lambda: browser.find_elements(By.CLASS_NAME, "empty"))

    assert browser.current_url == f"{url}/"
    browser.get("about:blank")
    sink.serving.submit(server.close()).result(SECONDS)


def test_the_pages_are_complete_and_say_no_errors(
    browser: webdriver.Chrome, sink: MailSink
) -> None:
    identifier = deliver(sink, b"Subject: x\r\n\r\nText\r\n")

    open_list(browser, sink.url)
    browser.get(f"{sink.url}/messages/{identifier}")

    assert browser.get_log("browser") == []
    assert browser.find_element(By.CSS_SELECTOR, "pre.text").text == "Text"
    assert browser.execute_script("return document.documentElement.lang") == "en"
