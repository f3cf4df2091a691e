"""A mail sink, and a browser that looks at it."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.settings import Address
from tests.browser.chromium import chromium, desktop_page, page

__all__ = ["chromium", "desktop_page", "page"]

FREE = Address("127.0.0.1", 0)


@pytest.fixture
def mail_settings() -> MailSettings:
    """Settings for a sink on free ports."""
    return MailSettings(smtp_bind_addr=FREE, api_bind_addr=FREE, ui_bind_addr=FREE)


@pytest.fixture
def sink(mail_settings: MailSettings) -> Iterator[MailSink]:
    """A running sink without mail."""
    running = MailSink(mail_settings)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sink_at(mail_settings: MailSettings) -> Iterator[Callable[[int], MailSink]]:
    """Start a sink whose pages are on a port; 0 for a free one."""
    with ExitStack() as stopping:

        def start(port: int) -> MailSink:
            address = Address("127.0.0.1", port)
            running = MailSink(
                dataclasses.replace(mail_settings, api_bind_addr=address, ui_bind_addr=address)
            )
            running.start()
            stopping.callback(running.stop)
            return running

        yield start
