"""Wherever the sink is mounted, and whoever may see it, the page works."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.http_server import HttpServer
from localstack_shared.serving import Message, bind, bound_address
from tests.browser.chromium import Page, needs_chromium
from tests.browser.mails import SECONDS, deliver, order
from tests.browser.tour import tour
from tests.mail_sinks import FREE

pytestmark = needs_chromium

PREFIX = "/_extension/mailhog"


@pytest.mark.parametrize("knows", [True, False], ids=["mounted", "behind a proxy"])
def test_the_page_works_under_any_prefix(page: Page, sink: MailSink, knows: bool) -> None:
    async def mounted(scope: Message, receive: Any, send: Any) -> None:
        path = scope["path"]
        assert path.startswith(PREFIX)
        changes = {"root_path": PREFIX} if knows else {"path": path.removeprefix(PREFIX) or "/"}
        await sink.application({**scope, **changes}, receive, send)

    listener = bind(FREE, "nothing")
    server = HttpServer(mounted, [listener])
    sink.serving.submit(server.open()).result(SECONDS)
    url = f"http://{bound_address(listener)}{PREFIX}"

    tour(page, url if knows else f"{url}/", lambda raw, to: deliver(sink, raw, to))

    page.driver.get("about:blank")
    sink.serving.submit(server.close()).result(SECONDS)


@pytest.fixture
def sink_below(mail_settings: MailSettings) -> Iterator[MailSink]:
    """A sink with a web path."""
    running = MailSink(dataclasses.replace(mail_settings, ui_web_path="/team/mail"))
    running.start()
    yield running
    running.stop()


def test_the_page_works_below_a_web_path(page: Page, sink_below: MailSink) -> None:
    tour(page, sink_below.url, lambda raw, to: deliver(sink_below, raw, to))


@pytest.fixture
def guarded(mail_settings: MailSettings, tmp_path: Path) -> Iterator[MailSink]:
    """A sink that only ``me`` may see, with the password ``secret``."""
    import bcrypt

    users = tmp_path / "users"
    users.write_bytes(b"me:" + bcrypt.hashpw(b"secret", bcrypt.gensalt(4)))
    running = MailSink(dataclasses.replace(mail_settings, auth_file=str(users)))
    running.start()
    yield running
    running.stop()


def test_the_page_works_with_a_password(page: Page, guarded: MailSink) -> None:
    assert requests.get(guarded.url, timeout=5).status_code == 401

    url = guarded.url.replace("//", "//me:secret@")

    tour(page, url, lambda raw, to: deliver(guarded, raw, to))


def test_the_page_loads_nothing_from_elsewhere_and_says_no_errors(
    page: Page, sink: MailSink
) -> None:
    page.open(sink.url)
    deliver(sink, order().as_bytes())
    page.read("Bestellung")

    loaded = page.js("return performance.getEntriesByType('resource').map(entry => entry.name)")

    assert all(name.startswith(sink.url) for name in loaded)
    assert page.complaints == []
    assert page.js("return document.documentElement.lang") == "en"
