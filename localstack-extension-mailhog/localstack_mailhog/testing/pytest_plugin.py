"""The fixtures ``smtp_server`` and ``mailbox``, which are the same: the mail that came since a test began.

It reads the sink that ``MAILHOG_URL`` or the ini option ``mailhog_url`` names, or the one that runs at the usual
local addresses; where there is none, it starts one for the test session, on free ports.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from localstack_mailhog.testing.client import MailClient
    from localstack_mailhog.testing.inbox import Inbox

USUAL_URLS = ("http://127.0.0.1:8025", "http://127.0.0.1:4566/_extension/mailhog")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini option."""
    parser.addini(
        "mailhog_url",
        "where the mail sink is that smtp_server and mailbox read, such as http://127.0.0.1:8025; MAILHOG_URL"
        " goes before it; without either, a running one is looked for, or one is started",
        default="",
    )


@pytest.fixture
def smtp_server(mailhog_client: "MailClient") -> "Inbox":
    """The mail that came since the test began: ``list_messages()``, ``wait_for_message(to=...)`` and so on."""
    from localstack_mailhog.testing.inbox import Inbox

    return Inbox(mailhog_client)


@pytest.fixture
def mailbox(smtp_server: "Inbox") -> "Inbox":
    """The same under the name of what it is."""
    return smtp_server


@pytest.fixture(scope="session")
def mailhog_client(pytestconfig: pytest.Config) -> "Iterator[MailClient]":
    """The sink of this test session; a suite may override it, to read another one."""
    from localstack_mailhog.testing.client import MailClient, NotLetIn, SinkError

    url = os.environ.get("MAILHOG_URL", "").strip() or pytestconfig.getini("mailhog_url").strip()
    if url:
        client = MailClient(url)
        yield client
        client.close()
        return
    for usual in USUAL_URLS:
        try:
            client = MailClient(usual)
        except NotLetIn:
            # The application sends to this one: a sink of our own would see nothing, and nobody would know why.
            raise
        except SinkError:
            continue
        yield client
        client.close()
        return
    yield from _own_sink()


def _own_sink() -> "Iterator[MailClient]":
    from localstack_mailhog.settings import MailSettings
    from localstack_mailhog.sink import MailSink
    from localstack_mailhog.testing.client import MailClient
    from localstack_shared.settings import Address

    free = Address("127.0.0.1", 0)
    sink = MailSink(MailSettings(smtp_bind_addr=free, api_bind_addr=free, ui_bind_addr=free))
    sink.start()
    try:
        client = MailClient(sink.url)
        yield client
        client.close()
    finally:
        sink.stop()
