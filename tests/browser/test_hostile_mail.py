"""Hostile mail neither runs nor breaks the page, and does not hold it up."""

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.conftest import Tracker
from tests.browser.mails import deliver, deliver_subjects

pytestmark = needs_chromium

EVIL = "<script>top.document.title='pwned';window.pwned=1</script><img src=x onerror='pwned=1'>"

HTML = f"""{EVIL}
<meta http-equiv=refresh content="0;url=TRACKER/refresh"><base href="TRACKER/base/" target=_top>
<iframe src="javascript:top.document.title='pwned'"></iframe><iframe src="TRACKER/frame"></iframe>
<iframe srcdoc="<script>top.document.title='pwned'</script>"></iframe>
<svg onload="top.document.title='pwned'"><animate onbegin="top.document.title='pwned'"/></svg>
<link rel=stylesheet href="TRACKER/style"><link rel=prefetch href="TRACKER/prefetch">
<style>@import "TRACKER/import"; body {{ background: url(TRACKER/background) }}
@font-face {{ font-family: f; src: url(TRACKER/font) }} p {{ font-family: f }}
#cover {{ position: fixed; inset: 0; z-index: 2147483647 }}</style>
<form action="TRACKER/form" method=post><button id=send>x</button></form>
<object data="TRACKER/object"></object><embed src="TRACKER/embed">
<video src="TRACKER/video" poster="TRACKER/poster" autoplay></video>
<img src="TRACKER/pixel"><img srcset="TRACKER/set 2x"><img src="relative">
<a id=top href="TRACKER/top" target=_top>top</a><a id=self href="TRACKER/self" target=_self>self</a>
<a id=link href="javascript:top.document.title='pwned'">x</a><p id=end>end</p><div id=cover></div>"""


