"""The list: it is live, as long as there is mail, and as quick with much of it as with little."""

from collections.abc import Callable

import requests

from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import deliver, deliver_many, deliver_subjects

pytestmark = needs_chromium


def test_without_mail_the_page_tells_how_to_send_some(page: Page, sink: MailSink) -> None:
    page.open(sink.url)

    assert str(sink.smtp_address) in page.seen("#empty").text
    assert page.js("return document.title") == "Mail"


def test_mail_appears_in_the_open_list_and_goes_when_it_is_deleted(
    page: Page, sink: MailSink
) -> None:
    page.open(sink.url)

    for number in range(3):
        deliver(sink, f"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_{number}?=\r\n\r\n".encode())

    page.shows("Grüße 2", "Grüße 1", "Grüße 0")
    page.until(lambda: page.js("return document.title") == "(3) Mail")
    assert "arrived" in page.text("#said")
    page.click("[data-do=delete-all]")
    assert "all 3 mails" in page.seen("#confirm-text").text
    page.click("#confirm-yes")
    page.until(lambda: page.seen("#empty .no-mail"))
    assert requests.get(f"{sink.url}/api/own/status", timeout=5).json()["total"] == 0


def test_what_others_mark_read_or_delete_is_seen_at_once(page: Page, sink: MailSink) -> None:
    first, second = deliver_subjects(sink, "first", "second")
    page.open(sink.url)
    assert len(page.all(".row.is-unread")) == 2

    url = f"{sink.url}/api/own/messages"
    requests.patch(f"{url}/{first}", json={"unread": False, "add_tags": ["seen"]}, timeout=5)
    page.until(lambda: len(page.all(".row.is-unread")) == 1)
    assert page.text(f"{page.row('first')} .tag") == "seen"
    requests.delete(f"{url}/{second}", timeout=5)

    page.shows("first")


def test_the_page_is_complete_before_its_scripts_run(page: Page, sink: MailSink) -> None:
    deliver_many(sink, 60)
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    page.driver.get(sink.url)
    links = page.all(".row .subject a")
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert [link.text for link in links[:2]] == ["59", "58"]
    assert len(links) == 50
    assert "60" in page.text(".views")


def test_of_much_mail_few_rows_are_in_the_page_wherever_one_scrolls(
    page: Page, sink: MailSink
) -> None:
    deliver_many(sink, 3000)
    page.open(sink.url)

    for part in (0, 0.5, 1, 0.25):
        scroll(page, part)
        page.until(lambda: is_filled(page))
        first, subject = page.rows()[0]
        assert subject == str(3000 - first)
        assert len(page.rows()) < 60

    assert page.js("return document.querySelectorAll('*').length") < 2000
    assert page.seen("#list").get_attribute("aria-rowcount") == "3000"


def test_who_scrolls_on_while_rows_are_asked_for_sees_those_of_where_he_is(
    page: Page, sink: MailSink
) -> None:
    deliver_many(sink, 3000)
    page.open(sink.url)

    page.js("""
      const list = document.getElementById('list');
      list.scrollTop = list.scrollHeight * 0.3;
      list.dispatchEvent(new Event('scroll'));
      list.scrollTop = list.scrollHeight * 0.8;
    """)

    page.until(lambda: is_filled(page))


def test_who_has_scrolled_away_goes_on_looking_at_the_same_mail(page: Page, sink: MailSink) -> None:
    deliver_many(sink, 1000)
    page.open(sink.url)
    scroll(page, 0.5)
    page.until(lambda: is_filled(page))
    place = page.js(FIRST_SEEN)

    for count in (1, 150):
        deliver_many(sink, count, first=5000)
        page.until(lambda: page.seen("#summary").text.startswith(f"{total(sink):,}"))
        page.until(lambda: is_filled(page))

        assert page.js(FIRST_SEEN) == place


def test_who_is_at_the_top_sees_new_mail_come(page: Page, sink: MailSink) -> None:
    deliver_many(sink, 200)
    page.open(sink.url)

    deliver_subjects(sink, "new")

    page.until(lambda: page.rows()[0] == (1, "new"))


def test_nothing_sticks_out_of_the_page(page: Page, sink: MailSink) -> None:
    wide = b"w" * 5000
    deliver(
        sink,
        b"Subject: %s\r\nFrom: %s@x\r\nX-Wide: %s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\n%s https://x.example/%s\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b"<style>@media print { p { display: flex } }</style><form>%s\r\n"
        b"--b\r\nContent-Disposition: attachment; filename=%s.txt\r\n\r\n\r\n--b--" % ((wide,) * 7),
    )
    page.open(sink.url)
    assert overhang(page) == 0

    page.click(".row .subject a")
    views = "return [...document.querySelectorAll('.tabs a')].map(tab => tab.dataset.view)"
    for name in page.js(views):
        page.click(f".tabs [data-view={name}]")
        page.until(lambda: page.all(f".view-{name}"))  # noqa: B023
        assert overhang(page) == 0


def test_when_the_sink_is_there_again_so_is_the_list(
    desktop_page: Page, sink_at: Callable[[int], MailSink]
) -> None:
    first = sink_at(0)
    port = int(first.url.rpartition(":")[2])
    deliver_subjects(first, "before")
    desktop_page.open(first.url)

    first.stop()
    desktop_page.until(lambda: not desktop_page.is_live)
    second = sink_at(port)
    deliver_subjects(second, "after")

    desktop_page.shows("after")


FIRST_SEEN = """
const top = document.getElementById('list').getBoundingClientRect().top;
const seen = [...document.querySelectorAll('.row')].map(
  row => [Math.round(row.getBoundingClientRect().top - top), row.dataset.id]);
return seen.filter(([place]) => place >= 0).sort((one, other) => one[0] - other[0])[0];
"""


def scroll(page: Page, part: float) -> None:
    page.js(
        "const list = document.getElementById('list'); list.scrollTop = list.scrollHeight * arguments[0]",
        part,
    )


def is_filled(page: Page) -> bool:
    """Whether rows cover all that is seen of the list."""
    return bool(
        page.js("""
          const list = document.getElementById('list').getBoundingClientRect();
          const rows = [...document.querySelectorAll('.row')].map(row => row.getBoundingClientRect());
          return Math.min(...rows.map(row => row.top)) <= list.top + 1
            && Math.max(...rows.map(row => row.bottom)) >= list.bottom - 1;
        """)
    )


def total(sink: MailSink) -> int:
    return int(requests.get(f"{sink.url}/api/own/status", timeout=5).json()["total"])


def overhang(page: Page) -> int:
    """By how many pixels something is wider than the page, or than the part of it that the mail has."""
    return int(
        page.js("""
          const wide = [document.documentElement, document.getElementById('opened')];
          return Math.max(...wide.map(each => each.scrollWidth - each.clientWidth));
        """)
    )
