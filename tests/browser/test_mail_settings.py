"""What a reader sets: the appearance, and notifications."""

from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import deliver, deliver_subjects

pytestmark = needs_chromium

GROUND = "return getComputedStyle(document.body).backgroundColor"

NOTIFICATIONS = """
window.notified = [];
window.Notification = class {
  static permission = "granted";
  static async requestPermission() { return "granted"; }
  constructor(title, options) { notified.push([title, options.body]); }
};
"""
"""A headless browser has no desktop to notify; what the page asks for is kept instead."""


def click_setting(page: Page, name: str) -> None:
    if page.is_phone and not page.all("[data-sides]"):
        page.click("[data-do=sides]")
    page.click(f".settings [data-do={name}]")


def test_the_appearance_is_the_systems_until_another_is_chosen(page: Page, sink: MailSink) -> None:
    page.open(sink.url)
    light = page.js(GROUND)

    click_setting(page, "theme")
    assert page.js(GROUND) == light
    click_setting(page, "theme")
    dark = page.js(GROUND)
    page.open(sink.url)

    assert dark != light
    assert page.js(GROUND) == dark
    assert page.text("#theme-state") == "dark"
    click_setting(page, "theme")
    assert page.text("#theme-state") == "system"


def test_a_system_that_is_dark_makes_the_page_dark(page: Page, sink: MailSink) -> None:
    page.open(sink.url)
    light = page.js(GROUND)

    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    dark = page.js(GROUND)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    assert dark != light


def test_new_mail_is_told_of_where_that_is_wanted(page: Page, sink: MailSink) -> None:
    script = {"source": NOTIFICATIONS}
    added = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    deliver_subjects(sink, "before")
    page.open(sink.url)

    deliver_subjects(sink, "unwanted")
    page.until(lambda: "unwanted" in page.subjects())
    click_setting(page, "notify")
    assert page.text("#notify-state") == "on"
    deliver(sink, b"From: Shop <shop@x.example>\r\nSubject: wanted\r\n\r\n", ("zoe@y.example",))

    page.until(lambda: page.js("return notified.length"))
    assert page.js("return notified") == [["wanted", "Shop <shop@x.example> → zoe@y.example"]]
    page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
