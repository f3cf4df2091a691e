"""A mail sink, and a browser that looks at it."""

import contextlib
import socket
from collections.abc import Callable, Iterator

import pytest

from localstack_mailhog.sink import MailSink
from localstack_shared.settings import Address
from tests.browser.chromium import chromium, desktop_page, page
from tests.mail_sinks import mail_settings, sink, start_sink

__all__ = ["chromium", "desktop_page", "mail_settings", "page", "sink", "start_sink"]


@pytest.fixture
def sink_at(start_sink: Callable[..., MailSink]) -> Callable[[int], MailSink]:
    """Start a sink whose pages are on a port; 0 for a free one."""

    def start(port: int) -> MailSink:
        address = Address("127.0.0.1", port)
        return start_sink(api_bind_addr=address, ui_bind_addr=address)

    return start


class Tracker:
    """What a mail would like to reach: a listener that never answers."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.url = "http://{}:{}".format(*listener.getsockname())

    def requests(self) -> list[bytes]:
        """What was asked of it; connections on which nothing was asked do not count.

        Chromium opens one ahead for a frame before it looks whether the frame is allowed.
        """
        asked = []
        with contextlib.suppress(TimeoutError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(0.2)
                with connection, contextlib.suppress(TimeoutError):
                    asked.append(connection.recv(1000))
        return [request for request in asked if request]


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """What a mail would like to reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        yield Tracker(listener)
