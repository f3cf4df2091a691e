"""Releasing a mail to a real server, from its dialog."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import deliver_subjects
from tests.mail_sinks import FREE

pytestmark = needs_chromium


@pytest.fixture
def real_server() -> Iterator[MailSink]:
    """What stands for a real server."""
    server = MailSink(MailSettings(smtp_bind_addr=FREE, api_bind_addr=FREE, ui_bind_addr=FREE))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mail_settings(
    mail_settings: MailSettings, real_server: MailSink, tmp_path: Path
) -> MailSettings:
    """The settings of a sink that knows it by a name."""
    servers = tmp_path / "outgoing.json"
    address = real_server.smtp_address
    known = {"office": {"name": "office", "host": address.host, "port": str(address.port)}}
    servers.write_text(json.dumps(known))
    return dataclasses.replace(mail_settings, outgoing_smtp=str(servers))


def arrived(server: MailSink) -> list[list[str]]:
    """For whom mail came."""
    items = requests.get(f"{server.url}/api/own/messages", timeout=5).json()["items"]
    return [item["recipients"] for item in items]


def test_a_mail_is_released_by_a_server_that_has_a_name(
    page: Page, sink: MailSink, real_server: MailSink
) -> None:
    deliver_subjects(sink, "one")
    page.open(sink.url)
    page.read("one")

    page.click("[data-do=release]")
    field = page.seen("#release [name=Email]")
    page.until(lambda: field.get_attribute("value") == "b@y.example")
    field.clear()
    field.send_keys("me@real.example")
    page.click("#release [type=submit]")

    page.until(lambda: page.seen("#toast").text == "Released to me@real.example")
    assert arrived(real_server) == [["me@real.example"]]


def test_a_mail_is_released_by_another_server_which_is_kept_by_a_name(
    page: Page, sink: MailSink, real_server: MailSink
) -> None:
    deliver_subjects(sink, "one")
    page.open(sink.url)
    page.read("one")

    page.click("[data-do=release]")
    page.seen("#release [name=server] option:last-child").click()
    page.seen("#release [name=Host]").send_keys(real_server.smtp_address.host)
    page.seen("#release [name=Port]").clear()
    page.seen("#release [name=Port]").send_keys(str(real_server.smtp_address.port))
    page.seen("#release [name=Name]").send_keys("mine")
    page.click("#release [type=submit]")

    page.until(lambda: arrived(real_server) == [["b@y.example"]])
    page.until(lambda: not page.all("dialog[open]"))
    page.click("[data-do=release]")
    page.until(lambda: len(page.all("#release option")) == 3 + 3)
    assert "mine" in page.seen("#release [name=server]").text


def test_what_goes_wrong_is_said_in_the_dialog(
    page: Page, sink: MailSink, real_server: MailSink
) -> None:
    deliver_subjects(sink, "one")
    page.open(sink.url)
    page.read("one")
    real_server.stop()

    page.click("[data-do=release]")
    page.click("#release [type=submit]")

    assert page.seen("#release .error").text
