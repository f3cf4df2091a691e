"""Searching: what is typed is found as it is typed, and the address keeps it."""

import requests

from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import deliver, deliver_subjects

pytestmark = needs_chromium


def test_what_is_typed_is_found_without_a_key_that_sends_it(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "Invoice 1", "Welcome", "Invoice 2")
    page.open(sink.url)

    page.seen("#query").send_keys("invoice")

    page.shows("Invoice 2", "Invoice 1")
    page.until(lambda: page.is_at(query="invoice"))
    assert page.seen("#summary").text == "2 mails found"


def test_new_mail_appears_where_the_search_finds_it(page: Page, sink: MailSink) -> None:
    page.open(f"{sink.url}/?query=subject:invoice")
    assert "subject:invoice" in page.seen("#empty .nothing-found").text

    deliver_subjects(sink, "Invoice 1", "Welcome", "Invoice 2")

    page.shows("Invoice 2", "Invoice 1")


def test_the_address_leads_to_the_search_and_to_the_mail(page: Page, sink: MailSink) -> None:
    _, identifier, _ = deliver_subjects(sink, "Invoice 1", "Invoice 2", "Welcome")

    page.open(f"{sink.url}/messages/{identifier}?query=invoice&view=source")

    assert page.title == "Invoice 2"
    assert "Subject: Invoice 2" in page.seen(".view-source").text
    assert page.seen("#query").get_attribute("value") == "invoice"
    page.click("[data-do=back]")
    page.shows("Invoice 2", "Invoice 1")
    page.until(lambda: page.is_at(query="invoice"))


def test_back_and_forward_lead_through_searches_and_mails(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "Invoice", "Welcome")
    page.open(sink.url)
    page.search("invoice")
    page.shows("Invoice")
    page.read("Invoice")

    page.driver.back()
    page.until(lambda: page.title == "")
    assert page.is_at(query="invoice")
    page.driver.back()
    page.shows("Welcome", "Invoice")
    assert page.seen("#query").get_attribute("value") == ""
    page.driver.forward()
    page.driver.forward()

    page.until(lambda: page.title == "Invoice")
    assert page.is_at(query="invoice")


def test_every_recipient_has_a_mailbox_and_every_tag_its_mail(page: Page, sink: MailSink) -> None:
    deliver(sink, b"Subject: to Zoe\r\nX-Tags: nightly\r\n\r\n", ("zoe@y.example",))
    deliver(sink, b"Subject: to Amir\r\nTo: zoe@y.example\r\n\r\n", ("amir@y.example",))
    page.open(sink.url)
    page.until(lambda: page.all('.sides [data-query="mailbox:zoe@y.example"]'))

    show_sides(page)
    page.click('.sides [data-query="mailbox:zoe@y.example"]')
    page.shows("to Zoe")
    assert page.text(".sides [aria-current] bdi") == "zoe@y.example"
    assert page.text(".sides [aria-current] .count") == "1"
    show_sides(page)
    page.click('.sides [data-query=""]')
    page.shows("to Amir", "to Zoe")
    show_sides(page)
    page.click('.sides [data-query="tag:nightly"]')
    page.shows("to Zoe")


def test_mailboxes_are_counted_as_mail_comes(page: Page, sink: MailSink) -> None:
    page.open(sink.url)

    deliver(sink, b"Subject: x\r\n\r\n", ("new@y.example",))

    page.until(lambda: page.all('.sides [data-query="mailbox:new@y.example"]'))
    assert page.text(".views [data-query=''] .count") == "1"


def test_only_unread_mail_can_be_shown_of_any_search(page: Page, sink: MailSink) -> None:
    first, _ = deliver_subjects(sink, "Invoice 1", "Invoice 2")
    url = f"{sink.url}/api/own/messages/{first}"
    requests.patch(url, json={"unread": False}, timeout=5)
    page.open(f"{sink.url}/?query=invoice")

    page.click("[data-do=only-unread]")
    page.shows("Invoice 2")
    assert page.is_at(query="invoice is:unread")
    page.click("[data-do=only-unread]")

    page.shows("Invoice 2", "Invoice 1")


def test_the_help_has_examples_that_can_be_clicked(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "Welcome")
    page.open(sink.url)

    page.click(".search [data-do=help-search]")
    page.click('#help [data-query="is:unread"]')

    page.until(lambda: page.is_at(query="is:unread"))
    assert not page.all("dialog[open]")
    page.shows("Welcome")


def show_sides(page: Page) -> None:
    if page.is_phone:
        page.click("[data-do=sides]")
        page.until(lambda: page.seen(".sides .views"))
