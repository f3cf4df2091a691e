"""A walk through the page, wherever it is: mail comes, is found, opened, looked at and deleted."""

from collections.abc import Callable

from tests.browser.chromium import Page
from tests.browser.mails import order


def tour(page: Page, url: str, deliver: Callable[[bytes, tuple[str, ...]], object]) -> None:
    """Walk through the page at *url*, to whose sink *deliver* brings a mail."""
    page.open(url)
    root = page.path
    deliver(order().as_bytes(), ("tour@y.example",))
    deliver(b"Subject: another\r\n\r\nText\r\n", ("else@y.example",))
    page.until(lambda: page.subjects()[:2] == ["another", "Bestellung"])

    page.search("mailbox:tour@y.example")
    page.shows("Bestellung")
    page.read("Bestellung")
    assert page.path.startswith(f"{root}messages/")
    assert "Das HTML" in page.frame_text()
    thumbnail = page.seen(".attachments img")
    page.until(lambda: thumbnail.get_property("naturalWidth") == 8)
    page.click(".tabs [data-view=source]")
    page.until(lambda: page.all(".view-source"))
    page.driver.refresh()
    page.until(lambda: page.is_live)
    assert "boundary=" in page.seen(".view-source").text
    page.until(lambda: not page.all(".row.is-unread"))
    page.click("[data-do=this-delete]")

    page.until(lambda: page.seen(".nothing-found"))
    page.until(lambda: page.path == root)
    page.click(".nothing-found [data-query='']")
    page.until(lambda: page.subjects()[:1] == ["another"])
