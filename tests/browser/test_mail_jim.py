"""Jim's switch and settings."""

from typing import Any

import requests

from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium

pytestmark = needs_chromium


def jim(sink: MailSink) -> Any:
    """What Jim does; none while he is away."""
    answer = requests.get(f"{sink.url}/api/v2/jim", timeout=5)
    return answer.json() if answer.ok else None


def open_dialog(page: Page) -> None:
    if page.is_phone:
        page.click("[data-do=sides]")
    page.click("[data-do=jim]")


def test_jim_is_invited_told_what_to_do_and_sent_away(page: Page, sink: MailSink) -> None:
    page.open(sink.url)

    open_dialog(page)
    page.click("#jim-here")
    page.until(lambda: page.seen("#jim [name=AcceptChance]").get_attribute("value") == "99")
    assert page.text("#jim-state") == "here"
    chance = page.seen("#jim [name=RejectSenderChance]")
    chance.clear()
    chance.send_keys("12.5")
    page.click("#jim [type=submit]")
    page.until(lambda: not page.all("dialog[open]"))

    assert jim(sink)["RejectSenderChance"] == 0.125
    assert jim(sink)["AcceptChance"] == 0.99
    open_dialog(page)
    page.until(lambda: page.seen("#jim-here").is_selected())
    page.click("#jim-here")
    page.until(lambda: jim(sink) is None)
    page.until(lambda: page.text("#jim-state") == "")


def test_what_jim_cannot_do_is_said_in_the_dialog(page: Page, sink: MailSink) -> None:
    requests.post(f"{sink.url}/api/v2/jim", timeout=5)
    page.open(sink.url)
    assert page.text("#jim-state") == "here"

    open_dialog(page)
    slowest = page.seen("#jim [name=LinkSpeedMin]")
    page.until(lambda: slowest.get_attribute("value") == "1024")
    slowest.clear()
    slowest.send_keys("99999")
    page.click("#jim [type=submit]")

    assert "LinkSpeedMin" in page.seen("#jim .error").text
    assert jim(sink)["LinkSpeedMin"] == 1024
