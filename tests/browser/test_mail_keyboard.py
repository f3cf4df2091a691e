"""The keyboard alone is enough."""

from selenium.webdriver.common.keys import Keys

from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import deliver_many, deliver_subjects

pytestmark = needs_chromium


def test_keys_move_through_the_list_and_open_mail(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two", "three")
    page.open(sink.url)

    page.press("j")
    page.until(lambda: page.cursor == "three")
    page.press("j")
    page.until(lambda: page.cursor == "two")
    page.press(Keys.ARROW_UP)
    page.until(lambda: page.cursor == "three")
    page.press("o")
    page.until(lambda: page.title == "three")
    page.press("j")
    page.until(lambda: page.title == "two")
    page.press("k")
    page.until(lambda: page.title == "three")
    page.press("u")
    page.until(lambda: page.path == "/")
    assert page.cursor == "three"
    page.press("j", Keys.ENTER)

    page.until(lambda: page.title == "two")


def test_keys_reach_the_oldest_and_the_newest_of_much_mail(page: Page, sink: MailSink) -> None:
    deliver_many(sink, 1000)
    page.open(sink.url)

    page.press("G")
    page.until(lambda: page.cursor == "0")
    page.until(lambda: page.seen(".is-cursor"))
    page.press("g", "g")

    page.until(lambda: page.cursor == "999")


def test_keys_mark_select_and_delete(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two", "three")
    page.open(sink.url)

    page.press("j")
    page.until(lambda: page.cursor == "three")
    page.press("r")
    page.until(lambda: len(page.all(".is-unread")) == 2)
    page.press("r")
    page.until(lambda: len(page.all(".is-unread")) == 3)
    page.press("x", "j")
    page.until(lambda: page.cursor == "two")
    page.press("x")
    page.until(lambda: page.seen("#summary").text == "2 selected")
    page.press(Keys.ESCAPE)
    page.until(lambda: page.seen("#summary").text == "3 mails, 3 unread")
    page.press("#")

    page.shows("three", "one")


def test_after_a_deletion_the_next_mail_is_open(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one", "two", "three")
    page.open(sink.url)
    page.read("two")

    page.press(Keys.DELETE)
    page.until(lambda: page.title == "one")
    page.press("#")
    page.until(lambda: page.title == "three")
    page.press("#")

    page.until(lambda: page.seen("#empty"))
    assert page.path == "/"


def test_the_search_is_a_key_away_and_takes_every_other(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "jar", "xylophone")
    page.open(sink.url)

    page.press("/")
    page.press("jar#x")
    page.until(lambda: page.is_at(query="jar#x"))
    page.press(Keys.ESCAPE)
    page.until(lambda: page.js("return document.activeElement.id") != "query")
    page.press(Keys.ESCAPE)

    page.shows("xylophone", "jar")


def test_help_is_a_key_away_and_nothing_happens_behind_it(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one")
    page.open(sink.url)
    page.press("j")
    page.until(lambda: page.cursor == "one")

    page.press("?")
    assert "Keys" in page.seen("#help").text
    page.press("#")
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.all("dialog[open]"))

    assert page.subjects() == ["one"]


def test_assistive_technology_is_told_where_one_is(page: Page, sink: MailSink) -> None:
    deliver_many(sink, 300)
    page.open(sink.url)

    page.press("j")
    page.until(lambda: page.cursor == "299")
    grid = page.seen("#list")
    active = grid.get_attribute("aria-activedescendant")
    row = page.driver.find_element("id", str(active))

    assert page.driver.switch_to.active_element == grid
    assert (grid.aria_role, row.aria_role) == ("grid", "row")
    assert (grid.get_attribute("aria-rowcount"), row.get_attribute("aria-rowindex")) == ("300", "1")
    assert page.text("#said") == "299"
    page.press("x")
    page.until(lambda: row.get_attribute("aria-selected") == "true")


def test_everything_that_can_be_focused_has_a_name(page: Page, sink: MailSink) -> None:
    deliver_subjects(sink, "one")
    page.open(sink.url)
    page.read("one")

    def looked_at() -> tuple[list[str | None]]:
        """All that have no name: a tuple, so that finding none is an answer, too."""
        return (
            [
                element.get_attribute("outerHTML")
                for element in page.all("a, button, input, select, iframe, [tabindex='0']")
                if element.is_displayed() and not element.accessible_name
            ],
        )

    (unnamed,) = page.until(looked_at)

    assert unnamed == []
