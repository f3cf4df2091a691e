"""Many mails at a time: selecting them, and marking, tagging and deleting them."""

from selenium.webdriver.common.keys import Keys

from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import deliver_many, deliver_subjects

pytestmark = needs_chromium


def test_single_mails_are_selected_and_marked(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two", "three")
    page.open(sink.url)

    page.click(f"{page.row('one')} .pick")
    page.click(f"{page.row('three')} .pick")
    page.click(".bar [data-do=read]")

    page.until(lambda: len(page.all(".is-unread")) == 1)
    assert page.seen("#summary").text == "3 mails, 1 unread"


def test_a_click_with_shift_selects_everything_between(page: Page, sink: MailSink) -> None:
    deliver_many(sink, 600)
    page.open(sink.url)

    page.click(f"{page.row('599')} .pick")
    page.js("document.getElementById('list').scrollTop = 1e9")
    page.click(f"{page.row('0')} .pick", shift=True)
    page.until(lambda: page.seen("#summary").text == "600 selected")
    page.click(f"{page.row('0')} .pick")

    page.until(lambda: page.seen("#summary").text == "599 selected")


def test_all_that_a_search_finds_is_deleted_but_what_was_spared(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "Invoice 1", "Welcome", "Invoice 2", "Invoice 3")
    page.open(f"{sink.url}/?query=invoice")

    page.click("#select-all")
    page.until(lambda: page.seen("#summary").text == "3 selected")
    page.click(f"{page.row('Invoice 2')} .pick")
    page.until(lambda: page.seen("#summary").text == "2 selected")
    page.click(".bar [data-do=delete]")
    page.click("#confirm-yes")

    page.shows("Invoice 2")
    page.search("")
    page.shows("Invoice 2", "Welcome")


def test_mail_that_comes_after_all_was_selected_is_not_deleted(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two")
    page.open(sink.url)

    page.press("a")
    page.until(lambda: page.seen("#summary").text == "2 selected")
    deliver_subjects(sink, "new")
    page.shows("new", "two", "one")
    page.press("#")
    assert page.seen("#confirm-text").text == "Delete 2 mails?"
    page.click("#confirm-yes")

    page.shows("new")


def test_a_question_that_is_not_agreed_to_does_nothing(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two")
    page.open(sink.url)

    page.press("*", "#")
    page.seen("#confirm")
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.all("dialog[open]"))

    assert page.subjects() == ["two", "one"]
    assert page.seen("#summary").text == "2 selected"


def test_many_mails_are_tagged_and_untagged(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two")
    page.open(sink.url)

    page.press("a", "t")
    page.seen("#tags-input").send_keys("Release 7, nightly", Keys.ENTER)
    page.until(lambda: len(page.all(".row .tag")) == 4)
    page.until(lambda: page.all(".sides [data-query='tag:\"release 7\"']"))
    page.press("a", "t")
    page.seen("#tags-input").send_keys("nightly")
    page.click("#tags [value=remove]")

    page.until(lambda: [tag.text for tag in page.all(".row .tag")] == ["release 7"] * 2)
