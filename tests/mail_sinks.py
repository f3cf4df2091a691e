"""Mail sinks on free ports: fixtures for the tests that talk to one, and for those that look at its pages."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.settings import Address

FREE = Address("127.0.0.1", 0)


@pytest.fixture
def mail_settings() -> MailSettings:
    """Settings for a sink on free ports."""
    return MailSettings(smtp_bind_addr=FREE, api_bind_addr=FREE, ui_bind_addr=FREE)


@pytest.fixture
def start_sink(mail_settings: MailSettings) -> Iterator[Callable[..., MailSink]]:
    """Start a sink with such settings besides; it is stopped at the end."""
    with ExitStack() as stopping:

        def start(**settings: Any) -> MailSink:
            running = MailSink(dataclasses.replace(mail_settings, **settings))
            running.start()
            stopping.callback(running.stop)
            return running

        yield start


@pytest.fixture
def sink(start_sink: Callable[..., MailSink]) -> MailSink:
    """A running sink without mail."""
    return start_sink()
