"""The mail that is open: every way to look at it, and what can be done with it."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import deliver, deliver_subjects, order

pytestmark = needs_chromium


@pytest.fixture
def opened(page: Page, sink: MailSink) -> Page:
    """The page with the mail of a shop open."""
    deliver(sink, order().as_bytes(), ("zoe@y.example", "hidden@y.example"))
    page.open(sink.url)
    page.read("Bestellung")
    return page


def test_a_mail_is_shown_with_its_envelope(opened: Page) -> None:
    assert opened.js("return document.title") == "Bestellung"
    assert "Zoë <zoe@y.example>" in opened.seen(".head").text
    opened.click(".envelope summary")
    assert "a@x.example → zoe@y.example, hidden@y.example" in opened.seen(".envelope").text


def test_its_html_is_shown_with_the_images_that_it_brings(opened: Page) -> None:
    assert "Das HTML" in opened.frame_text()

    opened.driver.switch_to.frame(opened.seen("iframe"))
    opened.until(lambda: opened.driver.find_element("id", "logo").get_property("naturalWidth") == 8)
    opened.driver.switch_to.default_content()


def test_opening_a_mail_marks_it_as_read_and_a_button_as_unread(
    opened: Page, sink: MailSink
) -> None:
    def unread() -> Any:
        return requests.get(f"{sink.url}/api/own/status", timeout=5).json()["unread"]

    opened.until(lambda: unread() == 0)

    opened.click("[data-do=this-unread]")

    opened.until(lambda: unread() == 1)


def test_every_view_has_an_address_and_shows_the_mail(opened: Page) -> None:
    expected = {
        "text": "Der Code ist 402913.",
        "headers": "DKIM-Signature",
        "links": "https://x.example/track",
        "parts": "multipart/alternative",
        "source": "Content-Disposition: attachment",
        "check": "display: flex",
    }

    for view, text in expected.items():
        opened.click(f".tabs [data-view={view}]")
        opened.until(lambda: opened.all(f".view-{view}"))  # noqa: B023
        assert text in opened.seen(f".view-{view}").text
        assert opened.is_at(view=view)
        assert (
            opened.js("return document.querySelector('.tabs [aria-current]').dataset.view") == view
        )


def test_links_of_the_text_can_be_followed_and_those_that_run_something_cannot(
    opened: Page,
) -> None:
    opened.click(".tabs [data-view=text]")
    link = opened.seen(".view-text a")
    assert link.get_attribute("href") == "https://x.example/order?id=1&b=2"

    opened.click(".tabs [data-view=links]")
    opened.until(lambda: opened.all(".view-links"))
    addresses = [link.get_attribute("href") for link in opened.all(".links a")]

    assert addresses == ["https://x.example/track", "https://x.example/order?id=1&b=2"]
    assert "javascript:alert(1)" in opened.seen(".links").text


def test_the_code_is_copied_with_a_click(opened: Page) -> None:
    opened.driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]}
    )

    opened.click(".marks .code")

    opened.until(lambda: opened.seen("#toast").text == "Copied")
    script = "const done = arguments[0]; navigator.clipboard.readText().then(done, done)"
    assert opened.driver.execute_async_script(script) == "402913"


def test_attachments_are_previewed_and_downloaded(opened: Page) -> None:
    assert [each.text for each in opened.all(".attachments .name")] == [
        "Rechnüng.pdf",
        "photo.png",
        "table.csv",
    ]

    opened.click('.attachments a[aria-label="Download Rechnüng.pdf"]')
    assert opened.downloaded("Rechnüng.pdf") == b"PDF" * 500
    image, text = opened.all(".attachments [data-do=preview]")
    image.click()
    opened.until(lambda: opened.seen(".previewed img").get_property("naturalWidth") == 8)
    opened.click("#preview [data-do=close]")
    text.click()

    opened.until(lambda: opened.seen(".previewed pre").text == "Zeile;ä")


def test_the_mail_is_downloaded_as_it_came(opened: Page, sink: MailSink) -> None:
    [item] = requests.get(f"{sink.url}/api/own/messages", timeout=5).json()["items"]
    raw = requests.get(f"{sink.url}/api/own/messages/{item['id']}/raw", timeout=5).content

    opened.click('.mail a[href$="/download"]')

    assert opened.downloaded(f"{item['id']}.eml") == raw


def test_tags_are_put_on_the_open_mail_and_taken_off(opened: Page) -> None:
    opened.click("[data-do=this-tag]")
    opened.seen("#tags-input").send_keys("nightly\n")
    opened.until(lambda: opened.text(".marks .tag").strip() == "nightly")

    opened.click("[data-do=untag]")

    opened.until(lambda: not opened.all(".marks .tag"))


def test_the_frame_is_as_wide_as_a_phone_or_a_tablet(desktop_page: Page, sink: MailSink) -> None:
    deliver(sink, order().as_bytes())
    desktop_page.open(sink.url)
    desktop_page.read("Bestellung")

    desktop_page.click("[data-width=phone]")

    assert desktop_page.seen("iframe").size["width"] == 390
    assert desktop_page.seen("[data-width=phone]").get_attribute("aria-pressed") == "true"


def test_buttons_lead_to_the_newer_and_the_older_mail(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two")
    page.open(sink.url)
    page.read("two")

    page.click("[data-do=older]")
    page.until(lambda: page.title == "one")
    page.click("[data-do=newer]")
    page.until(lambda: page.title == "two")
    page.driver.back()

    page.until(lambda: page.path == "/")


def test_a_mail_that_is_gone_is_said_to_be(page: Page, sink: MailSink) -> None:
    [identifier] = deliver_subjects(sink, "one")
    requests.delete(f"{sink.url}/api/own/messages/{identifier}", timeout=5)

    page.open(f"{sink.url}/messages/{identifier}")

    assert page.seen("#opened h2").text == "This mail is gone"
    page.click("#opened [data-query='']")
    page.until(lambda: page.seen("#empty"))


def test_images_from_elsewhere_are_loaded_only_when_asked_for(
    page: Page, sink: MailSink, tracker: Any
) -> None:
    html = f"<p>shown</p><img src='{tracker.url}/pixel.png'>"
    deliver(sink, f"Subject: x\r\nContent-Type: text/html\r\n\r\n{html}".encode())
    page.open(sink.url)
    page.read("x")
    assert page.frame_text() == "shown"
    assert tracker.requests() == []

    page.click("[data-do=load-remote]")

    page.until(lambda: any(b"/pixel.png" in request for request in tracker.requests()))
    assert not page.all("#remote")


def test_a_mail_without_any_text_shows_what_it_has(page: Page, sink: MailSink) -> None:
    deliver(
        sink,
        b"Subject: file\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nUERG\r\n",
    )
    page.open(sink.url)
    page.read("file")

    page.click('.attachments a[aria-label="Download a.pdf"]')

    assert page.downloaded("a.pdf") == b"PDF"


@pytest.fixture
def checking(mail_settings: MailSettings) -> Iterator[MailSink]:
    """A sink that may ask for links."""
    running = MailSink(dataclasses.replace(mail_settings, link_check=True))
    running.start()
    yield running
    running.stop()


def test_links_are_checked_where_that_is_allowed(page: Page, checking: MailSink) -> None:
    url = checking.url
    deliver(checking, f"Subject: x\r\n\r\n{url}/livez#top {url}/api/v1/nothing\r\n".encode())
    page.open(checking.url)
    page.read("x")
    page.click(".tabs [data-view=links]")

    page.click("[data-do=check-links]")

    page.until(lambda: all(place.text for place in page.all(".links .result")))
    alive, missing = [place.text for place in page.all(".links .result")]
    assert alive == "200"
    assert "404" in missing


def test_links_are_not_checked_unless_that_is_allowed(opened: Page) -> None:
    opened.click(".tabs [data-view=links]")

    assert opened.seen(".links")
    assert not opened.all("[data-do=check-links]")
