"""A server that answers every request with the same customer: what is left of a rate when answering takes no time.

It is our own server (``localstack_shared.http_server``), so the rest is the machine's: two programs that wake each other.
"""

import sys
import threading
from collections.abc import Mapping

from localstack_shared.http_server import HttpServer
from localstack_shared.serving import Message, Serving, bind
from localstack_shared.settings import Address
from localstack_stripe.api.messages import Request
from localstack_stripe.emulator import StripeEmulator

_LINES = b"content-type: application/json\r\n"


def main(port: int) -> None:
    """Serve until the process is ended."""
    customer = _customer()

    def constant(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes, bytes]:
        return 200, _LINES, customer

    async def never(scope: Message, receive: object, send: object) -> None:
        raise AssertionError("every request is answered at once")

    listener = bind(Address("127.0.0.1", port), "PORT")
    Serving("constant").start([HttpServer(never, [listener], at_once=constant).open])
    threading.Event().wait()


def _customer() -> bytes:
    """The answer that creating one gets."""
    request = Request(
        "POST",
        "/v1/customers",
        headers={"authorization": "Bearer sk_test_constant"},
        body=b"email=user%40example.com&name=Zoe+Miller&metadata[order]=6735",
    )
    return StripeEmulator().handle(request).body


if __name__ == "__main__":
    main(int(sys.argv[1]))