def hostile(away: str) -> bytes:
    """A mail that tries all it can, wherever something can be written."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "x@x.example"
    mail.set_content(EVIL)
    mail.add_alternative(HTML.replace("TRACKER", away), subtype="html")
    mail.add_attachment(b"<script>alert(1)</script>", "text", "html", filename=f"{EVIL}.html")
    mail.add_attachment(
        f"<svg xmlns='http://www.w3.org/2000/svg' onload='parent.pwned=1'>"
        f"<script>parent.pwned=1</script><image href='{away}/svg'/></svg>".encode(),
        *("image", "svg+xml"),
        filename="drawing.svg",
    )
    head = f"Subject: {EVIL}</title></table>\r\nX-Evil: {EVIL}\r\nX-Tags: {EVIL}\r\n"
    return head.encode() + mail.as_bytes()


@pytest.fixture
def opened(page: Page, sink: MailSink, tracker: Tracker) -> Page:
    """The page with the hostile mail open."""
    identifier = deliver(sink, hostile(tracker.url), (f'"{EVIL}"@y.example',))
    page.open(f"{sink.url}/?query=from:x.example")
    page.click(".row .subject a")
    page.until(lambda: identifier.split("@")[0] in page.driver.current_url.replace("%3D", "="))
    page.until(lambda: page.title)
    return page


def assert_unharmed(page: Page, tracker: Tracker) -> None:
    assert tracker.requests() == []
    assert page.js("return window.pwned") is None
    assert page.js("return document.title") == f"{EVIL}</title></table>"
    assert page.is_live


def test_a_mail_cannot_run_load_or_send_anything(opened: Page, tracker: Tracker) -> None:
    assert "end" in opened.frame_text()

    opened.driver.switch_to.frame(opened.seen("iframe"))
    for name in ("send", "link", "top"):
        opened.js("document.getElementById(arguments[0]).click()", name)
    opened.driver.switch_to.default_content()
    time.sleep(0.3)

    assert_unharmed(opened, tracker)
    assert opened.path.startswith("/messages/")


def test_no_view_and_no_preview_runs_anything(opened: Page, tracker: Tracker) -> None:
    for view in ("text", "headers", "links", "parts", "source"):
        opened.click(f".tabs [data-view={view}]")
        opened.until(lambda: opened.all(f".view-{view}"))  # noqa: B023

    for number in range(2):
        opened.js(
            "document.querySelectorAll('.attachments [data-do=preview]')[arguments[0]].click()",
            number,
        )
        opened.until(lambda: opened.all("#preview[open] .previewed"))
        opened.click("#preview [data-do=close]")

    assert opened.text(".fields").count(EVIL) >= 0
    assert_unharmed(opened, tracker)


def test_the_html_in_a_tab_of_its_own_runs_nothing_either(page: Page, sink: MailSink) -> None:
    raw = b"Content-Type: text/html\r\n\r\n<title>t</title><script>document.title='pwned'</script>"
    identifier = deliver(sink, raw)

    page.driver.get(f"{sink.url}/messages/{identifier}/html")

    assert page.driver.title == "t"


@pytest.mark.parametrize("section", ["1", "2"])
def test_an_attachment_that_is_opened_by_its_address_runs_nothing(
    page: Page, sink: MailSink, section: str
) -> None:
    mail = EmailMessage(policy=SMTP)
    for subtype in ("html", "svg+xml"):
        mail.add_attachment(
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>document.title='pwned'</script></svg>",
            *("text" if subtype == "html" else "image", subtype),
            filename=f"a.{subtype}",
        )
    identifier = deliver(sink, mail.as_bytes())
    page.open(sink.url)

    page.driver.get(f"{sink.url}/api/own/messages/{identifier}/parts/{section}")
    time.sleep(0.2)

    assert "pwned" not in page.driver.title
    for file in page.downloads.iterdir():
        file.unlink()


def test_text_that_runs_backwards_says_what_it_is(page: Page, sink: MailSink) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "report\u202egnp.exe"
    mail["From"] = "\u202eknab@x.example <x@x.example>"
    mail.set_content("x")
    mail.add_attachment(b"MZ", "application", "octet-stream", filename="photo\u202egnp.exe")
    deliver(sink, mail.as_bytes())

    page.open(sink.url)
    page.click(".row .subject a")
    page.until(lambda: page.title)

    shown = page.js("return document.body.innerText")
    assert "\u202e" not in shown
    assert page.text(".attachments .name") == "photo\ufffdgnp.exe"


LARGE = {
    "10,000 parts": b"Subject: large\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n" * 10_000
    + b"--b--",
    "30 levels": b"Subject: large\r\n"
    + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(60)
    )
    + b"\r\nx",
    "25 MB of text": b"Subject: large\r\n\r\n" + b"https://x.example/ word\r\n" * 1_000_000,
    "25 MB of HTML": b"Subject: large\r\nContent-Type: text/html\r\n\r\n"
    + b"<table><tr><td><p>x</p><img src=cid:x>" * 660_000,
    "25 MB in one line": b"Subject: large\r\nContent-Type: text/html\r\n\r\n" + b"x" * 25_000_000,
    "a megabyte of header": b"Subject: large\r\nX-Long: " + b"y" * 1_000_000 + b"\r\n\r\nx",
    "20,000 headers": b"Subject: large\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\nx",
    "unclosed tags": b"Subject: large\r\nContent-Type: text/html\r\n\r\n" + b"<div><b " * 300_000,
}


TAKE_LONG = {"10,000 parts", "25 MB of HTML", "unclosed tags"}
"""Chromium needs ten seconds and more to show them; what remains is of every kind."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in TAKE_LONG)) for name in LARGE],
)
def test_a_large_mail_does_not_hold_the_page_up(
    desktop_page: Page, sink: MailSink, name: str
) -> None:
    page = desktop_page
    deliver_subjects(sink, "small")
    deliver(sink, LARGE[name])
    page.open(sink.url)

    page.read("large")
    for view in page.js(
        "return [...document.querySelectorAll('.tabs a')].map(a => a.dataset.view)"
    ):
        page.click(f".tabs [data-view={view}]")
        page.until(lambda: page.all(f".view-{view}"))  # noqa: B023
    page.press("j")
    page.until(lambda: page.title == "small")

    assert page.is_live
    assert page.js("return document.querySelectorAll('*').length") < 20_000


def test_a_large_subject_and_many_recipients_fit_into_the_page(page: Page, sink: MailSink) -> None:
    recipients = tuple(f"someone-{number}@y.example" for number in range(2000))
    raw = (
        b"Subject: "
        + b"Wide " * 4000
        + b"\r\nTo: "
        + ", ".join(recipients).encode()
        + b"\r\n\r\nText"
    )
    deliver(sink, raw, recipients)

    page.open(sink.url)
    page.click(".row .subject a")
    page.until(lambda: page.title)

    assert page.seen(".view-text pre").text == "Text"
    assert page.js("return document.documentElement.scrollWidth <= innerWidth")
    assert page.seen(".head").size["height"] < 600
