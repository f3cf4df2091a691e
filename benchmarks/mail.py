"""Messages of 2 KB a second over SMTP, and a page of 50 among thousands, beside a bare aiosmtpd that keeps nothing."""

import asyncio
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from benchmarks.rounds import report, take_turns
from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.settings import Address

MESSAGES = 200
SENDERS = 10
MESSAGE = b"Subject: Bench\r\n\r\n" + b"x" * 68 + b"\r\n" + (b"y" * 70 + b"\r\n") * 27


def send(port: int, count: int) -> int:
    """Send over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _ in range(count):
            server.sendmail("a@example.com", ["b@example.com"], MESSAGE)
    return count


def send_from_many(port: int) -> int:
    """Send over several connections at once."""
    threads = [
        threading.Thread(target=send, args=(port, MESSAGES // SENDERS)) for _ in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return MESSAGES


def main() -> None:
    """Measure, and print the ratios."""
    free = Address("127.0.0.1", 0)
    sink = MailSink(MailSettings(smtp_bind_addr=free, api_bind_addr=free, ui_bind_addr=free))
    sink.start()
    try:
        with _bare_aiosmtpd() as bare:
            ports = {
                "localstack-mailhog": sink.smtp_address.port,
                "aiosmtpd, keeping nothing": bare,
            }
            one: dict[str, Callable[[], int]] = {
                name: lambda port=port: send(port, MESSAGES) for name, port in ports.items()
            }
            many: dict[str, Callable[[], int]] = {
                name: lambda port=port: send_from_many(port) for name, port in ports.items()
            }
            report("Mail: 2 KB messages, one sender", take_turns(one))
            report("Mail: 2 KB messages, ten senders", take_turns(many))
        report("Mail: pages of 50 listed", take_turns({"localstack-mailhog": _lister(sink.url)}))
    finally:
        sink.stop()


def _lister(url: str) -> Callable[[], int]:
    session = requests.Session()

    def pages() -> int:
        for _ in range(50):
            session.get(f"{url}/api/v2/messages", timeout=10).raise_for_status()
        return 50

    return pages


@contextmanager
def _bare_aiosmtpd() -> Iterator[int]:
    from aiosmtpd.smtp import SMTP

    class Nothing:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            return "250 OK"

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def serve() -> Any:
        return await loop.create_server(lambda: SMTP(Nothing(), loop=loop), "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
